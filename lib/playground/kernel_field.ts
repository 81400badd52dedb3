/**
 * Densities in the plane, all seen through the same round Gaussian.
 *
 * p_g is known by points alone. A kernel estimate of it is p_g ∗ K, and not p_g; beside an exact
 * p_data it would differ even if p_g = p_data. So p_data is taken through the same K, exactly: D*
 * is then ½ everywhere when G has learned the data, up to the noise of the points.
 *
 * Notation: K = N(0, width² I).
 *
 * @module
 */
import { type Modes } from "@/data/toy.ts";

/** Cells over a square. */
export interface CellSquare {
  range: readonly [low: number, high: number];
  /** Along each side. */
  side: number;
}

/** In widths: what lies farther away adds less than 4e-6 of a kernel's peak. */
const REACH = 5;
/** Cells along each side of the sum that stands for an integral. */
const FINE = 400;

/** The width of K, the same whatever is drawn: 1/48 of the square's side. */
export function kernelWidth([low, high]: readonly [number, number]): number {
  return (high - low) / 48;
}

/**
 * Σ weight · N(x; point, width² I) at the middle of each cell, [side²], row by row from the lowest y.
 *
 * @param points [count, 2]; those that are not finite add nothing.
 * @param weights [count]; equal, with a sum of 1, where they are left out.
 */
export function kernelField(
  points: ArrayLike<number>,
  { range: [low, high], side }: CellSquare,
  width: number,
  weights?: ArrayLike<number>,
): Float32Array {
  const field = new Float64Array(side * side);
  const cell = (high - low) / side;
  const count = points.length / 2;
  const peak = 1 / (2 * Math.PI * width * width);
  const across = new Float64Array(side);
  const near = (x: number): [from: number, to: number] => [
    Math.max(0, Math.ceil((x - REACH * width - low) / cell - 0.5)),
    Math.min(side - 1, Math.floor((x + REACH * width - low) / cell - 0.5)),
  ];
  const bell = (i: number, x: number) => {
    const t = (low + (i + 0.5) * cell - x) / width;
    return Math.exp(-t * t / 2);
  };
  for (let k = 0; k < count; k++) {
    const weight = peak * (weights ? weights[k] : 1 / count);
    const [x, y] = [points[2 * k], points[2 * k + 1]];
    if (weight === 0 || !Number.isFinite(x) || !Number.isFinite(y)) continue;
    const [left, right] = near(x);
    const [bottom, top] = near(y);
    for (let i = left; i <= right; i++) across[i] = bell(i, x);
    for (let j = bottom; j <= top; j++) {
      const up = weight * bell(j, y);
      for (let i = left; i <= right; i++) field[j * side + i] += up * across[i];
    }
  }
  return Float32Array.from(field);
}

/** A mixture of modes through K: its own widths and that of K add as squares. */
export function modesField(
  { centres, sigma }: Modes,
  cells: CellSquare,
  width: number,
): Float32Array {
  return kernelField(centres.flat(), cells, Math.hypot(sigma, width));
}

/** Any density through K, by a sum over a fine grid. */
export function densityField(
  density: (x: number, y: number) => number,
  cells: CellSquare,
  width: number,
): Float32Array {
  const [low, high] = cells.range;
  const step = (high - low) / FINE;
  const points: number[] = [];
  const weights: number[] = [];
  for (let j = 0; j < FINE; j++) {
    for (let i = 0; i < FINE; i++) {
      const [x, y] = [low + (i + 0.5) * step, low + (j + 0.5) * step];
      const p = density(x, y);
      if (p === 0) continue;
      points.push(x, y);
      weights.push(p);
    }
  }
  const sum = weights.reduce((sum, weight) => sum + weight, 0);
  return kernelField(points, cells, width, weights.map((weight) => weight / sum));
}
