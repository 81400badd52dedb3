import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { linspace } from "@/math/stable.ts";
import { integrate } from "@/math/quadrature.ts";

const normal = (mean: number, sigma: number) => (x: number) =>
  Math.exp(-(((x - mean) / sigma) ** 2) / 2) / (sigma * Math.sqrt(2 * Math.PI));

Deno.test("the rule is exact for polynomials of degree 23, on one panel", () => {
  for (let degree = 0; degree <= 23; degree++) {
    let evaluations = 0;
    const f = (x: number) => {
      evaluations++;
      return x ** degree;
    };
    // The estimate rests on the 7 points, good for degree 13 only: let it pass.
    const { value } = integrate(f, [-1, 2], { absolute: Infinity });
    const expected = (2 ** (degree + 1) - (-1) ** (degree + 1)) / (degree + 1);
    assertEquals(evaluations, 15);
    assertAlmostEquals(value, expected, 4e-15 * 2 ** (degree + 1));
  }
  const { value } = integrate((x) => x ** 24, [-1, 1], { absolute: Infinity });
  assertNotEquals(Math.abs(value - 2 / 25) < 1e-12, true, "degree 24 is out of reach");
});

Deno.test("the 7 points inside are exact to degree 13: the error estimate of such is rounding", () => {
  for (const degree of [0, 6, 12, 13]) {
    assertLess(integrate((x) => x ** degree, [-1, 2], { absolute: Infinity }).error, 1e-9);
  }
  assertLess(1e-9, integrate((x) => x ** 14, [-1, 2], { absolute: Infinity }).error);
});

Deno.test("integrals with closed forms: value within its error, and error within 1e-12", () => {
  const cases: [string, (x: number) => number, number[], number][] = [
    [
      "a Gaussian over the line",
      (x) => Math.exp(-x * x),
      [-Infinity, Infinity],
      Math.sqrt(Math.PI),
    ],
    ["Cauchy's tails", (x) => 1 / (1 + x * x), [-Infinity, 0, Infinity], Math.PI],
    ["one tail", (x) => Math.exp(-x), [3, Infinity], Math.exp(-3)],
    ["the other tail", (x) => Math.exp(2 * x), [-Infinity, 1], Math.exp(2) / 2],
    ["a jump off the breaks", (x) => x > 0.3 ? 1 : 0, [0, 1], 0.7],
    ["a kink off the breaks", (x) => Math.abs(x - 0.123), [-1, 1], (1.123 ** 2 + 0.877 ** 2) / 2],
    ["a singular end", (x) => 1 / Math.sqrt(x), [0, 1], 2],
    ["a logarithm", (x) => Math.log(x), [1, 0], -1],
    ["a fast oscillation", (x) => Math.cos(100 * x), [0, 1], Math.sin(100) / 100],
    ["a Gaussian of sigma 1e-6", normal(0, 1e-6), [-1e-3, 0, 1e-3], 1],
    ["two a million apart", (x) => normal(0, 1)(x) + normal(1e6, 1)(x), [
      -40,
      0,
      40,
      1e6 - 40,
      1e6,
      1e6 + 40,
    ], 2],
    ["no mass at all", () => 0, [0, 1], 0],
  ];
  for (const [name, f, breaks, expected] of cases) {
    const { value, error } = integrate(f, breaks);
    assertLess(error, 1e-12, name);
    // A float64 result cannot be nearer than a few roundings.
    assert(Math.abs(value - expected) <= error + 4e-15, `${name}: ${value} ± ${error}`);
  }
});

Deno.test("around 1e6 a sigma of 1e-6 is 10,000 roundings wide, and is integrated all the same", () => {
  for (const mean of [1e6, -1e6, 123456.789]) {
    const breaks = linspace(mean - 2e-5, mean + 2e-5, 41);
    const { value, error } = integrate(normal(mean, 1e-6), breaks);
    assertAlmostEquals(value, 1, 1e-12);
    assertLess(error, 1e-12);
  }
});

Deno.test("breaks do not change an integral, nor does their order", () => {
  const f = (x: number) => Math.exp(-Math.abs(x - 1));
  const expected = integrate(f, [-40, 1, 42]).value;
  assertAlmostEquals(integrate(f, [42, 3, -40, 1, 1, 0.5]).value, expected, 1e-13);
});

Deno.test("what cannot be integrated to the tolerance says so in its error", () => {
  // Infinitely many oscillations: the panels run out.
  const { value, error } = integrate((x) => Math.sin(1 / x) / x, [0, 1]);
  assertLess(1e-12, error);
  // ∫ sin(1/x)/x dx = ∫₁^∞ sin(u)/u du = π/2 - Si(1).
  assertAlmostEquals(value, Math.PI / 2 - 0.946083070367183, 10 * error);
});

Deno.test("an infinite integrand has an infinite integral, and NaN shows", () => {
  assertEquals(integrate((x) => x > 0.5 ? Infinity : 0, [0, 1]).value, Infinity);
  assertEquals(integrate((x) => x > 0.5 ? -Infinity : 1, [0, 1]).value, -Infinity);
  assertEquals(integrate((x) => x > 0.5 ? NaN : 0, [0, 1]), { value: NaN, error: NaN });
  assertEquals(integrate((x) => x > 0.5 ? Infinity : -Infinity, [0, 1]).value, NaN);
});

Deno.test("breaks that enclose nothing are refused", () => {
  assertThrows(() => integrate(Math.exp, [1]), RangeError, "got [1]");
  assertThrows(() => integrate(Math.exp, [2, 2]), RangeError, "at least two different");
  assertThrows(() => integrate(Math.exp, [0, NaN]), RangeError, "NaN");
});
