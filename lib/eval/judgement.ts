/**
 * What the digit classifier says about images, as plain numbers: reading it needs no TensorFlow.js.
 *
 * @module
 */

export const CLASSES = 10;
/** Features that the distances between distributions are taken on. */
export const FEATURES = 64;

/** What the classifier says about a set of images. */
export interface Judgement {
  /** Number of images. */
  count: number;
  /** [count, 64]. */
  features: Float32Array;
  /** p(y|x), [count, 10]. */
  probabilities: Float32Array;
}

/** The digit that is most probable for each image; the smaller of two that are equally probable. */
export function digitsOf({ count, probabilities }: Judgement): Uint8Array {
  const digits = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const row = probabilities.subarray(i * CLASSES, (i + 1) * CLASSES);
    digits[i] = row.indexOf(Math.max(...row));
  }
  return digits;
}
