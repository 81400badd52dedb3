/**
 * Straight bands in the plane: the simplest data that a G has to stretch a square over.
 *
 * A band is uniform along a segment and N(0, sigma²) across it.
 *
 * @module
 */
import { type Random } from "@/random.ts";

/** Two ends, each [x, y]. */
export type Segment = readonly [readonly [number, number], readonly [number, number]];

/** Equal shares of bands of one width, along segments of one length. */
export interface Bands {
  segments: readonly Segment[];
  sigma: number;
}

/** One band of length 2, of slope 3/4. */
export const SEGMENT: Bands = { segments: [[[-0.8, -0.6], [0.8, 0.6]]], sigma: 0.02 };

/** Two bands side by side, 0.8 apart: a G that is continuous must bridge the gap or lose one. */
export const SEGMENTS: Bands = {
  segments: [[[-0.8, -0.4], [0.8, -0.4]], [[-0.8, 0.4], [0.8, 0.4]]],
  sigma: 0.02,
};

/** `count` points of some bands, [count, 2]. */
export function bandPoints(
  { segments, sigma }: Bands,
  count: number,
  random: Random,
): Float32Array<ArrayBuffer> {
  const choices = random.uniforms(count);
  const along = random.uniforms(count);
  const across = random.normals(count);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    // float32 rounds the largest draws up to 1.
    const one = Math.min(segments.length - 1, Math.floor(choices[i] * segments.length));
    const [[x0, y0], [x1, y1]] = segments[one];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const aside = sigma * across[i] / Math.hypot(dx, dy);
    points[2 * i] = x0 + along[i] * dx - aside * dy;
    points[2 * i + 1] = y0 + along[i] * dy + aside * dx;
  }
  return points;
}

/** The density of some bands at a point, per unit of area. */
export function bandDensity({ segments, sigma }: Bands, x: number, y: number): number {
  let sum = 0;
  for (const [[x0, y0], [x1, y1]] of segments) {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = Math.hypot(dx, dy);
    const along = ((x - x0) * dx + (y - y0) * dy) / (length * length);
    if (along < 0 || along > 1) continue;
    const across = ((y - y0) * dx - (x - x0) * dy) / length;
    sum += Math.exp(-across * across / (2 * sigma * sigma)) / length;
  }
  return sum / (segments.length * Math.sqrt(2 * Math.PI) * sigma);
}

/** The middle of some bands. */
export function bandMeans({ segments }: Bands): Float64Array {
  const mean = (axis: 0 | 1) =>
    segments.reduce((sum, [from, to]) => sum + from[axis] + to[axis], 0) / (2 * segments.length);
  return Float64Array.of(mean(0), mean(1));
}
