import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { gaussian, uniform } from "@/math/density.ts";
import { penalisedLogit } from "@/math/penalised.ts";
import { integrate } from "@/math/quadrature.ts";
import { linspace, sigmoid, softplus } from "@/math/stable.ts";
import { optimalLogit } from "@/math/value.ts";

const p = gaussian({ mean: 1, sigma: 0.8 });
const q = gaussian({ mean: -0.5, sigma: 0.4 });
const xs = linspace(-4, 6, 1001);

Deno.test("without a penalty it is D*, point by point", () => {
  const a = penalisedLogit(p, q, 0, xs);
  const best = optimalLogit(p, q);
  xs.forEach((x, i) => assertAlmostEquals(a[i], best(x), 1e-6));
});

Deno.test("with any penalty D's mean on generated points is one minus its mean on real ones", () => {
  for (const gamma of [0.01, 0.3, 10]) {
    const a = penalisedLogit(p, q, gamma, xs);
    const mean = (density: typeof p, f: (a: number) => number) =>
      xs.reduce((sum, x, i) => sum + 0.01 * density.pdf(x) * f(a[i]), 0);
    assertAlmostEquals(mean(q, sigmoid), mean(p, (value) => sigmoid(-value)), 1e-6);
  }
});

Deno.test("no other logit has a lower penalised loss, by a quadrature of its own", () => {
  const gamma = 0.3;
  const a = penalisedLogit(p, q, gamma, xs);
  const lossWith = (size: number, centre: number) => {
    const at = (x: number) => {
      const place = Math.min(999, Math.max(0, Math.floor((x + 4) / 0.01)));
      const t = (x - xs[place]) / 0.01;
      return (1 - t) * a[place] + t * a[place + 1] + size * Math.exp(-((x - centre) ** 2));
    };
    const slope = (x: number) => (at(x + 0.005) - at(x - 0.005)) / 0.01;
    const f = (x: number) =>
      (p.pdf(x) * softplus(-at(x)) + q.pdf(x) * softplus(at(x)) +
        gamma * p.pdf(x) * slope(x) ** 2) /
      2;
    return integrate(f, linspace(-3.9, 5.9, 99), { absolute: 1e-8, relative: 1e-8 }).value;
  };
  for (const centre of [-1, -0.5, 0.3, 1.5]) {
    const least = lossWith(0, centre);
    for (const size of [-0.2, 0.2]) assert(lossWith(size, centre) > least + 1e-4, String(centre));
  }
});

Deno.test("where p_g = p_data it is 0 with any penalty; with a huge one it is nearly level", () => {
  assert(penalisedLogit(p, p, 3, xs).every((a) => Math.abs(a) < 1e-9));
  const level = penalisedLogit(p, q, 1e6, xs).filter((_, i) => p.pdf(xs[i]) > 1e-3);
  assert(level.every((a) => Math.abs(a) < 1e-3));
});

Deno.test("a slope costs: the larger γ, the flatter the logit under p", () => {
  const slopes = [0.01, 0.1, 1].map((gamma) => {
    const a = penalisedLogit(p, q, gamma, xs);
    return xs.slice(1).reduce(
      (sum, x, i) => sum + 0.01 * p.pdf(x) * ((a[i + 1] - a[i]) / 0.01) ** 2,
      0,
    );
  });
  assert(slopes[0] > slopes[1] && slopes[1] > slopes[2]);
});

Deno.test("a negative γ, an uneven grid or a point without mass are refused", () => {
  assertThrows(() => penalisedLogit(p, q, -1, xs), RangeError, "γ = -1");
  assertThrows(() => penalisedLogit(p, q, 1, [0, 1, 3]), RangeError, "the grid even");
  const box = uniform({ low: 0, high: 1 });
  assertThrows(() => penalisedLogit(box, box, 1, [0, 1, 2]), RangeError, "got 0 at x = 2");
});
