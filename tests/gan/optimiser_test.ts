import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type AdamSpec,
  applyGradients,
  createOptimiser,
  learningRateAt,
  momentumAt,
  type MomentumSpec,
} from "@/gan/optimiser.ts";
import { findPreset } from "@/gan/presets.ts";
import { tf } from "@/tf.ts";
import { testOnBackends } from "../support/backends.ts";

const adam: AdamSpec = { kind: "adam", learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 };
const read = async (t: tf.Tensor) => (await t.data())[0];

testOnBackends("two steps of Adam equal Algorithm 1 by hand", async () => {
  const weights = { w: tf.tensor1d([1]) as tf.Tensor };
  const optimiser = createOptimiser(adam, weights);
  const [g1, g2] = [4, -2];
  applyGradients(optimiser, weights, { w: tf.tensor1d([g1]) }, 0);
  // The first step is the rate, against the sign: m̂ = g, v̂ = g².
  assertAlmostEquals(await read(weights.w), 0.9, 1e-6);
  applyGradients(optimiser, weights, { w: tf.tensor1d([g2]) }, 0);
  const m = (0.5 * 0.5 * g1 + 0.5 * g2) / (1 - 0.5 ** 2);
  const v = (0.9 * 0.1 * g1 ** 2 + 0.1 * g2 ** 2) / (1 - 0.9 ** 2);
  assertAlmostEquals(await read(weights.w), 0.9 - 0.1 * m / Math.sqrt(v), 1e-6);
  assertEquals(optimiser.step, 2);
});

testOnBackends("Adam's epsilon is added to the root, after the bias correction", async () => {
  const weights = { w: tf.tensor1d([0]) as tf.Tensor };
  applyGradients(createOptimiser({ ...adam, epsilon: 1 }, weights), weights, {
    w: tf.tensor1d([3]),
  }, 0);
  assertAlmostEquals(await read(weights.w), -0.1 * 3 / (3 + 1), 1e-6);
});

testOnBackends("momentum: v ← μv - rate·g, w ← w + v, with both schedules", async () => {
  const spec: MomentumSpec = {
    kind: "momentum",
    learningRate: 0.1,
    decay: 2,
    floor: 0.03,
    momentum: { initial: 0.5, final: 0.7, from: 1, to: 3 },
  };
  const weights = { w: tf.tensor1d([1]) as tf.Tensor };
  const optimiser = createOptimiser(spec, weights);
  let [w, v] = [1, 0];
  // Rates .1, .05, then the floor; momentum .5 in epoch 1, .6 in 2, .7 from 3.
  const steps = [[1, 0.1, 0.5], [1, 0.05, 0.5], [2, 0.03, 0.6], [3, 0.03, 0.7], [9, 0.03, 0.7]];
  for (const [epoch, rate, mu] of steps) {
    applyGradients(optimiser, weights, { w: tf.tensor1d([2]) }, epoch);
    v = mu * v - rate * 2;
    w += v;
    assertAlmostEquals(await read(weights.w), w, 1e-6);
  }
});

Deno.test("the paper's schedule: rate .1 / 1.000004^t down to 1e-6, momentum .5 to .7", () => {
  const spec = findPreset("goodfellow2014").options.generatorOptimiser as MomentumSpec;
  assertEquals(learningRateAt(spec, 0), 0.1);
  assertAlmostEquals(
    learningRateAt(spec, 500 * 250),
    0.1 * Math.exp(-125_000 * Math.log(1.000004)),
    1e-12,
  );
  assertEquals(learningRateAt(spec, 1e8), 1e-6);
  assertEquals([1, 1, 250, 400].map((epoch) => momentumAt(spec, epoch)), [0.5, 0.5, 0.7, 0.7]);
  assertAlmostEquals(momentumAt(spec, 125.5), 0.6, 1e-12);
});

testOnBackends("a NaN gradient makes a NaN weight: it is not hidden", async () => {
  const weights = { w: tf.tensor1d([1]) as tf.Tensor };
  applyGradients(createOptimiser(adam, weights), weights, { w: tf.tensor1d([NaN]) }, 0);
  assertEquals(await read(weights.w), NaN);
});

Deno.test("Adam's rate is constant, or falls by its decay with each step", () => {
  assertEquals([0, 1, 1000].map((step) => learningRateAt(adam, step)), [0.1, 0.1, 0.1]);
  const decaying = { ...adam, decay: 2 };
  assertEquals([0, 1, 3].map((step) => learningRateAt(decaying, step)), [0.1, 0.05, 0.0125]);
});
