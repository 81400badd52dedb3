/** A tape has what a GAN would have drawn. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { recordTape } from "@/bench/tape.ts";
import { createWorkload, type WorkloadName } from "@/bench/workload.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { trainStep } from "@/gan/steps.ts";
import { tf } from "@/tf.ts";
import { formulaData } from "../support/gans.ts";
import { distributionOf } from "@/data/points.ts";

function build(name: WorkloadName) {
  const { options } = createWorkload(name, false);
  const generatorBatchSize = options.generatorBatchSize && 12;
  const data = options.toy ? distributionOf(options.toy) : formulaData(40, 784);
  return createGan({ ...options, batchSize: 8, generatorBatchSize }, data);
}

for (const name of ["goodfellow2014", "spiral"] as const) {
  Deno.test(`a tape of ${name} draws as much from each stream as the steps do`, async () => {
    await useBackend("cpu");
    const [trained, taped] = [build(name), build(name)];
    for (let step = 0; step < 2; step++) tf.dispose({ ...trainStep(trained) });
    await recordTape(taped, 2);
    for (const stream of ["noise", "dropout", "batches"] as const) {
      assertEquals(taped[stream].state(), trained[stream].state(), stream);
    }
    disposeGan(trained);
    disposeGan(taped);
  });
}

Deno.test("a tape has the weights, and for each step the batch, the noise and the masks", async () => {
  await useBackend("cpu");
  const gan = build("goodfellow2014");
  const before = tf.memory().numTensors;
  const arrays = await recordTape(gan, 1);
  assertStrictEquals(tf.memory().numTensors, before);
  const weight = gan.discriminator.weights["layers.1.weight"];
  assertEquals(arrays["discriminator.layers.1.weight"].shape, [240, 1200]);
  assertEquals(arrays["discriminator.layers.1.weight"].data, await weight.data());
  const shapes = Object.entries(arrays).filter(([key]) => key.startsWith("steps."))
    .map(([key, { shape }]) => [key, shape]);
  // One pass over real rows and generated ones; both players learn from it.
  assertEquals(shapes, [
    ["steps.0.real", [8, 784]],
    ["steps.0.discriminator.latent", [8, 100]],
    ["steps.0.discriminator.mask.0", [16, 784]],
    ["steps.0.discriminator.mask.1", [16, 240]],
    ["steps.0.discriminator.mask.2", [16, 240]],
  ]);
  disposeGan(gan);
});

Deno.test("alternating players have noise of their own", async () => {
  await useBackend("cpu");
  const gan = build("spiral");
  const arrays = await recordTape(gan, 1);
  assertEquals(arrays["steps.0.discriminator.latent"].shape, [8, 2]);
  assertEquals(arrays["steps.0.generator.latent"].shape, [12, 2]);
  disposeGan(gan);
});
