/**
 * The best answer of a discriminator on the line that pays for its slope, as with R1. It has no
 * closed form; it solves a boundary value problem, here on a grid.
 *
 * Notation: p is the density of the data, q that of the generator, a the logit of D, σ the sigmoid.
 * D minimises ½ E_p softplus(-a) + ½ E_q softplus(a) + γ/2 E_p a'², which is what the library's D
 * minimises with `gradientPenalty` γ. The minimum satisfies
 *
 *   γ (p a')' = ½ (q σ(a) - p σ(-a)), with p a' = 0 at both ends.
 *
 * Source of the penalty: Mescheder, Geiger and Nowozin 2018, arXiv:1801.04406, eq. 9.
 *
 * @module
 */
import { type Density } from "./density.ts";
import { sigmoid, softplus } from "./stable.ts";

/** A step of Newton's method moves no logit by less than this, and it ends. */
const ENOUGH = 1e-9;
/** The problem is convex: some forty steps are usual, where D* has logits of forty. */
const MOST_STEPS = 500;

/**
 * The logit that minimises D's penalised loss, at the points of an even grid.
 *
 * @param xs The grid, which should reach over the mass of both: beyond its ends there is nothing.
 * @throws {RangeError} If γ is negative, the grid is not even, or neither has a density somewhere.
 */
export function penalisedLogit(
  p: Density,
  q: Density,
  gamma: number,
  xs: readonly number[],
): number[] {
  const problem = problemOf(p, q, gamma, xs);
  let a = xs.map(() => 0);
  let loss = lossOf(problem, a);
  for (let step = 0; step < MOST_STEPS; step++) {
    const move = newtonMove(problem, a);
    let share = 1;
    let next = a, lower = loss;
    // Half the step until the loss falls; at the minimum it cannot.
    for (; share > 1e-9; share /= 2) {
      next = a.map((value, i) => value + share * move[i]);
      lower = lossOf(problem, next);
      if (lower <= loss) break;
    }
    [a, loss] = [next, lower];
    if (Math.max(...move.map(Math.abs)) < ENOUGH) return a;
  }
  return a;
}

/** Densities at the points, and p between them, times γ over the spacing. */
interface Problem {
  h: number;
  p: number[];
  q: number[];
  /** γ p / h between a point and the next. */
  stiffness: number[];
}

function problemOf(p: Density, q: Density, gamma: number, xs: readonly number[]): Problem {
  const h = (xs.at(-1)! - xs[0]) / (xs.length - 1);
  const even = xs.every((x, i) => Math.abs(x - xs[0] - i * h) <= 1e-6 * h);
  if (!(gamma >= 0) || !(h > 0) || !even) {
    throw new RangeError(
      `Cannot solve for D: γ must be at least 0 and the grid even, from left to right, got γ = ${gamma} and ${xs.length} points from ${
        xs[0]
      } to ${xs.at(-1)}`,
    );
  }
  const [ps, qs] = [p, q].map(({ pdf }) => xs.map(pdf));
  const bare = ps.findIndex((value, i) => !(value + qs[i] > 0));
  if (bare >= 0) {
    throw new RangeError(
      `Cannot solve for D: one of the two must have a density at every point, got 0 at x = ${
        xs[bare]
      }`,
    );
  }
  const stiffness = xs.slice(1).map((x) => gamma * p.pdf(x - h / 2) / h);
  return { h, p: ps, q: qs, stiffness };
}

function lossOf({ h, p, q, stiffness }: Problem, a: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += h / 2 * (p[i] * softplus(-a[i]) + q[i] * softplus(a[i]));
    if (i > 0) sum += stiffness[i - 1] / 2 * (a[i] - a[i - 1]) ** 2;
  }
  return sum;
}

/** -H⁻¹ g, with the tridiagonal Hessian H of the loss and its gradient g. */
function newtonMove({ h, p, q, stiffness }: Problem, a: number[]): number[] {
  const n = a.length;
  const [diagonal, right] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const d = sigmoid(a[i]), notD = sigmoid(-a[i]);
    const [before, after] = [stiffness[i - 1] ?? 0, stiffness[i] ?? 0];
    diagonal[i] = h / 2 * (p[i] + q[i]) * d * notD + before + after;
    right[i] = h / 2 * (p[i] * notD - q[i] * d);
    if (i > 0) right[i] -= before * (a[i] - a[i - 1]);
    if (i + 1 < n) right[i] += after * (a[i + 1] - a[i]);
  }
  // Elimination from the left, then back.
  for (let i = 1; i < n; i++) {
    const factor = -stiffness[i - 1] / diagonal[i - 1];
    diagonal[i] += factor * stiffness[i - 1];
    right[i] -= factor * right[i - 1];
  }
  const move = new Array<number>(n);
  for (let i = n - 1; i >= 0; i--) {
    move[i] = (right[i] + (i + 1 < n ? stiffness[i] * move[i + 1] : 0)) / diagonal[i];
  }
  return move;
}
