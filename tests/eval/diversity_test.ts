/** Structural similarity beside scikit-image, and diversity on constructed sets. */
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { diversity, structuralSimilarity } from "@/eval/diversity.ts";
import { Random } from "@/random.ts";
import { range } from "../support/rows.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const { test } = await loadImages();
const image = (row: number) => pixels(test.images, [row]);

Deno.test("similarity of digits and of patterns: scikit-image's numbers", () => {
  // structural_similarity with gaussian_weights, sigma 1.5, population covariance, data_range 1.
  near(structuralSimilarity(image(0), image(1)), -0.008811209485002226, 1e-7);
  near(structuralSimilarity(image(0), image(17)), 0.649424079046338, 1e-7);
  near(structuralSimilarity(image(3), image(10)), 0.1751050218354917, 1e-7);
  near(structuralSimilarity(image(2), image(5)), 0.8207142174779596, 1e-7);
  const pattern = (value: (x: number, y: number) => number) =>
    Float32Array.from({ length: PIXELS }, (_, i) => 0.5 + 0.5 * value(i % 28, Math.floor(i / 28)));
  const waves = pattern((x, y) => Math.sin(0.7 * x + 0.3 * y * y));
  const rings = pattern((x, y) => Math.cos(0.2 * x * y));
  near(structuralSimilarity(waves, rings), -0.001146294193922545, 1e-7);
});

Deno.test("an image is like itself, whoever comes first, and its negative is unlike it", () => {
  near(structuralSimilarity(image(3), image(3)), 1, 1e-12);
  const [one, other] = [image(3), image(8)];
  near(structuralSimilarity(one, other), structuralSimilarity(other, one), 1e-12);
  const noise = new Random(1).uniforms(PIXELS);
  assertLess(structuralSimilarity(noise, noise.map((p) => 1 - p)), -0.8);
});

Deno.test("one image of each digit, repeated: similarity 1; a digit with one image has none", () => {
  const rows = [0, 0, 1, 1, 2];
  const found = diversity(
    pixels(test.images, rows),
    Uint8Array.of(7, 7, 2, 2, 1),
    new Random(1),
    20,
  );
  near(found.similarity, 1, 1e-12);
  found.byDigit.forEach((value, digit) =>
    digit === 7 || digit === 2 ? near(value!, 1, 1e-12) : assertEquals(value, null)
  );
  assertEquals(found.pairs, 20);
});

Deno.test("two images of a digit: every pair is those two", () => {
  const { similarity } = diversity(
    pixels(test.images, [0, 17]),
    Uint8Array.of(7, 7),
    new Random(1),
    5,
  );
  near(similarity, 0.649424079046338, 1e-7);
});

Deno.test("the order of the samples changes no more than other pairs do", () => {
  const rows = range(600);
  const measure = (order: Uint32Array, seed: number) =>
    diversity(
      pixels(test.images, order),
      Uint8Array.from(order, (row) => test.labels[row]),
      new Random(seed),
      100,
    ).similarity;
  const one = measure(Uint32Array.from(rows), 1);
  // 1,000 pairs whose similarities have a deviation of .2: five standard errors.
  near(measure(new Random(2).permutation(600), 1), one, 0.03);
  near(measure(Uint32Array.from(rows), 4), one, 0.03);
});

Deno.test("images that are none, digits that do not fit and lone images are refused", () => {
  const random = new Random(1);
  const grey = (count: number, value = 0.5) => new Float32Array(count * PIXELS).fill(value);
  assertThrows(() => structuralSimilarity(grey(1), grey(2)), TypeError, "each must be one image");
  assertThrows(() => structuralSimilarity(grey(1, 2), grey(1)), RangeError, "in [0, 1], got 2");
  assertThrows(() => diversity(grey(1), Uint8Array.of(1), random), RangeError, "at least 2, got 1");
  assertThrows(() => diversity(grey(2), Uint8Array.of(1), random), TypeError, "got 1 for 2 images");
  assertThrows(
    () => diversity(grey(2), Uint8Array.of(1, 2), random),
    RangeError,
    "at least one digit must have two of them",
  );
  assertThrows(
    () => diversity(grey(2, NaN), Uint8Array.of(1, 1), random),
    RangeError,
    "got NaN in image 0",
  );
});
