import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { drawCurve, lookAt, shareNear, widthOfCloud } from "@/experiments/plane_game.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { Random } from "@/random.ts";

Deno.test("points along a curve are uniform in t, with a deviation of 0.03 in each coordinate", () => {
  const points = drawCurve((t) => [3 * t, -1], 20_000, new Random(1));
  const [xs, ys] = [0, 1].map((axis) => points.filter((_, i) => i % 2 === axis));
  const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = (values: Float32Array) => {
    const middle = mean(values);
    return mean(values.map((value) => (value - middle) ** 2));
  };
  // U(0, 3) has the mean 1.5 and the variance 9/12.
  assertAlmostEquals(mean(xs), 1.5, 5 * Math.sqrt(0.75 / 20_000));
  assertAlmostEquals(variance(xs), 0.75 + 0.0009, 0.02);
  assertAlmostEquals(mean(ys), -1, 5 * 0.03 / Math.sqrt(20_000));
  assertAlmostEquals(variance(ys), 0.0009, 0.0001);
});

Deno.test("a curve that leaves the numbers is named, and where it does", () => {
  assertThrows(
    () => drawCurve((t) => [0, Math.sqrt(t - 2)], 1, new Random(1)),
    RangeError,
    "Cannot draw from the curve: both coordinates must be finite, got [0, NaN] at t = 0.",
  );
  assertThrows(() => drawCurve((t) => [t], 1, new Random(1)), RangeError, "undefined");
});

Deno.test("the share of points that are near counts a distance in both coordinates", () => {
  const others = [0, 0, 10, 10];
  assertEquals(shareNear([0.3, 0.39, 0.3, 0.41, 10, 10, 0, 10], others, 0.5), 0.5);
  assertEquals(shareNear(others, [0, 0], 0.5), 0.5);
});

Deno.test("the spread of the corners of a square is half its diagonal, wherever it lies", () => {
  assertAlmostEquals(widthOfCloud([5, 7, 7, 7, 5, 9, 7, 9]), Math.SQRT2, 1e-12);
  assertEquals(widthOfCloud([3, 4, 3, 4]), 0);
});

Deno.test("a look reads D where the points are, and the picture has D from the lowest row up", () => {
  const [real, fake] = [Float32Array.of(0, 0, 1, 0), Float32Array.of(0.05, 0, -1, -1)];
  const judge = (points: Float32Array) =>
    Float32Array.from({ length: points.length / 2 }, (_, i) => (points[2 * i + 1] + 2) / 4);
  const { dReal, dFake, near, reached, overSamples } = lookAt(3, { real, fake, judge });
  assertEquals([dReal, dFake, near, reached], [0.5, 0.375, 0.5, 0.5]);
  assertLess(overSamples.values[0], overSamples.values.at(-1)!);
});

Deno.test("a game that has diverged is told so, and at which step", () => {
  const points = Float32Array.of(0, 0);
  const judge = () => Float32Array.of(NaN);
  assertThrows(
    () => lookAt(50, { real: points, fake: points, judge }),
    DivergedError,
    "Training diverged before step 50: D(x) must be finite, got NaN. Lower the learning rates",
  );
});
