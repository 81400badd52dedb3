import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  erfc,
  linspace,
  logAddExp,
  logit,
  logSigmoid,
  logSumExp,
  sigmoid,
  softplus,
} from "@/math/stable.ts";

Deno.test("sigmoid, softplus and log sigmoid agree with their definitions where those work", () => {
  for (const a of linspace(-15, 15, 61)) {
    assertAlmostEquals(sigmoid(a), 1 / (1 + Math.exp(-a)), 1e-15);
    assertAlmostEquals(softplus(a), Math.log(1 + Math.exp(a)), 1e-14);
    assertAlmostEquals(logSigmoid(a), Math.log(1 / (1 + Math.exp(-a))), 1e-14);
    assertAlmostEquals(logit(sigmoid(a)), a, 1e-9);
    assertEquals(sigmoid(a) > 0.5, a > 0);
  }
});

Deno.test("at logits of ±200, ±1000 and ±Infinity they are their limits", () => {
  assertAlmostEquals(sigmoid(-200), Math.exp(-200));
  assertEquals([sigmoid(-1000), sigmoid(1000)], [0, 1]);
  assertEquals([sigmoid(-Infinity), sigmoid(Infinity)], [0, 1]);
  assertEquals([softplus(200), softplus(1000), softplus(Infinity)], [200, 1000, Infinity]);
  assertAlmostEquals(softplus(-200), Math.exp(-200));
  assertEquals(softplus(-Infinity), 0);
  assertEquals([logSigmoid(-1000), logSigmoid(-Infinity)], [-1000, -Infinity]);
  assertEquals([logit(0), logit(0.5), logit(1)], [-Infinity, 0, Infinity]);
});

Deno.test("sums of exponentials do not overflow, and keep -Infinity as no mass", () => {
  assertAlmostEquals(logAddExp(1000, 1000), 1000 + Math.LN2, 1e-12);
  assertAlmostEquals(logAddExp(-1000, -1001), -1000 + Math.log1p(Math.exp(-1)), 1e-12);
  assertEquals(logAddExp(-Infinity, -3), -3);
  assertEquals(logAddExp(-Infinity, -Infinity), -Infinity);
  assertEquals(logAddExp(Infinity, Infinity), Infinity);
  assertEquals([logSumExp([]), logSumExp([-Infinity, -Infinity])], [-Infinity, -Infinity]);
  assertEquals(logSumExp([0, Infinity]), Infinity);
  assertAlmostEquals(logSumExp([-2000, -2000, -2000, -2000]), -2000 + Math.log(4), 1e-12);
  assertAlmostEquals(logSumExp([1, -2]), logAddExp(1, -2), 1e-15);
});

Deno.test("NaN in is NaN out", () => {
  for (const f of [sigmoid, softplus, logSigmoid, logit]) assert(Number.isNaN(f(NaN)), f.name);
  assert(Number.isNaN(logAddExp(NaN, 0)));
  assert(Number.isNaN(logSumExp([1, NaN, 2])));
});

Deno.test("erfc equals the digits of an arbitrary-precision library", () => {
  // mpmath 1.3, 50 digits, rounded to float64.
  const values: [number, number][] = [
    [-3, 1.9999779095030015],
    [-0.5, 1.5204998778130465],
    [0, 1],
    [1e-9, 0.9999999988716208],
    [0.3, 0.67137324054087255],
    [1.4, 0.047714880237351202],
    [1.5, 0.033894853524689274],
    [2.5, 0.00040695201744495892],
    [5, 1.5374597944280349e-12],
    [10, 2.0884875837625449e-45],
    [26, 5.6631924088561432e-296],
  ];
  for (const [x, expected] of values) assertAlmostEquals(erfc(x), expected, 5e-15 * expected);
});

Deno.test("linspace has both ends exactly, and refuses a single point", () => {
  assertEquals(linspace(-10, 10, 5), [-10, -5, 0, 5, 10]);
  assertEquals(linspace(0.1, 0.7, 4).at(-1), 0.7);
  assertEquals(linspace(0.1, 0.7, 4)[0], 0.1);
  assertThrows(() => linspace(0, 1, 1), RangeError, "at least 2, got 1");
});
