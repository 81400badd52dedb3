/**
 * What a GAN learns from: a fixed set of rows, or a distribution that never runs out.
 *
 * @module
 */
import { type Random } from "@/random.ts";
import { type ImageData, pixelMeans, PIXELS, pixels } from "./mnist.ts";

/** What fixed and fresh rows have in common. */
export interface Data {
  /** Numbers in a row. */
  columns: number;
  /** The mean of each column, [columns]. */
  means(): Float64Array;
  /** Tells whether two runs saw the same data. */
  sha256: string;
}

/** A fixed set of rows: each epoch visits every one of them once. */
export interface FixedRows extends Data {
  /** How many there are. */
  rows: number;
  /** The rows of those indices, [indices, columns]. */
  batch(indices: Uint32Array): Float32Array;
  /** The class of each row, [rows], where it is known. */
  labels?: Uint8Array;
  /** The same rows as bytes, where they are some. */
  bytes?: ByteRows;
}

/** Rows of which each number is one of 256. */
export interface ByteRows {
  /** [rows, columns]. */
  rows: Uint8Array;
  /** The number that each byte stands for, [256]. */
  table: Float32Array;
}

/**
 * Rows that are drawn anew for every batch: there is no end to them, and no set to learn by heart.
 */
export interface FreshRows extends Data {
  /** `count` independent rows, [count, columns]; nothing but `random` decides them. */
  draw(count: number, random: Random): Float32Array;
}

/** What a GAN may be trained on. */
export type TrainingData = FixedRows | FreshRows;

export function isFresh(data: TrainingData): data is FreshRows {
  return "draw" in data;
}

/**
 * The class of each row, [rows]; undefined where it is not known, as for rows that are drawn anew.
 */
export function labelsOf(data: TrainingData): Uint8Array | undefined {
  return isFresh(data) ? undefined : data.labels;
}

/**
 * The training images as rows of 784 numbers in [0, 1], with their labels where there are any.
 *
 * @param limit How many images, from the first on; all of them where it is undefined or more than
 * there are.
 */
export function imageRows({ train, sha256 }: ImageData, limit = Infinity): FixedRows {
  const rows = Math.min(limit, train.count);
  const images = train.images.subarray(0, rows * PIXELS);
  return {
    rows,
    columns: PIXELS,
    batch: (indices) => pixels(images, indices),
    means: () => pixelMeans(images),
    bytes: { rows: images, table: Float32Array.from({ length: 256 }, (_, byte) => byte / 255) },
    labels: train.labels.length === train.count ? train.labels.subarray(0, rows) : undefined,
    sha256,
  };
}
