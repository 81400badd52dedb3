/**
 * A distribution is a density on the real line or an array of probabilities. What is a sum over the
 * outcomes of one is an integral over the other; `total` is both, so that every formula of
 * `divergences.ts` and `value.ts` is written once.
 *
 * @module
 */
import { type Density } from "./density.ts";
import { type Estimate, integrate } from "./quadrature.ts";

/** Probabilities of outcomes 0, 1, 2, …: not negative, with a sum of 1. */
export type Probabilities = ArrayLike<number>;

/** Densities on the line, or probabilities of outcomes. */
export type Distribution = Density | Probabilities;

/** A quantity at one point x (or outcome): from log p(x), log q(x) and x itself. */
export type Integrand = (logP: number, logQ: number, x: number) => number;

/** A number came out less accurate than the library promises. */
export class AccuracyError extends Error {
  override name = "AccuracyError";
}

/** The error that `total` lets pass: this, or this share of the value. */
const ACCURACY = 1e-6;

export function isDensity(distribution: Distribution): distribution is Density {
  return "logPdf" in distribution;
}

/** log p at x, or of outcome x, in nats. */
export function logDensity(distribution: Distribution, x: number): number {
  return isDensity(distribution) ? distribution.logPdf(x) : Math.log(distribution[x]);
}

/**
 * ∫ f(log p(x), log q(x), x) dx over all points where p or q has mass, or the sum over outcomes.
 *
 * @throws {TypeError} If one is a density and the other an array, or the arrays differ in length.
 * @throws {RangeError} If an array is not a distribution.
 */
export function estimate(p: Distribution, q: Distribution, f: Integrand): Estimate {
  checkPair(p, q);
  if (isDensity(p) && isDensity(q)) {
    const breaks = [...p.breaks, ...q.breaks];
    return integrate((x) => f(p.logPdf(x), q.logPdf(x), x), breaks);
  }
  const [ps, qs] = [p as Probabilities, q as Probabilities];
  let value = 0, size = 0;
  for (let i = 0; i < ps.length; i++) {
    const term = f(Math.log(ps[i]), Math.log(qs[i]), i);
    value += term;
    size += Math.abs(term);
  }
  const error = Number.EPSILON * ps.length * size;
  return { value, error: Number.isFinite(value) ? error : 0 };
}

/**
 * The value of `estimate`, where its error is at most 1e-6 of 1 or of the value; it is usually
 * below 1e-12.
 *
 * @throws {AccuracyError} Otherwise.
 */
export function total(p: Distribution, q: Distribution, f: Integrand): number {
  const { value, error } = estimate(p, q, f);
  if (error > ACCURACY * Math.max(1, Math.abs(value))) {
    throw new AccuracyError(
      `Cannot integrate: the error must be at most ${ACCURACY} of 1 or of the value, got ${value} ± ${error}; shift the origin nearer to the mass, or smooth the integrand`,
    );
  }
  return value;
}

/** weight · value, where a weight of 0 outweighs everything: a point without mass has no say. */
export function weigh(weight: number, value: number): number {
  return weight === 0 ? 0 : weight * value;
}

/** Checks what `estimate` takes. */
export function checkPair(p: Distribution, q: Distribution): void {
  if (isDensity(p) !== isDensity(q)) {
    throw new TypeError(
      "Cannot compare distributions: both must be densities or both arrays of probabilities, got one of each",
    );
  }
  if (isDensity(p) || isDensity(q)) return;
  if (p.length !== q.length) {
    throw new TypeError(
      `Cannot compare distributions: both must have the same number of outcomes, got ${p.length} and ${q.length}`,
    );
  }
  checkProbabilities(p);
  checkProbabilities(q);
}

function checkProbabilities(p: Probabilities): void {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (!(p[i] >= 0)) {
      throw new RangeError(
        `Cannot compare distributions: probabilities must not be negative, got ${
          p[i]
        } for outcome ${i}`,
      );
    }
    sum += p[i];
  }
  if (!(Math.abs(sum - 1) <= 1e-9)) {
    throw new RangeError(
      `Cannot compare distributions: the sum of the probabilities must be 1, to 1e-9, got ${sum}`,
    );
  }
}
