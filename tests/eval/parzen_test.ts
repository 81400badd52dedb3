/** Parzen windows: by hand, as Gaussians in closed form, and beside NumPy. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import {
  PARZEN_SIGMAS,
  parzenEstimate,
  parzenLogDensities,
  parzenOfImages,
} from "@/eval/parzen.ts";
import { type Rows } from "@/eval/rows.ts";
import { Random } from "@/random.ts";
import { range, shuffled, testWithThreads } from "../support/rows.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const rows = (columns: number, ...data: number[]): Rows => ({
  data: new Float32Array(data),
  columns,
});

testWithThreads("the grid of sigma is the authors'", () => {
  const printed = [0.1, 0.129, 0.167, 0.215, 0.278, 0.359, 0.464, 0.599, 0.774, 1];
  assertEquals(PARZEN_SIGMAS.map((sigma) => Number(sigma.toFixed(3))), printed);
});

testWithThreads("one sample: the density of a Gaussian, at it and beside it", async () => {
  const points = rows(2, 1, 2, 4, 6);
  const [half, two] = await parzenLogDensities(rows(2, 1, 2), points, [0.5, 2]);
  // 3-4-5: ‖x - g‖² = 25. -d²/2σ² - 2 log(σ √(2π)).
  const normaliser = (sigma: number) => Math.log(2 * Math.PI * sigma ** 2);
  near(half[0], -normaliser(0.5), 1e-6);
  near(half[1], -50 - normaliser(0.5), 1e-5);
  near(two[1], -25 / 8 - normaliser(2), 1e-6);
});

testWithThreads("two samples: the mean of two densities, by hand", async () => {
  // At 0, samples 1 and -2 with σ = 1: ½ (φ(1) + φ(2)).
  const [[log]] = await parzenLogDensities(rows(1, 1, -2), rows(1, 0), [1]);
  const phi = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  near(log, Math.log((phi(1) + phi(2)) / 2), 1e-6);
});

testWithThreads("far from every sample the logarithm is finite: nothing underflows", async () => {
  const [[log]] = await parzenLogDensities(rows(1, 0, 1), rows(1, 1000), [0.1]);
  // The sample at 1 alone counts: -(999²)/(2 · .01) + log ½ - log(.1 √(2π)).
  const expected = -(999 ** 2) / 0.02 - Math.LN2 - Math.log(0.1 * Math.sqrt(2 * Math.PI));
  near(log / expected, 1, 1e-6);
});

testWithThreads(
  "sigma is the best on validation, mean and error are of the test points",
  async () => {
    // One sample at 0; validation at ±1: the best σ is 1. Test at 0 and 2.
    const found = await parzenEstimate(
      rows(1, 0),
      rows(1, 1, -1),
      rows(1, 0, 2),
      { sigmas: [0.25, 0.5, 1, 2, 4] },
    );
    const c = -Math.log(Math.sqrt(2 * Math.PI));
    assertEquals(found.sigma, 1);
    near(found.mean, c - 1, 1e-6);
    // Log-likelihoods c and c - 2: the deviation that divides by n is 1.
    near(found.standardError, 1 / Math.SQRT2, 1e-6);
    assertEquals(found.validation.map(({ sigma }) => sigma), [0.25, 0.5, 1, 2, 4]);
    near(found.validation[3].mean, c - Math.LN2 - 1 / 8, 1e-6);
  },
);

testWithThreads("300 training images as samples, 100 test images: NumPy's numbers", async () => {
  const { train, test } = await loadImages();
  const samples = { data: pixels(train.images, range(300)), columns: PIXELS };
  const points = { data: pixels(test.images, range(100)), columns: PIXELS };
  const sigma = 10 ** (-1 + 2 / 9);
  const [narrow, wide] = await parzenLogDensities(samples, points, [sigma, 0.5]);
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;
  // From NumPy in float64, distances without a matrix product.
  near(mean(narrow), -20.113910915925945, 5e-4);
  near(narrow[7], -315.5057348459177, 2e-3);
  near(mean(wide), -260.34615207166985, 5e-5);
  near(wide[7], -293.29408546480084, 5e-4);
  const { standardError } = await parzenEstimate(samples, points, points, { sigmas: [sigma] });
  near(standardError, 31.23542274271612, 1e-4);
});

testWithThreads(
  "several blocks give what one does: sums are carried from block to block",
  async () => {
    // 2,000 samples are a block; the nearest sample comes last, so every sum is rescaled.
    const random = new Random(1);
    const data = random.normals(4500 * 3);
    data.set([9, 9, 9], 4499 * 3);
    const samples = { data, columns: 3 };
    const point = rows(3, 9, 9, 9.5);
    const sigma = 0.7;
    const [[found]] = await parzenLogDensities(samples, point, [sigma]);
    let sum = 0;
    for (let i = 0; i < 4500; i++) {
      const squared = [9, 9, 9.5].reduce((s, x, k) => s + (x - data[3 * i + k]) ** 2, 0);
      sum += Math.exp(-squared / (2 * sigma ** 2)) / 4500;
    }
    near(found, Math.log(sum) - 3 * Math.log(sigma * Math.sqrt(2 * Math.PI)), 1e-5);
  },
);

testWithThreads("the order of the samples changes nothing", async () => {
  const random = new Random(2);
  const samples = { data: random.uniforms(3000 * 5), columns: 5 };
  const points = { data: random.uniforms(40 * 5), columns: 5 };
  const [one] = await parzenLogDensities(samples, points, [0.1]);
  const [other] = await parzenLogDensities(shuffled(samples, random), points, [0.1]);
  one.forEach((value, i) => near(other[i], value, 1e-9));
});

testWithThreads("wrong rows, sigmas, images and data are refused, each by its rule", async () => {
  const two = rows(2, 1, 2);
  const cases: [Promise<unknown>, string][] = [
    [parzenLogDensities(rows(2, 1), two, [1]), "whole rows of 2, got 1 numbers"],
    [parzenLogDensities(rows(2), two, [1]), "at least 1 rows, got 0"],
    [parzenLogDensities(rows(2, 1, NaN), two, [1]), "must be finite, got NaN in row 0"],
    [parzenLogDensities(two, rows(2, 0, 0, Infinity, 0), [1]), "got Infinity in row 1"],
    [parzenLogDensities(two, two, [0]), "sigma must be positive and finite, got 0"],
    [parzenLogDensities(two, two, [NaN]), "sigma must be positive and finite, got NaN"],
    [parzenLogDensities(two, rows(1, 1), [1]), "equally long, got 1 and 2"],
  ];
  for (const [promise, message] of cases) await assertRejects(() => promise, Error, message);

  const images = await loadImages();
  const grey = (count: number, value = 0.5) => new Float32Array(count * PIXELS).fill(value);
  await assertRejects(() => parzenOfImages(grey(9_999), images), RangeError, "at least 10000");
  await assertRejects(() => parzenOfImages(grey(10_000, 1.1), images), RangeError, "in [0, 1]");
  const few = { ...images, train: { ...images.train, count: 50_999 } };
  await assertRejects(() => parzenOfImages(grey(10_000), few), RangeError, "got 50999 images");
});

testWithThreads("progress goes up to 1", async () => {
  const heard: number[] = [];
  const samples = { data: new Random(3).uniforms(2600), columns: 1 };
  await parzenEstimate(samples, samples, samples, {
    sigmas: [1],
    onProgress: (share) => heard.push(share),
  });
  assertEquals(heard.at(-1), 1);
  for (let i = 1; i < heard.length; i++) assertLess(heard[i - 1], heard[i] + 1e-12);
});
