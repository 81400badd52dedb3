/**
 * All metrics of a set of generated digits, in one object that is plain JSON.
 *
 * What each metric needs and how it is measured is in its descriptor (`metrics.ts`). What is done
 * here is what they share: what cannot be measured is refused before anything is computed, and the
 * classifier judges each image once. What real images have, at the same number: `reference.ts`.
 *
 * @module
 */
import { MNIST_SHA256, PIXELS } from "@/data/mnist.ts";
import { Random } from "@/random.ts";
import { type EvaluationImages } from "./against.ts";
import { disposeClassifier, judge, type Judgement, loadClassifier } from "./classifier.ts";
import {
  DEFAULT_METRICS,
  type Figures,
  imageRowsOf,
  type Judged,
  type Metric,
  METRIC_NAMES,
  type MetricInput,
  METRICS,
} from "./metrics.ts";
import { checkImages, type Progress } from "./rows.ts";

/** The results, one property for each metric that was asked for. */
export interface Evaluation extends Partial<Figures> {
  /** How many there were. */
  samples: number;
}

/** What is to be measured, and how. */
export interface EvaluationOptions {
  /** `DEFAULT_METRICS` where it is left out. */
  metrics?: readonly Metric[];
  /** What each sample was asked to be, where the generator was told. */
  labels?: ArrayLike<number>;
  /** Seeds what a metric draws at random, such as the pairs of `diversity`. */
  seed?: number;
  /** Hears how much of a stage is done, from 0 to 1. */
  onProgress?: (stage: string, share: number) => void;
}

/** What there is to measure: `refusals` says what it does not allow. */
export interface EvaluationData {
  /** The number of samples. */
  count: number;
  images: EvaluationImages;
  /** What each sample was asked to be is known. */
  labelled?: boolean;
}

/** The metrics that these data do not allow, each with the reason. */
export function refusals(metrics: readonly Metric[], data: EvaluationData): string[] {
  return metrics.flatMap((metric) => refusal(metric, data) ?? []);
}

function refusal(metric: Metric, { count, images, labelled }: EvaluationData): string | undefined {
  const { samples, classifier, labels, trainRows } = METRICS[metric].needs;
  if (count < samples) return `${metric} takes at least ${samples} samples, got ${count}`;
  if (trainRows && images.against !== "validation" && images.train.count < trainRows.to) {
    const { purpose, from, to } = trainRows;
    return `${metric} ${purpose} rows ${from} to ${
      to - 1
    } of the training images, got ${images.train.count} images`;
  }
  if (classifier && images.sha256 !== MNIST_SHA256["train-images-idx3-ubyte"]) {
    return `${metric} asks a classifier that knows MNIST's digits only, got ${images.source}`;
  }
  if (labels && !labelled) {
    return `${metric} must know the digit that each sample was asked to be, which only a conditional GAN is asked for`;
  }
  return undefined;
}

/**
 * Measures samples. TensorFlow.js must have a backend in use.
 *
 * @param samples [count, 784] in [0, 1].
 * @throws {TypeError | RangeError} If they are no such images, or a metric cannot be measured on
 * them.
 */
export async function evaluate(
  samples: Float32Array,
  images: EvaluationImages,
  { metrics = DEFAULT_METRICS, labels, seed = 1, onProgress }: EvaluationOptions = {},
): Promise<Evaluation> {
  const unknown = metrics.find((metric) => !METRIC_NAMES.includes(metric));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot evaluate samples: each metric must be one of ${
        METRIC_NAMES.join(", ")
      }, got ${unknown}`,
    );
  }
  const count = checkImages("evaluate", samples);
  const data = { count, images, labelled: labels !== undefined };
  const refused = refusals(metrics, data);
  if (refused.length > 0) throw new RangeError(`Cannot evaluate samples: ${refused.join("; ")}`);
  const stage = (name: string): Progress => (share) => onProgress?.(name, share);
  const result: Evaluation = { samples: count };
  const wanted = METRIC_NAMES.filter((name) =>
    metrics.includes(name) || comesAlong(name, metrics, data)
  );
  const judged = await judgeAll(samples, images, wanted, stage("features"));
  for (const name of wanted) {
    const random = new Random(seed).split("pairs");
    const onProgress = stage(METRICS[name].title);
    await measure(name, { samples, count, images, judged, labels, random, onProgress }, result);
  }
  return result;
}

/** Whether a metric that was not asked for is measured with one that was. */
function comesAlong(name: Metric, asked: readonly Metric[], data: EvaluationData): boolean {
  const { comesWith } = METRICS[name];
  return comesWith !== undefined && asked.includes(comesWith) && refusal(name, data) === undefined;
}

async function measure<K extends Metric>(
  name: K,
  input: MetricInput,
  result: Partial<Figures>,
): Promise<void> {
  result[name] = await METRICS[name].measure(input);
}

/**
 * Test images that were judged as a whole: samples, real images and noise are compared with the
 * same.
 */
const judgedBefore = new WeakMap<Uint8Array, Judgement>();

/** What the classifier says about the images that the metrics need it to judge. */
async function judgeAll(
  samples: Float32Array,
  { test }: EvaluationImages,
  metrics: readonly Metric[],
  onProgress: Progress,
): Promise<Judged> {
  const needs = metrics.map((name) => METRICS[name].needs);
  const judged = new Judgements();
  if (!needs.some(({ classifier }) => classifier)) return judged;
  const count = samples.length / PIXELS;
  const sets: { name: keyof Judged; pixelsOf: () => Float32Array; count: number }[] = [
    { name: "samples", pixelsOf: () => samples, count },
  ];
  const before = judgedBefore.get(test.images);
  if (before) judged.set("test", before);
  else if (needs.some(({ testImages }) => testImages !== undefined)) {
    const all = needs.some(({ testImages }) => testImages === "all");
    const rows = all ? test.count : Math.min(count, test.count);
    sets.push({ name: "test", pixelsOf: () => imageRowsOf(test, rows).data, count: rows });
  }
  const total = sets.reduce((sum, { count }) => sum + count, 0);
  const classifier = await loadClassifier();
  let done = 0;
  for (const { name, pixelsOf, count } of sets) {
    const told = (share: number) => onProgress((done + share * count) / total);
    const judgement = await judge(classifier, pixelsOf(), told);
    judged.set(name, judgement);
    if (name === "test" && count === test.count) judgedBefore.set(test.images, judgement);
    done += count;
  }
  disposeClassifier(classifier);
  return judged;
}

/** Judgements of those images that some metric needs by its own account. */
class Judgements implements Judged {
  readonly #judged: Partial<Judged> = {};

  get samples(): Judgement {
    return this.#get("samples", "classifier");
  }

  get test(): Judgement {
    return this.#get("test", "testImages");
  }

  set(name: keyof Judged, judgement: Judgement): void {
    this.#judged[name] = judgement;
  }

  #get(name: keyof Judged, need: string): Judgement {
    const judgement = this.#judged[name];
    if (judgement) return judgement;
    throw new TypeError(
      `Cannot measure: a metric must name what it needs, and none that is measured here needs ${need}`,
    );
  }
}
