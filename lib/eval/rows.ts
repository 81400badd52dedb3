/**
 * Sets of rows, as the metrics take them, and what they refuse.
 *
 * @module
 */
import { PIXELS } from "@/data/mnist.ts";
import { rangeAdvice } from "./array_advice.ts";

/** Rows of numbers, one after another. */
export interface Rows {
  /** [count, columns]. */
  data: Float32Array;
  /** Numbers in a row. */
  columns: number;
}

/** Hears how much of a long computation is done, from 0 to 1. */
export type Progress = (share: number) => void;

/**
 * How many rows there are.
 *
 * @param action Completes "Cannot …" in errors.
 * @param least Fewer are refused.
 * @throws {TypeError} If the numbers do not make whole rows.
 * @throws {RangeError} If there are too few, or a number is NaN or infinite.
 */
export function checkRows(action: string, { data, columns }: Rows, least = 1): number {
  const count = data.length / columns;
  if (!Number.isInteger(columns) || columns < 1 || !Number.isInteger(count)) {
    throw new TypeError(
      `Cannot ${action}: the numbers must make whole rows of ${columns}, got ${data.length} numbers`,
    );
  }
  if (count < least) {
    throw new RangeError(`Cannot ${action}: it takes at least ${least} rows, got ${count}`);
  }
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1) {
    throw new RangeError(
      `Cannot ${action}: every number must be finite, got ${data[wrong]} in row ${
        Math.floor(wrong / columns)
      }`,
    );
  }
  return count;
}

/**
 * How many images there are.
 *
 * @param images [count, 784].
 * @throws {TypeError} If the numbers do not make whole images.
 * @throws {RangeError} If there are too few, or a number is not in [0, 1].
 */
export function checkImages(action: string, images: Float32Array, least = 1): number {
  const count = images.length / PIXELS;
  if (!Number.isInteger(count)) {
    throw new TypeError(
      `Cannot ${action} images: each must have ${PIXELS} numbers, got ${images.length} in all`,
    );
  }
  if (count < least) {
    throw new RangeError(`Cannot ${action} images: it takes at least ${least}, got ${count}`);
  }
  const wrong = images.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong !== -1) {
    const advice = rangeAdvice(images);
    throw new RangeError(
      `Cannot ${action} images: every pixel must be in [0, 1], got ${images[wrong]} in image ${
        Math.floor(wrong / PIXELS)
      }${advice ? `. By their range ${advice.words}` : ""}`,
    );
  }
  return count;
}

/** Rows `from` to `to`, the latter left out: a view. */
export function rowsBetween({ data, columns }: Rows, from: number, to: number): Rows {
  return { data: data.subarray(from * columns, to * columns), columns };
}
