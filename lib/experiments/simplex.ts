/**
 * Descent on a generator's distribution itself, where that is a list of probabilities: a point of
 * the simplex.
 *
 * Notation: U(p_g, D) is the value of the game as a function of p_g; D* is the best discriminator
 * against p_g, and g its slopes log(1 - D*), in nats.
 * Source: Goodfellow et al. 2014, arXiv:1406.2661, Proposition 2.
 *
 * @module
 */
import { checkFinite } from "@/gan/diverged.ts";
import { logSumExp, softplus } from "@/math/stable.ts";
import { optimalLogit } from "@/math/value.ts";
import { type Random } from "@/random.ts";

/** log(1 - D*) of each outcome: the slope of U in p_g at D = D*, and so that of C(G) as well. */
export function slopesAtBest(data: number[], generated: number[]): number[] {
  const a = optimalLogit(data, generated);
  return generated.map((_, i) => -softplus(a(i)));
}

/** Weights divided by their sum. */
export function normalised(weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** A point drawn uniformly from the simplex of `count` outcomes. */
export function drawProbabilities(count: number, random: Random): number[] {
  return normalised(Array.from({ length: count }, () => -Math.log(1 - random.uniform())));
}

/** A share `t` of the way from `q` to `r`, along the straight line: a mixture of the two. */
export function mixed(q: number[], r: number[], t: number): number[] {
  return q.map((each, i) => (1 - t) * each + t * r[i]);
}

/**
 * A gradient step on C: against the slopes, less their mean, so that the sum stays 1. Nothing but a
 * small `eta` keeps the entries positive.
 */
export function gradientStep(data: number[], p: number[], eta: number): number[] {
  const slopes = slopesAtBest(data, p);
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length;
  return p.map((each, i) => each - eta * (slopes[i] - mean));
}

/**
 * The start and where each of `count` steps leads.
 *
 * @throws {DivergedError} If a step leads to something that is not finite.
 */
export function pathFrom(
  step: (p: number[]) => number[],
  start: number[],
  count: number,
): number[][] {
  const visited = [start];
  for (let n = 1; n <= count; n++) {
    visited.push(step(visited[n - 1]));
    checkFinite(n, Object.fromEntries(visited[n].map((p, i) => [`p_g(outcome ${i + 1})`, p])));
  }
  return visited;
}

/**
 * p_g at the start and at each renewal of D*, where G makes multiplicative steps of `size` in all
 * before D* is computed anew: one step of that size, or many small ones.
 *
 * Against a D that stands still the steps add up: p_g(i) ← p_g(i) exp(-size · g_i) / Z. Logarithms
 * are kept instead of probabilities, so that an outcome that has almost gone can come back.
 */
export function chase(
  { data, start, size, renewals }: {
    data: number[];
    start: number[];
    size: number;
    renewals: number;
  },
): number[][] {
  const visited = [start];
  let logs = start.map(Math.log);
  for (let n = 1; n <= renewals; n++) {
    const moved = logs.map((log, i) => log + size * softplus(Math.log(data[i]) - log));
    const logZ = logSumExp(moved);
    logs = moved.map((log) => log - logZ);
    checkFinite(n, Object.fromEntries(logs.map((log, i) => [`log p_g(outcome ${i + 1})`, log])));
    visited.push(normalised(logs.map(Math.exp))); // Logarithms in the thousands round visibly.
  }
  return visited;
}

/** The probability of each outcome along a path, by the name of a line. */
export function byOutcome(path: number[][]): Record<string, number[]> {
  return Object.fromEntries(path[0].map((_, i) => [`p_g(${i + 1})`, path.map((p) => p[i])]));
}

/** How many values are larger than the one before them, by more than rounding. */
export function countRises(values: number[]): number {
  return values.filter((value, i) => i > 0 && value > values[i - 1] + 1e-12).length;
}

/**
 * Steps after which every value is at most `tolerance` away from 0, to the end; Infinity if the
 * last one is not.
 */
export function settledAfter(values: number[], tolerance: number): number {
  const last = values.findLastIndex((value) => !(Math.abs(value) <= tolerance));
  return last === values.length - 1 ? Infinity : last + 1;
}
