/**
 * Densities on the line. Where z is one number, p_g is counted through G at many knots, without
 * samples and without smoothing; otherwise it is a kernel estimate.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { type Density, gaussian, quantile, uniform } from "@/math/density.ts";
import { linspace } from "@/math/stable.ts";
import { binsBetween, massesIn, pushforwardCdf } from "@/math/pushforward.ts";
import { type CellSquare } from "./kernel_field.ts";

/** Knots of z at which G is asked. */
const KNOTS = 1001;

/** The distribution of one number of z, and the ends between which G is asked. */
const NOISE: Record<GanOptions["latent"], { density: Density; ends: [number, number] }> = {
  normal: { density: gaussian({ mean: 0, sigma: 1 }), ends: [-5, 5] },
  uniform: noiseOf(Math.sqrt(3)),
  cube: noiseOf(1),
};

function noiseOf(end: number): { density: Density; ends: [number, number] } {
  return { density: uniform({ low: -end, high: end }), ends: [-end, end] };
}

/** Where G is to be asked for `countedField`. */
export function knotsOf(latent: GanOptions["latent"]): number[] {
  return linspace(...NOISE[latent].ends, KNOTS);
}

/** z in the middles of `count` parts of equal mass, from left to right. */
export function equalParts(latent: GanOptions["latent"], count: number): number[] {
  const { density } = NOISE[latent];
  return Array.from({ length: count }, (_, i) => quantile(density, (i + 0.5) / count));
}

/**
 * The density of G(z) in each cell, [side], counted through G.
 *
 * @param g G at `knotsOf(latent)`.
 */
export function countedField(
  latent: GanOptions["latent"],
  g: ArrayLike<number>,
  { range: [low, high], side }: CellSquare,
): Float32Array {
  const cdf = pushforwardCdf(NOISE[latent].density, knotsOf(latent), g);
  const bins = binsBetween(low, high, side);
  return Float32Array.from(massesIn(bins, cdf).slice(1, -1), (mass) => mass / bins.width);
}

/** Σ N(x; point, width²) / count at the middle of each cell, [side]. */
export function lineKernelField(
  points: ArrayLike<number>,
  { range: [low, high], side }: CellSquare,
  width: number,
): Float32Array {
  const field = new Float64Array(side);
  const cell = (high - low) / side;
  const peak = 1 / (Math.sqrt(2 * Math.PI) * width * points.length);
  for (let i = 0; i < side; i++) {
    const x = low + (i + 0.5) * cell;
    for (let k = 0; k < points.length; k++) {
      const t = (x - points[k]) / width;
      // Written so that a point that is not a number adds nothing.
      if (t * t < 50) field[i] += peak * Math.exp(-t * t / 2);
    }
  }
  return Float32Array.from(field);
}
