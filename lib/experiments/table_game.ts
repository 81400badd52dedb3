/**
 * A GAN without networks: each player is a table with one number per outcome, so that capacity is
 * no issue and only the moves matter.
 *
 * Notation: p are the data's probabilities, a_i the logits of D, q = softmax(b) the generator's
 * probabilities; V = Σ p_i log σ(a_i) + q_i log(1 - σ(a_i)), in nats. D ascends and G descends on V
 * by plain gradient steps. k is the number of D's steps before each step of G.
 * Source: Goodfellow et al. 2014, arXiv:1406.2661, Algorithm 1, on the players of its Proposition 2.
 *
 * @module
 */
import { checkFinite } from "@/gan/diverged.ts";
import { logSumExp, sigmoid, softplus } from "@/math/stable.ts";
import { optimalLogit } from "@/math/value.ts";

/** How the game is played. */
export interface TableGame {
  /** p, the probabilities of the outcomes in the data. */
  data: number[];
  /** b at the start. D starts undecided, at a = 0. */
  start: number[];
  /** Step size of D. */
  dRate: number;
  /** Step size of G. */
  gRate: number;
  /** Steps of D before each step of G; Infinity stands for D*, the best answer. */
  k: number;
  /** Steps of G. */
  steps: number;
  /** γ: γ/2 Σ a_i² is taken off what D maximises. It pulls D's logits towards 0. */
  damping?: number;
  /**
   * False puts the tangent plane of V at a = 0 in place of V. The equilibrium stays where it
   * is, a = 0 and q = p, but the curvature in D's logits is gone.
   */
  curved?: boolean;
}

/** The game of notebook 04: four outcomes, and a G that starts with their order reversed. */
export const FOUR_OUTCOMES: TableGame = {
  data: [0.4, 0.3, 0.2, 0.1],
  start: [0, 1, 2, 3],
  dRate: 0.2,
  gRate: 5,
  k: 1,
  steps: 400,
};

/** More steps of D before one of G take long, and hardly differ from D*. */
const MOST_STEPS = 1000;

/**
 * p_g at the start and after each step of G.
 *
 * @throws {RangeError} If k is no number of steps, or D is to be the best answer to a value that has
 * none.
 * @throws {DivergedError} If a number of a player is no longer finite.
 */
export function playTableGame(game: TableGame): number[][] {
  const { data, start, gRate, k, steps, damping = 0, curved = true } = game;
  if (k === Infinity && (!curved || damping !== 0)) {
    throw new RangeError(
      "Cannot let D play its best answer: V must be curved and without damping for k = Infinity, " +
        `got curved = ${curved} and damping = ${damping}; choose a finite k`,
    );
  }
  if (k !== Infinity && !(Number.isInteger(k) && k >= 1 && k <= MOST_STEPS)) {
    throw new RangeError(
      `Cannot play the game: k must be an integer from 1 to ${MOST_STEPS}, or Infinity for D*, got ${k}`,
    );
  }
  const moveD = k === Infinity
    ? (_: number[], q: number[]) => q.map((_, i) => optimalLogit(data, q)(i))
    : repeated(game, k);
  let a = start.map(() => 0);
  let b = start;
  const visited = [softmax(b)];
  for (let n = 1; n <= steps; n++) {
    const q = visited[n - 1];
    a = moveD(a, q);
    // dV/dq, and from it dV/db through the softmax.
    const slopes = a.map((logit) => curved ? -softplus(logit) : -Math.LN2 - logit / 2);
    const mean = slopes.reduce((sum, slope, i) => sum + q[i] * slope, 0);
    b = b.map((each, i) => each - gRate * q[i] * (slopes[i] - mean));
    checkNumbers(n, a, b);
    visited.push(softmax(b));
  }
  return visited;
}

/** `k` steps of D on V, or on its tangent plane, with the damping. */
function repeated({ data, dRate, damping = 0, curved = true }: TableGame, k: number) {
  return (a: number[], q: number[]) => {
    for (let j = 0; j < k; j++) {
      a = a.map((logit, i) => {
        const slope = curved
          ? data[i] * sigmoid(-logit) - q[i] * sigmoid(logit)
          : (data[i] - q[i]) / 2;
        return logit + dRate * (slope - damping * logit);
      });
    }
    return a;
  };
}

function checkNumbers(step: number, a: number[], b: number[]): void {
  const named = (name: string, numbers: number[]) =>
    numbers.map((value, i): [string, number] => [`${name}(outcome ${i + 1})`, value]);
  checkFinite(
    step,
    Object.fromEntries([...named("D's logit ", a), ...named("G's logit ", b)]),
  );
}

function softmax(b: number[]): number[] {
  const logZ = logSumExp(b);
  return b.map((each) => Math.exp(each - logZ));
}
