/**
 * The value of the game, the discriminator that maximises it, and what is left for G to minimise.
 *
 * Notation: p is the data's distribution, q the generator's; a(x) is the logit of D(x);
 * V(D, G) = E_p[log D(x)] + E_q[log(1 - D(x))], in nats.
 * Source: Goodfellow et al. 2014, arXiv:1406.2661, eq. 1, Proposition 1 and Theorem 1.
 *
 * A prior π, the probability that an example is real, weights the expectations by 2π and 2(1 - π):
 * eq. 1 is π = ½.
 *
 * A discriminator is given as the function from x to its logit, since log(1 - D) is lost once D has
 * been rounded to 1. One that is known as a probability goes in as `(x) => logit(D(x))`.
 *
 * @module
 */
import { checkPair, type Distribution, logDensity, total, weigh } from "./distribution.ts";
import { logit, sigmoid, softplus } from "./stable.ts";

/** From a point x, or the index of an outcome, to the logit of D. */
export type LogitFunction = (x: number) => number;

/**
 * V(D, G) for the D with this logit. -Infinity where D is certain and wrong on some mass.
 *
 * ```ts
 * import { gaussian } from "@/math/density.ts";
 * import { value } from "@/math/value.ts";
 *
 * const data = gaussian({ mean: 0, sigma: 1 });
 * // A coin toss, D = ½ everywhere: -log 4.
 * console.assert(Math.abs(value(() => 0, data, data) + Math.log(4)) < 1e-12);
 * ```
 *
 * @throws {TypeError | RangeError} If the two are not distributions of one kind, or the prior is
 * not between 0 and 1.
 * @throws {AccuracyError} If an integral is less accurate than 1e-6.
 */
export function value(
  discriminator: LogitFunction,
  p: Distribution,
  q: Distribution,
  prior = 0.5,
): number {
  checkPrior(prior);
  return total(p, q, (logP, logQ, x) => {
    const a = discriminator(x);
    const real = weigh(2 * prior * Math.exp(logP), -softplus(-a));
    const fake = weigh(2 * (1 - prior) * Math.exp(logQ), -softplus(a));
    return real + fake;
  });
}

/**
 * The logit of D*: log p(x) - log q(x) + logit π, the log odds that x is real.
 *
 * It is NaN where neither p nor q has mass: there V does not depend on D.
 *
 * @throws {TypeError | RangeError} If the two are not distributions of one kind, or the prior is
 * not between 0 and 1.
 */
export function optimalLogit(p: Distribution, q: Distribution, prior = 0.5): LogitFunction {
  checkPrior(prior);
  checkPair(p, q);
  const odds = logit(prior);
  return (x) => logDensity(p, x) - logDensity(q, x) + odds;
}

/** D*(x) = π p(x) / (π p(x) + (1 - π) q(x)): the sigmoid of `optimalLogit`. */
export function optimalDiscriminator(
  p: Distribution,
  q: Distribution,
  prior = 0.5,
): (x: number) => number {
  const a = optimalLogit(p, q, prior);
  return (x) => sigmoid(a(x));
}

/**
 * C(G) = max over D of V(D, G) = V(D*, G), in nats.
 *
 * It goes through D* and V and through no divergence, so that Theorem 1,
 * C(G) = -log 4 + 2 JSD(p, q), can be found to hold.
 */
export function cost(p: Distribution, q: Distribution, prior = 0.5): number {
  return value(optimalLogit(p, q, prior), p, q, prior);
}

function checkPrior(prior: number): void {
  if (!(prior > 0 && prior < 1)) {
    throw new RangeError(
      `Cannot weight real and generated: the prior must be between 0 and 1, got ${prior}`,
    );
  }
}
