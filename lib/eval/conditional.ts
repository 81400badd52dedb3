/**
 * Whether a conditional generator makes what it is asked for.
 *
 * @module
 */
import { type LabelledImages } from "@/data/mnist.ts";
import { checkLabels } from "@/gan/labels.ts";
import { type GanOptions } from "@/gan/options.ts";
import { CLASSES } from "./classifier.ts";

/** How many samples are the digit that was asked for. */
export interface ConditionalAccuracy {
  /** Share of the samples that are taken for the digit that was asked for. */
  accuracy: number;
  /** The same of the samples of each digit, [10]; null where none was asked for. */
  byClass: (number | null)[];
}

/**
 * The share of samples that are taken for the digit that they were asked to be: **higher is
 * better**.
 *
 * Measures obedience and nothing else. Range: 0 to 1; a generator that does not listen has about
 * 0.1, and the classifier itself is right on 0.9939 of the test images, so that a higher figure is
 * more than real images have. It misleads: one image for each digit, repeated, scores 1, so look at
 * precision, recall and the similarity within a digit as well; everything is taken for some digit,
 * even a blot; and choosing generators by this figure favours digits that the classifier finds
 * easy.
 *
 * @param digits What each sample is taken for.
 * @param labels What each sample was asked to be.
 * @throws {RangeError} If there are no samples, not one label for each, or a label that is no
 * digit.
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
  checkLabels("measure obedience", labels, CLASSES);
  const asked = new Array<number>(CLASSES).fill(0);
  const right = new Array<number>(CLASSES).fill(0);
  for (let i = 0; i < digits.length; i++) {
    asked[labels[i]]++;
    if (digits[i] === labels[i]) right[labels[i]]++;
  }
  return {
    accuracy: right.reduce((a, b) => a + b) / digits.length,
    byClass: right.map((count, digit) => asked[digit] > 0 ? count / asked[digit] : null),
  };
}

/**
 * The labels to ask of a GAN that is to be measured: those of the first training images, repeated
 * where there are too few, so that shares and distances say how it draws and not how it was asked.
 * Undefined for a GAN that is not conditional.
 *
 * @throws {RangeError} If a label is none of the GAN's classes.
 */
export function labelsToAsk(
  { classes }: GanOptions,
  { labels }: LabelledImages,
  count: number,
): Uint8Array | undefined {
  if (classes === undefined) return undefined;
  const asked = Uint8Array.from({ length: count }, (_, i) => labels[i % labels.length]);
  checkLabels("ask for what these images are", asked, classes);
  return asked;
}
