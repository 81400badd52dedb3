/**
 * Slopes and descents of a function of one number, by differences: an oracle that knows no formula.
 *
 * @module
 */
import { checkFinite } from "@/gan/diverged.ts";

/** The slope of `f` at `at`, by the central difference over ±h. */
export function slopeOf(f: (at: number) => number, at: number, h = 1e-5): number {
  return (f(at + h) - f(at - h)) / (2 * h);
}

/**
 * Gradient descent on `f`: the start, and where each step leads.
 *
 * @throws {DivergedError} If a step leads to something that is not finite.
 */
export function descentOn(
  f: (at: number) => number,
  { start, rate, steps }: { start: number; rate: number; steps: number },
): number[] {
  const visited = [start];
  for (let n = 1; n <= steps; n++) {
    const at = visited[n - 1];
    const h = 1e-4 * Math.max(1, Math.abs(at)); // Far away, a fixed h is lost in rounding.
    visited.push(at - rate * slopeOf(f, at, h));
    checkFinite(n, { "the parameter": visited[n] });
  }
  return visited;
}
