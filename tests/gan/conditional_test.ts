/** Conditional GANs: who is told which label, and whether a generator obeys. PyTorch's steps: `torch_test.ts`. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { assertNotEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { createBatches, restoreBatches } from "@/data/batches.ts";
import { type FixedRows } from "@/data/training_data.ts";
import { type Engine } from "@/gan/custody.ts";
import { createGan, disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { cycleLabels, drawLabels, oneHot } from "@/gan/labels.ts";
import { checkOptions, type GanOptions, latentSize } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawEachClass, drawSamples } from "@/gan/sample.ts";
import { discriminatorStep, generatorStep } from "@/gan/steps.ts";
import { train } from "@/gan/train.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { formulaData, numbersOf, tinyOptions } from "../support/gans.ts";
import { conditional, leaky, logit, MOMENTUM, network } from "../support/planned_cases.ts";

const CLASSES = 3;
const COLUMNS = 5;
const data = formulaData(130, COLUMNS) as FixedRows;

/** A conditional GAN without batch norm, moved in proportion to its gradients. */
function plainOptions(changes: Partial<GanOptions> = {}): GanOptions {
  return tinyOptions({
    classes: CLASSES,
    generator: network(3 + CLASSES, [leaky(6), { width: COLUMNS, activation: "sigmoid" }]),
    discriminator: network(COLUMNS + CLASSES, [leaky(7), leaky(4), logit()]),
    generatorOptimiser: MOMENTUM,
    discriminatorOptimiser: MOMENTUM,
    gradientPenalty: 2,
    averageDecay: 0,
    batchSize: 20,
    ...changes,
  });
}

/** Weights of the first layer, a row for each input. */
async function firstWeights(gan: Gan, player: "generator" | "discriminator"): Promise<number[][]> {
  return await gan[player].weights["layers.0.weight"].array() as number[][];
}

const column = (rows: number[][], unit: number, from: number, to = rows.length) =>
  rows.slice(from, to).reduce((sum, row) => sum + row[unit], 0);

for (const player of ["discriminator", "generator"] as const) {
  Deno.test(`the gradients of ${player === "generator" ? "G" : "D"}'s label weights add up to that of the bias`, async () => {
    await useBackend("cpu");
    const gan = createGan(plainOptions(), data);
    const inputs = gan[player].spec.inputs - CLASSES;
    const before = await firstWeights(gan, player);
    const { "layers.0.bias": bias } = await numbersOf(gan[player].weights);
    tf.dispose(player === "generator" ? generatorStep(gan) : discriminatorStep(gan));
    const after = await firstWeights(gan, player);
    const { "layers.0.bias": moved } = await numbersOf(gan[player].weights);
    let largest = 0;
    for (let unit = 0; unit < bias.length; unit++) {
      // One of the labels is 1. The penalty has no gradient in either.
      const labels = column(after, unit, inputs) - column(before, unit, inputs);
      assertAlmostEquals(labels, moved[unit] - bias[unit], 1e-6);
      largest = Math.max(largest, Math.abs(labels));
    }
    assertGreater(largest, 1e-4);
    disposeGan(gan);
  });
}

Deno.test("where no weight listens to the label, D's step is that of an unconditional GAN", async () => {
  await useBackend("cpu");
  const told = createGan(plainOptions(), data);
  const { classes: _, ...options } = plainOptions();
  const plain = createGan({
    ...options,
    generator: { ...options.generator, inputs: 3 },
    discriminator: { ...options.discriminator, inputs: COLUMNS },
  }, data);
  for (const player of ["generator", "discriminator"] as const) {
    for (const [name, weight] of Object.entries(plain[player].weights)) {
      const own = told[player].weights[name];
      told[player].weights[name] = name === "layers.0.weight"
        ? tf.tidy(() => tf.concat([weight, tf.zeros([CLASSES, weight.shape[1]!])]))
        : tf.clone(weight);
      own.dispose();
    }
  }
  const [a, b] = [discriminatorStep(told), discriminatorStep(plain)];
  assertEquals(await numbersOf(a), await numbersOf(b));
  const moved = (await firstWeights(told, "discriminator")).slice(0, COLUMNS);
  const wanted = await firstWeights(plain, "discriminator");
  moved.flat().forEach((value, i) => assertAlmostEquals(value, wanted.flat()[i], 1e-6));
  tf.dispose([a, b]);
  disposeGan(told);
  disposeGan(plain);
});

Deno.test("a batch has the labels of its rows, restored too", () => {
  // A row that tells its index.
  const rows: FixedRows = {
    ...data,
    columns: 1,
    batch: (indices) => Float32Array.from(indices),
  };
  const batches = createBatches(rows, 4, new Random(1));
  for (let i = 0; i < 40; i++) {
    const state = batches.state();
    const { rows: indices, labels } = batches.next();
    assertEquals([...labels!], [...indices].map((index) => rows.labels![index]));
    assertEquals(restoreBatches(rows, 4, state).next().labels, labels);
  }
  const { labels: _, ...unlabelled } = rows;
  assertEquals(createBatches(unlabelled, 4, new Random(1)).next().labels, undefined);
});

Deno.test("labels for G are as frequent as in the data", () => {
  const uneven = { ...data, rows: 10, labels: Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]) };
  const counts = [0, 0, 0];
  for (const label of drawLabels(uneven, 20_000, new Random(1))) counts[label]++;
  // Standard deviations are at most .0035.
  [0.6, 0.3, 0.1].forEach((share, i) => assertAlmostEquals(counts[i] / 20_000, share, 0.015));
});

Deno.test("one-hot rows, labels that take turns, and the numbers of z", () => {
  assertEquals([...oneHot([2, 0], 3)], [0, 0, 1, 1, 0, 0]);
  assertEquals([...cycleLabels(7, 3)], [0, 1, 2, 0, 1, 2, 0]);
  const { conditional, mlp } = { conditional: findPreset("conditional"), mlp: findPreset("mlp") };
  assertEquals(latentSize({ ...conditional.options, seed: 1 }), 64);
  assertEquals(latentSize({ ...mlp.options, seed: 1 }), 64);
});

Deno.test("samples: labels take turns where they are left out, and leave the noise alone", async () => {
  await useBackend("cpu");
  const gan = createGan(tinyOptions(conditional([logit()])), data);
  const draw = async (count: number, labels?: ArrayLike<number>) => {
    const random = new Random(1);
    const all = await drawSamples(samplingGenerator(gan), gan.options, count, random, labels);
    const rows = Array.from({ length: count }, (_, i) => [...all.slice(5 * i, 5 * i + 5)]);
    return { rows, next: random.uint32() };
  };
  const turns = await draw(700);
  assertEquals(turns, await draw(700, cycleLabels(700, 3)));
  const ones = await draw(700, new Uint8Array(700).fill(1));
  assertEquals(ones.next, turns.next);
  turns.rows.forEach((row, i) =>
    i % 3 === 1 ? assertEquals(row, ones.rows[i]) : assertNotEquals(row, ones.rows[i])
  );
  const each = await drawEachClass(samplingGenerator(gan), gan.options, 4, new Random(1));
  assertEquals(each.length, 3 * 4 * 5);
  assertEquals([...each.slice(20, 40)], ones.rows.slice(0, 4).flat());
  const refuse = (labels: number[], message: string) =>
    assertRejects(() => draw(2, labels), RangeError, message);
  await refuse([0], "a label for each of the 2, got 1");
  await refuse([0, 3], "integers from 0 to 2, got 3 at position 1");
  await refuse([-1, 0], "integers from 0 to 2, got -1 at position 0");
  await refuse([0, 0.5], "got 0.5 at position 1");
  const plain = createGan(tinyOptions(), data);
  await assertRejects(
    () => drawSamples(plain.generator, plain.options, 1, new Random(1), [0]),
    RangeError,
    "the generator must be conditional, got one without classes",
  );
  disposeGan(gan);
  disposeGan(plain);
});

Deno.test("classes that contradict the networks or the data are refused by rule and value", async () => {
  await useBackend("cpu");
  const refuse = (changes: Partial<GanOptions>, message: string) =>
    assertThrows(() => checkOptions(plainOptions(changes)), RangeError, message);
  for (const classes of [0, 1, 2.5, 257, NaN]) {
    refuse({ classes }, `classes must be an integer from 2 to 256, got ${classes}`);
  }
  refuse({ packing: 2 }, "with classes, packing must be 1 or left out, got 2");
  refuse({ toy: "ring" }, 'toy data do not have, got "ring"');
  const narrow = network(3, [{ width: COLUMNS, activation: "sigmoid" }]);
  refuse({ generator: narrow }, "a label of 3 and at least one number of z, got 3");
  refuse(
    { discriminator: network(COLUMNS, [logit()]) },
    "must take the 5 numbers that the generator makes and a label of 3, got 5",
  );
  const { labels: _, ...unlabelled } = data;
  assertThrows(
    () => createGan(plainOptions(), unlabelled),
    RangeError,
    "classes need data with a label for each row, got data without labels",
  );
  assertThrows(
    () => createGan(plainOptions(), { ...data, labels: data.labels!.map((l) => l === 2 ? 3 : l) }),
    RangeError,
    "labels must be integers from 0 to 2, got 3 at position",
  );
});

/** Three classes of rows: two of six numbers are large, which ones is the class. */
function patterns(labelOf: (row: number) => number): FixedRows {
  const rows = 300;
  const random = new Random(5);
  const numbers = random.uniforms(rows * 6, -0.08, 0.08)
    .map((noise, at) => noise + pattern(Math.floor(at / 6) % CLASSES)[at % 6]);
  return {
    rows,
    columns: 6,
    batch: (indices) =>
      Float32Array.from([...indices].flatMap((i) => [...numbers.slice(6 * i, 6 * i + 6)])),
    means: () => new Float64Array(6),
    labels: Uint8Array.from({ length: rows }, (_, i) => labelOf(i)),
    sha256: "patterns",
  };
}

const pattern = (label: number) =>
  Array.from({ length: 6 }, (_, j) => j >> 1 === label ? 0.9 : 0.1);

/** The share of samples that are nearest to the pattern of their label. */
async function obedience(rows: FixedRows, engine?: Engine): Promise<number> {
  const adam = {
    kind: "adam",
    learningRate: 5e-3,
    beta1: 0.5,
    beta2: 0.999,
    epsilon: 1e-8,
  } as const;
  const gan = createGan(
    plainOptions({
      generator: network(2 + CLASSES, [leaky(16), { width: 6, activation: "sigmoid" }]),
      discriminator: network(6 + CLASSES, [leaky(32), leaky(16), logit()]),
      generatorOptimiser: adam,
      discriminatorOptimiser: adam,
      gradientPenalty: 1,
      averageDecay: 0.98,
      batchSize: 30,
    }),
    rows,
  );
  for await (const _ of train(gan, { steps: 800, logEvery: 800 }, engine));
  const samples = await drawSamples(samplingGenerator(gan), gan.options, 600, new Random(9));
  disposeGan(gan);
  let right = 0;
  for (let i = 0; i < 600; i++) {
    const distances = [0, 1, 2].map((label) =>
      pattern(label).reduce((sum, value, j) => sum + (value - samples[6 * i + j]) ** 2, 0)
    );
    if (distances.indexOf(Math.min(...distances)) === i % CLASSES) right++;
  }
  return right / 600;
}

Deno.test({
  name:
    "a generator that is told classes learns to obey; of labels that mean nothing it learns nothing",
  // Threads may outlive it.
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    const { engine } = await useBackend("wasm", { threads: 1 });
    assertGreater(await obedience(patterns((row) => row % CLASSES), engine), 0.95);
    assertLess(
      await obedience(patterns((row) => Math.floor(row / CLASSES) % CLASSES), engine),
      0.6,
    );
    await useBackend("cpu");
  },
});
