/**
 * What the metrics say of images that are real, and of noise: the ends of their scales.
 *
 * @module
 */
import { type ImageData, PIXELS, pixels } from "@/data/mnist.ts";
import { Random } from "@/random.ts";
import { evaluate, type Evaluation, type EvaluationOptions, METRICS } from "./suite.ts";

export interface Reference {
  command: string;
  versions: Record<string, string>;
  /**
   * The first 10,000 training images of MNIST in the place of samples; for `memorisation` the test
   * images, which are the measure there.
   */
  real: Evaluation;
  /** 10,000 images of independent pixels, uniform in [0, 1). */
  noise: Evaluation;
}

const COUNT = 10_000;

/** The recorded figures, for 10,000 samples and the original MNIST. */
export async function loadReference(): Promise<Reference> {
  return JSON.parse(await Deno.readTextFile(REFERENCE_FILE));
}

export const REFERENCE_FILE = new URL("../../data/evaluation_reference.json", import.meta.url);

/** Measures both: minutes. */
export async function measureReference(
  images: ImageData,
  onProgress?: EvaluationOptions["onProgress"],
): Promise<Pick<Reference, "real" | "noise">> {
  const rows = Array.from({ length: COUNT }, (_, i) => i);
  const others = METRICS.filter((metric) => metric !== "memorisation");
  const real = await evaluate(pixels(images.train.images, rows), images, {
    metrics: others,
    onProgress,
  });
  const unseen = await evaluate(pixels(images.test.images, rows), images, {
    metrics: ["memorisation"],
    onProgress,
  });
  const uniform = new Random(1).split("noise").uniforms(COUNT * PIXELS);
  return {
    real: { ...real, memorisation: unseen.memorisation },
    noise: await evaluate(uniform, images, { metrics: METRICS, onProgress }),
  };
}
