/**
 * What the metrics say about real images, and about noise: the ends of their scales.
 *
 * Most figures depend on the number of samples: 100 real images have a Fréchet distance of 13.2,
 * 10,000 of them 0.54. So each end that is not recorded is measured with as many images as there
 * are samples.
 *
 * @module
 */
import { PIXELS } from "@/data/mnist.ts";
import { assetText } from "@/host/host.ts";
import { Random } from "@/random.ts";
import { type EvaluationImages } from "./against.ts";
import { ALL_METRICS, imageRowsOf, isSameFor10000, type Metric, METRICS } from "./metrics.ts";
import { evaluate, type Evaluation, type EvaluationOptions } from "./suite.ts";

/** The ends of the scales, by metric as an evaluation has them. */
export interface Ends {
  /**
   * The first training images of MNIST as samples; the test images, or validation images, for a
   * metric that searches the training images (`realAreTestImages`).
   */
  real: Evaluation;
  /** Images of independent pixels, uniform in [0, 1). */
  noise: Evaluation;
}

/** What `data/evaluation_reference.json` holds: the ends for 10,000 samples. */
export interface Reference extends Ends {
  /** The ends against validation images. */
  validation: Ends;
  /** What measured it. */
  command: string;
  /** The versions that it was measured with. */
  versions: Record<string, string>;
}

/** The ends for a number of samples. */
export interface EndsOfCount extends Ends {
  /** Why a metric that was asked for has no ends, where that is so. */
  missing?: string;
}

const COUNT = 10_000;

/** The recorded figures, for 10,000 samples and the original MNIST. */
export async function loadReference(): Promise<Reference> {
  return JSON.parse(await assetText(REFERENCE_FILE));
}

export const REFERENCE_FILE = "data/evaluation_reference.json";

/** Measures both, which takes minutes. */
export async function measureReference(
  images: EvaluationImages,
  onProgress?: EvaluationOptions["onProgress"],
): Promise<Ends> {
  return {
    real: await evaluateReal(COUNT, ALL_METRICS, images, onProgress),
    noise: await evaluate(noiseImages(COUNT), images, { metrics: ALL_METRICS, onProgress }),
  };
}

/**
 * The ends of the metrics for `count` samples: recorded where they are the same for this number,
 * otherwise measured now, which takes twice as long as the samples do. A Parzen estimate takes
 * 10,000 of the samples, however many there are; memorisation compares each sample by itself.
 *
 * @param images Those of the original MNIST: of other images nothing is recorded.
 */
export async function endsFor(
  count: number,
  metrics: readonly Metric[],
  images: EvaluationImages,
  onProgress?: EvaluationOptions["onProgress"],
): Promise<EndsOfCount> {
  const reference = await loadReference();
  const recorded: Ends = images.against === "validation" ? reference.validation : reference;
  const isRecorded = (metric: Metric) =>
    isSameFor10000(metric, count) && recorded.real[metric] !== undefined;
  const known = metrics.filter(isRecorded);
  const unknown = metrics.filter((metric) => !isRecorded(metric) && !METRICS[metric].needs.labels);
  const pick = (from: Evaluation): Evaluation => ({
    samples: count,
    ...Object.fromEntries(known.map((metric) => [metric, from[metric]])),
  });
  const ends: EndsOfCount = { real: pick(recorded.real), noise: pick(recorded.noise) };
  if (unknown.length === 0) return ends;
  if (count > images.train.count) {
    ends.missing = `${unknown.join(" and ")} depend on the number of samples, and there are only ${
      images.train.count.toLocaleString("en-US")
    } real images`;
    return ends;
  }
  const stage = (end: string) => (name: string, share: number) =>
    onProgress?.(`${end}: ${name}`, share);
  const real = await evaluateReal(count, unknown, images, stage("real"));
  const noise = await evaluate(noiseImages(count), images, {
    metrics: unknown,
    onProgress: stage("noise"),
  });
  return { real: { ...ends.real, ...real }, noise: { ...ends.noise, ...noise } };
}

/** Real images as samples: for each metric, those that stand for real ones there. */
async function evaluateReal(
  count: number,
  metrics: readonly Metric[],
  images: EvaluationImages,
  onProgress?: EvaluationOptions["onProgress"],
): Promise<Evaluation> {
  const real: Evaluation = { samples: count };
  for (const set of ["train", "test"] as const) {
    const own = metrics.filter((name) => (set === "test") === !!METRICS[name].realAreTestImages);
    if (own.length === 0) continue;
    const { data } = imageRowsOf(images[set], Math.min(count, images[set].count));
    const { samples: _, ...figures } = await evaluate(data, images, { metrics: own, onProgress });
    Object.assign(real, figures);
  }
  return real;
}

function noiseImages(count: number): Float32Array {
  return new Random(1).split("noise").uniforms(count * PIXELS);
}
