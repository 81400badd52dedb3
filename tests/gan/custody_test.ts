/** Who has the numbers of a GAN while an engine trains it. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { sync } from "@/gan/custody.ts";
import { disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { train } from "@/gan/train.ts";
import { tf } from "@/tf.ts";
import { numbersOf, tinyGan } from "../support/gans.ts";

const bias = (gan: Gan) => gan.generator.weights["layers.0.bias"];

Deno.test("between two events old tensors cannot be read; sync brings the new ones", async () => {
  const { engine } = await useBackend("wasm");
  const [gan, other] = [tinyGan(), tinyGan()];
  const before = await numbersOf(gan.generator.weights);
  for await (const { step } of train(gan, { steps: 6, logEvery: 3 }, engine)) {
    assertThrows(() => bias(gan).dataSync(), Error, "disposed");
    if (step === 6) break;
    sync(gan);
    assert(bias(gan).dataSync().some((value, i) => value !== before["layers.0.bias"][i]));
  }
  // The end of the loop has brought them back, although it was left by a break.
  for await (const _ of train(other, { steps: 6, logEvery: 6 }, engine));
  assertEquals(await numbersOf(gan.generator.weights), await numbersOf(other.generator.weights));
  for (const each of [gan, other]) disposeGan(each);
  await useBackend("cpu");
});

Deno.test("what the library reads of a GAN in training is up to date", async () => {
  const { engine } = await useBackend("wasm");
  const gan = tinyGan();
  for await (const _ of train(gan, { steps: 2, logEvery: 1 }, engine)) {
    const { weights } = samplingGenerator(gan);
    assert(Object.values(weights).every((tensor) => !tensor.isDisposed));
  }
  disposeGan(gan);
  await useBackend("cpu");
});

Deno.test("a tensor that was replaced without sync is named: its numbers would be lost", async () => {
  const { engine } = await useBackend("wasm");
  const gan = tinyGan();
  const name = "layers.0.bias";
  await assertRejects(
    async () => {
      for await (const _ of train(gan, { steps: 4, logEvery: 1 }, engine)) {
        gan.generator.weights[name] = tf.zeros(bias(gan).shape);
      }
    },
    Error,
    `${name} must be the tensor that it took, and was replaced. Call sync(gan) before`,
  );
  await useBackend("cpu");
});

Deno.test("a training with an engine leaves as many tensors as it found", async () => {
  const { engine } = await useBackend("wasm");
  const gan = tinyGan();
  const { numTensors } = tf.memory();
  for await (const _ of train(gan, { steps: 5, logEvery: 1 }, engine)) sync(gan);
  assertEquals(tf.memory().numTensors, numTensors);
  disposeGan(gan);
  await useBackend("cpu");
});
