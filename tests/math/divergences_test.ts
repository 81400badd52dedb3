import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertThrows,
} from "@std/assert";
import { type Density, gaussian, laplace, mixture, uniform } from "@/math/density.ts";
import { AccuracyError, type Probabilities } from "@/math/distribution.ts";
import { gaussianKl, jsDivergence, klDivergence, totalVariation } from "@/math/divergences.ts";
import { erfc } from "@/math/stable.ts";
import { Random } from "@/random.ts";
import { between, randomMixture, randomProbabilities } from "../support/distributions.ts";

const N = (mean: number, sigma: number) => gaussian({ mean, sigma });
const U = (low: number, high: number) => uniform({ low, high });

/** Relative to 1 or to the value, whichever is larger. */
function assertNear(actual: number, expected: number, tolerance = 1e-12, message?: string) {
  assertAlmostEquals(actual, expected, tolerance * Math.max(1, Math.abs(expected)), message);
}

Deno.test("KL of Gaussians equals its closed form, from sigma 1e-6 to 1e6 and 1e6 apart", () => {
  const random = new Random(1);
  const pairs = Array.from({ length: 200 }, () => {
    const draw = () => ({ mean: between(random, -5, 5), sigma: 10 ** between(random, -6, 6) });
    return [draw(), draw()];
  });
  pairs.push(
    [{ mean: 0, sigma: 1 }, { mean: 1e6, sigma: 1 }],
    [{ mean: -5e5, sigma: 1e-6 }, { mean: 5e5, sigma: 1e-6 }],
    [{ mean: 1e6, sigma: 1e-6 }, { mean: 1e6 + 2 ** -19, sigma: 1.5e-6 }],
    [{ mean: 0, sigma: 1e-6 }, { mean: 0, sigma: 1e6 }],
    [{ mean: 0, sigma: 1e-200 }, { mean: 0, sigma: 2e-200 }],
    [{ mean: 0, sigma: 1e200 }, { mean: 0, sigma: 2e200 }],
  );
  for (const [p, q] of pairs) {
    assertNear(klDivergence(gaussian(p), gaussian(q)), gaussianKl(p, q), 1e-12);
  }
});

Deno.test("the closed form is the textbook's, in nats", () => {
  // log 2 + (1 + 1)/8 - 1/2.
  const [p, q] = [{ mean: 0, sigma: 1 }, { mean: 1, sigma: 2 }];
  assertAlmostEquals(gaussianKl(p, q), Math.LN2 - 0.25, 1e-15);
  // -log 2 + (4 + 1)/2 - 1/2: the other way round it is another number.
  assertAlmostEquals(gaussianKl(q, p), 2 - Math.LN2, 1e-15);
  assertEquals(gaussianKl(p, p), 0);
});

Deno.test("KL with Laplace and uniform densities equals its closed forms", () => {
  const [b, c, shift, s] = [0.7, 1.9, 2.3, 1.6];
  const l = (mean: number, scale: number) => laplace({ mean, scale });
  // E|X - shift| under Laplace(0, b) is shift + b exp(-shift/b).
  assertNear(
    klDivergence(l(0, b), l(shift, c)),
    Math.log(c / b) + (shift + b * Math.exp(-shift / b)) / c - 1,
  );
  const logSigmaRoot = Math.log(s * Math.sqrt(2 * Math.PI));
  assertNear(klDivergence(l(0, b), N(0, s)), logSigmaRoot - Math.log(2 * b) - 1 + b * b / (s * s));
  // E|X| under N(0, s) is s √(2/π).
  assertNear(
    klDivergence(N(0, s), l(0, b)),
    Math.log(2 * b) + s * Math.sqrt(2 / Math.PI) / b - logSigmaRoot - 0.5,
  );
  assertNear(klDivergence(U(0, 1), U(-1, 3)), Math.log(4));
  assertNear(
    klDivergence(U(-s, s), N(0, 1)),
    Math.log(Math.sqrt(2 * Math.PI) / (2 * s)) + s * s / 6,
  );
});

Deno.test("KL and JSD equal an arbitrary-precision integration of the definitions", () => {
  // mpmath 1.3 at 30 digits: KL(p ‖ q), KL(q ‖ p), JSD.
  const cases: [Density, Density, number, number, number][] = [
    [N(0, 1), N(1, 2), 0.44314718055994531, 1.3068528194400547, 0.12817497305439801],
    [
      laplace({ mean: 0, scale: 1 }),
      N(0.5, 1),
      0.35079135264472743,
      0.16980176215788463,
      0.04578971692351365,
    ],
    [
      mixture({ components: [N(-2, 0.5), N(1, 1)], weights: [0.3, 0.7] }),
      N(0, 1.5),
      0.15974506785931308,
      0.20688275654978698,
      0.041544847319490748,
    ],
  ];
  for (const [p, q, forward, backward, jsd] of cases) {
    assertNear(klDivergence(p, q), forward, 1e-14);
    assertNear(klDivergence(q, p), backward, 1e-14);
    assertNear(jsDivergence(p, q), jsd, 1e-14);
  }
});

Deno.test("JSD is the mean of the KL to the mixture m, for 100 pairs", () => {
  const random = new Random(2);
  for (let i = 0; i < 100; i++) {
    const [p, q] = [randomMixture(random), randomMixture(random)];
    const m = mixture({ components: [p, q] });
    assertNear(
      jsDivergence(p, q),
      (klDivergence(p, m) + klDivergence(q, m)) / 2,
      1e-11,
      `${p.name} and ${q.name}`,
    );
  }
});

Deno.test("KL is +Infinity where q has no mass and p has, however little or far away", () => {
  assertEquals(klDivergence(U(0, 2), U(0, 1)), Infinity);
  assertEquals(klDivergence(U(0, 1), U(0, 1 - 1e-9)), Infinity);
  assertEquals(klDivergence(U(0, 1), U(2, 3)), Infinity);
  assertEquals(klDivergence(U(0, 3), mixture({ components: [U(0, 1), U(2, 3)] })), Infinity);
  // The mass beyond 50 sigma is 1e-545: less than any number of float64, more than none.
  assertEquals(klDivergence(N(0, 1), U(-50, 50)), Infinity);
  assertEquals(klDivergence(laplace({ mean: 0, scale: 1e-3 }), U(-1e6, 1e6)), Infinity);
  assert(Number.isFinite(klDivergence(U(-50, 50), N(0, 1))));
  assert(Number.isFinite(klDivergence(U(0, 2), mixture({ components: [U(0, 1), U(1, 2)] }))));
  assertEquals(klDivergence([0.5, 0.5, 0], [0.5, 0, 0.5]), Infinity);
  assertNear(klDivergence([0, 1], [0.5, 0.5]), Math.LN2);
});

Deno.test("disjoint supports: JSD is log 2 exactly and the total variation 1 exactly", () => {
  const apart: [Density, Density][] = [
    [U(0, 1), U(1, 2)],
    [U(-1e6, -1e6 + 1e-3), U(1e6, 1e6 + 1e-3)],
    [mixture({ components: [U(0, 1), U(2, 3)] }), mixture({ components: [U(1, 2), U(3, 4)] })],
    // No number of float64 tells these from disjoint ones.
    [N(0, 1), N(1e6, 1)],
    [N(-5e5, 1e-6), N(5e5, 1e-6)],
  ];
  for (const [p, q] of apart) {
    assertEquals(jsDivergence(p, q), Math.LN2);
    assertEquals(totalVariation(p, q), 1);
  }
  assertEquals(jsDivergence([0.3, 0.7, 0, 0], [0, 0, 0.1, 0.9]), Math.LN2);
  assertEquals(totalVariation([0.3, 0.7, 0, 0], [0, 0, 0.1, 0.9]), 1);
  // Almost disjoint is not disjoint.
  assertLess(jsDivergence(U(0, 1), U(1 - 1e-6, 2)), Math.LN2 - 1e-7);
});

Deno.test("for p = q all three are 0 exactly", () => {
  const random = new Random(3);
  for (let i = 0; i < 20; i++) {
    const p = randomMixture(random);
    assertEquals([klDivergence(p, p), jsDivergence(p, p), totalVariation(p, p)], [0, 0, 0]);
    const d = randomProbabilities(random, 6);
    assertEquals([klDivergence(d, d), jsDivergence(d, d), totalVariation(d, d)], [0, 0, 0]);
  }
});

Deno.test("nearly equal distributions keep their digits: KL is δ²/2, JSD δ²/8", () => {
  for (const delta of [1e-3, 1e-5, 1e-6]) {
    const [p, q] = [N(0, 1), N(delta, 1)];
    assertAlmostEquals(klDivergence(p, q), delta ** 2 / 2, 1e-9 * delta ** 2);
    // The next term is of the order of δ⁴.
    assertAlmostEquals(jsDivergence(p, q), delta ** 2 / 8, 1e-9 * delta ** 2 + delta ** 4);
  }
});

Deno.test("KL ≥ 0; JSD and total variation are symmetric, within [0, log 2] and [0, 1]", () => {
  const random = new Random(4);
  const check = (p: Density | Probabilities, q: Density | Probabilities) => {
    assertGreaterOrEqual(klDivergence(p, q), 0);
    const [jsd, tv] = [jsDivergence(p, q), totalVariation(p, q)];
    assertGreaterOrEqual(jsd, 0);
    assertGreaterOrEqual(Math.LN2, jsd);
    assertGreaterOrEqual(tv, 0);
    assertGreaterOrEqual(1, tv);
    assertAlmostEquals(jsDivergence(q, p), jsd, 1e-12);
    assertAlmostEquals(totalVariation(q, p), tv, 1e-12);
    // Pinsker's inequality, and Lin's bound on the other side.
    assertGreaterOrEqual(klDivergence(p, q), 2 * tv ** 2 - 1e-12);
    assertGreaterOrEqual(tv * Math.LN2, jsd - 1e-12);
  };
  for (let i = 0; i < 100; i++) {
    check(randomMixture(random), randomMixture(random));
    check(randomProbabilities(random, 5), randomProbabilities(random, 5));
  }
});

Deno.test("TV²/2 ≤ h(TV) ≤ JSD ≤ TV log 2, and two mirrored coins have h", () => {
  const random = new Random(5);
  for (let i = 0; i < 60; i++) {
    const [p, q] = [randomMixture(random), randomMixture(random)];
    const [jsd, tv] = [jsDivergence(p, q), totalVariation(p, q)];
    const coins = [(1 + tv) / 2, (1 - tv) / 2];
    const entropy = coins.reduce((sum, s) => s === 0 ? sum : sum - s * Math.log(s), 0);
    const h = Math.LN2 - entropy;
    const within = tv ** 2 / 2 <= h + 1e-9 && h <= jsd + 1e-9 && jsd <= tv * Math.LN2 + 1e-9;
    assert(within, `${p.name} and ${q.name}: ${[tv ** 2 / 2, h, jsd, tv * Math.LN2]}`);
    assertAlmostEquals(jsDivergence(coins, coins.toReversed()), h, 1e-9);
  }
});

Deno.test("total variation equals its closed forms", () => {
  for (const [shift, sigma] of [[1e-4, 1], [0.5, 1], [3, 0.7], [12, 1]]) {
    // 2 Φ(shift/2σ) - 1.
    const expected = 1 - erfc(shift / (2 * sigma) * Math.SQRT1_2);
    assertAlmostEquals(totalVariation(N(0, sigma), N(shift, sigma)), expected, 1e-12);
  }
  assertAlmostEquals(totalVariation(U(0, 1), U(0.25, 1.25)), 0.25, 1e-14);
  assertAlmostEquals(totalVariation([0.5, 0.5, 0], [0.2, 0.5, 0.3]), 0.3, 1e-15);
});

Deno.test("on probabilities KL and JSD are the sums of the textbook", () => {
  const random = new Random(6);
  for (let i = 0; i < 200; i++) {
    const [p, q] = [randomProbabilities(random, 7), randomProbabilities(random, 7)];
    const kl = (a: number[], b: number[]) =>
      a.reduce((sum, ai, k) => sum + (ai === 0 ? 0 : ai * Math.log(ai / b[k])), 0);
    const m = p.map((pi, k) => (pi + q[k]) / 2);
    assertNear(klDivergence(p, q), kl(p, q), 1e-13);
    assertNear(jsDivergence(p, q), (kl(p, m) + kl(q, m)) / 2, 1e-13);
  }
  assertAlmostEquals(klDivergence(Float64Array.of(0.5, 0.5), [0.25, 0.75]), Math.log(4 / 3) / 2);
});

Deno.test("√JSD keeps the triangle inequality on 300 random triples", () => {
  const random = new Random(7);
  const check = (p: Density | Probabilities, q: Density | Probabilities, r: typeof p) => {
    const [pq, qr, pr] = [jsDivergence(p, q), jsDivergence(q, r), jsDivergence(p, r)];
    assertGreaterOrEqual(Math.sqrt(pq) + Math.sqrt(qr), Math.sqrt(pr) - 1e-12);
  };
  for (let i = 0; i < 250; i++) {
    const draw = () => randomProbabilities(random, 4);
    check(draw(), draw(), draw());
  }
  for (let i = 0; i < 50; i++) {
    check(randomMixture(random), randomMixture(random), randomMixture(random));
  }
});

Deno.test("JSD itself breaks it: half of each is nearer to both than they are to each other", () => {
  const [heads, coin, tails] = [[1, 0], [0.5, 0.5], [0, 1]];
  const detour = jsDivergence(heads, coin) + jsDivergence(coin, tails);
  assertAlmostEquals(detour, Math.LN2 * 3 - 1.5 * Math.log(3), 1e-15);
  assertGreater(jsDivergence(heads, tails), detour + 0.25);
  const detourOnTheLine = jsDivergence(U(0, 1), U(0.5, 1.5)) + jsDivergence(U(0.5, 1.5), U(1, 2));
  assertAlmostEquals(detourOnTheLine, Math.LN2, 1e-14);
  const gaussians = jsDivergence(N(-1, 1), N(0, 1)) + jsDivergence(N(0, 1), N(1, 1));
  assertGreater(jsDivergence(N(-1, 1), N(1, 1)), gaussians + 0.05);
});

Deno.test("divergences do not see units: scaling the line leaves them as they are", () => {
  const at = (unit: number): [Density, Density] => [
    mixture({ components: [N(-2 * unit, 0.5 * unit), N(unit, unit)], weights: [0.3, 0.7] }),
    laplace({ mean: 0.5 * unit, scale: unit }),
  ];
  const [p, q] = at(1);
  for (const unit of [1e-9, 1e-3, 1e3, 1e9, 1e100]) {
    const [scaledP, scaledQ] = at(unit);
    assertNear(klDivergence(scaledP, scaledQ), klDivergence(p, q), 1e-12);
    assertNear(jsDivergence(scaledP, scaledQ), jsDivergence(p, q), 1e-12);
    assertNear(totalVariation(scaledP, scaledQ), totalVariation(p, q), 1e-12);
  }
});

Deno.test("KL agrees with the mean of log p/q over samples, within five standard errors", () => {
  const p = mixture({ components: [N(-1, 0.5), laplace({ mean: 2, scale: 0.3 })] });
  const q = N(0, 2);
  const n = 100_000;
  const terms = p.sample(n, new Random(8)).map((x) => p.logPdf(x) - q.logPdf(x));
  const mean = terms.reduce((sum, t) => sum + t, 0) / n;
  const spread = Math.sqrt(terms.reduce((sum, t) => sum + (t - mean) ** 2, 0) / n);
  assertAlmostEquals(klDivergence(p, q), mean, 5 * spread / Math.sqrt(n));
});

Deno.test("NaN in a density shows: no divergence of it is a number", () => {
  const broken: Density = { ...N(0, 1), logPdf: (x) => x > 1 ? NaN : -x };
  for (const f of [klDivergence, jsDivergence, totalVariation]) {
    assertEquals(f(broken, N(0, 1)), NaN, f.name);
    assertEquals(f(N(0, 1), broken), NaN, f.name);
  }
});

Deno.test("an integral that does not settle is refused, not returned", () => {
  const rough: Density = { ...N(0, 1), logPdf: (x) => N(0, 1).logPdf(x) + Math.sin(1e6 / x) };
  assertThrows(() => klDivergence(rough, N(0, 1)), AccuracyError, "Cannot integrate");
});

Deno.test("what is no pair of distributions is refused, with rule and value", () => {
  const half = [0.5, 0.5];
  for (const f of [klDivergence, jsDivergence, totalVariation]) {
    assertThrows(() => f(half, N(0, 1)), TypeError, "one of each");
    assertThrows(() => f(half, [1]), TypeError, "got 2 and 1");
    assertThrows(() => f(half, [0.5, 0.6]), RangeError, "must be 1, to 1e-9, got 1.1");
    assertThrows(() => f([1.5, -0.5], half), RangeError, "got -0.5 for outcome 1");
    assertThrows(() => f([NaN, 1], half), RangeError, "got NaN for outcome 0");
    assertThrows(() => f([], []), RangeError, "got 0");
  }
});
