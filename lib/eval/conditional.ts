/**
 * Whether a conditional generator makes what it is asked for.
 *
 * @module
 */
import { type LabelledImages } from "@/data/mnist.ts";
import { CLASSES } from "./classifier.ts";

export interface ConditionalAccuracy {
  /** Share of the samples that are taken for the digit that was asked for. */
  accuracy: number;
  /** The same of the samples of each digit, [10]; null where none was asked for. */
  byClass: (number | null)[];
}

/**
 * The share of samples that are taken for the digit that they were asked to be: **higher is better**.
 *
 * Measures obedience and nothing else. Range: 0 to 1; a generator that does not listen has about .1, and the
 * classifier itself is right on .9939 of the test images, so that more than that is more than real images
 * have. It misleads: one image for each digit, repeated, scores 1, so look at precision, recall and the
 * similarity within a digit as well; everything is taken for some digit, a blot too; and the digits that the
 * classifier finds easy are drawn the more typically, the more a generator is chosen by this figure.
 *
 * @param digits What each sample is taken for.
 * @param labels What each sample was asked to be.
 * @throws {RangeError} If there are no samples, not as many labels, or one that is no digit.
 */
export function conditionalAccuracy(
  digits: Uint8Array,
  labels: ArrayLike<number>,
): ConditionalAccuracy {
  if (digits.length === 0 || labels.length !== digits.length) {
    throw new RangeError(
      `Cannot measure obedience: there must be samples and a label for each, got ${digits.length} and ${labels.length}`,
    );
  }
  const asked = new Array<number>(CLASSES).fill(0);
  const right = new Array<number>(CLASSES).fill(0);
  for (let i = 0; i < digits.length; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= 0 && label < CLASSES)) {
      throw new RangeError(
        `Cannot measure obedience: labels must be integers from 0 to 9, got ${label} at position ${i}`,
      );
    }
    asked[label]++;
    if (digits[i] === label) right[label]++;
  }
  return {
    accuracy: right.reduce((a, b) => a + b) / digits.length,
    byClass: right.map((count, digit) => asked[digit] > 0 ? count / asked[digit] : null),
  };
}

/**
 * Labels to ask a conditional GAN for where it is to be measured: those of the first training images, again and
 * again where there are too few, so that shares and distances say how it draws and not how it was asked.
 *
 * @throws {RangeError} If a label is not below `classes`.
 */
export function labelsLikeTraining(
  { labels }: LabelledImages,
  count: number,
  classes: number,
): Uint8Array {
  const asked = Uint8Array.from({ length: count }, (_, i) => labels[i % labels.length]);
  const unknown = asked.find((label) => label >= classes);
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot ask for the labels of these images: they must be below ${classes}, the classes of the GAN, got ${unknown}`,
    );
  }
  return asked;
}
