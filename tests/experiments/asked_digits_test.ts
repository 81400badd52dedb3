/** Asking for a digit: what is counted, what is kept, and what a training may see. */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { loadClassifier } from "@/eval/classifier.ts";
import {
  agreement,
  choosy,
  fillOrder,
  imagesCalled,
  inkCorrelation,
  meanWaits,
  narrowOptions,
  nearestJudge,
  pickImages,
  shareCalled,
  trainToldAlone,
} from "@/experiments/asked_digits.ts";
import { imageRows } from "@/data/training_data.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { createNetwork } from "@/gan/network.ts";
import { countParameters } from "@/gan/spec.ts";
import { findPreset } from "@/gan/presets.ts";
import { Random } from "@/random.ts";

await useBackend("wasm");
const mnist = await loadImages();

/** An image of one grey. */
const grey = (value: number) => new Float32Array(PIXELS).fill(value);
const joined = (images: Float32Array[]) => Float32Array.from(images.flatMap((image) => [...image]));

Deno.test("mean waits are the mean distances between two drawings of a digit", () => {
  const waits = meanWaits(Uint8Array.of(1, 0, 1, 1, 0, 2, 0));
  assertEquals(waits.slice(0, 3), [(2 + 3 + 2) / 3, (1 + 2 + 1) / 3, 6]);
  assertEquals(waits[3], NaN);
});

Deno.test("shares and agreement count places, and of nothing there is no share", () => {
  assertEquals(shareCalled(8, Uint8Array.of(8, 1, 8, 0)), 0.5);
  assertEquals(agreement([1, 2, 3], Uint8Array.of(1, 3, 3)), 2 / 3);
  assertEquals(agreement([], []), NaN);
});

Deno.test("images are taken at rows in their order, and by what they are called", () => {
  const images = joined([grey(0.1), grey(0.2), grey(0.3)]);
  assertEquals(pickImages(images, [2, 0]), joined([grey(0.3), grey(0.1)]));
  assertEquals(imagesCalled(8, images, Uint8Array.of(8, 1, 8)), joined([grey(0.1), grey(0.3)]));
});

Deno.test("the nearest judge knows its training images, and not the other ones", async () => {
  const second = nearestJudge(mnist);
  const rows = [0, 7, 19_999];
  assertEquals(
    [...await second(pixels(mnist.train.images, rows))],
    rows.map((row) => mnist.train.labels[row]),
  );
  const moved = pixels(mnist.train.images, [3]).map((v) => Math.min(1, v + 0.01));
  assertEquals([...await second(moved)], [mnist.train.labels[3]]);
});

Deno.test("being choosy keeps the images that are sure enough, and prices them", () => {
  // Each digit four times; two of them are less sure, and the second judge disagrees on those.
  const called = Array.from({ length: 40 }, (_, i) => i % 10);
  const probabilities = new Float32Array(50 * 10); // Of ten images more than are asked about
  called.forEach((digit, i) => probabilities[10 * i + digit] = i < 20 ? 0.99 : 0.6);
  const verdict = { count: 50, probabilities, features: new Float32Array(50 * 64) };
  const second = Uint8Array.from(called, (digit, i) => i < 20 ? digit : (digit + 1) % 10);
  // The sure images are all alike.
  const images = joined(called.map((_, i) => i < 20 ? grey(0.5) : new Random(i).uniforms(PIXELS)));
  const { drawings, confirmed, similarity } = choosy([0, 0.9], { images, verdict, second });
  assertEquals(drawings, [10, 20]);
  assertEquals(confirmed, [0.5, 1]);
  assertAlmostEquals(similarity[1], 1, 1e-6);
  assert(similarity[0] < 0.9, String(similarity));
});

Deno.test("ink that z decides alike for all digits has a correlation of 1, and the opposite of −1", () => {
  const inks = [0.1, 0.5, 0.2, 0.9];
  const alike = joined([...inks, ...inks.map((ink) => ink / 2)].map(grey));
  assertAlmostEquals(inkCorrelation(alike, 4), 1, 1e-6);
  const opposed = joined([...inks, ...inks.map((ink) => 1 - ink)].map(grey));
  assertAlmostEquals(inkCorrelation(opposed, 4), -1, 1e-6);
});

Deno.test("the narrow networks differ by D's ten inputs, and by the average of G", () => {
  const [told, blind] = [narrowOptions("told", 1), narrowOptions("labels to G", 1)];
  assertEquals(told.generator, blind.generator);
  const added = countParameters(told.discriminator) - countParameters(blind.discriminator);
  assertEquals(added, 10 * 256);
  assertEquals([told.classes, blind.classes, blind.averageDecay], [10, undefined, 0]);
});

Deno.test("told alone, G learns and still draws the same for every run of the training", async () => {
  const run = async (learningRate: number) => {
    const options = narrowOptions("labels to G", 1);
    const optimiser = { ...options.discriminatorOptimiser, learningRate };
    const drawn: Float32Array[] = [];
    const control = { steps: 4, every: 2 };
    const changed = { ...options, discriminatorOptimiser: optimiser };
    for await (const { draw } of trainToldAlone(imageRows(mnist), control, changed)) {
      drawn.push(draw([1, 2, 3]));
    }
    return drawn;
  };
  const [first, second] = [await run(1e-3), await run(1e-3)];
  assertEquals(first.length, 3);
  assertEquals(first, second);
  assert(first[0].some((pixel, i) => pixel !== first[2][i]));
  await assertRejects(() => run(1e30), DivergedError, "loss must be finite");
});

Deno.test("an order counts drawings up to the last image that is kept", async () => {
  const { options } = findPreset("conditional");
  const source = {
    generator: createNetwork(options.generator, new Random(1)),
    options: { ...options, seed: 1 },
  };
  const classifier = await loadClassifier();
  const order = { digit: 3, count: 260, limit: 0, stretch: 1 };
  const all = await fillOrder(order, source, classifier, new Random(2));
  assertEquals([all.drawings, all.images.length], [260, 260 * PIXELS]);
  const still = await fillOrder({ ...order, stretch: 0 }, source, classifier, new Random(2));
  assertEquals(still.images.subarray(0, PIXELS), still.images.subarray(PIXELS, 2 * PIXELS));
  await assertRejects(
    () => fillOrder({ ...order, most: 250 }, source, classifier, new Random(2)),
    RangeError,
    "at most 250 drawings are made, got 250 images. Lower the limit, 0",
  );
  for (
    const [change, message] of [
      [{ digit: 2.5 }, "the digit must be an integer from 0 to 9, got 2.5"],
      [{ digit: 10 }, "the digit must be an integer from 0 to 9, got 10"],
      [{ limit: NaN }, "the limit is a probability, from 0 to 1, got NaN"],
      [{ limit: 2 }, "the limit is a probability, from 0 to 1, got 2"],
      [{ stretch: NaN }, "the stretch must be a finite number, got NaN"],
    ] as const
  ) {
    const asked = { ...order, ...change };
    await assertRejects(
      () => fillOrder(asked, source, classifier, new Random(2)),
      RangeError,
      message,
    );
  }
});
