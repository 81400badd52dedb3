/**
 * Precision and recall of two sets of features, by the balls around their rows.
 *
 * Notation: the manifold of a set is the union of balls, one at each row, that reach to its k-th
 * nearest other row. Precision is the share of samples within the manifold of the real rows; recall
 * the share of real rows within that of the samples.
 * Source: Kynkäänniemi et al. 2019, arXiv:1904.06991, eq. 1 and 2, and their k = 3.
 *
 * @module
 */
import { distanceBlocks } from "./distances.ts";
import { checkRows, type Progress, type Rows } from "./rows.ts";

/** The neighbour that a ball reaches to. */
export const NEIGHBOURS = 3;

/** Precision and recall of samples. */
export interface PrecisionRecall {
  /** Share of samples that lie among real rows. */
  precision: number;
  /** Share of real rows that lie among samples. */
  recall: number;
  /** The neighbour whose distance is the radius around a row. */
  k: number;
}

/**
 * Precision and recall: **higher is better**, both.
 *
 * Precision asks whether the samples look real, recall whether all that is real can be made. Range:
 * 0 to 1. Two sets of real images have neither at 1: 0.858 and 0.855 for 10,000 training images
 * beside the test images, on our classifier's features. Compare them only at the same number of
 * rows, equal for both sets: more rows make the balls smaller. They mislead:
 * uniform noise is one small cloud of features, and a few of the balls hold most of it (19 of 10,000
 * hold any, one alone 78 %), so that its precision is 0.91, with a recall of 0; copies of a few real images have
 * precision 1 (recall then shows it); shares do not count, so a digit that is a tenth as frequent
 * as it should be costs little.
 *
 * @param samples Features of samples, and `real` of real images; best the same number of both.
 * @throws {TypeError | RangeError} If they are not rows, or a set has no more than k.
 */
export async function precisionRecall(
  samples: Rows,
  real: Rows,
  k = NEIGHBOURS,
  onProgress?: Progress,
): Promise<PrecisionRecall> {
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(
      `Cannot take precision and recall: k must be an integer of at least 1, got ${k}`,
    );
  }
  for (const rows of [samples, real]) checkRows("take precision and recall", rows, k + 1);
  const part = (from: number, to: number): Progress => (done) =>
    onProgress?.(from + (to - from) * done);
  const realRadii = await squaredRadii(real, k, part(0, 0.3));
  const sampleRadii = await squaredRadii(samples, k, part(0.3, 0.6));
  const near = new Uint8Array(sampleRadii.length);
  const reached = new Uint8Array(realRadii.length);
  for await (const block of distanceBlocks(samples, real, part(0.6, 1))) {
    const { firstPoint, firstOther, squared } = block;
    for (let i = 0, at = 0; i < block.points; i++) {
      const radius = sampleRadii[firstPoint + i];
      for (let j = 0; j < block.others; j++, at++) {
        if (squared[at] <= realRadii[firstOther + j]) near[firstPoint + i] = 1;
        if (squared[at] <= radius) reached[firstOther + j] = 1;
      }
    }
  }
  const share = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  return { precision: share(near), recall: share(reached), k };
}

/**
 * How many samples lie in the ball around each real row: precision says how many lie in any of them,
 * and not whether these are many balls or one.
 *
 * @throws {TypeError | RangeError} If they are not rows, or a set has no more than k.
 */
export async function heldByBalls(
  samples: Rows,
  real: Rows,
  k = NEIGHBOURS,
): Promise<Uint32Array> {
  checkRows("count samples in balls", samples);
  checkRows("count samples in balls", real, k + 1);
  const radii = await squaredRadii(real, k, () => {});
  const held = new Uint32Array(radii.length);
  for await (const block of distanceBlocks(samples, real)) {
    for (let i = 0, at = 0; i < block.points; i++) {
      for (let j = 0; j < block.others; j++, at++) {
        const row = block.firstOther + j;
        if (block.squared[at] <= radii[row]) held[row]++;
      }
    }
  }
  return held;
}

/** The squared distance of each row to its k-th nearest other row. */
async function squaredRadii(rows: Rows, k: number, onProgress: Progress): Promise<Float32Array> {
  const count = rows.data.length / rows.columns;
  // The k smallest of each row, in order.
  const nearest = new Float32Array(count * k).fill(Infinity);
  for await (const block of distanceBlocks(rows, rows, onProgress)) {
    for (let i = 0, at = 0; i < block.points; i++) {
      const row = block.firstPoint + i;
      const last = row * k + k - 1;
      for (let j = 0; j < block.others; j++, at++) {
        const distance = block.squared[at];
        if (distance >= nearest[last] || block.firstOther + j === row) continue;
        let place = last;
        for (; place > row * k && nearest[place - 1] > distance; place--) {
          nearest[place] = nearest[place - 1];
        }
        nearest[place] = distance;
      }
    }
  }
  return Float32Array.from({ length: count }, (_, row) => nearest[row * k + k - 1]);
}
