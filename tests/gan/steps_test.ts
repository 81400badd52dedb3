import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { type Backend, useBackend } from "@/backend.ts";
import { distributionOf } from "@/data/points.ts";
import { createGan, disposeGan, type Gan } from "@/gan/gan.ts";
import { type Network, type Tensors } from "@/gan/network.ts";
import { findPreset, PRESETS } from "@/gan/presets.ts";
import { discriminatorStep, generatorStep, trainStep } from "@/gan/steps.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";
import { gateTest } from "../support/gate.ts";
import { formulaData, largestDifference, numbersOf, tinyGan } from "../support/gans.ts";

const all = (network: Network) => numbersOf(network.weights, network.statistics);
const d = (gan: Gan) => numbersOf(gan.discriminator.weights, gan.discriminatorOptimiser.slots);
const g = (gan: Gan) => numbersOf(gan.generator.weights, gan.generatorOptimiser.slots);
const release = (report: Tensors) => tf.dispose(report);

testOnBackends("training G leaves D bitwise alone and moves every weight of G", async () => {
  const gan = tinyGan();
  const [dBefore, gBefore] = [await d(gan), await numbersOf(gan.generator.weights)];
  release(generatorStep(gan));
  assertEquals(await d(gan), dBefore);
  assertEquals(gan.discriminatorOptimiser.step, 0);
  const gAfter = await numbersOf(gan.generator.weights);
  for (const name of Object.keys(gBefore)) {
    const moved = largestDifference({ [name]: gAfter[name] }, { [name]: gBefore[name] });
    // Rounding alone moves a bias under batch norm: its gradient is zero.
    if (name !== "layers.0.bias") assertGreater(moved, 1e-5, name);
  }
  disposeGan(gan);
});

testOnBackends(
  "training D leaves G's weights, slots and average bitwise alone and moves D",
  async () => {
    const gan = tinyGan();
    const [dBefore, gBefore, average] = [
      await numbersOf(gan.discriminator.weights),
      await g(gan),
      await all(gan.average!),
    ];
    release(discriminatorStep(gan));
    assertEquals(await g(gan), gBefore);
    assertEquals(await all(gan.average!), average);
    const dAfter = await numbersOf(gan.discriminator.weights);
    for (const name of Object.keys(dBefore)) {
      assertGreater(
        largestDifference({ [name]: dAfter[name] }, { [name]: dBefore[name] }),
        1e-5,
        name,
      );
    }
    disposeGan(gan);
  },
);

testOnBackends("D learns to tell, G learns to fool a D that stands still", async () => {
  const adam = {
    kind: "adam",
    learningRate: 0.01,
    beta1: 0.5,
    beta2: 0.999,
    epsilon: 1e-8,
  } as const;
  const gan = tinyGan({
    generatorOptimiser: adam,
    discriminatorOptimiser: adam,
    gradientPenalty: 0,
  });
  const read = async (report: Tensors, name: string) => {
    const value = (await report[name].data())[0];
    release(report);
    return value;
  };
  const dFirst = await read(discriminatorStep(gan), "dLoss");
  for (let i = 0; i < 60; i++) release(discriminatorStep(gan));
  assertLess(await read(discriminatorStep(gan), "dLoss"), dFirst - 0.1);
  const gFirst = await read(generatorStep(gan), "gLoss");
  for (let i = 0; i < 60; i++) release(generatorStep(gan));
  assertLess(await read(generatorStep(gan), "gLoss"), gFirst - 0.1);
  disposeGan(gan);
});

testOnBackends(
  "simultaneous updates use one minibatch, one noise, and D before its move",
  async () => {
    const options = { updates: "simultaneous", averageDecay: 0 } as const;
    const both = tinyGan(options);
    const apart = tinyGan(options);
    release({ ...trainStep(both) } as Tensors);
    // Alternating by hand on the same GAN: D moves first, so G must end elsewhere.
    release(discriminatorStep(apart));
    assertLess(largestDifference(await d(both), await d(apart)), 1e-7);
    assertEquals(both.noise.state(), apart.noise.state());
    const before = await numbersOf(apart.generator.weights);
    release(generatorStep(apart));
    assertGreater(
      largestDifference(
        await numbersOf(both.generator.weights),
        await numbersOf(apart.generator.weights),
      ),
      1e-6,
    );
    assertGreater(largestDifference(await numbersOf(both.generator.weights), before), 1e-6);
    disposeGan(both);
    disposeGan(apart);
  },
);

testOnBackends("k updates of D use k minibatches", async () => {
  const gan = tinyGan({ discriminatorSteps: 3 });
  release({ ...trainStep(gan) } as Tensors);
  assertEquals([gan.discriminatorOptimiser.step, gan.generatorOptimiser.step, gan.step], [3, 1, 1]);
  assertEquals(gan.batches.state().position, 3);
  await Promise.resolve();
  disposeGan(gan);
});

for (const name of ["alternating", "simultaneous"] as const) {
  testOnBackends(`20 ${name} steps leak no tensor`, async () => {
    const gan = tinyGan({ updates: name });
    const step = () => release({ ...trainStep(gan) } as Tensors);
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) step();
    // The GPU catches up: its queue holds buffers that are still in use.
    await gan.generator.weights["layers.0.bias"].data();
    assertEquals(tf.memory().numTensors, before);
    disposeGan(gan);
  });
}

Deno.test("disposing of a GAN frees every tensor that creating it made", async () => {
  const { useBackend } = await import("@/backend.ts");
  await useBackend("cpu");
  const before = tf.memory().numTensors;
  const gan = tinyGan();
  release({ ...trainStep(gan) } as Tensors);
  assertGreater(tf.memory().numTensors, before);
  disposeGan(gan);
  assertEquals(tf.memory().numTensors, before);
});

/** The losses and the weights of a preset after one step, on the backend that is in use. */
async function afterStep(name: string) {
  const { options } = findPreset(name);
  const data = options.toy === undefined ? formulaData(24, 784) : distributionOf(options.toy);
  const gan = createGan({ ...options, batchSize: 8, seed: 3 }, data);
  const report = trainStep(gan) as unknown as Tensors;
  const losses = await numbersOf(report);
  const weights = {
    ...await prefixed("G", gan.generator),
    ...await prefixed("D", gan.discriminator),
  };
  tf.dispose({ ...report });
  disposeGan(gan);
  return { losses, weights };
}

/** Of the last preset that was asked for, what the CPU comes to: the other backends are compared with it in turn. */
let onCpu: { name: string; expected: Awaited<ReturnType<typeof afterStep>> } | undefined;

/** Asserts that a step of a preset has the CPU's losses and moves the weights as the CPU's does. */
async function assertStepOfCpu(name: string, backend: Backend["name"]): Promise<void> {
  const found = await afterStep(name);
  if (onCpu?.name !== name) {
    await useBackend("cpu");
    onCpu = { name, expected: await afterStep(name) };
    await useBackend(backend);
  }
  const { expected } = onCpu;
  const { options } = findPreset(name);
  assertLess(largestDifference(found.losses, expected.losses), 1e-4, `${name}: losses`);
  // Adam's first move is ± the learning rate: where a gradient is rounding, its sign is too.
  const rates = [options.generatorOptimiser, options.discriminatorOptimiser]
    .map(({ kind, learningRate }) => kind === "adam" ? 2.1 * learningRate : 1e-5);
  const moved = largestDifference(found.weights, expected.weights);
  assertLess(moved, Math.max(...rates), `${name}: weights`);
  const share = shareBeyond(found.weights, expected.weights, 1e-5);
  assertLess(share, 0.01, `${name}: share that differs`);
}

/** The lecture's and the paper's networks, and two that are small; the gate tries every preset. */
const ALWAYS = ["mlp", "goodfellow2014", "tiny", "line"];

for (const name of Object.keys(PRESETS)) {
  testOnBackends(
    `one step of ${name} equals the CPU's`,
    (backend) => assertStepOfCpu(name, backend),
    ["wasm", "webgpu"],
    ALWAYS.includes(name) ? undefined : gateTest,
  );
}

async function prefixed(prefix: string, network: Network): Promise<Record<string, number[]>> {
  const numbers = await numbersOf(network.weights);
  return Object.fromEntries(Object.entries(numbers).map(([name, v]) => [`${prefix} ${name}`, v]));
}

/** The share of numbers that differ by more than `tolerance`. */
function shareBeyond(
  a: Record<string, number[]>,
  b: Record<string, number[]>,
  tolerance: number,
): number {
  let beyond = 0;
  let count = 0;
  for (const name of Object.keys(a)) {
    for (let i = 0; i < a[name].length; i++) {
      if (!(Math.abs(a[name][i] - b[name][i]) <= tolerance)) beyond++;
      count++;
    }
  }
  return beyond / count;
}
