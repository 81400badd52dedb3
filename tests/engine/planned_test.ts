/** Planned steps against the autodiff reference: `steps.ts` on the same weights, batches and noise. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { decodeCheckpoint, encodeCheckpoint, restoreGan } from "@/gan/checkpoint.ts";
import { sync } from "@/gan/custody.ts";
import { createGan, disposeGan } from "@/gan/gan.ts";
import { whyNotPlanned } from "@/engine/capabilities.ts";
import { discriminatorStep, generatorStep } from "@/gan/steps.ts";
import { type LayerSpec } from "@/gan/spec.ts";
import { describeSteps, train } from "@/gan/train.ts";
import { WasmMachine } from "@/engine/wasm/wasm_machine.ts";
import { startEngine } from "@/engine/engine.ts";
import { tf } from "@/tf.ts";
import { formulaData, largestDifference, tinyGan, tinyOptions } from "../support/gans.ts";
import {
  CASES,
  everything,
  generator,
  leaky,
  logit,
  maxout,
  MOMENTUM,
  network,
  NORM,
  referenceStep,
} from "../support/planned_cases.ts";
import { planOn } from "../support/planned.ts";

const machines = [1, 2, 3].map((threads) => new WasmMachine({ relaxed: true }, threads));

for (const [name, changes] of Object.entries(CASES)) {
  Deno.test(`ten planned steps are those of autodiff: ${name}`, async () => {
    await useBackend("cpu");
    const options = tinyOptions({
      generatorOptimiser: MOMENTUM,
      discriminatorOptimiser: MOMENTUM,
      reportAccuracy: true,
      averageDecay: 0.9,
      ...changes,
    });
    const data = formulaData(130, 5);
    const [reference, gan] = [createGan(options, data), createGan(options, data)];
    const planned = planOn(machines[0], gan);
    for (let step = 1; step <= 10; step++) {
      const [wanted, found] = [await referenceStep(reference), planned.step()];
      assertEquals(Object.keys(found).sort(), Object.keys(wanted).sort());
      for (const [key, value] of Object.entries(found)) {
        assertAlmostEquals(value, wanted[key], 2e-5, `${key} of step ${step}`);
      }
      // The first step shows gradients, the last one that nothing was forgotten.
      if (step > 1 && step < 10) continue;
      const difference = largestDifference(await everything(gan), await everything(reference));
      assertLess(difference, 3e-5, `numbers after step ${step}`);
    }
    assertEquals(gan.step, 10);
    planned.release();
    disposeGan(reference);
    disposeGan(gan);
  });
}

Deno.test("a step of wide networks, of maxout with dropout and of a conditional GAN is that of autodiff, on three threads", async () => {
  await useBackend("wasm", { engine: "autodiff" });
  const wide = {
    generator: network(64, [
      ...[128, 256].map((width): LayerSpec => ({ width, activation: "relu", batchNorm: NORM })),
      { width: 784, activation: "sigmoid" },
    ]),
    discriminator: network(784, [leaky(512), leaky(128), logit()]),
    generatorOptimiser: MOMENTUM,
    discriminatorOptimiser: MOMENTUM,
    averageDecay: 0,
  };
  const options = tinyOptions({ batchSize: 100, ...wide });
  const paper = {
    ...options,
    generator: network(100, [
      { width: 1200, activation: "relu" },
      { width: 784, activation: "sigmoid" },
    ]),
    discriminator: network(784, [maxout(240, 5, 0.8), maxout(240, 5, 0.5), logit(0.5)]),
    updates: "simultaneous" as const,
  };
  const told = {
    ...options,
    classes: 3,
    generator: { ...wide.generator, inputs: 67 },
    discriminator: { ...wide.discriminator, inputs: 787 },
  };
  for (const each of [options, paper, told]) {
    const data = formulaData(120, 784);
    const [reference, gan] = [createGan(each, data), createGan(each, data)];
    const planned = planOn(machines[2], gan);
    await referenceStep(reference);
    planned.step();
    const difference = largestDifference(await everything(gan), await everything(reference));
    assertLess(difference, 3e-5);
    planned.release();
    disposeGan(reference);
    disposeGan(gan);
  }
  await useBackend("cpu");
});

for (const classes of [undefined, 3]) {
  const name = `the number of threads changes no bit${classes ? ", with labels" : ""}`;
  Deno.test(name, () => sameOnAnyThreads(classes));
}

async function sameOnAnyThreads(classes?: number): Promise<void> {
  await useBackend("cpu");
  const label = classes ?? 0;
  const options = {
    ...tinyOptions({ batchSize: 60 }),
    classes,
    generator: generator("sigmoid", [300, 200], 3 + label),
    discriminator: network(5 + label, [maxout(200, 5, 0.8), leaky(300, 0.6), logit()]),
  };
  const results: Record<string, number[]>[] = [];
  for (const machine of machines) {
    const gan = createGan(options, formulaData(70, 5));
    const planned = planOn(machine, gan);
    for (let step = 0; step < 20; step++) {
      planned.step();
      // The other threads come up while this one lets go.
      const deadline = performance.now() + 20_000;
      while (step === 3 && machine.threads < machine.wanted && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    results.push(await everything(gan));
    planned.release();
    disposeGan(gan);
  }
  assertEquals(machines[2].threads, 3);
  assertEquals(results[1], results[0]);
  assertEquals(results[2], results[0]);
}

Deno.test("numbers may be looked at and changed between steps, and no tensor is left over", async () => {
  await useBackend("cpu");
  const [watched, alone] = [tinyGan(), tinyGan()];
  const [a, b] = [watched, alone].map((gan) => planOn(machines[0], gan));
  a.step();
  b.step();
  await everything(watched);
  const tensors = tf.memory().numTensors;
  for (let step = 0; step < 5; step++) {
    a.step();
    b.step();
    await everything(watched);
  }
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals(await everything(watched), await everything(alone));
  // A change of hand is trained on from.
  sync(watched);
  const zero = tf.zerosLike(watched.discriminator.weights["layers.1.bias"]);
  watched.discriminator.weights["layers.1.bias"].dispose();
  watched.discriminator.weights["layers.1.bias"] = zero;
  const before = await everything(watched);
  assertEquals(before["discriminator/layers.1.bias"], [0]);
  a.step();
  const after = await everything(watched);
  assertLess(Math.abs(after["discriminator/layers.1.bias"][0]), 2e-3);
  for (const planned of [a, b]) planned.release();
  disposeGan(watched);
  disposeGan(alone);
});

Deno.test("planned steps and steps of the reference can take turns", async () => {
  await useBackend("cpu");
  const options = { generatorOptimiser: MOMENTUM, discriminatorOptimiser: MOMENTUM };
  const [mixed, reference] = [tinyGan(options), tinyGan(options)];
  const planned = planOn(machines[0], mixed);
  planned.step();
  tf.dispose(discriminatorStep(mixed));
  tf.dispose(generatorStep(mixed));
  planned.step();
  for (let step = 0; step < 3; step++) await referenceStep(reference);
  assertLess(largestDifference(await everything(mixed), await everything(reference)), 1e-5);
  assertEquals(mixed.step, 3);
  planned.release();
  disposeGan(mixed);
  disposeGan(reference);
});

Deno.test("what is released is an ordinary GAN, and the memory is free again", async () => {
  await useBackend("cpu");
  const machine = new WasmMachine({ relaxed: true }, 1);
  const gan = tinyGan();
  const planned = planOn(machine, gan);
  assert(machine.allocated > 0);
  planned.step();
  const numbers = await everything(gan);
  planned.release();
  assertEquals(machine.allocated, 0);
  assertEquals(await everything(gan), numbers);
  assertEquals(gan.custody, undefined);
  disposeGan(gan);
});

Deno.test("a checkpoint in between changes no bit of what follows", async () => {
  const { engine } = await useBackend("wasm");
  const [through, first] = [tinyGan(), tinyGan()];
  for await (const _ of train(through, { steps: 9, logEvery: 9 }, engine));
  for await (const _ of train(first, { steps: 4, logEvery: 4 }, engine));
  const checkpoint = decodeCheckpoint(await encodeCheckpoint(first), "a test");
  const resumed = restoreGan(checkpoint, first.data);
  for await (const _ of train(resumed, { steps: 9, logEvery: 9 }, engine));
  assert(resumed.custody !== undefined);
  assertEquals(await everything(resumed), await everything(through));
  for (const gan of [through, first, resumed]) disposeGan(gan);
  await useBackend("cpu");
});

Deno.test("a NaN in one weight of G is in the losses and in the weights after one step", async () => {
  await useBackend("cpu");
  const gan = tinyGan();
  const old = gan.generator.weights["layers.0.weight"];
  const values = Array.from(await old.data());
  values[4] = NaN;
  old.dispose();
  gan.generator.weights["layers.0.weight"] = tf.tensor(values, old.shape);
  const planned = planOn(machines[0], gan);
  const { dLoss, gLoss } = planned.step();
  assert(Number.isNaN(dLoss) && Number.isNaN(gLoss));
  const numbers = await everything(gan);
  assert(numbers["discriminator/layers.0.weight"].some(Number.isNaN));
  assert(numbers["generator/layers.1.bias"].some(Number.isNaN));
  planned.release();
  disposeGan(gan);
});

Deno.test("train plans on WASM, and says so; it leaves to autodiff what cannot be planned", async () => {
  const { engine } = await useBackend("wasm");
  const gan = tinyGan();
  for await (const _ of train(gan, { steps: 1, logEvery: 1 }, engine));
  assert(gan.custody?.engine === engine && engine !== undefined);
  assert(describeSteps(gan.options, engine).startsWith("planned, "));
  const norm = tinyGan({
    gradientPenalty: 0,
    discriminator: network(5, [{ width: 4, activation: "relu", batchNorm: NORM }, logit()]),
  });
  for await (const _ of train(norm, { steps: 1, logEvery: 1 }, engine));
  assertEquals(norm.custody, undefined);
  assertEquals(
    describeSteps(norm.options, engine),
    "autodiff, since the discriminator has batch normalisation",
  );
  await useBackend("cpu");
  // On another backend the reference goes on from the same numbers.
  for await (const _ of train(gan, { steps: 2, logEvery: 1 }));
  assertEquals(gan.custody, undefined);
  disposeGan(gan);
  disposeGan(norm);
});

Deno.test("what cannot be planned is refused by name", () => {
  const options = tinyOptions();
  const smooth = network(5, [{ width: 4, activation: "tanh" }, logit()]);
  assertEquals(
    whyNotPlanned({ ...options, discriminator: smooth }),
    "the penalty needs a piecewise linear discriminator, and this one has tanh",
  );
  const dropped = { ...options, gradientPenalty: 0 };
  dropped.discriminator = network(5, [{ width: 4, activation: "sigmoid" }, logit(0.5)]);
  assertEquals(whyNotPlanned(dropped), "the discriminator has dropout after sigmoid");
  const gan = tinyGan({ gradientPenalty: 0, discriminator: dropped.discriminator });
  assertThrows(
    () => planOn(machines[0], gan),
    RangeError,
    "Cannot plan a training step: the discriminator has dropout after sigmoid",
  );
});

Deno.test("the engine of this machine passes its self-check", () => {
  assert(startEngine().engine !== undefined);
  for (const each of machines) each.stop();
});
