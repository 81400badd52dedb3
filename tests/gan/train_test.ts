import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { disposeGan } from "@/gan/gan.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { train, type TrainEvent } from "@/gan/train.ts";
import { tf } from "@/tf.ts";
import { tinyGan } from "../support/gans.ts";

async function eventsOf(run: AsyncGenerator<TrainEvent>): Promise<TrainEvent[]> {
  return await Array.fromAsync(run);
}

Deno.test("an event every logEvery steps, at the end of an epoch, and at the last step", async () => {
  await useBackend("cpu");
  // 17 rows in batches of 4: an epoch is four steps.
  const gan = tinyGan();
  const events = await eventsOf(train(gan, { steps: 11, logEvery: 3 }));
  assertEquals(events.map(({ step }) => step), [3, 4, 6, 8, 9, 11]);
  assertEquals(events.map(({ epoch }) => epoch), [1, 1, 2, 2, 3, 3]);
  for (let i = 1; i < events.length; i++) assertGreater(events[i].seconds, events[i - 1].seconds);
  disposeGan(gan);
});

Deno.test("an aborted signal stops after the step that is under way", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  const controller = new AbortController();
  for await (const { step } of train(gan, { steps: 100, logEvery: 1, signal: controller.signal })) {
    if (step === 5) controller.abort();
  }
  assertEquals(gan.step, 5);
  disposeGan(gan);
});

Deno.test("a NaN weight ends training with an error that names the step", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  gan.discriminator.weights["layers.1.bias"] = tf.tensor1d([NaN]);
  const run = () => eventsOf(train(gan, { steps: 5, logEvery: 1 }));
  await assertRejects(
    run,
    DivergedError,
    "diverged at step 1: the losses and every number of both",
  );
  disposeGan(gan);
});

Deno.test("what is reported does not change what is learned", async () => {
  await useBackend("cpu");
  const weightsAfter = async (logEvery: number) => {
    const gan = tinyGan();
    await eventsOf(train(gan, { steps: 6, logEvery }));
    const weights = await gan.generator.weights["layers.1.weight"].data();
    disposeGan(gan);
    return weights;
  };
  assertEquals(await weightsAfter(1), await weightsAfter(100));
});
