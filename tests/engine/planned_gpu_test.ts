/** Planned steps on WebGPU against the autodiff reference on the CPU. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { decodeCheckpoint, encodeCheckpoint, restoreGan } from "@/gan/checkpoint.ts";
import { sync } from "@/gan/custody.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { discriminatorStep, generatorStep } from "@/gan/steps.ts";
import { describeSteps, train } from "@/gan/train.ts";
import { GpuMachine } from "@/engine/gpu/gpu_machine.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";
import { formulaData, largestDifference, tinyGan, tinyOptions } from "../support/gans.ts";
import {
  CASES,
  everything,
  leaky,
  logit,
  maxout,
  MOMENTUM,
  network,
  NORM,
  referenceStep,
} from "../support/planned_cases.ts";
import { calls } from "../support/gpu_calls.ts";
import { machineOf, planOn } from "../support/planned.ts";

const testOnGpu = (name: string, test: () => Promise<void>) =>
  testOnBackends(name, test, ["webgpu"]);

/** The machine of the backend in use. */
async function gpu(): Promise<GpuMachine> {
  const machine = machineOf((await useBackend("webgpu")).engine);
  assert(machine instanceof GpuMachine);
  return machine;
}

/** Holds so many planned steps of a GAN to as many of the reference. */
async function compare(make: () => Gan, steps: number): Promise<void> {
  await useBackend("cpu");
  const reference = make();
  const reports = [];
  const numbers = new Map<number, Record<string, number[]>>();
  // The first step shows gradients, the last one that nothing was forgotten.
  for (let step = 1; step <= steps; step++) {
    reports.push(await referenceStep(reference));
    if (step === 1 || step === steps) numbers.set(step, await everything(reference));
  }
  disposeGan(reference);
  await useBackend("webgpu");
  const gan = make();
  const planned = planOn(await gpu(), gan);
  for (let step = 1; step <= steps; step++) {
    const [wanted, found] = [reports[step - 1], await planned.step().read()];
    assertEquals(Object.keys(found).sort(), Object.keys(wanted).sort());
    for (const [key, value] of Object.entries(found)) {
      assertAlmostEquals(value, wanted[key], 2e-5, `${key} of step ${step}`);
    }
    if (!numbers.has(step)) continue;
    const difference = largestDifference(await everything(gan), numbers.get(step)!);
    assertLess(difference, 3e-5, `numbers after step ${step}`);
  }
  assertEquals(gan.step, steps);
  planned.release();
  disposeGan(gan);
}

for (const [name, changes] of Object.entries(CASES)) {
  testOnGpu(`ten planned steps on WebGPU are those of autodiff: ${name}`, async () => {
    const options = tinyOptions({
      generatorOptimiser: MOMENTUM,
      discriminatorOptimiser: MOMENTUM,
      reportAccuracy: true,
      averageDecay: 0.9,
      ...changes,
    });
    const data = formulaData(130, 5);
    await compare(() => createGan(options, data), 10);
  });
}

for (const name of ["batch norm at the end of G", "conditional, R1 and dropout, 37 rows"]) {
  testOnGpu(`more rows than a workgroup has in hand at a time: ${name}`, async () => {
    assert(name in CASES);
    const options = tinyOptions({
      generatorOptimiser: MOMENTUM,
      discriminatorOptimiser: MOMENTUM,
      ...CASES[name],
      batchSize: 150,
    });
    await compare(() => createGan(options, formulaData(300, 5)), 3);
  });
}

testOnGpu("three steps with images of 784 numbers are those of autodiff", async () => {
  const norm = (width: number) => ({ width, activation: "relu" as const, batchNorm: NORM });
  const images = {
    generator: network(64, [norm(40), { width: 784, activation: "sigmoid" }]),
    discriminator: network(784, [leaky(97), logit()]),
    generatorOptimiser: MOMENTUM,
    discriminatorOptimiser: MOMENTUM,
    averageDecay: 0,
    batchSize: 33,
  };
  const options = tinyOptions(images);
  const paper = tinyOptions({
    ...images,
    discriminator: network(784, [maxout(24, 5, 0.8), maxout(24, 5, 0.5), logit(0.5)]),
  });
  const data = formulaData(120, 784);
  for (const each of [options, paper]) await compare(() => createGan(each, data), 3);
});

testOnGpu("Adam's numbers after one step are those of autodiff", async () => {
  // In the first step Adam moves by the sign of a gradient: its slots say more than the weights.
  const make = () => tinyGan();
  await useBackend("cpu");
  const reference = make();
  await referenceStep(reference);
  const wanted = await everything(reference);
  disposeGan(reference);
  await useBackend("webgpu");
  const gan = make();
  const planned = planOn(await gpu(), gan);
  planned.step();
  const found = await everything(gan);
  for (const [name, values] of Object.entries(wanted)) {
    if (!name.includes("Optimiser")) continue;
    assertLess(largestDifference({ x: found[name] }, { x: values }), 1e-6, name);
  }
  planned.release();
  disposeGan(gan);
});

/** A preset on few rows: the number of dispatches does not depend on the batch. */
function presetGan(name: string, changes: Partial<GanOptions> = {}): Gan {
  const options = { ...findPreset(name).options, batchSize: 4, seed: 1, ...changes };
  return createGan(options, formulaData(10, options.generator.layers.at(-1)!.width));
}

for (const preset of ["mlp", "conditional", "goodfellow2014", "spiral"]) {
  testOnGpu(`a step of ${preset} is at most 60 dispatches, one write, one submit`, async () => {
    const gan = presetGan(preset);
    const planned = planOn(await gpu(), gan);
    planned.step();
    const { dispatchWorkgroups, dispatchWorkgroupsIndirect, ...rest } = await calls(() => {
      planned.step(false);
      planned.step(false);
    });
    assertLess(dispatchWorkgroups / 2, 61);
    assert(dispatchWorkgroups > 0);
    assertEquals(dispatchWorkgroupsIndirect, 0);
    // The news that a submit is done comes by a buffer that is mapped; nobody waits for the queue.
    const { submit, writeBuffer, mapAsync, onSubmittedWorkDone } = rest;
    assert(submit <= 2 && writeBuffer <= 2 && mapAsync <= submit, JSON.stringify(rest));
    assertEquals(onSubmittedWorkDone, 0);
    planned.release();
    disposeGan(gan);
  });
}

testOnGpu("a step with three updates of D is one submit, too", async () => {
  const gan = tinyGan({ discriminatorSteps: 3 });
  const planned = planOn(await gpu(), gan);
  planned.step();
  const { submit, writeBuffer } = await calls(() => void planned.step());
  assertEquals([submit, writeBuffer], [1, 1]);
  planned.release();
  disposeGan(gan);
});

testOnGpu("numbers may be looked at and changed between steps, and no tensor is left", async () => {
  const [watched, alone] = [tinyGan(), tinyGan()];
  const machine = await gpu();
  const [a, b] = [watched, alone].map((gan) => planOn(machine, gan));
  a.step();
  b.step();
  await everything(watched);
  const tensors = tf.memory().numTensors;
  for (let step = 0; step < 4; step++) {
    a.step();
    b.step();
    await everything(watched);
  }
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals(await everything(watched), await everything(alone));
  // A change of hand is trained on from.
  sync(watched);
  watched.discriminator.weights["layers.1.bias"].dispose();
  watched.discriminator.weights["layers.1.bias"] = tf.tensor1d([7]);
  a.step();
  const { "discriminator/layers.1.bias": [bias] } = await everything(watched);
  assertLess(Math.abs(bias - 7), 0.01);
  for (const planned of [a, b]) planned.release();
  disposeGan(watched);
  disposeGan(alone);
});

testOnGpu("planned steps and steps of the reference can take turns on WebGPU", async () => {
  const options = { generatorOptimiser: MOMENTUM, discriminatorOptimiser: MOMENTUM };
  const [mixed, reference] = [tinyGan(options), tinyGan(options)];
  const planned = planOn(await gpu(), mixed);
  planned.step();
  tf.dispose(discriminatorStep(mixed));
  tf.dispose(generatorStep(mixed));
  planned.step();
  for (let step = 0; step < 3; step++) await referenceStep(reference);
  assertLess(largestDifference(await everything(mixed), await everything(reference)), 1e-5);
  planned.release();
  disposeGan(mixed);
  disposeGan(reference);
});

testOnGpu("what is released is an ordinary GAN, and the memory is free again", async () => {
  const before = (await gpu()).allocated;
  const gan = tinyGan();
  const planned = planOn(await gpu(), gan);
  assert((await gpu()).allocated > before);
  planned.step();
  const numbers = await everything(gan);
  planned.release();
  assertEquals((await gpu()).allocated, before);
  assertEquals(await everything(gan), numbers);
  assertEquals(gan.custody, undefined);
  disposeGan(gan);
});

testOnGpu("a checkpoint in between changes no bit of what follows on WebGPU", async () => {
  const [through, first] = [tinyGan(), tinyGan()];
  const { engine } = await useBackend("webgpu");
  for await (const _ of train(through, { steps: 9, logEvery: 9 }, engine));
  for await (const _ of train(first, { steps: 4, logEvery: 1 }, engine));
  const checkpoint = decodeCheckpoint(await encodeCheckpoint(first), "a test");
  const resumed = restoreGan(checkpoint, first.data);
  for await (const _ of train(resumed, { steps: 9, logEvery: 9 }, engine));
  assert(resumed.custody?.engine === engine);
  assertEquals(await everything(resumed), await everything(through));
  for (const gan of [through, first, resumed]) disposeGan(gan);
});

testOnGpu("a NaN in one weight of G is in the losses, and stays where it is", async () => {
  const hidden = [leaky(6), maxout(6, 2), { width: 6, activation: "relu" as const }];
  for (const layer of [...hidden, { ...hidden[2], batchNorm: NORM }]) {
    const gan = tinyGan({
      generator: network(3, [layer, { width: 5, activation: "tanh" }]),
      discriminator: network(5, [layer.batchNorm ? leaky(4) : layer, logit()]),
    });
    const old = gan.generator.weights["layers.0.weight"];
    const values = Array.from(await old.data());
    values[4] = NaN;
    old.dispose();
    gan.generator.weights["layers.0.weight"] = tf.tensor(values, old.shape);
    const planned = planOn(await gpu(), gan);
    const { dLoss, gLoss } = await planned.step().read();
    assert(Number.isNaN(dLoss) && Number.isNaN(gLoss));
    const numbers = await everything(gan);
    assert(Number.isNaN(numbers["generator/layers.0.weight"][4]));
    planned.release();
    disposeGan(gan);
  }
});

testOnGpu(
  "train plans on WebGPU, and says so; it leaves to autodiff what cannot be planned",
  async () => {
    const { engine } = await useBackend("webgpu");
    const gan = tinyGan();
    assertEquals(describeSteps(gan.options, engine), (await gpu()).description);
    const { submit, mapAsync } = await calls(async () => {
      for await (const _ of train(gan, { steps: 4, logEvery: 4 }, engine));
    });
    assert(gan.custody?.engine === engine);
    assert(submit > 0 && mapAsync <= submit, `${mapAsync} maps, ${submit} submits`);
    const autodiff = await useBackend("webgpu", { engine: "autodiff" });
    assertEquals(autodiff.engine, undefined);
    assertEquals(describeSteps(gan.options, autodiff.engine), "autodiff");
    for await (const _ of train(gan, { steps: 5, logEvery: 1 }, autodiff.engine));
    assertEquals(gan.custody, undefined);
    const width = Math.ceil((await gpu()).available / 512);
    const wide = { ...gan.options, discriminator: network(5, [leaky(width), logit()]) };
    const how = describeSteps(wide, engine);
    assert(how.startsWith("autodiff, since it needs "), how);
    disposeGan(gan);
  },
);
