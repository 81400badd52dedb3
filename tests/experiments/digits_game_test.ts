/** The game on digits: what is counted, what is read, and what a copy may move. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { useBackend } from "@/backend.ts";
import {
  effectOfNeighbours,
  imagesFrom,
  largestGap,
  layerColumns,
  logitsOnTheWay,
  lossOfDAlone,
  meanSlope,
  readingsOf,
  snapshotOf,
  trainByTurns,
} from "@/experiments/digits_game.ts";
import { createGan, drawLatent, type Gan } from "@/gan/gan.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { countParameters } from "@/gan/spec.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { formulaData } from "../support/gans.ts";

await useBackend("wasm");

/** A GAN on 784 numbers that trains in no time. */
const tinyOnPixels = (changes = {}): Gan =>
  createGan(
    { ...findPreset("tiny").options, batchSize: 8, trainRows: undefined, seed: 1, ...changes },
    formulaData(32, 784),
  );
const images = (count: number) => new Random(2).uniforms(count * 784);

/** D as one linear map with these weights and bias. */
function linearD(gan: Gan, weight: number, bias: number): Gan {
  const spec = {
    inputs: 784,
    layers: [{ width: 1, activation: "linear" as const }],
    initialisation: { kind: "fanIn" as const },
  };
  const weights = {
    "layers.0.weight": tf.fill([784, 1], weight),
    "layers.0.bias": tf.tensor1d([bias]),
  };
  return { ...gan, discriminator: { spec, weights, statistics: {} } };
}

Deno.test("the parameters of the layers add up to those of the network", () => {
  for (const name of ["mlp", "goodfellow2014"]) {
    const { generator, discriminator } = findPreset(name).options;
    for (const spec of [generator, discriminator]) {
      const { parameters, block } = layerColumns(spec);
      assertEquals(parameters.reduce((a, b) => a + b), countParameters(spec));
      assertEquals(block.length, spec.layers.length);
    }
  }
  const { discriminator } = findPreset("goodfellow2014").options;
  assertEquals(layerColumns(discriminator), {
    "in → out": ["784 → 240", "240 → 240", "240 → 1"],
    block: ["keep 0.8, maxout of 5", "keep 0.5, maxout of 5", "keep 0.5, linear"],
    parameters: [785 * 1200, 241 * 1200, 241],
  });
});

Deno.test("the slope of a linear D is the length of its weights, everywhere", () => {
  const { discriminator } = linearD(tinyOnPixels(), -0.5, 3);
  assertAlmostEquals(meanSlope(discriminator, images(4)), 0.5 * 28, 1e-4);
});

Deno.test("a D that says the same of every image reads the losses of that logit", async () => {
  const { d, g, dReal, dFake } = await readingsOf(linearD(tinyOnPixels(), 0, 2), images(6));
  const [p, onReal, onFake] = [
    1 / (1 + Math.exp(-2)),
    Math.log1p(Math.exp(-2)),
    Math.log1p(Math.exp(2)),
  ];
  assertAlmostEquals(d, (onReal + onFake) / 2, 1e-6);
  assertAlmostEquals(g, onReal, 1e-6);
  assertAlmostEquals(dReal, p, 1e-6);
  assertAlmostEquals(dFake, p, 1e-6);
});

Deno.test("a linear D changes evenly on the way from generated images to real ones", async () => {
  const gan = linearD(tinyOnPixels(), 0.1, 0);
  const real = images(5);
  const { logits: [start, middle, end] } = await logitsOnTheWay(gan, real, [0, 0.5, 1]);
  assertAlmostEquals(middle, (start + end) / 2, 1e-4);
  assertAlmostEquals(end, 0.1 * real.reduce((a, b) => a + b) / 5, 1e-3);
  assertNotEquals(start, end);
});

Deno.test("a way is as long as its two images are apart", async () => {
  const gan = linearD(tinyOnPixels(), 0.1, 0);
  const black = new Float32Array(784);
  const { length } = await logitsOnTheWay(gan, black, [0]);
  // z of one seed: the generated image is drawn again.
  const made = await drawSamples(gan.generator, gan.options, 1, new Random(10));
  assertAlmostEquals(length, Math.hypot(...made), 1e-4);
  assertEquals((await logitsOnTheWay(gan, made, [0])).length, 0);
});

Deno.test("the slope of a way is that of D at its generated image, not at the real one", async () => {
  const gan = tinyOnPixels();
  const [real, made] = [
    images(3),
    await drawSamples(gan.generator, gan.options, 3, new Random(10)),
  ];
  const { slope } = await logitsOnTheWay(gan, real, [0]);
  assertEquals(slope, meanSlope(gan.discriminator, made));
  assertNotEquals(slope, meanSlope(gan.discriminator, real));
});

Deno.test("an image depends on its neighbours in training and not in sampling", () => {
  const gan = tinyOnPixels();
  const [training, sampling] = effectOfNeighbours(
    gan.generator,
    drawLatent(gan.options, 32, new Random(3)),
  );
  assert(training > 1e-3, String(training));
  assert(sampling < 1e-6, String(sampling));
});

Deno.test("images of a GAN come from the average of its weights, and always from one noise", async () => {
  const gan = tinyOnPixels();
  for await (const _ of trainByTurns({ gan }, 3));
  assertEquals(await imagesFrom(gan, 3), await imagesFrom({ ...gan, generator: gan.average! }, 3));
  const { average, options } = gan;
  assertEquals(await imagesFrom(gan, 3), await imagesFrom({ generator: average!, options }, 3));
  const trained = await imagesFrom({ generator: gan.generator, options }, 3);
  assert(largestGap(trained, await imagesFrom(gan, 3)) > 1e-6);
});

Deno.test("D alone moves a copy: the GAN that it came from stays as it was", async () => {
  const gan = tinyOnPixels();
  const before = snapshotOf(gan);
  const losses = await lossOfDAlone(gan, images(8), 20);
  assertEquals(losses.length, 3);
  assertAlmostEquals(losses[0], (await readingsOf(gan, images(8))).d, 1e-12);
  assert(losses[2] < losses[0], String(losses));
  assertEquals(snapshotOf(gan), before);
});

Deno.test("two GANs of one seed that train by turns have the same losses, from each fifth step, and early ones soon", async () => {
  const turns = [];
  for await (const turn of trainByTurns({ a: tinyOnPixels(), b: tinyOnPixels() }, 70)) {
    turns.push(turn);
  }
  assertEquals(turns.map(({ step }) => step), [5, 10, 20, 50, 70]);
  const { steps, dLosses } = turns[4];
  for (let step = 5; step <= 70; step += 5) assert(steps.includes(step), String(steps));
  assertEquals(dLosses.a, dLosses.b);
  assertEquals(dLosses.a.length, steps.length);
});

Deno.test("a training by turns with an absurd rate says that it diverged", async () => {
  const { discriminatorOptimiser: own } = findPreset("tiny").options;
  const absurd = tinyOnPixels({ discriminatorOptimiser: { ...own, learningRate: 1e30 } });
  await assertRejects(async () => {
    for await (const _ of trainByTurns({ absurd }, 50));
  }, DivergedError);
});

Deno.test("the largest difference of lists of unequal length is no number", () => {
  assertEquals(largestGap([1, 5, 2], [1, 3, 2.5]), 2);
  assertEquals(largestGap([1], [1, 2]), NaN);
});
