/**
 * Images as the rows that a GAN learns from.
 *
 * @module
 */
import { type ImageData, pixelMeans, PIXELS, pixels } from "./mnist.ts";

/** Rows to learn from. */
export interface TrainingData {
  rows: number;
  /** Numbers in a row. */
  columns: number;
  /** The rows of those indices, [indices, columns]. */
  batch(indices: Uint32Array): Float32Array;
  /** The mean of each column, [columns]. */
  means(): Float64Array;
  /** Tells whether two runs saw the same data. */
  sha256: string;
}

/**
 * The training images as rows of 784 numbers in [0, 1].
 *
 * @param limit Only the first so many; all of them where it is undefined or more than there are.
 */
export function imageRows({ train, sha256 }: ImageData, limit = Infinity): TrainingData {
  const rows = Math.min(limit, train.count);
  const images = train.images.subarray(0, rows * PIXELS);
  return {
    rows,
    columns: PIXELS,
    batch: (indices) => pixels(images, indices),
    means: () => pixelMeans(images),
    sha256,
  };
}
