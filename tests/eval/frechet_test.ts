/** The Fréchet distance beside its closed forms and SciPy. */
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { type FeatureGaussian, frechetDistance, gaussianOf } from "@/eval/frechet.ts";
import { Random } from "@/random.ts";
import { shuffled } from "../support/rows.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

const gaussian = (mean: number[], covariance: number[][]): FeatureGaussian => ({
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(covariance.flat()),
});

const diagonal = (mean: number[], variances: number[]) =>
  gaussian(mean, variances.map((v, i) => variances.map((_, j) => i === j ? v : 0)));

Deno.test("Gaussians along the axes: Σ (μ₁ - μ₂)² + (σ₁ - σ₂)²", () => {
  const a = diagonal([1, 2, -1], [4, 9, 0.25]);
  const b = diagonal([0, 2, 1], [1, 16, 0.25]);
  near(frechetDistance(a, b), 1 + 0 + 4 + (2 - 1) ** 2 + (3 - 4) ** 2, 1e-12);
});

Deno.test("covariances that commute: the distance of their eigenvalues' roots", () => {
  // Both have eigenvectors (1, 1) and (1, -1): values 9 and 1, and 4 and 4.
  const a = gaussian([0, 0], [[5, 4], [4, 5]]);
  const b = gaussian([3, 4], [[4, 0], [0, 4]]);
  near(frechetDistance(a, b), 25 + (3 - 2) ** 2 + (1 - 2) ** 2, 1e-12);
});

Deno.test("covariances that do not commute: SciPy's square root", () => {
  const a = gaussian([-0.78, -0.26, 0.01], [
    [0.904, 0.441, 0.412],
    [0.441, 2.717, 1.389],
    [0.412, 1.389, 0.759],
  ]);
  const b = gaussian([-0.28, 1.29, 1.01], [
    [0.386, -0.485, 0.017],
    [-0.485, 0.801, -0.306],
    [0.017, -0.306, 0.446],
  ]);
  near(frechetDistance(a, b), 6.862465221115814, 1e-9);
  near(frechetDistance(b, a), 6.862465221115814, 1e-9);
});

Deno.test("a Gaussian is at no distance from itself, singular or not, and never at a negative one", () => {
  const random = new Random(1);
  const rows = { data: random.normals(200 * 64), columns: 64 };
  const full = gaussianOf(rows);
  assertLess(frechetDistance(full, full), 1e-9);
  // Two features that are always equal, and one that is always 0.
  const flat = gaussian([0, 0, 0], [[1, 1, 0], [1, 1, 0], [0, 0, 0]]);
  assertLess(frechetDistance(flat, flat), 1e-9);
  assert(frechetDistance(flat, flat) >= 0);
  near(frechetDistance(flat, diagonal([0, 0, 0], [0, 0, 0])), 2, 1e-9);
});

Deno.test("mean and covariance by hand, divided by n - 1", () => {
  const { mean, covariance } = gaussianOf({
    data: new Float32Array([1, 10, 2, 20, 6, 30]),
    columns: 2,
  });
  assertEquals([...mean], [3, 20]);
  // Deviations (-2, -10), (-1, 0), (3, 10).
  const expected = [14 / 2, 50 / 2, 50 / 2, 200 / 2];
  covariance.forEach((value, i) => near(value, expected[i], 1e-12));
});

Deno.test("samples of known Gaussians: the distance of the Gaussians, to sampling error", () => {
  const random = new Random(2);
  const count = 20_000;
  const draw = (mean: number, sigma: number) => ({
    data: random.normals(count * 3).map((x, i) => i % 3 === 0 ? mean + sigma * x : x),
    columns: 3,
  });
  const found = frechetDistance(gaussianOf(draw(0, 1)), gaussianOf(draw(0.5, 2)));
  // Means and deviations are each off by about 1/√n.
  near(found, 0.25 + 1, 8 * 2 / Math.sqrt(count));
});

Deno.test("the order of the rows changes nothing but the last digits", () => {
  const random = new Random(3);
  const rows = { data: random.uniforms(300 * 7), columns: 7 };
  const other = gaussianOf({ data: random.normals(300 * 7), columns: 7 });
  const found = frechetDistance(gaussianOf(shuffled(rows, random)), other);
  near(found, frechetDistance(gaussianOf(rows), other), 1e-9);
});

Deno.test("too few rows, half rows, NaN and different numbers of features are refused", () => {
  const rows = (columns: number, ...data: number[]) => ({ data: new Float32Array(data), columns });
  assertThrows(() => gaussianOf(rows(2, 1, 2, 3, 4)), RangeError, "at least 3 rows, got 2");
  assertThrows(() => gaussianOf(rows(2, 1, 2, 3)), TypeError, "whole rows of 2, got 3 numbers");
  assertThrows(() => gaussianOf(rows(1, 1, NaN)), RangeError, "got NaN in row 1");
  assertThrows(
    () => frechetDistance(diagonal([0], [1]), diagonal([0, 0], [1, 1])),
    TypeError,
    "the same number of features, got 1 and 2",
  );
});
