/**
 * Probability densities on the real line: Gaussian, Laplace, uniform, and mixtures of any of them.
 *
 * Notation: x is a point; a density is per unit of x; a width is always sigma, a scale or two ends,
 * never a variance. Logarithms are natural: `logPdf` is finite where `pdf` has underflowed to 0,
 * and it is -Infinity only outside the support.
 *
 * @module
 */
import { type Random } from "@/random.ts";
import { erfc, logSumExp } from "./stable.ts";

/** An interval with its ends in order; they may be infinite. */
export type Interval = readonly [low: number, high: number];

/** A distribution on the line that has a density. */
export interface Density {
  /** What a legend shows, with its parameters: `N(0, 1.5)` has mean 0 and sigma 1.5. */
  readonly name: string;
  /** log of the density at x, in nats. */
  logPdf(x: number): number;
  /** The density at x, per unit of x. */
  pdf(x: number): number;
  /** P(X ≤ x). */
  cdf(x: number): number;
  /** `count` independent draws. */
  sample(count: number, random: Random): Float64Array;
  /** Where the density is positive: disjoint intervals from left to right. */
  readonly support: readonly Interval[];
  /**
   * Points from left to right that resolve the density for `integrate`: every jump and kink, and
   * distances from each centre that grow with its width. Outside the first and the last of them
   * the density has underflowed to 0.
   */
  readonly breaks: readonly number[];
}

const LOG_SQRT_TWO_PI = Math.log(2 * Math.PI) / 2;
const REAL_LINE: readonly Interval[] = [[-Infinity, Infinity]];

/** In sigmas: the pdf is below 1e-323 beyond 39. */
const GAUSSIAN_BREAKS = [0, 1.5, 3, 5, 8, 13, 22, 39];
/** In scales: exp(-746) underflows. */
const LAPLACE_BREAKS = [0, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 746];

/** The parameters of a Gaussian. */
export interface GaussianParameters {
  /** Its middle. */
  mean: number;
  /** Its width, a standard deviation. */
  sigma: number;
}

/**
 * The Gaussian N(mean, sigma²).
 *
 * @throws {RangeError} If the mean is not finite, or sigma not positive, finite and wide enough at
 * the mean for float64 to tell its points apart.
 */
export function gaussian({ mean, sigma }: GaussianParameters): Density {
  const what = "a Gaussian";
  checkFinite(what, "the mean", mean);
  checkWidth(what, "sigma", sigma, mean);
  const logScale = Math.log(sigma) + LOG_SQRT_TWO_PI;
  const logPdf = (x: number) => {
    const z = (x - mean) / sigma;
    return -z * z / 2 - logScale;
  };
  return {
    name: `N(${mean}, ${sigma})`,
    logPdf,
    pdf: (x) => Math.exp(logPdf(x)),
    cdf: (x) => erfc((mean - x) / sigma * Math.SQRT1_2) / 2,
    sample: (count, random) => {
      checkCount(count);
      return Float64Array.from(random.normals(count), (z) => mean + sigma * z);
    },
    support: REAL_LINE,
    breaks: breaksAround(what, mean, sigma, GAUSSIAN_BREAKS),
  };
}

/**
 * The Laplace density exp(-|x - mean| / scale) / (2 scale); its standard deviation is √2 scale.
 *
 * @throws {RangeError} As for `gaussian`, with scale instead of sigma.
 */
export function laplace({ mean, scale }: { mean: number; scale: number }): Density {
  const what = "a Laplace density";
  checkFinite(what, "the mean", mean);
  checkWidth(what, "scale", scale, mean);
  const logScale = Math.log(2 * scale);
  const logPdf = (x: number) => -Math.abs(x - mean) / scale - logScale;
  return {
    name: `Laplace(${mean}, ${scale})`,
    logPdf,
    pdf: (x) => Math.exp(logPdf(x)),
    cdf: (x) => {
      const tail = Math.exp(-Math.abs(x - mean) / scale) / 2;
      return x < mean ? tail : 1 - tail;
    },
    sample: (count, random) => {
      checkCount(count);
      const draw = () => {
        // The two halves of [-1, 1) by sign; 1 - |u| is 0 only at u = -1, which is drawn again.
        let u = 2 * random.uniform() - 1;
        while (u === -1) u = 2 * random.uniform() - 1;
        return mean - scale * Math.sign(u) * Math.log1p(-Math.abs(u));
      };
      return Float64Array.from({ length: count }, draw);
    },
    support: REAL_LINE,
    breaks: breaksAround(what, mean, scale, LAPLACE_BREAKS),
  };
}

/**
 * The uniform density on [low, high].
 *
 * @throws {RangeError} If the ends are not finite and in order.
 */
export function uniform({ low, high }: { low: number; high: number }): Density {
  const what = "a uniform density";
  checkFinite(what, "low", low);
  checkFinite(what, "high", high);
  const width = high - low;
  if (!(width > 0 && width < Infinity)) {
    throw new RangeError(
      `Cannot build ${what}: low must be less than high, and their distance finite, got [${low}, ${high}]`,
    );
  }
  checkWidth(what, "the width", width, Math.max(Math.abs(low), Math.abs(high)));
  const inside = (x: number) => x >= low && x <= high;
  const nan = (x: number, value: number) => Number.isNaN(x) ? NaN : value;
  return {
    name: `U(${low}, ${high})`,
    logPdf: (x) => inside(x) ? -Math.log(width) : nan(x, -Infinity),
    pdf: (x) => inside(x) ? 1 / width : nan(x, 0),
    cdf: (x) => Math.min(1, Math.max(0, (x - low) / width)),
    sample: (count, random) => {
      checkCount(count);
      return Float64Array.from({ length: count }, () => low + width * random.uniform());
    },
    support: [[low, high]],
    breaks: [low, high],
  };
}

/**
 * The mixture Σ weightₖ · componentₖ.
 *
 * ```ts
 * import { gaussian, mixture } from "@/math/density.ts";
 *
 * const two = mixture({
 *   components: [gaussian({ mean: -2, sigma: 1 }), gaussian({ mean: 2, sigma: 0.5 })],
 *   weights: [0.3, 0.7],
 * });
 * console.assert(Math.abs(two.cdf(0) - 0.3) < 0.01);
 * ```
 *
 * @param weights Positive, with a sum of 1 (to 1e-9); equal where they are left out.
 * @throws {RangeError} If there is no component, or the weights break that rule.
 */
export function mixture(
  { components, weights = components.map(() => 1 / components.length) }: {
    components: readonly Density[];
    weights?: readonly number[];
  },
): Density {
  if (components.length === 0) {
    throw new RangeError("Cannot build a mixture: it needs at least one component, got none");
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (
    weights.length !== components.length || !weights.every((weight) => weight > 0) ||
    !(Math.abs(total - 1) <= 1e-9)
  ) {
    throw new RangeError(
      `Cannot build a mixture: its ${components.length} components need positive weights, one each, with a sum of 1, got [${weights}]`,
    );
  }
  const shares = weights.map((weight) => weight / total);
  const logShares = shares.map(Math.log);
  const terms = new Float64Array(components.length);
  const logPdf = (x: number) => {
    for (let k = 0; k < terms.length; k++) terms[k] = logShares[k] + components[k].logPdf(x);
    return logSumExp(terms);
  };
  const breaks = new Set(components.flatMap((component) => component.breaks));
  return {
    name: components.map(({ name }, k) => `${Number(shares[k].toPrecision(3))} ${name}`).join(
      " + ",
    ),
    logPdf,
    pdf: (x) => Math.exp(logPdf(x)),
    cdf: (x) => components.reduce((sum, component, k) => sum + shares[k] * component.cdf(x), 0),
    sample: (count, random) => {
      checkCount(count);
      const chosen = Array.from({ length: count }, () => choose(shares, random.uniform()));
      const draws = components.map((component, k) =>
        component.sample(chosen.filter((choice) => choice === k).length, random)
      );
      const used = components.map(() => 0);
      return Float64Array.from(chosen, (k) => draws[k][used[k]++]);
    },
    support: merge(components.flatMap((component) => component.support)),
    breaks: [...breaks].sort((a, b) => a - b),
  };
}

/**
 * The x with P(X ≤ x) = share, by bisection on the cdf. For the range of a chart and for regions.
 *
 * @throws {RangeError} If the share is not between 0 and 1.
 */
export function quantile(density: Density, share: number): number {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(
      `Cannot find a quantile: the share must be between 0 and 1, got ${share}`,
    );
  }
  let low = density.breaks[0];
  let high = density.breaks.at(-1)!;
  while (true) {
    const middle = low / 2 + high / 2;
    if (middle <= low || middle >= high) return high;
    if (density.cdf(middle) < share) low = middle;
    else high = middle;
  }
}

/** Whether every point of `inner` is in `outer`; the supports of two densities. */
export function covers(outer: readonly Interval[], inner: readonly Interval[]): boolean {
  return inner.every(([low, high]) => outer.some((o) => o[0] <= low && high <= o[1]));
}

/** The union of intervals, touching ones joined, from left to right. */
function merge(intervals: readonly Interval[]): Interval[] {
  const merged: [number, number][] = [];
  for (const [low, high] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && low <= last[1]) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

function choose(shares: readonly number[], u: number): number {
  let k = 0;
  for (; k < shares.length - 1 && u >= shares[k]; k++) u -= shares[k];
  return k;
}

function breaksAround(
  what: string,
  centre: number,
  width: number,
  distances: readonly number[],
): number[] {
  const breaks = new Set<number>();
  for (const distance of distances) {
    breaks.add(centre - distance * width).add(centre + distance * width);
  }
  const sorted = [...breaks].sort((a, b) => a - b);
  checkFinite(what, "the ends of its mass", sorted[0]);
  checkFinite(what, "the ends of its mass", sorted.at(-1)!);
  return sorted;
}

function checkFinite(what: string, parameter: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Cannot build ${what}: ${parameter} must be finite, got ${value}`);
  }
}

/**
 * With fewer roundings of the centre than this in a width, a density would be steps, not a curve.
 */
const MIN_ROUNDINGS = 4096;

function checkWidth(what: string, parameter: string, width: number, centre: number): void {
  if (!(width > 0 && width < Infinity)) {
    throw new RangeError(
      `Cannot build ${what}: ${parameter} must be positive and finite, got ${width}`,
    );
  }
  const least = MIN_ROUNDINGS * Number.EPSILON * Math.abs(centre);
  if (width < least) {
    throw new RangeError(
      `Cannot build ${what}: ${parameter} must be at least ${least} for float64 to resolve it around ${centre}, got ${width}; shift the origin nearer`,
    );
  }
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(
      `Cannot draw samples: the count must be an integer of at least 0, got ${count}`,
    );
  }
}
