/**
 * V estimated from samples, and how far off such an estimate is.
 *
 * Notation: a(x) is the logit of D; V = E_p[log D] + E_q[log(1 - D)], in nats, p the data's density
 * and q the generator's. An estimate from n samples of each kind is the mean of n terms
 * log D(x_i) + log(1 - D(y_i)).
 *
 * @module
 */
import { type Density } from "@/math/density.ts";
import { total } from "@/math/distribution.ts";
import { logSigmoid } from "@/math/stable.ts";
import { type LogitFunction } from "@/math/value.ts";
import { type Random } from "@/random.ts";

/** The terms of an estimate from `count` samples of each kind: V is the mean of many. */
export function valueTerms(
  logit: LogitFunction,
  [p, q]: readonly [p: Density, q: Density],
  count: number,
  random: Random,
): number[] {
  const fakes = q.sample(count, random);
  return Array.from(
    p.sample(count, random),
    (x, i) => logSigmoid(logit(x)) + logSigmoid(-logit(fakes[i])),
  );
}

/**
 * The standard deviation of one term, by integration: that of an estimate is this divided by the
 * root of the number of terms.
 */
export function termDeviation(logit: LogitFunction, p: Density, q: Density): number {
  const real = (x: number) => logSigmoid(logit(x));
  const fake = (x: number) => logSigmoid(-logit(x));
  return Math.sqrt(variance(p, real) + variance(q, fake));
}

function variance(p: Density, f: (x: number) => number): number {
  const expectation = (g: (x: number) => number) =>
    total(p, p, (logP, _, x) => Math.exp(logP) * g(x));
  const mean = expectation(f);
  return expectation((x) => (f(x) - mean) ** 2);
}
