/**
 * What the metrics say of images that are real, and of noise: the ends of their scales.
 *
 * Most figures depend on the number of samples: 100 real images have a Fréchet distance of 13.2, 10,000 of
 * them .54. So each end is measured with as many images as there are samples, where it is not recorded.
 *
 * @module
 */
import { type ImageData, PIXELS, pixels } from "@/data/mnist.ts";
import { assetText } from "@/host/host.ts";
import { Random } from "@/random.ts";
import {
  BY_CLASSIFIER,
  evaluate,
  type Evaluation,
  type EvaluationOptions,
  type Metric,
  METRICS,
} from "./suite.ts";

/** The ends of the scales, by metric as an evaluation has them. */
export interface Ends {
  /**
   * The first training images of MNIST in place of samples; for `memorisation` the test images, which are the
   * measure there.
   */
  real: Evaluation;
  /** Images of independent pixels, uniform in [0, 1). */
  noise: Evaluation;
}

/** What `data/evaluation_reference.json` holds: the ends for 10,000 samples. */
export interface Reference extends Ends {
  command: string;
  versions: Record<string, string>;
}

/** The ends for a number of samples. */
export interface EndsOfCount extends Ends {
  /** Why a metric that was asked for has none, where one has none. */
  missing?: string;
}

const COUNT = 10_000;

/** The recorded figures, for 10,000 samples and the original MNIST. */
export async function loadReference(): Promise<Reference> {
  return JSON.parse(await assetText(REFERENCE_FILE));
}

export const REFERENCE_FILE = "data/evaluation_reference.json";

/** Measures both: minutes. */
export async function measureReference(
  images: ImageData,
  onProgress?: EvaluationOptions["onProgress"],
): Promise<Ends> {
  const others = METRICS.filter((metric) => metric !== "memorisation");
  const real = await evaluate(realImages(images, COUNT), images, { metrics: others, onProgress });
  const unseen = await evaluate(pixels(images.test.images, range(COUNT)), images, {
    metrics: ["memorisation"],
    onProgress,
  });
  return {
    real: { ...real, memorisation: unseen.memorisation },
    noise: await evaluate(noiseImages(COUNT), images, { metrics: METRICS, onProgress }),
  };
}

/**
 * The ends of the metrics for `count` samples: recorded where they are the same for this number, else measured
 * now, in the time that as many samples take twice. A Parzen estimate takes 10,000 samples of however many
 * there are; memorisation compares each sample by itself.
 *
 * @param images The original MNIST: of other images nothing is recorded.
 */
export async function endsFor(
  count: number,
  metrics: readonly Metric[],
  images: ImageData,
  onProgress?: EvaluationOptions["onProgress"],
): Promise<EndsOfCount> {
  const recorded = await loadReference();
  const isRecorded = (metric: Metric) =>
    count === COUNT || !BY_CLASSIFIER.includes(metric) ||
    // As many of both sides as there are test images.
    (metric === "precisionRecall" && count > COUNT);
  const known = metrics.filter(isRecorded);
  const unknown = metrics.filter((metric) => !isRecorded(metric));
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
  for (
    const [end, samples] of [["real", realImages(images, count)], [
      "noise",
      noiseImages(count),
    ]] as const
  ) {
    const measured = await evaluate(samples, images, {
      metrics: unknown,
      onProgress: (stage, share) => onProgress?.(`${end}: ${stage}`, share),
    });
    ends[end] = { ...ends[end], ...measured };
  }
  return ends;
}

function realImages({ train }: ImageData, count: number): Float32Array {
  return pixels(train.images, range(count));
}

function noiseImages(count: number): Float32Array {
  return new Random(1).split("noise").uniforms(count * PIXELS);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
