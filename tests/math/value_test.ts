import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertThrows,
} from "@std/assert";
import { type Density, gaussian, laplace, mixture, uniform } from "@/math/density.ts";
import { type Distribution, estimate, isDensity } from "@/math/distribution.ts";
import { jsDivergence, klDivergence } from "@/math/divergences.ts";
import { logit, logSigmoid, sigmoid } from "@/math/stable.ts";
import { cost, optimalDiscriminator, optimalLogit, value } from "@/math/value.ts";
import { Random } from "@/random.ts";
import { between, randomMixture, randomProbabilities } from "../support/distributions.ts";

const N = (mean: number, sigma: number) => gaussian({ mean, sigma });
const U = (low: number, high: number) => uniform({ low, high });
const LOG4 = Math.log(4);

Deno.test("Theorem 1: |C(G) - (-log 4 + 2 JSD)| ≤ 1e-10 for 300 pairs of mixtures", () => {
  const random = new Random(1);
  for (let i = 0; i < 300; i++) {
    const [p, q] = [randomMixture(random), randomMixture(random)];
    assertAlmostEquals(
      cost(p, q),
      -LOG4 + 2 * jsDivergence(p, q),
      1e-10,
      `${p.name} and ${q.name}`,
    );
  }
});

Deno.test("Theorem 1 on densities 1e6 apart, 1e-6 wide, and on 300 pairs of probabilities", () => {
  const extremes: [Density, Density][] = [
    [N(-5e5, 1), N(5e5, 1)],
    [N(0, 1e-6), N(1e-6, 2e-6)],
    [N(1e6, 1e-6), N(1e6 + 2 ** -20, 1e-6)],
    [N(0, 1e-6), N(0, 1e6)],
    [U(0, 1), U(0, 1e6)],
    [
      mixture({ components: [N(0, 1e-6), N(1e6, 1)] }),
      mixture({ components: [N(0, 1), N(1e6, 2)] }),
    ],
  ];
  for (const [p, q] of extremes) {
    assertAlmostEquals(cost(p, q), -LOG4 + 2 * jsDivergence(p, q), 1e-10, `${p.name}, ${q.name}`);
  }
  const random = new Random(2);
  for (let i = 0; i < 300; i++) {
    const [p, q] = [randomProbabilities(random, 8), randomProbabilities(random, 8)];
    assertAlmostEquals(cost(p, q), -LOG4 + 2 * jsDivergence(p, q), 1e-13);
  }
});

Deno.test("C(G) = -log 4 + KL(p ‖ m) + KL(q ‖ m), and it is no KL(p ‖ q)", () => {
  const [p, q] = [N(0, 1), N(1, 2)];
  const m = mixture({ components: [p, q] });
  assertAlmostEquals(cost(p, q), -LOG4 + klDivergence(p, m) + klDivergence(q, m), 1e-12);
  assertGreater(Math.abs(cost(p, q) - klDivergence(p, q)), 1);
});

Deno.test("C(G) is -log 4 for p_g = p_data, 0 for disjoint supports, and between otherwise", () => {
  assertAlmostEquals(cost(N(3, 0.1), N(3, 0.1)), -LOG4, 1e-14);
  assertEquals(cost(U(0, 1), U(1, 2)), 0);
  assertEquals(cost([1, 0], [0, 1]), 0);
  const random = new Random(3);
  for (let i = 0; i < 50; i++) {
    const c = cost(randomMixture(random), randomMixture(random));
    assertGreaterOrEqual(c, -LOG4 - 1e-12);
    assertGreaterOrEqual(0, c);
  }
});

/**
 * The y in (0, 1) that maximises a log y + b log(1 - y): the slope a/y - b/(1 - y) falls, so its
 * zero is found by halving. (The maximum itself is too flat: 1e-8 beside it the value is the same.)
 */
function maximise(a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const y = (low + high) / 2;
    if (a / y - b / (1 - y) > 0) low = y;
    else high = y;
  }
  return (low + high) / 2;
}

Deno.test("D* from numerical maximisation equals the closed form within 1e-8, for 200 pairs and priors", () => {
  const random = new Random(4);
  let compared = 0;
  for (let i = 0; i < 200; i++) {
    const [p, q] = [randomMixture(random), randomMixture(random)];
    const prior = i % 2 === 0 ? 0.5 : between(random, 0.01, 0.99);
    const d = optimalDiscriminator(p, q, prior);
    for (const x of [...p.sample(5, random), ...q.sample(5, random)]) {
      const [a, b] = [prior * p.pdf(x), (1 - prior) * q.pdf(x)];
      assertAlmostEquals(d(x), maximise(a, b), 1e-8, `${p.name} and ${q.name} at ${x}`);
      compared++;
    }
  }
  assertEquals(compared, 2000);
});

Deno.test("the maximum of a log y + b log(1 - y) is where the search finds it", () => {
  const f = (a: number, b: number, y: number) => a * Math.log(y) + b * Math.log(1 - y);
  for (const [a, b] of [[1, 1], [3, 1], [0.01, 2], [5, 0.2]]) {
    const best = maximise(a, b);
    for (let y = 0.001; y < 1; y += 0.001) assertGreaterOrEqual(f(a, b, best), f(a, b, y));
  }
});

Deno.test("D* of N(1, 1) and N(-1, 1) is the sigmoid of 2x, and stays so where both underflow", () => {
  const a = optimalLogit(N(1, 1), N(-1, 1));
  const d = optimalDiscriminator(N(1, 1), N(-1, 1));
  for (const x of [-1000, -50, -1, 0, 0.3, 50, 1000]) {
    assertAlmostEquals(a(x), 2 * x, 1e-9);
    assertAlmostEquals(d(x), sigmoid(2 * x), 1e-9);
  }
  assertEquals(N(1, 1).pdf(1000), 0);
});

Deno.test("a prior moves the logit by log π/(1 - π): D* is π p / (π p + (1 - π) q)", () => {
  const [p, q] = [[0.2, 0.3, 0.5, 0], [0.6, 0, 0.4, 0]];
  for (const prior of [0.1, 0.5, 0.8]) {
    const d = optimalDiscriminator(p, q, prior);
    for (const x of [0, 1, 2]) {
      const share = prior * p[x] / (prior * p[x] + (1 - prior) * q[x]);
      assertAlmostEquals(d(x), share, 1e-15);
    }
    assertAlmostEquals(
      optimalLogit(N(0, 1), N(1, 2), prior)(0.4) - optimalLogit(N(0, 1), N(1, 2))(0.4),
      logit(prior),
      1e-14,
    );
  }
  // With three real examples to a generated one, a perfect G leaves D at 3/4.
  assertAlmostEquals(optimalDiscriminator(N(0, 1), N(0, 1), 0.75)(2), 0.75, 1e-15);
});

Deno.test("D* is certain where only one has mass, and undefined where neither has", () => {
  const d = optimalDiscriminator(U(0, 2), U(1, 3));
  assertEquals([d(0.5), d(1.5), d(2.5), d(5)], [1, 0.5, 0, NaN]);
  const discrete = optimalDiscriminator([1, 0, 0], [0, 1, 0]);
  assertEquals([discrete(0), discrete(1), discrete(2)], [1, 0, NaN]);
});

Deno.test("D = ½ is worth -log 4 against any G, a perfect D 0, a fooled one -Infinity", () => {
  assertAlmostEquals(value(() => 0, N(0, 1), laplace({ mean: 4, scale: 0.1 })), -LOG4, 1e-12);
  const [p, q] = [U(0, 1), U(2, 3)];
  assertEquals(value((x) => x < 1.5 ? Infinity : -Infinity, p, q), 0);
  assertEquals(value((x) => x < 1.5 ? -Infinity : Infinity, p, q), -Infinity);
  assertEquals(value((x) => logit(x < 1.5 ? 0 : 1), p, q), -Infinity);
  // Logits of ±200 where D has long been rounded to 0 and 1.
  assertAlmostEquals(value((x) => x < 1.5 ? 200 : -200, p, q), -2 * Math.exp(-200), 1e-95);
  assertAlmostEquals(value((x) => x < 1.5 ? -200 : 200, p, q), -400, 1e-11);
});

Deno.test("V is E_p[log D] + E_q[log(1 - D)]: the mean over samples, within five standard errors", () => {
  const [p, q] = [mixture({ components: [N(-1, 0.5), N(2, 1)] }), N(0.5, 1)];
  const d = (x: number) => sigmoid(0.8 * x - 0.3);
  const n = 100_000;
  const random = new Random(5);
  const real = p.sample(n, random).map((x) => Math.log(d(x)));
  const fake = q.sample(n, random).map((x) => Math.log(1 - d(x)));
  const mean = (v: Float64Array) => v.reduce((sum, t) => sum + t, 0) / n;
  const variance = (v: Float64Array) => {
    const centre = mean(v);
    return mean(v.map((t) => (t - centre) ** 2));
  };
  assertAlmostEquals(
    value((x) => logit(d(x)), p, q),
    mean(real) + mean(fake),
    5 * Math.sqrt((variance(real) + variance(fake)) / n),
  );
});

/** Random waves, bumps and steps of random size, to be added to a logit. */
function perturbation(random: Random): (x: number) => number {
  const size = 10 ** between(random, -2, 1) * (random.uniform() < 0.5 ? -1 : 1);
  const [centre, width] = [between(random, 0, 2), between(random, 0.3, 3)];
  const kind = random.integer(3);
  if (kind === 0) return (x) => size * Math.sin((x - centre) / width);
  if (kind === 1) return (x) => size * Math.exp(-(((x - centre) / width) ** 2));
  return (x) => size * Math.tanh((x - centre) / width);
}

/** What D loses against D*: ∫ (p + q) KL(Bernoulli(D*) ‖ Bernoulli(D)), at π = ½. */
function regret(p: Distribution, q: Distribution, a: (x: number) => number): number {
  return estimate(p, q, (logP, logQ, x) => {
    const mass = Math.exp(logP) + Math.exp(logQ);
    if (mass === 0) return 0;
    const [best, d] = [logP - logQ, a(x)];
    const kl = sigmoid(best) * (logSigmoid(best) - logSigmoid(d)) +
      sigmoid(-best) * (logSigmoid(-best) - logSigmoid(-d));
    return mass * (Math.abs(best) === Infinity ? -logSigmoid(Math.sign(best) * d) : kl);
  }).value;
}

Deno.test("D = D* maximises V against 1,000 random perturbations, each of which costs its regret", () => {
  const random = new Random(6);
  const pairs: [Distribution, Distribution][] = [
    [N(0, 1), N(1.5, 0.7)],
    [mixture({ components: [N(-2, 0.5), N(2, 0.5)] }), laplace({ mean: 0.5, scale: 1 })],
    [[0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.4, 0.1]],
    [[0.9, 0.1, 0], [0.2, 0.5, 0.3]],
  ];
  for (let i = 0; i < 1000; i++) {
    const [p, q] = pairs[i % pairs.length];
    const best = optimalLogit(p, q);
    const change = perturbation(random);
    const a = (x: number) => best(x) + change(x);
    const lost = value(best, p, q) - value(a, p, q);
    assertGreater(lost, 0);
    assertAlmostEquals(lost, regret(p, q, a), 1e-11 * Math.max(1, lost), `perturbation ${i}`);
  }
});

Deno.test("with a prior, too, D* beats 100 random perturbations, and ½ is eq. 1", () => {
  const random = new Random(7);
  const [p, q] = [N(0, 1), N(1, 1.5)];
  for (const prior of [0.1, 0.7]) {
    const best = optimalLogit(p, q, prior);
    for (let i = 0; i < 50; i++) {
      const change = perturbation(random);
      const changed = value((x) => best(x) + change(x), p, q, prior);
      assertGreater(value(best, p, q, prior), changed);
    }
    assertEquals(cost(p, q, prior), value(best, p, q, prior));
    // For p = q, minus twice the entropy of the label.
    const entropy = -prior * Math.log(prior) - (1 - prior) * Math.log(1 - prior);
    assertAlmostEquals(cost(p, p, prior), -2 * entropy, 1e-13);
  }
  assertEquals(value((x) => x, p, q), value((x) => x, p, q, 0.5));
});

Deno.test("NaN from a discriminator shows where there is mass, and only there", () => {
  assertEquals(value((x) => x > 0.5 ? NaN : 0, N(0, 1), N(1, 1)), NaN);
  assertEquals(value(() => NaN, [1, 0], [0, 1]), NaN);
  assertAlmostEquals(
    value((x) => x > 1 ? NaN : 0, U(0, 1), mixture({ components: [U(0, 1)] })),
    -LOG4,
  );
});

Deno.test("a discriminator with a jump off the breaks is no obstacle", () => {
  const v = value((x) => x > 0.1234 ? logit(0.9) : logit(0.1), U(0, 1), U(0, 2));
  const expected = 0.1234 * Math.log(0.1) + 0.8766 * Math.log(0.9) +
    (0.1234 * Math.log(0.9) + 1.8766 * Math.log(0.1)) / 2;
  assertAlmostEquals(v, expected, 1e-11);
});

Deno.test("priors of 0 and 1, and pairs that are no pairs, are refused", () => {
  for (const prior of [0, 1, -0.1, NaN]) {
    assertThrows(() => value(() => 0, [1], [1], prior), RangeError, `got ${prior}`);
    assertThrows(() => optimalLogit([1], [1], prior), RangeError, `got ${prior}`);
    assertThrows(() => cost([1], [1], prior), RangeError, `got ${prior}`);
  }
  assertThrows(() => cost([1], N(0, 1)), TypeError, "one of each");
  assertThrows(() => optimalDiscriminator([1, 0], [1]), TypeError, "got 2 and 1");
  assert(isDensity(N(0, 1)) && !isDensity([1]));
});
