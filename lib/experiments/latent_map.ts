/**
 * How G lays the latent square over the plane: a grid of z, where it goes, and how much each of its
 * edges is stretched. Where G is torn, points that are near in z are far apart in x.
 *
 * @module
 */
import { nearestOnSpiral } from "@/eval/coverage.ts";
import { type Gan, samplingGenerator } from "@/gan/gan.ts";
import { forward } from "@/gan/network.ts";
import { linspace } from "@/math/stable.ts";
import { tf } from "@/tf.ts";

/** A map of the latent square (-1, 1)², from rows of z to rows of x. */
export type LatentMap = (z: Float32Array) => Promise<Float32Array> | Float32Array;

/** A grid over the latent square, and its image. */
export interface WarpedGrid {
  /** Knots along each side. */
  side: number;
  /** z of each knot, row by row, [side², 2]. */
  z: Float32Array;
  /** x of each knot, [side², 2]. */
  x: Float32Array;
}

/** An edge between two neighbouring knots. */
export interface Edge {
  /** Its ends, as indices of knots. */
  from: number;
  to: number;
  /** ‖x' - x‖ / ‖z' - z‖. */
  stretch: number;
}

/** The generator of a GAN whose z is the latent square. */
export function mapOf(gan: Gan): LatentMap {
  return async (z) => {
    const x = tf.tidy(() =>
      forward(samplingGenerator(gan), tf.tensor2d(z, [z.length / 2, 2]), { training: false })
    );
    const values = await x.data() as Float32Array;
    x.dispose();
    return values;
  };
}

/** The image of a grid of `side` × `side` knots, from edge to edge of the square. */
export async function warpedGrid(map: LatentMap, side: number): Promise<WarpedGrid> {
  const at = linspace(-1, 1, side);
  const z = Float32Array.from(at.flatMap((z2) => at.flatMap((z1) => [z1, z2])));
  return { side, z, x: await map(z) };
}

/** The edges of a grid along z₁ and along z₂. */
export function edgesOf({ side, z, x }: WarpedGrid): Edge[] {
  const edges: Edge[] = [];
  const distance = (points: Float32Array, i: number, j: number) =>
    Math.hypot(points[2 * j] - points[2 * i], points[2 * j + 1] - points[2 * i + 1]);
  const add = (from: number, to: number) =>
    edges.push({ from, to, stretch: distance(x, from, to) / distance(z, from, to) });
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const knot = row * side + column;
      if (column + 1 < side) add(knot, knot + 1);
      if (row + 1 < side) add(knot, knot + side);
    }
  }
  return edges;
}

/** How far apart the ends of each edge are along the spiral, at the places nearest to them. */
export function jumpsOf(grid: WarpedGrid): number[] {
  const arcs = Array.from(
    { length: grid.side ** 2 },
    (_, i) => nearestOnSpiral(grid.x[2 * i], grid.x[2 * i + 1]).arc,
  );
  return edgesOf(grid).map(({ from, to }) => Math.abs(arcs[to] - arcs[from]));
}
