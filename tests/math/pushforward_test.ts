import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { gaussian } from "@/math/density.ts";
import { binOf, binsBetween, massesIn, pushforwardCdf } from "@/math/pushforward.ts";
import { linspace } from "@/math/stable.ts";

const noise = gaussian({ mean: 0, sigma: 1 });
const knots = linspace(-5, 5, 1001);
const pushed = (map: (z: number) => number) => pushforwardCdf(noise, knots, knots.map(map));

Deno.test("a straight map of N(0, 1) gives the Gaussian of its slope, rising or falling", () => {
  for (const slope of [0.8, -0.8]) {
    const cdf = pushed((z) => 1 + slope * z);
    const exact = gaussian({ mean: 1, sigma: 0.8 });
    for (const x of linspace(-1.9, 3.9, 23)) assertAlmostEquals(cdf(x), exact.cdf(x), 1e-5);
  }
});

Deno.test("a map that folds the line is counted on both sides of the fold: P(z² ≤ x)", () => {
  const cdf = pushed((z) => z * z);
  for (const x of [0.01, 0.3, 1, 4]) {
    assertAlmostEquals(cdf(x), 2 * noise.cdf(Math.sqrt(x)) - 1, 1e-3);
  }
  assertEquals(cdf(-1e-9), 0);
});

Deno.test("a constant G has all of its mass at one point, and the tails of z are not lost", () => {
  const cdf = pushed(() => 2);
  assertAlmostEquals(cdf(2), 1, 1e-12);
  assertEquals(cdf(2 - 1e-9), 0);
  assertAlmostEquals(pushed((z) => 3 * z)(1e9), 1, 1e-12);
});

Deno.test("what is no value of G at each knot is refused", () => {
  assertThrows(() => pushforwardCdf(noise, [0], [1]), TypeError, "got 1 knots and 1 values");
  assertThrows(() => pushforwardCdf(noise, [0, 1], [1]), TypeError, "got 2 knots and 1 values");
  assertThrows(() => pushforwardCdf(noise, [0, 1], [1, NaN]), RangeError, "NaN at z = 1");
});

Deno.test("masses of bins are differences of the cdf, with what lies beyond at both ends", () => {
  const bins = binsBetween(-1, 3, 8);
  assertEquals(bins.edges.length, 9);
  assertEquals(bins.places, [-1, ...bins.centres, 3]);
  const masses = massesIn(bins, noise.cdf);
  assertEquals(masses.length, 10);
  assertAlmostEquals(masses.reduce((a, b) => a + b), 1, 1e-15);
  assertAlmostEquals(masses[0], noise.cdf(-1), 1e-15);
  assertAlmostEquals(masses[9], 1 - noise.cdf(3), 1e-15);
  assertAlmostEquals(masses[3], noise.cdf(0.5) - noise.cdf(0), 1e-15);
  assert(bins.centres.every((x, i) => binOf(bins, x) === i + 1));
  assertEquals([-7, 9].map((x) => binOf(bins, x)), [0, 9]);
});
