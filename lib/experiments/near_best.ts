/**
 * How near a discriminator of numbers on the line is to the best one.
 *
 * Notation: p is the data's density, q the generator's, m = (p + q)/2; a is the logit of D and a*
 * that of D* (`optimalLogit`). A regret is what D loses of a value by not being D*, in nats.
 *
 * The identity behind it: C(G) - V(D, G) = ∫ (p + q) KL(D* ‖ D) dx, two coins at each x. So an
 * error of D counts as much as there are samples where it is.
 *
 * @module
 */
import { type Density, mixture, quantile } from "@/math/density.ts";
import { linspace, logSigmoid, sigmoid } from "@/math/stable.ts";
import { optimalLogit } from "@/math/value.ts";

/** KL, in nats, of two coins given by the logits of their heads. */
export function klOfLogits(s: number, t: number): number {
  const term = (own: number, other: number) =>
    own === -Infinity ? 0 : sigmoid(own) * (logSigmoid(own) - logSigmoid(other));
  return term(s, t) + term(-s, -t);
}

/** How often D* crosses ½, looked for at 2,000 places over all that the densities resolve. */
export function crossingsOfHalf(p: Density, q: Density): number {
  const ends = [...p.breaks, ...q.breaks];
  const places = linspace(Math.min(...ends), Math.max(...ends), 2000);
  const signs = places.map(optimalLogit(p, q)).map(Math.sign).filter((sign) => sign !== 0);
  return signs.filter((sign, i) => i > 0 && sign !== signs[i - 1]).length;
}

/** Share of the samples of m that the yardstick leaves out at each end. */
const LEFT_OUT = 0.001;
/** Places of the yardstick. */
const PLACES = 401;

/** D* where samples fall, to hold logits of another D against. */
export interface Yardstick {
  /** Even places over the middle 99.8 % of the samples of m. */
  xs: number[];
  /** D* there. */
  best: number[];
  /** The density of m there, per unit of x. */
  mass: number[];
  /**
   * How far a D with these logits at `xs` is from D*: the largest |D - D*|, where that is, and the
   * mean of |D - D*| over samples of m.
   */
  distance(logits: ArrayLike<number>): { largest: number; at: number; average: number };
  /** How far its cross-entropy, -V/2, is above that of D*, in nats. */
  regret(logits: ArrayLike<number>): number;
}

/** The yardstick of a pair of densities. */
export function yardstick(p: Density, q: Density): Yardstick {
  const m = mixture({ components: [p, q] });
  const xs = linspace(quantile(m, LEFT_OUT), quantile(m, 1 - LEFT_OUT), PLACES);
  const targets = xs.map(optimalLogit(p, q));
  const [best, mass] = [targets.map(sigmoid), xs.map(m.pdf)];
  const step = xs[1] - xs[0];
  const overSamples = (f: (i: number) => number) =>
    step * mass.reduce((sum, density, i) => sum + density * f(i), 0);
  return {
    xs,
    best,
    mass,
    distance: (logits) => {
      const errors = best.map((d, i) => Math.abs(sigmoid(logits[i]) - d));
      const largest = Math.max(...errors);
      return { largest, at: xs[errors.indexOf(largest)], average: overSamples((i) => errors[i]) };
    },
    regret: (logits) => overSamples((i) => klOfLogits(targets[i], logits[i])),
  };
}

/**
 * The share of real examples among all that lie within `reach` of each centre; NaN where none does.
 */
export function sharesOfReal(
  real: ArrayLike<number>,
  generated: ArrayLike<number>,
  centres: readonly number[],
  reach: number,
): number[] {
  const near = (examples: ArrayLike<number>, centre: number) =>
    Array.from(examples).filter((x) => Math.abs(x - centre) < reach).length;
  return centres.map((centre) => {
    const [own, other] = [near(real, centre), near(generated, centre)];
    return own / (own + other);
  });
}
