/**
 * Every measure of one set of images, at one number of images, beside what new real images have at
 * the same number.
 *
 * Real images are split so that nobody is compared with himself, nor with his own hand: what sets
 * are compared with are test images, by writers who wrote no training image. The first 50,000 rows
 * of the training file are the training set, among which copies are looked for. New real images are
 * of the last 9,000 rows: six sets of 1,000, by the writers of the training set, which nothing
 * here is compared with. (A generator that was trained on all 60,000 rows has seen them.) Each set
 * takes every ninth row, since neighbouring rows are alike: 1,000 rows in a block have a Fréchet
 * distance of 2.0 to 5.4, by the block.
 *
 * All figures are of 1,000 images, or of 200 of them where training images are searched. They
 * compare with each other, and not with those of `evaluate`, which takes 10,000.
 *
 * @module
 */
import { type ImageData, imagesBetween, PIXELS, pixels } from "@/data/mnist.ts";
import { CLASSES, digitsOf, FEATURES, judge, loadClassifier } from "@/eval/classifier.ts";
import { classifierScore } from "@/eval/classifier_score.ts";
import { digitShares } from "@/eval/digit_shares.ts";
import { diversity } from "@/eval/diversity.ts";
import { frechetDistance, gaussianOf } from "@/eval/frechet.ts";
import { quantileOf } from "@/eval/memorisation.ts";
import { neighboursIn } from "@/eval/neighbours.ts";
import { PARZEN_SIGMAS, parzenEstimate } from "@/eval/parzen.ts";
import { heldByBalls, type PrecisionRecall, precisionRecall } from "@/eval/precision_recall.ts";
import { checkImages, type Rows, rowsBetween } from "@/eval/rows.ts";
import { deviationOf, meanOf } from "@/math/moments.ts";
import { Random } from "@/random.ts";

/** Rows of the training file: the training set ends, and after those for σ come new real images. */
const [TRAINING_SET, NEW_REAL] = [50_000, 51_000];
/** Sets of 1,000 among the last 9,000 rows, each of every ninth row. */
const INTERLEAVED = 9;
/** Images in a set that is measured. */
const SET_SIZE = 1000;
/** Sets of new real images whose range is taken. One more is there to be compared with them. */
const REAL_SETS = 5;
/** Real images that a likelihood is estimated on, and that tell how far unseen images are. */
const FEW = 500;
/** Images of a set whose training images are searched: that takes the longest. */
const SEARCHED = 200;
/** Pairs of a digit whose similarity is measured. */
const PAIRS = 100;
/** The share of unseen images that is nearer to a training image than a copy may be. */
const NEAR = 0.01;
/** Standard deviations of the five real sets within which a set passes for real. */
const DEVIATIONS = 3;

/** The name of a measure. */
export type Measure =
  | "Parzen"
  | "Fréchet"
  | "score"
  | "digits"
  | "precision"
  | "recall"
  | "similarity"
  | "distance"
  | "copies";

/** The measures, in the order of a table, with the side on which a set is worse than real ones. */
export const MEASURES: Readonly<Record<Measure, "above" | "below" | "both">> = {
  Parzen: "below",
  Fréchet: "above",
  score: "below",
  digits: "below",
  precision: "below",
  recall: "below",
  similarity: "both",
  distance: "below",
  copies: "above",
};

/** What each measure says of a set. */
export type Scorecard = Record<Measure, number>;

/** What scores sets of images. */
export interface Scoring {
  /**
   * The measures of a set.
   *
   * @throws {RangeError} If it is not of 1,000 images with every pixel in [0, 1].
   */
  scorecard(images: Float32Array): Promise<Scorecard>;
  /** The distance of each image to the nearest training image. */
  nearest(images: Float32Array): Promise<Float64Array>;
  /** Precision and recall alone, which are quicker. */
  precisionRecall(images: Float32Array): Promise<PrecisionRecall>;
  /** How many images lie in the ball around each real image, of those that make up precision. */
  heldBy(images: Float32Array): Promise<Uint32Array>;
  /** Six sets of 1,000 new real images. */
  realSets: Float32Array[];
  /** How the measures of the first five real sets vary: of the sixth it knows nothing. */
  realRange(): Promise<RealRange>;
}

/** Prepares the measures, which takes some seconds. TensorFlow.js must have a backend in use. */
export async function openScoring({ train, test }: ImageData): Promise<Scoring> {
  // The first half of the test images is neater than the second.
  const compared = rowsOf(pixels(test.images, Array.from({ length: 5000 }, (_, i) => 2 * i)));
  const some = rowsBetween(compared, 0, FEW);
  const validation = rowsOf(imagesBetween(train, TRAINING_SET, TRAINING_SET + FEW));
  const classifier = await loadClassifier();
  const real = { data: (await judge(classifier, compared.data)).features, columns: FEATURES };
  const gaussian = gaussianOf(real);
  const search = neighboursIn(rowsOf(imagesBetween(train, 0, TRAINING_SET)));
  const nearest = async (images: Float32Array) => (await search(rowsOf(images))).distance;
  const newSet = (set: number, count = SET_SIZE) => {
    const step = INTERLEAVED * SET_SIZE / count;
    return pixels(train.images, Array.from({ length: count }, (_, i) => NEW_REAL + set + step * i));
  };
  const unseen = await nearest(newSet(REAL_SETS + 1, FEW));
  const [usual, near] = [quantileOf(unseen, 0.5), quantileOf(unseen, NEAR)];
  const others = rowsBetween(real, 0, SET_SIZE);
  const featuresOf = async (images: Float32Array) => ({
    data: (await judge(classifier, images)).features,
    columns: FEATURES,
  });
  const scorecard = async (images: Float32Array): Promise<Scorecard> => {
    checkSet(images);
    const rows = rowsOf(images);
    const judged = await judge(classifier, images);
    const digits = digitsOf(judged);
    const own = { data: judged.features, columns: FEATURES };
    const { precision, recall } = await precisionRecall(own, others);
    const distance = await nearest(images.subarray(0, SEARCHED * PIXELS));
    return {
      Parzen: (await parzenEstimate(rows, validation, some, { sigmas: SIGMAS })).mean,
      Fréchet: frechetDistance(gaussianOf(own), gaussian),
      score: classifierScore({ data: judged.probabilities, columns: CLASSES }),
      digits: digitShares(digits, train.labels).covered,
      precision,
      recall,
      similarity: diversity(images, digits, new Random(1), PAIRS).similarity,
      distance: quantileOf(distance, 0.5) / usual,
      copies: distance.filter((far) => far < near).length / distance.length,
    };
  };
  const realSets = Array.from({ length: REAL_SETS + 1 }, (_, set) => newSet(set));
  const realRange = async () => {
    const cards: Scorecard[] = [];
    for (const set of realSets.slice(0, REAL_SETS)) cards.push(await scorecard(set));
    return rangeOfReal(cards);
  };
  return {
    scorecard,
    nearest,
    precisionRecall: async (images) => await precisionRecall(await featuresOf(images), others),
    heldBy: async (images) => await heldByBalls(await featuresOf(images), others),
    realSets,
    realRange,
  };
}

/** The range of real sets: mean and standard deviation of each measure. */
export type RealRange = Record<Measure, { mean: number; deviation: number }>;

/** How the measures of real sets vary. */
export function rangeOfReal(cards: Scorecard[]): RealRange {
  return Object.fromEntries(MEASURE_NAMES.map((measure) => {
    const values = cards.map((card) => card[measure]);
    return [measure, { mean: meanOf(values), deviation: deviationOf(values) }];
  })) as RealRange;
}

/**
 * The measures that tell a set from real ones: those that are further on the bad side of their mean
 * than three standard deviations.
 */
export function caughtBy(card: Scorecard, range: RealRange): Measure[] {
  return MEASURE_NAMES.filter((measure) => {
    const { mean, deviation } = range[measure];
    const off = card[measure] - mean;
    const bad = { below: -off, above: off, both: Math.abs(off) }[MEASURES[measure]];
    return !(bad <= DEVIATIONS * deviation);
  });
}

const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];
/** The first widths of the protocol: the others are too wide for whatever looks like a digit. */
const SIGMAS = PARZEN_SIGMAS.slice(0, 6);

function checkSet(images: Float32Array): void {
  const count = checkImages("score", images);
  if (count !== SET_SIZE) {
    throw new RangeError(
      `Cannot score images: there must be ${SET_SIZE}, since measures compare only at one number, ` +
        `got ${count}`,
    );
  }
}

function rowsOf(data: Float32Array): Rows {
  return { data, columns: PIXELS };
}
