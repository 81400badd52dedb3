/**
 * How G lays the latent plane over the sample space: cells of equal mass, their images and where
 * they tear.
 *
 * @module
 */
import { type WarpedGrid } from "@/experiments/latent_map.ts";
import { edgesOf } from "@/experiments/latent_map.ts";
import { type Gan } from "@/gan/gan.ts";
import { type GanOptions, latentSize } from "@/gan/options.ts";
import { gaussian, quantile } from "@/math/density.ts";
import { linspace } from "@/math/stable.ts";
import { type LookGrid } from "./playground_messages.ts";
import { generate, toyOf } from "./scene.ts";

/** Mass of a normal z that is left out at each end: its quantiles at 0 and 1 are infinite. */
const LEFT_OUT = 0.01;
/** A cell is torn if an edge is stretched by so many times the median of all edges… */
const TORN = 8;
/** …and is longer than this share of the sample space: else nothing that could be seen is torn. */
const LONG = 0.06;

/** Places of equal mass along one number of z. */
function knotsOf(latent: GanOptions["latent"], count: number): number[] {
  if (latent !== "normal") {
    const end = latent === "cube" ? 1 : Math.sqrt(3);
    return linspace(-end, end, count);
  }
  const normal = gaussian({ mean: 0, sigma: 1 });
  return linspace(LEFT_OUT, 1 - LEFT_OUT, count).map((share) => quantile(normal, share));
}

const kept = new Map<string, number[]>();

/** The same, computed once. */
function keptKnots(latent: GanOptions["latent"], count: number): number[] {
  const key = `${latent} ${count}`;
  let knots = kept.get(key);
  if (!knots) kept.set(key, knots = knotsOf(latent, count));
  return knots;
}

/** The image of a grid over z of two numbers; undefined where z or x is not a plane. */
export function latentGrid(gan: Gan, side: number): LookGrid | undefined {
  const { latent } = gan.options;
  if (latentSize(gan.options) !== 2 || toyOf(gan).columns !== 2) return undefined;
  const at = keptKnots(latent, side);
  const z = Float32Array.from(at.flatMap((z2) => at.flatMap((z1) => [z1, z2])));
  const grid: WarpedGrid = { side, z, x: generate(gan, z) };
  const share = (latent === "normal" ? 1 - 2 * LEFT_OUT : 1) / (side - 1);
  return { side, x: grid.x, density: densitiesIn(grid, share * share), torn: tornCells(grid, gan) };
}

/** Mass over the area of each cell's image, [(side − 1)²]; Infinity where it has no area. */
function densitiesIn({ side, x }: WarpedGrid, mass: number): Float32Array {
  const densities = new Float32Array((side - 1) ** 2);
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const knot = row * side + column;
      const [a, b, c, d] = [knot, knot + 1, knot + side + 1, knot + side];
      // Two triangles, so that a cell that is folded over has the area of both parts.
      const area = triangle(x, a, b, c) + triangle(x, a, c, d);
      densities[row * (side - 1) + column] = mass / area;
    }
  }
  return densities;
}

function triangle(x: Float32Array, ...[a, b, c]: number[]): number {
  const [ax, ay] = [x[2 * a], x[2 * a + 1]];
  const cross = (x[2 * b] - ax) * (x[2 * c + 1] - ay) - (x[2 * c] - ax) * (x[2 * b + 1] - ay);
  return Math.abs(cross) / 2;
}

/** 1 for each cell with an edge that is stretched far more than most, [(side − 1)²]. */
function tornCells(grid: WarpedGrid, gan: Gan): Uint8Array {
  const { side, x } = grid;
  const edges = edgesOf(grid);
  const stretches = edges.map(({ stretch }) => stretch).sort((a, b) => a - b);
  const median = stretches[stretches.length >> 1];
  const [low, high] = toyOf(gan).range;
  const torn = new Uint8Array((side - 1) ** 2);
  for (const { from, to, stretch } of edges) {
    const length = Math.hypot(x[2 * to] - x[2 * from], x[2 * to + 1] - x[2 * from + 1]);
    if (!(stretch > TORN * median && length > LONG * (high - low))) continue;
    const [row, column] = [Math.floor(from / side), from % side];
    // The edge is between two cells, one of which may be outside.
    const [down, left] = to === from + 1 ? [row - 1, column] : [row, column - 1];
    for (const [r, c] of [[row, column], [down, left]]) {
      if (r >= 0 && c >= 0 && r < side - 1 && c < side - 1) torn[r * (side - 1) + c] = 1;
    }
  }
  return torn;
}
