/**
 * How good a generator is during training: a few figures of a small sample, to be taken after each
 * epoch.
 *
 * For MNIST's digits they are the classifier score, the Fréchet distance and the share of each
 * digit, on 1,000 samples. Compare them with each other and not with those of `evaluate`'s 10,000:
 * fewer samples raise a Fréchet distance. For toy data they are what is known in closed form. For
 * other images there are none, since the classifier knows MNIST's digits only.
 *
 * @module
 */
import { isToyName } from "@/data/points.ts";
import { GRID, RING, toyData, type ToyName } from "@/data/toy.ts";
import { MNIST_SHA256, pixels } from "@/data/mnist.ts";
import { cycleLabels } from "@/gan/labels.ts";
import { type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import { assetText } from "@/host/host.ts";
import { Random } from "@/random.ts";
import { type Against, type EvaluationImages } from "./against.ts";
import {
  CLASSES,
  type Classifier,
  digitsOf,
  disposeClassifier,
  FEATURES,
  judge,
  loadClassifier,
} from "./classifier.ts";
import { classifierScore } from "./classifier_score.ts";
import { conditionalAccuracy } from "./conditional.ts";
import { gridDivergence, modeCoverage, spiralCoverage } from "./coverage.ts";
import { type FeatureGaussian, frechetDistance, gaussianOf } from "./frechet.ts";

/** The figures of a generator after a step. */
export interface Quality {
  step: number;
  epoch: number;
  /** How many samples they were measured on. */
  samples: number;
  /** By the names of `QUALITY_FIGURES`. */
  figures: Record<string, number>;
  /** The share of each digit, [10], where the classifier tells digits apart. */
  shares?: number[];
}

/** What a reader is told about a figure. */
export interface QualityFigure {
  title: string;
  unit: string;
  /** What is best, in words. */
  better: string;
  /** The ends of its axis, where it has ends. */
  range?: [number, number];
}

const SHARE: [number, number] = [-0.02, 1.05];

/** Every figure, by its name in `quality.jsonl`. */
export const QUALITY_FIGURES: Readonly<Record<string, QualityFigure>> = {
  frechet: {
    title: "Fréchet distance",
    unit: "distance on 64 features",
    better: "lower is better",
  },
  score: {
    title: "Classifier score",
    unit: "score, 1 to 10",
    better: "higher is better",
    range: [0.5, 10.5],
  },
  obedience: {
    title: "Is the digit that was asked for",
    unit: "share of samples",
    better: "higher is better",
    range: SHARE,
  },
  modes: { title: "Covered modes", unit: "modes", better: "higher is better" },
  highQuality: {
    title: "Within three sigmas of a mode",
    unit: "share of samples",
    better: "as real points, 0.989",
    range: SHARE,
  },
  coverage: {
    title: "Covered part of the spiral",
    unit: "share of its length",
    better: "higher is better",
    range: SHARE,
  },
  precision: {
    title: "On the spiral",
    unit: "share of samples",
    better: "higher is better",
    range: SHARE,
  },
  divergence: {
    title: "Jensen–Shannon divergence from real points",
    unit: "nats",
    better: "lower is better",
    range: [0, Math.LN2],
  },
  mean: { title: "Mean of the samples", unit: "x", better: "as the data, 3" },
  sigma: { title: "Standard deviation of the samples", unit: "x", better: "as the data, 0.5" },
};

/** Samples of one measurement. */
const IMAGE_SAMPLES = 1000;
const POINT_SAMPLES = 2500;
/** Cells of the divergence on the spiral, half its band wide. */
const CELLS = { range: [-1, 1], cells: 40 } as const;

export function sampleCount(kind: "digits" | "points"): number {
  return kind === "digits" ? IMAGE_SAMPLES : POINT_SAMPLES;
}

/**
 * What can be measured of a run: figures by their names, and shares of digits; or nothing, with the
 * reason.
 */
export type QualityKind =
  | { kind: "digits" | "points"; figures: string[] }
  | { kind: "none"; reason: string };

/** @param data The training data. */
export function qualityKind(
  { toy, classes }: GanOptions,
  data: { source: string; sha256: string },
): QualityKind {
  if (toy !== undefined && !isToyName(toy)) {
    return { kind: "none", reason: "there are figures of the library's own toy data only" };
  }
  if (toy !== undefined) return { kind: "points", figures: FIGURES_OF_POINTS[toy] };
  if (data.sha256 === MNIST_SHA256["train-images-idx3-ubyte"]) {
    const figures = ["frechet", "score", ...(classes === undefined ? [] : ["obedience"])];
    return { kind: "digits", figures };
  }
  return {
    kind: "none",
    reason: `the classifier that judges samples knows MNIST's digits only, not ${data.source}`,
  };
}

const FIGURES_OF_POINTS: Readonly<Record<ToyName, string[]>> = {
  line: ["mean", "sigma"],
  spiral: ["coverage", "precision", "divergence"],
  ring: ["modes", "highQuality"],
  grid: ["modes", "highQuality"],
  segment: ["divergence"],
  segments: ["divergence"],
};

/** What real points have, for each figure; those of real images are in `quality_reference.json`. */
export function realPoints(toy: ToyName): Record<string, number> {
  const modes = (toy === "ring" ? RING : GRID).centres.length;
  return {
    line: { mean: 3, sigma: 0.5 },
    // Two sets of 2,500 points.
    spiral: { coverage: 1, precision: 1, divergence: 0.058 },
    ring: { modes, highQuality: 0.989 },
    grid: { modes, highQuality: 0.989 },
    segment: { divergence: 0.014 },
    segments: { divergence: 0.02 },
  }[toy] as Record<string, number>;
}

/** What real images have, and what samples of digits are compared with. */
export interface QualityReference {
  command: string;
  /** Of the features of the test or validation images; of the covariance its upper triangle, row by row. */
  mean: number[];
  covariance: number[];
  /** The first training images in place of samples. */
  real: { samples: number; figures: Record<string, number>; shares: number[] };
}

/** The pages of the book have the first of them only. */
export const QUALITY_REFERENCE_FILES = {
  test: "data/quality_reference.json",
  validation: "data/quality_reference_validation.json",
} as const satisfies Record<Against, string>;

export async function loadQualityReference(against: Against = "test"): Promise<QualityReference> {
  return JSON.parse(await assetText(QUALITY_REFERENCE_FILES[against]));
}

/** Measures real images, which takes some seconds. */
export async function measureQualityReference(
  { train, test }: EvaluationImages,
): Promise<Omit<QualityReference, "command">> {
  const rows = (images: Uint8Array, count: number) =>
    pixels(images, Array.from({ length: count }, (_, i) => i));
  const classifier = await loadClassifier();
  const { features } = await judge(classifier, rows(test.images, test.count));
  const gaussian = gaussianOf({ data: features, columns: FEATURES });
  const real = await judgeDigits(classifier, rows(train.images, IMAGE_SAMPLES), gaussian);
  disposeClassifier(classifier);
  return {
    mean: [...gaussian.mean],
    covariance: [...gaussian.covariance].filter((_, i) => i % FEATURES >= Math.floor(i / FEATURES)),
    real: { samples: IMAGE_SAMPLES, ...real },
  };
}

/** Draws samples and measures them; the same noise each time. */
export type MeasureQuality = (generator: Network) => Promise<Omit<Quality, "step" | "epoch">>;

/** What measures the generators of a run. TensorFlow.js must have a backend in use. */
export async function qualityMeasure(
  options: GanOptions,
  against: Against = "test",
): Promise<MeasureQuality> {
  const draw = (generator: Network, count: number) =>
    drawSamples(generator, options, count, new Random(options.seed).split("quality"));
  const { toy, classes } = options;
  if (toy !== undefined && isToyName(toy)) {
    return async (generator) => ({
      samples: POINT_SAMPLES,
      figures: judgePoints(toy, await draw(generator, POINT_SAMPLES)),
    });
  }
  const classifier = await loadClassifier();
  const reference = gaussianFrom(await loadQualityReference(against));
  const labels = classes === undefined ? undefined : cycleLabels(IMAGE_SAMPLES, classes);
  return async (generator) => {
    const samples = await draw(generator, IMAGE_SAMPLES);
    return {
      samples: IMAGE_SAMPLES,
      ...await judgeDigits(classifier, samples, reference, labels),
    };
  };
}

async function judgeDigits(
  classifier: Classifier,
  images: Float32Array,
  reference: FeatureGaussian,
  labels?: Uint8Array,
): Promise<Pick<Quality, "figures"> & { shares: number[] }> {
  const judgement = await judge(classifier, images);
  const digits = digitsOf(judgement);
  const own = gaussianOf({ data: judgement.features, columns: FEATURES });
  const shares = Array.from(
    { length: CLASSES },
    (_, digit) => digits.filter((one) => one === digit).length / digits.length,
  );
  return {
    figures: {
      score: classifierScore({ data: judgement.probabilities, columns: CLASSES }),
      frechet: frechetDistance(own, reference),
      ...(labels ? { obedience: conditionalAccuracy(digits, labels).accuracy } : {}),
    },
    shares,
  };
}

function judgePoints(toy: ToyName, points: Float32Array): Record<string, number> {
  if (toy === "line") {
    const mean = points.reduce((sum, x) => sum + x, 0) / points.length;
    const square = points.reduce((sum, x) => sum + (x - mean) ** 2, 0) / points.length;
    return { mean, sigma: Math.sqrt(square) };
  }
  if (toy === "spiral") {
    const { coverage, precision } = spiralCoverage(points);
    return { coverage, precision, ...divergenceFrom(toy, points) };
  }
  if (toy === "segment" || toy === "segments") return divergenceFrom(toy, points);
  const { covered, highQuality } = modeCoverage(points, toy === "ring" ? RING : GRID);
  return { modes: covered, highQuality };
}

function divergenceFrom(toy: ToyName, points: Float32Array): { divergence: number } {
  const real = toyData(toy).draw(points.length / 2, new Random(1).split("real"));
  return { divergence: gridDivergence(real, points, CELLS) };
}

function gaussianFrom({ mean, covariance }: QualityReference): FeatureGaussian {
  const whole = new Float64Array(FEATURES * FEATURES);
  let at = 0;
  for (let j = 0; j < FEATURES; j++) {
    for (let k = j; k < FEATURES; k++) {
      whole[j * FEATURES + k] = whole[k * FEATURES + j] = covariance[at++];
    }
  }
  return { mean: Float64Array.from(mean), covariance: whole };
}
