/**
 * Which real images samples are compared with: MNIST's test images, or validation images.
 *
 * Whoever chooses settings by the test images has no test left. So settings are chosen against
 * validation images, rows 50,000 to 59,999 of the training file, as in the 2014 paper, and the last
 * ten thousand images are looked at once, at the end.
 *
 * @module
 */
import { type ImageData, type LabelledImages, PIXELS } from "@/data/mnist.ts";
import { type GanOptions } from "@/gan/options.ts";

/** What samples can be compared with. */
export type Against = "test" | "validation";

/** Each of them. */
export const COMPARED_WITH: readonly Against[] = ["test", "validation"];

/** Rows of the training file that are validation images, `to` left out. */
const VALIDATION_ROWS = { from: 50_000, to: 60_000 };

/** Real images as an evaluation takes them: `train` and `test` have no image in common. */
export interface EvaluationImages extends ImageData {
  /** What `test` holds; the test images where it is left out. */
  against?: Against;
}

/**
 * The images of an evaluation. Against validation images, these stand in `test`, and `train` has
 * the rows before them, so that no metric finds a validation image among the training images.
 *
 * @throws {RangeError} If there are no validation images.
 */
export function imagesAgainst(images: ImageData, against: Against): EvaluationImages {
  if (against === "test") return images;
  const { from, to } = VALIDATION_ROWS;
  if (images.train.count < to) {
    throw new RangeError(
      `Cannot compare with validation images: they are rows ${from} to ${
        to - 1
      } of the training images, got ${images.train.count} images`,
    );
  }
  return {
    ...images,
    train: rowsOf(images.train, 0, from),
    test: rowsOf(images.train, from, to),
    against,
  };
}

function rowsOf({ images, labels }: LabelledImages, from: number, to: number): LabelledImages {
  return {
    count: to - from,
    images: images.subarray(from * PIXELS, to * PIXELS),
    labels: labels.subarray(from, to),
  };
}

/**
 * Why figures against these images flatter a generator: a sentence, or undefined if it was trained
 * on none of them.
 *
 * @param title Of the generator.
 */
export function seenInTraining(
  title: string,
  { toy, trainRows }: GanOptions,
  against: Against,
): string | undefined {
  const { from } = VALIDATION_ROWS;
  if (against === "test" || toy !== undefined) return undefined;
  if (trainRows !== undefined && trainRows <= from) return undefined;
  return `${title} was trained on ${
    trainRows === undefined ? "all training images" : `${number(trainRows)} training images`
  }, validation images among them, so these figures are better than those of new images would be. Train with a trainRows of ${from}`;
}

/** Validation images in words. */
export const VALIDATION_TEXT = `rows ${number(VALIDATION_ROWS.from)} to ${
  number(VALIDATION_ROWS.to - 1)
} of the training images`;

function number(value: number): string {
  return value.toLocaleString("en-US");
}
