/**
 * Does a generator repeat its training images? Each sample beside the training image nearest to it.
 *
 * Notation: the distance of two images is Euclidean, in pixels of [0, 1], so 0 to 28.
 *
 * @module
 */
import { nearestNeighbours, type Neighbours } from "./neighbours.ts";
import { checkRows, type Progress, type Rows } from "./rows.ts";

/** Share of the unseen images that are nearer to a training image than the threshold. */
const NEAR = 0.01;

/** How near samples are to training rows, beside how near unseen rows are. */
export interface Memorisation {
  /** Median distance of the samples to their nearest training image, over that of unseen images. */
  ratio: number;
  /**
   * Share of the samples that are nearer to a training image than 99 % of the unseen images are.
   */
  nearDuplicates: number;
  /** The two medians. */
  median: number;
  /** Median distance of unseen rows to their nearest training row. */
  unseenMedian: number;
  /** The distance below which a sample counts as a near duplicate. */
  threshold: number;
}

/** With what pictures are made of. */
export interface MemorisationDetails extends Memorisation {
  /** The nearest training image of each sample. */
  samples: Neighbours;
  /** The same of each unseen image. */
  unseen: Neighbours;
}

/**
 * How near samples are to training images, compared with how near unseen images from the same
 * source are: the test images.
 *
 * Ratio: 0 and up, 1 for images as new as the test images; copies of training images have 0,
 * uniform noise 3.5. Near duplicates: 0 to 1, 0.01 for images as new as the test images. Neither is
 * better for being higher or lower: both should be about what unseen images have. They mislead: a
 * smear, or a thin stroke, is near to everything, so that a ratio below 1 is not yet a copy (look
 * at the pairs); a copy that is moved by a pixel is far away; noise is new and no digit.
 *
 * @throws {TypeError | RangeError} If they are not rows, or not equally long, or half of the unseen
 *   images are in the training set.
 */
export async function memorisation(
  samples: Rows,
  training: Rows,
  unseen: Rows,
  onProgress?: Progress,
): Promise<MemorisationDetails> {
  const action = "look for training images in samples";
  const [count, , others] = [samples, training, unseen].map((rows) => checkRows(action, rows));
  const share = count / (count + others);
  const own = await nearestNeighbours(samples, training, (done) => onProgress?.(share * done));
  const reference = await nearestNeighbours(
    unseen,
    training,
    (done) => onProgress?.(share + (1 - share) * done),
  );
  const threshold = quantileOf(reference.distance, NEAR);
  const median = quantileOf(own.distance, 0.5);
  const unseenMedian = quantileOf(reference.distance, 0.5);
  if (unseenMedian === 0) {
    throw new RangeError(
      `Cannot ${action}: the unseen images must be new, got at least half that are training images`,
    );
  }
  return {
    ratio: median / unseenMedian,
    nearDuplicates: own.distance.filter((distance) => distance < threshold).length / count,
    median,
    unseenMedian,
    threshold,
    samples: own,
    unseen: reference,
  };
}

/** A quantile, between the two values around it in proportion (NumPy's default). */
export function quantileOf(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
