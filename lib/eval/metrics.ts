/**
 * Every metric of generated digits, as one descriptor: what it is called, what it needs, how it is
 * measured and how its figures are shown.
 *
 * The suite (`suite.ts`), the ends of the scales (`reference.ts`), the command line with its help
 * and its errors, the printed table and the table in the documentation all read `METRICS` and know
 * no metric by name. Code that loads a package is imported only when it measures, since the help of
 * a command needs the names alone. To add one, add its result to `Figures` and its descriptor to
 * `METRICS`. The mathematics of the larger ones have files of their own in this folder.
 *
 * @module
 */
import { type LabelledImages, PIXELS, pixels } from "@/data/mnist.ts";
import { type Random } from "@/random.ts";
import { type EvaluationImages } from "./against.ts";
import { CLASSES, digitsOf, FEATURES, type Judgement } from "./judgement.ts";
import { classifierScore, meanConfidence } from "./classifier_score.ts";
import { type ConditionalAccuracy } from "./conditional.ts";
import { type DigitShares, digitShares } from "./digit_shares.ts";
import { type Diversity, diversity } from "./diversity.ts";
import { type Memorisation, memorisation } from "./memorisation.ts";
import {
  PARZEN_SAMPLES,
  PARZEN_VALIDATION,
  type ParzenEstimate,
  parzenOfImages,
} from "./parzen.ts";
import { NEIGHBOURS, type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
import { type Progress, type Rows, rowsBetween } from "./rows.ts";

/** The result of each metric: plain JSON. */
export interface Figures {
  /** Of the Parzen window, in nats. */
  parzen: Pick<ParzenEstimate, "mean" | "standardError" | "sigma">;
  /** Fréchet distance to the test images; that of real images is not 0, see `endsFor`. */
  frechet: { value: number };
  /** What the digit classifier says about the samples. */
  classifier: { score: number; confidence: number } & DigitShares;
  /** Whether the samples are the digits that were asked for. */
  conditional: ConditionalAccuracy;
  /** Whether samples look real, and whether what is real can be made. */
  precisionRecall: PrecisionRecall;
  /** How near the samples are to training images. */
  memorisation: Memorisation;
  /** How alike the samples of one digit are. */
  diversity: Diversity;
}

/** The name of a metric. */
export type Metric = keyof Figures;

/** What a metric measures. */
export interface MetricInput {
  /** [count, 784] in [0, 1]. */
  samples: Float32Array;
  /** Number of samples. */
  count: number;
  /** The real images; where these are validation images, they stand in place of the test images. */
  images: EvaluationImages;
  /** What the classifier says, where the metric needs it. */
  judged: Judged;
  /** What each sample was asked to be, where the metric needs it. */
  labels?: ArrayLike<number>;
  /** A fresh stream of the evaluation's seed. */
  random: Random;
  /** Hears how much is done, from 0 to 1. */
  onProgress: Progress;
}

/** The classifier's judgement of the samples, and of the first test images. */
export interface Judged {
  /** What the classifier says of the samples. */
  samples: Judgement;
  /** What it says of the first test images. */
  test: Judgement;
}

/** What a metric cannot be had without. */
export interface MetricNeeds {
  /** At least this number of samples. */
  samples: number;
  /** The digit classifier, which judges the samples. It knows MNIST's digits only. */
  classifier?: true;
  /**
   * That the classifier judges the test images too: all of them, or as many as there are samples.
   */
  testImages?: "all" | "as many";
  /** What each sample was asked to be. */
  labels?: true;
  /**
   * Rows of the training images, `to` left out, and what for; validation images have rows of their
   * own for it.
   */
  trainRows?: { from: number; to: number; purpose: string };
}

/** A figure as a row of a table. */
export interface MetricRow<T> {
  /** With its unit or its range. */
  name: string;
  /** The figure as text. */
  of: (result: T) => string;
  /** What is better: "higher", "lower", "as real", or nothing. */
  better: string;
}

/** A figure of each digit. */
export interface DigitRow<T> {
  /** With its unit or its range. */
  name: string;
  /** [10]; null for a digit that has none. */
  of: (result: T) => (number | null)[];
}

/** All that is known of a metric. */
export interface MetricDescriptor<T> {
  /** For a reader who waits. */
  title: string;
  /** Other names on the command line, in lower case without hyphens, underscores and spaces. */
  aliases: readonly string[];
  /** What it measures, for the help of the command. */
  help: string;
  /** What it cannot be had without. */
  needs: MetricNeeds;
  /** It is left out unless it is asked for by its name. */
  onlyWhenAsked?: true;
  /** It comes with this other metric, wherever its needs are met. */
  comesWith?: Metric;
  /**
   * Whether the figures of 10,000 images hold for `count` images too; where it is left out, they
   * hold for 10,000 only.
   */
  sameFor10000?: (count: number) => boolean;
  /** Test images stand for real ones, and not training images, which it searches. */
  realAreTestImages?: true;
  /** Measures samples. */
  measure: (input: MetricInput) => T | Promise<T>;
  /** Its figures in a table. */
  rows: readonly MetricRow<T>[];
  /** Its figures of each digit. */
  digitRows?: readonly DigitRow<T>[];
}

/** Every metric, in the order in which they are measured and shown. */
export const METRICS: { readonly [K in Metric]: MetricDescriptor<Figures[K]> } = {
  parzen: {
    title: "parzen",
    aliases: [],
    help: "log-likelihood of the test images by a Parzen window, as in the 2014 paper",
    needs: {
      samples: PARZEN_SAMPLES,
      trainRows: { ...PARZEN_VALIDATION, purpose: "chooses sigma on" },
    },
    // It takes 10,000 of the samples, however many there are.
    sameFor10000: () => true,
    async measure({ samples, images, onProgress }) {
      const { mean, standardError, sigma } = await parzenOfImages(samples, images, onProgress);
      return { mean, standardError, sigma };
    },
    rows: [
      {
        name: "Parzen log-likelihood, nats",
        of: ({ mean, standardError }) => `${mean.toFixed(1)} ± ${standardError.toFixed(1)}`,
        better: "higher",
      },
      { name: "  its sigma", of: ({ sigma }) => sigma.toFixed(3), better: "" },
    ],
  },
  frechet: {
    title: "Fréchet distance",
    aliases: ["fid"],
    help: "Fréchet distance to the test images on a classifier's features",
    // A covariance of 64 features.
    needs: { samples: FEATURES + 1, classifier: true, testImages: "all" },
    async measure({ judged }) {
      const { frechetDistance, gaussianOf } = await import("./frechet.ts");
      return {
        value: frechetDistance(
          gaussianOf(featuresOf(judged.samples)),
          gaussianOf(featuresOf(judged.test)),
        ),
      };
    },
    rows: [{ name: "Fréchet distance", of: ({ value }) => value.toFixed(2), better: "lower" }],
  },
  classifier: {
    title: "classifier",
    aliases: ["score", "coverage", "shares", "confidence"],
    help: "classifier score, confidence, share of each digit, covered digits (coverage)",
    needs: { samples: 1, classifier: true },
    measure({ judged, images }) {
      const probabilities = { data: judged.samples.probabilities, columns: CLASSES };
      return {
        score: classifierScore(probabilities),
        confidence: meanConfidence(probabilities),
        ...digitShares(digitsOf(judged.samples), images.train.labels),
      };
    },
    rows: [
      {
        name: "classifier score, 1 to 10",
        of: ({ score }) => score.toFixed(2),
        better: "higher",
      },
      { name: "confidence", of: ({ confidence }) => confidence.toFixed(3), better: "higher" },
      { name: "covered digits, of 10", of: ({ covered }) => String(covered), better: "higher" },
      {
        name: "KL to the training shares, nats",
        of: ({ klToTrain }) => klToTrain.toFixed(4),
        better: "lower",
      },
    ],
    digitRows: [{ name: "share of samples", of: ({ shares }) => shares }],
  },
  conditional: {
    title: "conditional",
    aliases: ["obedience"],
    help:
      "share of samples that are the digit that was asked for; comes with classifier, where a " +
      "conditional GAN draws the samples",
    needs: { samples: 1, classifier: true, labels: true },
    comesWith: "classifier",
    async measure({ judged, labels }) {
      const { conditionalAccuracy } = await import("./conditional.ts");
      return conditionalAccuracy(digitsOf(judged.samples), labels!);
    },
    rows: [{
      name: "is the digit asked for, share",
      of: ({ accuracy }) => accuracy.toFixed(4),
      better: "higher",
    }],
    digitRows: [{ name: "is the digit asked for", of: ({ byClass }) => byClass }],
  },
  precisionRecall: {
    title: "precision and recall",
    aliases: ["precision", "recall"],
    help: "share of samples that look real, share of real images that can be made",
    needs: { samples: NEIGHBOURS + 1, classifier: true, testImages: "as many" },
    // Of the samples it takes no more than there are test images.
    sameFor10000: (count) => count >= 10_000,
    measure({ judged, count, images, onProgress }) {
      const rows = Math.min(count, images.test.count);
      const [own, real] = [judged.samples, judged.test].map((one) =>
        rowsBetween(featuresOf(one), 0, rows)
      );
      return precisionRecall(own, real, NEIGHBOURS, onProgress);
    },
    rows: [
      { name: "precision", of: ({ precision }) => precision.toFixed(3), better: "higher" },
      { name: "recall", of: ({ recall }) => recall.toFixed(3), better: "higher" },
    ],
  },
  memorisation: {
    title: "memorisation",
    aliases: ["memorization", "neighbours", "neighbors"],
    help: "nearest training images, beside those of the test images",
    needs: { samples: 1 },
    // Each sample is compared by itself.
    sameFor10000: () => true,
    realAreTestImages: true,
    async measure({ samples, images, onProgress }) {
      const { samples: _, unseen: __, ...numbers } = await memorisation(
        { data: samples, columns: PIXELS },
        imageRowsOf(images.train),
        imageRowsOf(images.test),
        onProgress,
      );
      return numbers;
    },
    rows: [
      {
        name: "nearest training image, ratio",
        of: ({ ratio }) => ratio.toFixed(3),
        better: "as real",
      },
      {
        name: "share of near duplicates",
        of: ({ nearDuplicates }) => nearDuplicates.toFixed(4),
        better: "as real",
      },
    ],
  },
  diversity: {
    title: "diversity",
    aliases: ["similarity", "ssim"],
    help: "similarity of samples of one digit (SSIM); only when asked for",
    // Among one sample more than there are digits, two are of the same digit.
    needs: { samples: CLASSES + 1, classifier: true },
    onlyWhenAsked: true,
    measure: ({ samples, judged, random }) => diversity(samples, digitsOf(judged.samples), random),
    rows: [{
      name: "similarity within a digit (SSIM)",
      of: ({ similarity }) => similarity.toFixed(3),
      better: "as real",
    }],
  },
};

/** Every metric by its name. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly Metric[];

/** All that can be asked of any samples: those that come with another are measured with it. */
export const ALL_METRICS: readonly Metric[] = METRIC_NAMES.filter((name) =>
  METRICS[name].comesWith === undefined
);

/** What is measured unless something else is asked for. */
export const DEFAULT_METRICS: readonly Metric[] = ALL_METRICS.filter((name) =>
  !METRICS[name].onlyWhenAsked
);

/** The result of a metric, where it was measured. */
export function figuresOf<K extends Metric>(
  name: K,
  evaluation: Partial<Figures>,
): Figures[K] | undefined {
  return evaluation[name];
}

/** Whether the figures of 10,000 images are those of `count` images too. */
export function isSameFor10000(name: Metric, count: number): boolean {
  return count === 10_000 || METRICS[name].sameFor10000?.(count) === true;
}

/**
 * The metrics that a typed name stands for, whatever its case, hyphens and spaces: a metric's own
 * name or alias, `all` or `default`. Undefined where there is none.
 */
export function metricsNamed(text: string): readonly Metric[] | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_ ]/g, "");
  const asked = plain(text.trim());
  if (asked === "all") return ALL_METRICS;
  if (asked === "default") return DEFAULT_METRICS;
  const found = METRIC_NAMES.find((name) =>
    plain(name) === asked || METRICS[name].aliases.includes(asked)
  );
  return found && [found];
}

/** Images as rows of pixels in [0, 1]. */
export function imageRowsOf({ images, count }: LabelledImages, rows: number = count): Rows {
  return { data: pixels(images, Array.from({ length: rows }, (_, i) => i)), columns: PIXELS };
}

function featuresOf({ features }: Judgement): Rows {
  return { data: features, columns: FEATURES };
}
