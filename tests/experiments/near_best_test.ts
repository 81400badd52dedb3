/** How near a discriminator is to D*: regret, distances, counted shares. */
import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { crossingsOfHalf, klOfLogits, sharesOfReal, yardstick } from "@/experiments/near_best.ts";
import { gaussian, mixture } from "@/math/density.ts";
import { total } from "@/math/distribution.ts";
import { klDivergence } from "@/math/divergences.ts";
import { logit, sigmoid } from "@/math/stable.ts";
import { cost, optimalLogit, value } from "@/math/value.ts";

const [p, q] = [gaussian({ mean: 0, sigma: 1 }), gaussian({ mean: 0.5, sigma: 0.5 })];
const best = optimalLogit(p, q);

Deno.test("KL of two logits is that of the coins, and it keeps its digits where coins are sure", () => {
  for (const [s, t] of [[0.3, -2], [-1, 4], [2, 2], [0, 0.5]]) {
    const coin = (a: number) => [sigmoid(a), sigmoid(-a)];
    assertAlmostEquals(klOfLogits(s, t), klDivergence(coin(s), coin(t)), 1e-12);
  }
  assertAlmostEquals(klOfLogits(-800, 200), 200, 1e-9);
  assertEquals([klOfLogits(Infinity, 0), klOfLogits(-Infinity, 0)], [Math.LN2, Math.LN2]);
});

Deno.test("C(G) - V is the regret, weighted with p + q", () => {
  for (const a of [(x: number) => best(x) + Math.sin(3 * x), (x: number) => -x, () => 0]) {
    const regret = total(
      p,
      q,
      (lp, lq, x) => (Math.exp(lp) + Math.exp(lq)) * klOfLogits(best(x), a(x)),
    );
    assertAlmostEquals(regret, cost(p, q) - value(a, p, q), 1e-8);
  }
});

Deno.test("a yardstick spans 99.8 % of m, is 0 away from D*, and finds an error where it is", () => {
  const ruler = yardstick(p, q);
  const m = mixture({ components: [p, q] });
  assertAlmostEquals(m.cdf(ruler.xs.at(-1)!) - m.cdf(ruler.xs[0]), 0.998, 1e-9);
  const logits = ruler.xs.map(best);
  assertAlmostEquals(ruler.distance(logits).largest, 0, 1e-12);
  assertAlmostEquals(ruler.regret(logits), 0, 1e-15);
  const off = logits.with(100, logit(sigmoid(logits[100]) / 2));
  const { largest, at } = ruler.distance(off);
  assertEquals(at, ruler.xs[100]);
  assertAlmostEquals(largest, ruler.best[100] / 2, 1e-12);
});

Deno.test("average and regret are means over samples: of a D that always says ½", () => {
  const ruler = yardstick(p, q);
  const toss = ruler.xs.map(() => 0);
  const over = (f: (a: number) => number) =>
    total(p, q, (lp, lq) => (Math.exp(lp) + Math.exp(lq)) / 2 * f(lp - lq));
  const average = over((a) => Math.abs(sigmoid(a) - 0.5));
  // The yardstick leaves out 0.2 % of the samples.
  assertAlmostEquals(ruler.distance(toss).average, average, 0.002);
  assertAlmostEquals(ruler.regret(toss), (cost(p, q) + Math.log(4)) / 2, 0.003);
  assertGreater(ruler.distance(toss).largest, average);
});

Deno.test("counted shares are of those near a centre", () => {
  const shares = sharesOfReal([0, 0.05, 2], [0.02, 0.2, 2.04, 2.06], [0, 2, 5], 0.1);
  assertEquals(shares.slice(0, 2), [2 / 3, 1 / 3]);
  assert(Number.isNaN(shares[2]));
});

Deno.test("D* of two Gaussians crosses ½ never, once or twice, at the zeros of a parabola", () => {
  const known = [[0, 1, 0], [1, 1, 1], [-2, 1, 1], [1, 0.5, 2], [0, 2, 2], [3, 1.5, 2]];
  for (const [mean, sigma, times] of known) {
    const other = gaussian({ mean, sigma });
    assertEquals(crossingsOfHalf(p, other), times, other.name);
    const parabola = (x: number) =>
      Math.log(sigma) + (x - mean) ** 2 / (2 * sigma ** 2) - x ** 2 / 2;
    for (const x of [-5, 0, 2.5]) assertAlmostEquals(optimalLogit(p, other)(x), parabola(x), 1e-9);
  }
});
