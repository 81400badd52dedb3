/**
 * Labels of a conditional GAN, or of clusters, are bytes from 0 to classes - 1. The networks take
 * them one-hot, behind their other inputs.
 *
 * Source: Mirza and Osindero 2014, arXiv:1411.1784, section 3.2. There both labels and images pass
 * a layer of their own before they meet; here they meet in the first layer of each network, which
 * is one matrix either way.
 *
 * @module
 */
import { labelsOf, type TrainingData } from "@/data/training_data.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";

/** One row for each label, with a 1 at the label: [labels, classes]. */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]] = 1;
  return rows;
}

/** The same as a tensor. */
export function oneHotTensor(labels: ArrayLike<number>, classes: number): tf.Tensor2D {
  return tf.tensor2d(oneHot(labels, classes), [labels.length, classes]);
}

/** `rows` with their labels, one-hot, behind them; the rows alone where there are none. */
export function beside(rows: tf.Tensor2D, labels?: tf.Tensor2D): tf.Tensor2D {
  return labels ? tf.concat2d([rows, labels], 1) : rows;
}

/** `count` labels that take turns: 0, 1, …, classes - 1, 0, … */
export function cycleLabels(count: number, classes: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % classes);
}

/** How many of the labels are 0, 1, …, classes - 1. */
export function countLabels(labels: Uint8Array, classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

/** `count` labels, each drawn with a probability in proportion to its count. */
export function drawCounted(
  counts: readonly number[],
  count: number,
  random: Random,
): Uint8Array {
  const total = counts.reduce((sum, each) => sum + each, 0);
  return Uint8Array.from({ length: count }, () => {
    let left = random.integer(total);
    return counts.findIndex((each) => (left -= each) < 0);
  });
}

/**
 * The labels of `count` training rows, each drawn at random: as frequent as among the real ones.
 */
export function drawLabels(data: TrainingData, count: number, random: Random): Uint8Array {
  const labels = labelsOf(data)!;
  return Uint8Array.from({ length: count }, () => labels[random.integer(labels.length)]);
}

/**
 * Checks that every label is one of the classes.
 *
 * @param action Completes "Cannot …" in errors.
 * @throws {RangeError} If one is not.
 */
export function checkLabels(action: string, labels: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes)) {
      throw new RangeError(
        `Cannot ${action}: labels must be integers from 0 to ${classes - 1}, got ${
          labels[i]
        } at position ${i}`,
      );
    }
  }
}

/**
 * Checks the labels of training data.
 *
 * @throws {RangeError} If there are none, or one is not a class.
 */
export function checkTrainingLabels(labels: Uint8Array | undefined, classes: number): void {
  if (!labels) {
    throw new RangeError(
      `Cannot train a GAN: classes need data with a label for each row, got data without labels`,
    );
  }
  checkLabels("train a GAN", labels, classes);
}
