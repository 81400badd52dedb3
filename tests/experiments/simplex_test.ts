/** Descent on probabilities: slopes against differences, steps against their closed form. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  byOutcome,
  chase,
  countRises,
  drawProbabilities,
  gradientStep,
  mixed,
  normalised,
  pathFrom,
  settledAfter,
  slopesAtBest,
} from "@/experiments/simplex.ts";
import { DivergedError } from "@/gan/diverged.ts";
import { cost } from "@/math/value.ts";
import { Random } from "@/random.ts";

Deno.test("the slope of C is that of U with D held at D*, in every direction", () => {
  const random = new Random(1);
  for (let trial = 0; trial < 20; trial++) {
    const [data, q] = [
      drawProbabilities(4, random),
      mixed([0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], 0.3),
    ];
    const slopes = slopesAtBest(data, q);
    for (const [i, j] of [[0, 1], [2, 3], [3, 0]]) {
      const at = (by: number) =>
        cost(data, q.map((p, k) => p + (k === i ? by : k === j ? -by : 0)));
      assertAlmostEquals((at(1e-5) - at(-1e-5)) / 2e-5, slopes[i] - slopes[j], 1e-6);
    }
  }
});

Deno.test("C is convex along every straight line between generators", () => {
  const random = new Random(2);
  for (let trial = 0; trial < 500; trial++) {
    const [data, q, r] = [1, 2, 3].map(() => drawProbabilities(5, random));
    const t = random.uniform();
    const chord = (1 - t) * cost(data, q) + t * cost(data, r);
    assert(cost(data, mixed(q, r, t)) <= chord + 1e-12);
  }
});

Deno.test("points are drawn uniformly from the simplex", () => {
  const random = new Random(3);
  const firsts = Array.from({ length: 20_000 }, () => drawProbabilities(3, random)[0]);
  // P(p_1 ≤ t) = 1 - (1 - t)² for three outcomes; 0.015 are four standard errors.
  for (const t of [0.1, 0.3, 0.5, 0.8]) {
    const share = firsts.filter((p) => p <= t).length / firsts.length;
    assertAlmostEquals(share, 1 - (1 - t) ** 2, 0.015);
  }
  assertAlmostEquals(drawProbabilities(7, random).reduce((sum, p) => sum + p), 1, 1e-12);
});

const data = [0.5, 0.3, 0.2];
const start = [0.02, 0.9, 0.08];

Deno.test("a multiplicative step of size 1 goes half-way to the data", () => {
  chase({ data, start, size: 1, renewals: 30 }).forEach((p, n) =>
    p.forEach((each, i) => assertAlmostEquals(each, data[i] + (start[i] - data[i]) / 2 ** n, 1e-14))
  );
});

Deno.test("the optimum of the game on a training set is the training set, zeros and all", () => {
  const shares = [0.4, 0.3, 0.2, 0.1, 0];
  const [end] = chase({ data: shares, start: Array(5).fill(0.2), size: 1, renewals: 60 }).slice(-1);
  end.forEach((p, i) => assertAlmostEquals(p, shares[i], 1e-15));
});

Deno.test("many small steps against a D that stands still are one large one", () => {
  let p = start;
  for (let renewal = 0; renewal < 3; renewal++) {
    const slopes = slopesAtBest(data, p);
    for (let n = 0; n < 50; n++) {
      p = normalised(p.map((each, i) => each * Math.exp(-0.02 * slopes[i])));
    }
  }
  const once = chase({ data, start, size: 1, renewals: 3 }).at(-1)!;
  p.forEach((each, i) => assertAlmostEquals(each, once[i], 1e-12));
});

Deno.test("near the data a renewal multiplies the distance by 1 - size/2", () => {
  const near = [0.5 + 1e-6, 0.3 - 1e-6, 0.2];
  for (const size of [0.5, 1, 2, 3, 4]) {
    const [, p] = chase({ data, start: near, size, renewals: 1 });
    assertAlmostEquals((p[0] - data[0]) / 1e-6, 1 - size / 2, 1e-4);
  }
});

Deno.test("small gradient steps stay on the simplex, lower C each time and end at the data", () => {
  const path = pathFrom((p) => gradientStep(data, p, 0.02), start, 800);
  const costs = path.map((p) => cost(data, p));
  path.forEach((p) => assertAlmostEquals(p[0] + p[1] + p[2], 1, 1e-12));
  assertEquals(countRises(costs), 0);
  assertAlmostEquals(costs.at(-1)!, -Math.log(4), 1e-12);
  // The first step is the one of steepest descent on the simplex: C falls by η times its square.
  const slopes = slopesAtBest(data, start);
  const mean = (slopes[0] + slopes[1] + slopes[2]) / 3;
  const square = slopes.reduce((sum, slope) => sum + (slope - mean) ** 2, 0);
  const small = cost(data, gradientStep(data, start, 1e-7)) - cost(data, start);
  assertAlmostEquals(small / 1e-7, -square, 1e-4);
});

Deno.test("a path by outcome is its columns, and a rise is more than rounding", () => {
  assertEquals(byOutcome([[0.1, 0.9], [0.3, 0.7]]), { "p_g(1)": [0.1, 0.3], "p_g(2)": [0.9, 0.7] });
  assertEquals(countRises([5, 6, 6, 6 + 1e-14, 2, 2.1]), 2);
});

Deno.test("a path is the start and each step, and stops at the first number that is none", () => {
  assertEquals(pathFrom(([p]) => [p / 2], [1], 3), [[1], [0.5], [0.25], [0.125]]);
  const run = () => pathFrom(([p]) => [p > 2 ? NaN : p + 1], [1], 9);
  assertThrows(run, DivergedError, "at step 3: p_g(outcome 1) must be finite, got NaN");
  assertThrows(
    () => chase({ data, start, size: 1e6, renewals: 99 }),
    DivergedError,
    "log p_g(outcome 1) must be finite",
  );
});

Deno.test("values have settled after the last one that is too large, and never if that is the last", () => {
  assertEquals(settledAfter([3, -0.2, 0.05, -0.3, 0.1, 0], 0.1), 4);
  assertEquals(settledAfter([0, 0.1], 0.1), 0);
  assertEquals(settledAfter([0, 1], 0.1), Infinity);
  assertEquals(settledAfter([0, NaN], 0.1), Infinity);
});
