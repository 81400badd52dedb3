/**
 * Clusters of rows that are alike: labels that nobody has given (k-means).
 *
 * Notation: k clusters, each with a centre, the mean of its rows. Lloyd's iteration in turns gives
 * each row to its nearest centre and moves each centre to the mean of its rows; no turn makes the
 * sum of squared distances larger.
 * Source: Lloyd 1982, Least squares quantization in PCM.
 *
 * Images are compared by the means of blocks of 4×4 pixels: which strokes there are, and about
 * where. Nothing is drawn at random, and the arithmetic is in an order of its own, so the same rows
 * give the same clusters on every machine.
 *
 * @module
 */
import { IMAGE_SIDE, PIXELS } from "./mnist.ts";
import { type FixedRows } from "./training_data.ts";

/** Pixels along each side of a block. */
const BLOCK = 4;
/** Centres are moved by so many rows at most, which are spread evenly over all of them. */
const MOVERS = 10_000;
const TURNS = 10;
/** Numbers of a point that are compared before the sum is looked at. */
const AT_ONCE = 14;
/** Rows that are read at a time. */
const CHUNK = 1000;

/** Rows in the numbers that they are compared by. */
interface Points {
  count: number;
  columns: number;
  /** [count, columns]. */
  values: Float32Array;
}

/**
 * The cluster of each row, [rows], from 0 to k - 1.
 *
 * @param k At most 256, and at most the number of rows.
 * @throws {RangeError} If it is not.
 */
export function clustersOf(data: FixedRows, k: number): Uint8Array {
  const most = Math.min(256, data.rows);
  if (!Number.isInteger(k) || k < 1 || k > most) {
    throw new RangeError(
      `Cannot find clusters: their number must be an integer from 1 to ${most}, got ${k}`,
    );
  }
  const points = pointsOf(data);
  const movers = spreadOver(points, Math.min(MOVERS, data.rows));
  const centres = spreadOver(movers, k);
  let labels: Uint8Array = new Uint8Array(0);
  for (let turn = 0; turn < TURNS; turn++) {
    const before = labels;
    labels = nearestOf(movers, centres);
    if (before.every((label, i) => label === labels[i]) && before.length > 0) break;
    moveTo(centres, movers, labels);
  }
  return nearestOf(points, centres);
}

/** Images as means of blocks; other rows as they are. */
function pointsOf(data: FixedRows): Points {
  const pooled = data.columns === PIXELS;
  const columns = pooled ? (IMAGE_SIDE / BLOCK) ** 2 : data.columns;
  const values = new Float32Array(data.rows * columns);
  for (let from = 0; from < data.rows; from += CHUNK) {
    const indices = Uint32Array.from(
      { length: Math.min(CHUNK, data.rows - from) },
      (_, i) => from + i,
    );
    const rows = data.batch(indices);
    values.set(pooled ? blockMeans(rows) : rows, from * columns);
  }
  return { count: data.rows, columns, values };
}

/** [images, 784] to [images, 49]. */
function blockMeans(images: Float32Array): Float32Array {
  const blocks = IMAGE_SIDE / BLOCK;
  const means = new Float32Array(images.length / BLOCK ** 2);
  for (let pixel = 0; pixel < images.length; pixel++) {
    const row = Math.floor(pixel / IMAGE_SIDE / BLOCK);
    const column = Math.floor((pixel % IMAGE_SIDE) / BLOCK);
    means[row * blocks + column] += images[pixel] / BLOCK ** 2;
  }
  return means;
}

/** `count` of the points, evenly spread, with the first of them. */
function spreadOver({ count, columns, values }: Points, wanted: number): Points {
  const chosen = new Float32Array(wanted * columns);
  for (let i = 0; i < wanted; i++) {
    const from = Math.floor(i * count / wanted) * columns;
    chosen.set(values.subarray(from, from + columns), i * columns);
  }
  return { count: wanted, columns, values: chosen };
}

/**
 * The nearest centre of each point; the first of those that are equally near.
 *
 * Most centres are far from a point: the sum is given up as soon as it is no longer the least.
 */
function nearestOf(points: Points, centres: Points): Uint8Array {
  const { columns } = points;
  const [x, c] = [points.values, centres.values];
  const labels = new Uint8Array(points.count);
  for (let i = 0; i < points.count; i++) {
    const first = i * columns;
    let least = Infinity;
    for (let j = 0; j < centres.count; j++) {
      const apart = j * columns - first;
      let distance = 0;
      let at = first;
      while (at < first + columns && distance < least) {
        const end = Math.min(at + AT_ONCE, first + columns);
        for (; at < end; at++) {
          const difference = x[at] - c[at + apart];
          distance += difference * difference;
        }
      }
      if (distance < least) {
        least = distance;
        labels[i] = j;
      }
    }
  }
  return labels;
}

/** Moves each centre to the mean of its points; one without any stays. */
function moveTo(centres: Points, { count, columns, values }: Points, labels: Uint8Array): void {
  const sums = new Float64Array(centres.values.length);
  const sizes = new Uint32Array(centres.count);
  for (let i = 0; i < count; i++) {
    sizes[labels[i]]++;
    const to = labels[i] * columns;
    for (let j = 0; j < columns; j++) sums[to + j] += values[i * columns + j];
  }
  sizes.forEach((size, label) => {
    if (size === 0) return;
    const to = label * columns;
    for (let j = 0; j < columns; j++) centres.values[to + j] = sums[to + j] / size;
  });
}
