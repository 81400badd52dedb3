/**
 * Kullback–Leibler, Jensen–Shannon and total variation, in nats, of densities and of probabilities.
 *
 * Notation: d = log p - log q at a point; m = (p + q)/2; D = sigmoid(d) = p / (p + q).
 *
 * Each integrand is written so that it is never negative, not even by rounding: the inequalities
 * KL ≥ 0 and 0 ≤ JSD ≤ log 2 hold for the numbers, and a divergence of 1e-12 has correct digits.
 *
 * Sources: Kullback and Leibler 1951; Lin 1991 for the Jensen–Shannon divergence.
 *
 * @module
 */
import { covers, type GaussianParameters } from "./density.ts";
import { checkPair, type Distribution, isDensity, total, weigh } from "./distribution.ts";
import { sigmoid, softplus } from "./stable.ts";

/**
 * KL(p ‖ q) = ∫ p log(p/q), in nats. +Infinity where p has mass and q has none.
 *
 * The integrand is p log(p/q) - p + q: the last two integrate to 0 and make each point's share
 * at least 0.
 *
 * @throws {TypeError | RangeError} If the two are not distributions of one kind.
 * @throws {AccuracyError} If the integral is less accurate than 1e-6.
 */
export function klDivergence(p: Distribution, q: Distribution): number {
  checkPair(p, q);
  // Mass where a pdf has underflowed is still mass: the supports decide.
  if (isDensity(p) && isDensity(q) && !covers(q.support, p.support)) return Infinity;
  const value = total(p, q, (logP, logQ) => {
    if (logP === -Infinity) return Math.exp(logQ);
    const d = logP - logQ;
    if (Math.abs(d) < 0.5) return Math.exp(logP) * Math.max(0, d + Math.expm1(-d));
    return weigh(Math.exp(logP), d - 1) + Math.exp(logQ);
  });
  return Math.max(0, value);
}

/** KL of two Gaussians in closed form, nats: log(σ_q/σ_p) + (σ_p² + (μ_p - μ_q)²)/(2σ_q²) - ½. */
export function gaussianKl(p: GaussianParameters, q: GaussianParameters): number {
  const excess = (p.sigma - q.sigma) / q.sigma;
  const shift = (p.mean - q.mean) / q.sigma;
  // Both logarithms are the same number; each is exact where the other has cancelled.
  const logRatio = Math.abs(excess) < 0.5 ? Math.log1p(excess) : Math.log(p.sigma / q.sigma);
  return (excess * (2 + excess) + shift * shift) / 2 - logRatio;
}

/**
 * JSD(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m), in nats: 0 for p = q, exactly log 2 for disjoint supports.
 *
 * It is log 2 minus the mean under m of the entropy of D: what one sample tells about whether it
 * came from p or from q. Near log 2 it is computed from the entropy that is left.
 *
 * @throws {TypeError | RangeError} If the two are not distributions of one kind.
 * @throws {AccuracyError} If the integral is less accurate than 1e-6.
 */
export function jsDivergence(p: Distribution, q: Distribution): number {
  const over = (f: (d: number) => number) =>
    Math.max(0, total(p, q, (logP, logQ) => weigh(mean(logP, logQ), f(logP - logQ))));
  const known = over(information);
  return known > Math.LN2 / 2 ? Math.LN2 - over(entropy) : known;
}

/**
 * Total variation ½ ∫ |p - q|, in [0, 1]: the largest difference in the probability of any event.
 *
 * @throws {TypeError | RangeError} If the two are not distributions of one kind.
 * @throws {AccuracyError} If the integral is less accurate than 1e-6.
 */
export function totalVariation(p: Distribution, q: Distribution): number {
  const distance = total(
    p,
    q,
    (logP, logQ) => weigh(mean(logP, logQ), Math.abs(Math.tanh((logP - logQ) / 2))),
  );
  if (distance <= 0.5) return distance;
  return 1 - total(p, q, (logP, logQ) => Math.exp(Math.min(logP, logQ)));
}

/** m = (p + q)/2 at a point. */
function mean(logP: number, logQ: number): number {
  return (Math.exp(logP) + Math.exp(logQ)) / 2;
}

/** Entropy of a Bernoulli(sigmoid(d)) in nats; both terms are at least 0. */
function entropy(d: number): number {
  const distance = Math.abs(d);
  return softplus(-distance) + weigh(sigmoid(-distance), distance);
}

/** log 2 - entropy(d), with its digits near d = 0, where it is d²/8. */
function information(d: number): number {
  if (!(Math.abs(d) < 1)) return Math.LN2 - entropy(d);
  const u = Math.tanh(d / 2);
  return (u * d + Math.log1p(-u * u)) / 2;
}
