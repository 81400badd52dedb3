import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import {
  covers,
  type Density,
  gaussian,
  laplace,
  mixture,
  quantile,
  uniform,
} from "@/math/density.ts";
import { integrate } from "@/math/quadrature.ts";
import { linspace } from "@/math/stable.ts";
import { Random } from "@/random.ts";
import { randomMixture } from "../support/distributions.ts";

const DENSITIES: Density[] = [
  gaussian({ mean: 0, sigma: 1 }),
  gaussian({ mean: -3, sigma: 0.02 }),
  gaussian({ mean: 1e6, sigma: 1e-6 }),
  laplace({ mean: 2, scale: 0.5 }),
  laplace({ mean: -1e6, scale: 1e3 }),
  uniform({ low: -1, high: 3 }),
  mixture({
    components: [
      gaussian({ mean: -1e6, sigma: 1e-6 }),
      laplace({ mean: 0, scale: 1 }),
      uniform({ low: 5, high: 5.001 }),
      gaussian({ mean: 1e6, sigma: 100 }),
    ],
    weights: [0.1, 0.2, 0.3, 0.4],
  }),
];
const MOMENTS: [Density, mean: number, variance: number][] = [
  [gaussian({ mean: 2, sigma: 3 }), 2, 9],
  [laplace({ mean: -1, scale: 2 }), -1, 8],
  [uniform({ low: 1, high: 4 }), 2.5, 0.75],
  [
    mixture({
      components: [gaussian({ mean: -2, sigma: 1 }), uniform({ low: 0, high: 6 })],
      weights: [0.25, 0.75],
    }),
    0.25 * -2 + 0.75 * 3,
    0.25 * 5 + 0.75 * (3 + 9) - 1.75 ** 2,
  ],
];

Deno.test("every density, and 50 random mixtures, have mass 1", () => {
  const random = new Random(5);
  for (const p of [...DENSITIES, ...Array.from({ length: 50 }, () => randomMixture(random))]) {
    const { value, error } = integrate(p.pdf, p.breaks);
    assertAlmostEquals(value, 1, 1e-12, p.name);
    assertLess(error, 1e-11, p.name);
  }
});

Deno.test("mean and variance are those of the parameters: sigma is no variance", () => {
  for (const [p, mean, variance] of MOMENTS) {
    const moment = (f: (x: number) => number) => integrate((x) => p.pdf(x) * f(x), p.breaks).value;
    assertAlmostEquals(moment((x) => x), mean, 1e-12, p.name);
    assertAlmostEquals(moment((x) => (x - mean) ** 2), variance, 1e-11, p.name);
  }
});

Deno.test("the cdf is the integral of the pdf up to x", () => {
  for (const p of DENSITIES) {
    for (const share of [0.001, 0.2, 0.5, 0.8, 0.999]) {
      const x = quantile(p, share);
      const below = [...p.breaks.filter((b) => b < x), x];
      assertAlmostEquals(integrate(p.pdf, below).value, p.cdf(x), 2e-12, `${p.name} at ${x}`);
      assertLess(Math.abs(p.cdf(x) - share), 1e-3, `${p.name} at ${x}`);
    }
    assertEquals([p.cdf(-Infinity), p.cdf(Infinity)], [0, 1]);
  }
});

Deno.test("logPdf is the logarithm of pdf, and goes on where pdf underflows", () => {
  for (const p of DENSITIES) {
    for (const share of [0.01, 0.3, 0.9]) {
      const x = quantile(p, share);
      assertAlmostEquals(p.logPdf(x), Math.log(p.pdf(x)), 1e-10, p.name);
    }
  }
  const far = gaussian({ mean: 0, sigma: 1e-3 });
  assertEquals(far.pdf(1), 0);
  assertAlmostEquals(far.logPdf(1), -500_000 + Math.log(1e3) - Math.log(2 * Math.PI) / 2, 1e-9);
  const both = mixture({ components: [far, gaussian({ mean: 3, sigma: 1e-3 })] });
  assertAlmostEquals(both.logPdf(1), far.logPdf(1) - Math.LN2, 1e-9);
  assertEquals(uniform({ low: 0, high: 1 }).logPdf(1.5), -Infinity);
});

Deno.test("NaN is NaN in every density", () => {
  for (const p of DENSITIES) {
    assertEquals([p.logPdf(NaN), p.pdf(NaN), p.cdf(NaN)], [NaN, NaN, NaN], p.name);
  }
});

Deno.test("samples follow the cdf: Kolmogorov and Smirnov's distance, at one in a thousand", () => {
  const n = 20_000;
  for (const p of DENSITIES) {
    const x = p.sample(n, new Random(11)).sort();
    let distance = 0;
    for (let i = 0; i < n; i++) {
      const f = p.cdf(x[i]);
      const apart = Math.max((i + 1) / n - f, f - i / n);
      if (!(apart <= distance)) distance = apart;
    }
    assertLess(distance, 1.95 / Math.sqrt(n), p.name);
  }
});

Deno.test("samples of a mixture come in no order: neighbours are uncorrelated", () => {
  const p = mixture({
    components: [gaussian({ mean: -1, sigma: 0.1 }), gaussian({ mean: 1, sigma: 0.1 })],
  });
  const n = 10_000;
  const x = p.sample(n, new Random(2));
  let product = 0;
  for (let i = 1; i < n; i++) product += x[i] * x[i - 1];
  assertLess(Math.abs(product / n), 5 * 1.01 / Math.sqrt(n));
});

Deno.test("a seed decides the samples", () => {
  for (const p of DENSITIES) {
    assertEquals(p.sample(7, new Random(3)), p.sample(7, new Random(3)), p.name);
    assertEquals(p.sample(0, new Random(3)).length, 0);
  }
});

Deno.test("a mixture of one is its component, and a nested mixture is a flat one", () => {
  const [a, b, c] = [
    gaussian({ mean: 0, sigma: 1 }),
    laplace({ mean: 1, scale: 2 }),
    uniform({ low: -2, high: 5 }),
  ];
  const nested = mixture({
    components: [mixture({ components: [a, b], weights: [0.25, 0.75] }), c],
    weights: [0.4, 0.6],
  });
  const flat = mixture({ components: [a, b, c], weights: [0.1, 0.3, 0.6] });
  for (const x of linspace(-4, 6, 21)) {
    assertAlmostEquals(mixture({ components: [a] }).logPdf(x), a.logPdf(x), 1e-15);
    assertAlmostEquals(nested.logPdf(x), flat.logPdf(x), 1e-14);
  }
});

Deno.test("the support of a mixture is the union, touching intervals joined", () => {
  const u = (low: number, high: number) => uniform({ low, high });
  const p = mixture({ components: [u(3, 4), u(0, 1), u(1, 2), u(0.5, 0.6)] });
  assertEquals(p.support, [[0, 2], [3, 4]]);
  assertEquals(covers(p.support, u(0.5, 1.5).support), true);
  assertEquals(covers(p.support, u(1.5, 3.5).support), false);
  assertEquals(covers(p.support, gaussian({ mean: 0, sigma: 1 }).support), false);
});

Deno.test("parameters that make no density are refused, with rule and value", () => {
  const refused = (build: () => unknown, message: string) =>
    assertThrows(build, RangeError, message);
  const one = gaussian({ mean: 0, sigma: 1 });
  refused(() => gaussian({ mean: 0, sigma: 0 }), "sigma must be positive and finite, got 0");
  refused(() => gaussian({ mean: 0, sigma: -1 }), "got -1");
  refused(() => gaussian({ mean: 0, sigma: NaN }), "got NaN");
  refused(() => gaussian({ mean: Infinity, sigma: 1 }), "the mean must be finite, got Infinity");
  refused(() => gaussian({ mean: 1e6, sigma: 1e-9 }), "shift the origin");
  refused(() => gaussian({ mean: 0, sigma: 1e308 }), "the ends of its mass must be finite");
  refused(() => laplace({ mean: 0, scale: 0 }), "scale must be positive and finite, got 0");
  refused(() => uniform({ low: 1, high: 1 }), "low must be less than high");
  refused(() => uniform({ low: 2, high: 1 }), "got [2, 1]");
  refused(() => uniform({ low: 0, high: NaN }), "high must be finite, got NaN");
  refused(() => mixture({ components: [] }), "at least one component, got none");
  refused(
    () => mixture({ components: [one, one], weights: [1] }),
    "2 components need positive weights",
  );
  refused(() => mixture({ components: [one, one], weights: [0.5, 0.6] }), "got [0.5,0.6]");
  refused(() => mixture({ components: [one, one], weights: [1.5, -0.5] }), "positive weights");
  refused(() => mixture({ components: [one, one], weights: [NaN, 1] }), "got [NaN,1]");
  refused(() => one.sample(-1, new Random(0)), "at least 0, got -1");
  refused(() => mixture({ components: [one] }).sample(1.5, new Random(0)), "got 1.5");
  refused(() => quantile(one, 0), "between 0 and 1, got 0");
});

Deno.test("quantiles of Laplace equal their closed form", () => {
  const p = laplace({ mean: 3, scale: 2 });
  assertAlmostEquals(quantile(p, 0.5), 3, 1e-12);
  assertAlmostEquals(quantile(p, 0.05), 3 + 2 * Math.log(0.1), 1e-12);
});
