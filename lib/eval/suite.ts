/**
 * All metrics of a set of generated digits, in one object that is plain JSON.
 *
 * What is compared with what: Parzen with the test images, σ by validation rows (`parzen.ts`). Fréchet, all
 * samples with all test images. Precision and recall, as many samples as test images, the first of each. Shares of digits
 * with the labels of all training images. Memorisation with all training images, the test images
 * being the unseen ones. What real images have, at the same number: `reference.ts`.
 *
 * @module
 */
import { type ImageData, type LabelledImages, MNIST_SHA256, PIXELS, pixels } from "@/data/mnist.ts";
import { Random } from "@/random.ts";
import {
  CLASSES,
  type Classifier,
  digitsOf,
  disposeClassifier,
  FEATURES,
  judge,
  type Judgement,
  loadClassifier,
} from "./classifier.ts";
import { type ConditionalAccuracy, conditionalAccuracy } from "./conditional.ts";
import { classifierScore, meanConfidence } from "./classifier_score.ts";
import { type DigitShares, digitShares } from "./digit_shares.ts";
import { type Diversity, diversity } from "./diversity.ts";
import { frechetDistance, gaussianOf } from "./frechet.ts";
import { type Memorisation, memorisation } from "./memorisation.ts";
import {
  PARZEN_SAMPLES,
  PARZEN_VALIDATION,
  type ParzenEstimate,
  parzenOfImages,
} from "./parzen.ts";
import { NEIGHBOURS, type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
import { checkImages, type Progress, type Rows, rowsOf } from "./rows.ts";

/** What can be measured, in the order in which it is. */
export const METRICS = [
  "parzen",
  "frechet",
  "classifier",
  "precisionRecall",
  "memorisation",
  "diversity",
] as const;
export type Metric = typeof METRICS[number];

/** What is measured unless something else is asked for. */
export const DEFAULT_METRICS: readonly Metric[] = METRICS.filter((name) => name !== "diversity");

/** Metrics that ask the digit classifier, and so say something of MNIST's digits only. */
export const BY_CLASSIFIER: readonly Metric[] = [
  "frechet",
  "classifier",
  "precisionRecall",
  "diversity",
];

/** Fewer samples than this are refused. */
export const LEAST_SAMPLES: Readonly<Record<Metric, number>> = {
  parzen: PARZEN_SAMPLES,
  // A covariance of 64 features.
  frechet: FEATURES + 1,
  classifier: 1,
  precisionRecall: NEIGHBOURS + 1,
  memorisation: 1,
  // So that some digit has two.
  diversity: CLASSES + 1,
};

/** The results, one property for each metric that was asked for. */
export interface Evaluation {
  /** How many there were. */
  samples: number;
  parzen?: Pick<ParzenEstimate, "mean" | "standardError" | "sigma">;
  /** Fréchet distance to the test images; not 0 of real images, see `endsFor`. */
  frechet?: { value: number };
  classifier?: { score: number; confidence: number } & DigitShares;
  /** With `classifier`, where the labels of the samples are known. */
  conditional?: ConditionalAccuracy;
  precisionRecall?: PrecisionRecall;
  memorisation?: Memorisation;
  diversity?: Diversity;
}

export interface EvaluationOptions {
  metrics?: readonly Metric[];
  /** What each sample was asked to be, where the generator was told. */
  labels?: ArrayLike<number>;
  /** Draws the pairs of `diversity`. */
  seed?: number;
  /** Hears how much of a stage is done, from 0 to 1. */
  onProgress?: (stage: string, share: number) => void;
}

/** Whether the classifier's answers mean something for these images. */
export function isMnist({ sha256 }: ImageData): boolean {
  return sha256 === MNIST_SHA256["train-images-idx3-ubyte"];
}

/**
 * The metrics that these data and so many samples do not allow, each with the reason.
 */
export function refusals(
  metrics: readonly Metric[],
  count: number,
  images: ImageData,
): string[] {
  return metrics.flatMap((metric) => {
    if (count < LEAST_SAMPLES[metric]) {
      return `${metric} takes at least ${LEAST_SAMPLES[metric]} samples, got ${count}`;
    }
    if (metric === "parzen" && images.train.count < PARZEN_VALIDATION.to) {
      return `parzen chooses sigma on rows ${PARZEN_VALIDATION.from} to ${
        PARZEN_VALIDATION.to - 1
      } of the training images, got ${images.train.count} images`;
    }
    if (BY_CLASSIFIER.includes(metric) && !isMnist(images)) {
      return `${metric} asks a classifier that knows MNIST's digits only, got ${images.source}`;
    }
    return [];
  });
}

/**
 * Measures samples. TensorFlow.js must have a backend in use.
 *
 * @param samples [count, 784] in [0, 1].
 * @throws {TypeError | RangeError} If they are no such images, or a metric cannot be had of them.
 */
export async function evaluate(
  samples: Float32Array,
  images: ImageData,
  { metrics = DEFAULT_METRICS, labels, seed = 1, onProgress }: EvaluationOptions = {},
): Promise<Evaluation> {
  const unknown = metrics.find((metric) => !METRICS.includes(metric));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot evaluate samples: each metric must be one of ${METRICS.join(", ")}, got ${unknown}`,
    );
  }
  const count = checkImages("evaluate", samples);
  const refused = refusals(metrics, count, images);
  if (refused.length > 0) throw new RangeError(`Cannot evaluate samples: ${refused.join("; ")}`);
  const { train, test } = images;
  const stage = (name: string): Progress => (share) => onProgress?.(name, share);
  const wants = (metric: Metric) => metrics.includes(metric);
  const result: Evaluation = { samples: count };

  if (wants("parzen")) {
    const { mean, standardError, sigma } = await parzenOfImages(samples, images, stage("parzen"));
    result.parzen = { mean, standardError, sigma };
  }
  const judged = metrics.some((metric) => BY_CLASSIFIER.includes(metric))
    ? await judgeAll(samples, images, wants, stage("features"))
    : undefined;
  if (wants("frechet")) {
    const reference = gaussianOf(featuresOf(judged!.test!));
    result.frechet = {
      value: frechetDistance(gaussianOf(featuresOf(judged!.samples)), reference),
    };
  }
  if (wants("classifier")) {
    const probabilities = { data: judged!.samples.probabilities, columns: CLASSES };
    result.classifier = {
      score: classifierScore(probabilities),
      confidence: meanConfidence(probabilities),
      ...digitShares(digitsOf(judged!.samples), train.labels),
    };
    if (labels) result.conditional = conditionalAccuracy(digitsOf(judged!.samples), labels);
  }
  if (wants("precisionRecall")) {
    const rows = Math.min(count, test.count);
    const [own, real] = [judged!.samples, judged!.test!].map((one) =>
      rowsOf(featuresOf(one), 0, rows)
    );
    result.precisionRecall = await precisionRecall(
      own,
      real,
      NEIGHBOURS,
      stage("precision and recall"),
    );
  }
  if (wants("memorisation")) {
    const { samples: _, unseen: __, ...numbers } = await memorisation(
      { data: samples, columns: PIXELS },
      imageRowsOf(train),
      imageRowsOf(test),
      stage("memorisation"),
    );
    result.memorisation = numbers;
  }
  if (wants("diversity")) {
    const random = new Random(seed).split("pairs");
    result.diversity = diversity(samples, digitsOf(judged!.samples), random);
  }
  return result;
}

/** Test images that were judged as a whole: samples, real images and noise are compared with the same. */
const judgedBefore = new WeakMap<Uint8Array, Judgement>();

interface Judgements {
  samples: Judgement;
  test?: Judgement;
}

async function judgeAll(
  samples: Float32Array,
  { test }: ImageData,
  wants: (metric: Metric) => boolean,
  onProgress: Progress,
): Promise<Judgements> {
  const count = samples.length / PIXELS;
  const sets: [keyof Judgements, () => Float32Array, number][] = [[
    "samples",
    () => samples,
    count,
  ]];
  const judged: Partial<Judgements> = { test: judgedBefore.get(test.images) };
  if (!judged.test && (wants("frechet") || wants("precisionRecall"))) {
    // Precision and recall alone need no more than there are samples.
    const rows = wants("frechet") ? test.count : Math.min(count, test.count);
    sets.push(["test", () => imageRowsOf(test, rows).data, rows]);
  }
  const total = sets.reduce((sum, [, , count]) => sum + count, 0);
  const classifier: Classifier = await loadClassifier();
  let done = 0;
  for (const [name, pixelsOf, count] of sets) {
    judged[name] = await judge(
      classifier,
      pixelsOf(),
      (share) => onProgress((done + share * count) / total),
    );
    done += count;
  }
  disposeClassifier(classifier);
  if (judged.test?.count === test.count) judgedBefore.set(test.images, judged.test);
  return judged as Judgements;
}

function featuresOf({ features }: Judgement): Rows {
  return { data: features, columns: FEATURES };
}

function imageRowsOf({ images, count }: LabelledImages, rows = count): Rows {
  return { data: pixels(images, Array.from({ length: rows }, (_, i) => i)), columns: PIXELS };
}
