/**
 * The nearest neighbour of each row in another set, exactly, in a fraction of the products.
 *
 * Notation: P has orthonormal rows. ‖Px - Pg‖² + (‖x - PᵀPx‖ - ‖g - PᵀPg‖)² ≤ ‖x - g‖²: the two
 * parts of x, one seen and one of which only the length is known, are at right angles. So a row is
 * replaced by the numbers Px and the length of the rest, and only where these are near enough to be
 * the nearest is the distance itself computed, in float64.
 *
 * For images P is the cosine transform's low frequencies: 105 numbers in place of 784 leave about
 * 240 of 60,000 training images to look at for each test image. Where they leave too many, as for
 * noise, and for rows that are no images, P is everything.
 *
 * @module
 */
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import { sharedGemm } from "@/tfjs/gemm.ts";
import { distanceBlocks, factor, squaredNorms } from "./distances.ts";
import { type Progress, type Rows } from "./rows.ts";

/** For each point the row of the others that is nearest, and its distance. */
export interface Neighbours {
  /** Index of the nearest row, for each query. */
  index: Uint32Array;
  /** Euclidean, in float64. */
  distance: Float64Array;
}

/** Relative to ‖x‖² + ‖g‖²: more than float32 can be wrong by. */
const MARGIN = 1e-5;
/** Points that decide whether the low frequencies tell enough. */
const PILOTS = 32;
/** They do where fewer of the others than this must be looked at: noise has only high ones. */
const WORTH_SHARE = 0.02;

/** The nearest of the others for each point; of several equally near ones the first. */
export async function nearestNeighbours(
  points: Rows,
  others: Rows,
  onProgress?: Progress,
): Promise<Neighbours> {
  return await neighboursIn(others)(points, onProgress);
}

/** Finds the nearest of the same others for each point. */
export type NeighbourSearch = (points: Rows, onProgress?: Progress) => Promise<Neighbours>;

/** A search of one set for many: what depends on the others alone is computed once. */
export function neighboursIn(others: Rows): NeighbourSearch {
  let seenOthers: Rows | undefined;
  return async (points, onProgress) => {
    if (points.columns === PIXELS && others.columns === PIXELS) {
      seenOthers ??= lowFrequencies(others);
      const pilots = everyNth(points, PILOTS);
      const seen = { points: lowFrequencies(pilots), others: seenOthers };
      const { looks } = await search({ points: pilots, others }, seen);
      const pairs = pilots.data.length * others.data.length / PIXELS ** 2;
      if (looks < WORTH_SHARE * pairs) {
        const seen = { points: lowFrequencies(points), others: seenOthers };
        return await search({ points, others }, seen, onProgress);
      }
    }
    return await search({ points, others }, { points, others }, onProgress);
  };
}

/** About `wanted` rows, equally far apart. */
function everyNth({ data, columns }: Rows, wanted: number): Rows {
  const count = data.length / columns;
  const step = Math.max(1, Math.floor(count / wanted));
  const rows = Math.ceil(count / step);
  const chosen = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    chosen.set(data.subarray(i * step * columns, (i * step + 1) * columns), i * columns);
  }
  return { data: chosen, columns };
}

/** Two sets of rows: the second is searched for what is nearest to each row of the first. */
interface Searched {
  points: Rows;
  others: Rows;
}

/**
 * @param seen What stands for both: no two rows are further apart there than the rows themselves.
 * @returns `looks`: how many distances were computed.
 */
async function search(
  rows: Searched,
  seen: Searched,
  onProgress?: Progress,
): Promise<Neighbours & { looks: number }> {
  const { points, others } = rows;
  const norms = squaredNorms(points);
  const largest = squaredNorms(others).reduce((a, b) => Math.max(a, b), 0);
  const index = new Uint32Array(norms.length);
  const least = new Float64Array(norms.length).fill(Infinity);
  let looks = 0;
  for await (const block of distanceBlocks(seen.points, seen.others, onProgress)) {
    for (let i = 0; i < block.points; i++) {
      const point = block.firstPoint + i;
      const bounds = block.squared.subarray(i * block.others, (i + 1) * block.others);
      const margin = MARGIN * (norms[point] + largest);
      let nearest = least[point];
      const look = (j: number) => {
        looks++;
        const other = block.firstOther + j;
        const squared = squaredDistance(rows, point, other, nearest);
        if (squared < nearest || (squared === nearest && other < index[point])) {
          nearest = squared;
          index[point] = other;
        }
      };
      // A near one first, so that few others have to be looked at.
      let first = 0;
      for (let j = 1; j < bounds.length; j++) if (bounds[j] < bounds[first]) first = j;
      if (bounds[first] <= nearest + margin) {
        look(first);
        for (let j = 0; j < bounds.length; j++) {
          if (bounds[j] <= nearest + margin && j !== first) look(j);
        }
      }
      least[point] = nearest;
    }
  }
  return { index, distance: least.map(Math.sqrt), looks };
}

/**
 * The squared distance of a point and another in float64; once it is beyond `limit`, some number
 * beyond it.
 */
function squaredDistance(rows: Searched, point: number, other: number, limit: number): number {
  const { columns } = rows.points;
  const [a, b] = [rows.points.data, rows.others.data];
  const [from, to] = [point * columns, other * columns];
  let sum = 0;
  for (let k = 0; k < columns;) {
    for (const end = Math.min(columns, k + 56); k < end; k++) {
      const difference = a[from + k] - b[to + k];
      sum += difference * difference;
    }
    if (sum > limit) return sum;
  }
  return sum;
}

/** Frequencies (u, v) of the cosine transform with u + v below this are seen. */
const FREQUENCIES = 14;

/** [count, 105 + 1]: the low frequencies of each image, and the length of the rest. */
function lowFrequencies(images: Rows): Rows {
  const count = images.data.length / PIXELS;
  const waves = cosines();
  const seen = waves.data.length / PIXELS;
  const product = new Float32Array(count * seen);
  sharedGemm().multiply(factor(images, false), factor(waves, true), product);
  const norms = squaredNorms(images);
  const data = new Float32Array(count * (seen + 1));
  for (let i = 0; i < count; i++) {
    const own = product.subarray(i * seen, (i + 1) * seen);
    data.set(own, i * (seen + 1));
    const rest = norms[i] - own.reduce((sum, value) => sum + value * value, 0);
    data[i * (seen + 1) + seen] = Math.sqrt(Math.max(0, rest));
  }
  return { data, columns: seen + 1 };
}

/** The orthonormal waves of the cosine transform (DCT-II) in two dimensions, one a row. */
function cosines(): Rows {
  const wave = (frequency: number, x: number) =>
    Math.sqrt((frequency === 0 ? 1 : 2) / IMAGE_SIDE) *
    Math.cos(Math.PI * (x + 0.5) * frequency / IMAGE_SIDE);
  const data: number[] = [];
  for (let u = 0; u < FREQUENCIES; u++) {
    for (let v = 0; u + v < FREQUENCIES; v++) {
      for (let i = 0; i < PIXELS; i++) {
        data.push(wave(u, Math.floor(i / IMAGE_SIDE)) * wave(v, i % IMAGE_SIDE));
      }
    }
  }
  return { data: Float32Array.from(data), columns: PIXELS };
}
