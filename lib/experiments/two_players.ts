/**
 * Two players with one number each: the paths of their pairs of numbers.
 *
 * Notation: x minimises and y maximises f(x, y) = xy; η is the step size of both.
 * Sources: I. Goodfellow, NIPS 2016 Tutorial, arXiv:1701.00160; G. Gidel et al. 2019,
 * arXiv:1802.10551; L. Mescheder, A. Geiger and S. Nowozin 2018, arXiv:1801.04406.
 *
 * @module
 */
import { checkFinite } from "@/gan/diverged.ts";
import { sigmoid } from "@/math/stable.ts";

/** From a pair of numbers to the next one. */
export type OrbitRule = (x: number, y: number, eta: number) => [number, number];

/** The numbers of the two players at the start and after each step. */
export interface Orbit {
  x: number[];
  y: number[];
}

/**
 * The orbit of a rule from (1, 0).
 *
 * @throws {DivergedError} If a number is no longer finite.
 */
export function orbitOf(rule: OrbitRule, eta: number, steps: number): Orbit {
  const orbit: Orbit = { x: [1], y: [0] };
  for (let n = 1; n <= steps; n++) {
    const [x, y] = rule(orbit.x[n - 1], orbit.y[n - 1], eta);
    checkFinite(n, { x, y });
    orbit.x.push(x);
    orbit.y.push(y);
  }
  return orbit;
}

/** Distances from (0, 0). */
export function radiiOf({ x, y }: Orbit): number[] {
  return x.map((each, n) => Math.hypot(each, y[n]));
}

/** Alternating steps on xy: y makes k steps with x held, and then x answers. */
export function alternatingRule(k: number): OrbitRule {
  return (x, y, eta) => {
    const answer = y + k * eta * x; // With x held, each of the k steps adds ηx.
    return [x - eta * answer, answer];
  };
}

/**
 * The Dirac-GAN: all data at 0, all of G's mass at θ, and D's logit is ψx. The pair is (ψ, θ), and
 * its equilibrium is (0, 0).
 *
 * @param gamma R1: γ/2 ψ² is added to D's loss.
 */
export function diracRule(order: "simultaneous" | "alternating", gamma = 0): OrbitRule {
  return (psi, theta, eta) => {
    const newPsi = psi - eta * (sigmoid(psi * theta) * theta + gamma * psi);
    const seen = order === "alternating" ? newPsi : psi;
    return [newPsi, theta + eta * sigmoid(seen * theta) * seen];
  };
}
