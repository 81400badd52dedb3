/**
 * The Parzen-window log-likelihood of Goodfellow et al. 2014: a Gaussian of width σ at each
 * generated sample, and the mean logarithm of that density at the test images.
 *
 * Notation: x a test image, g_i a sample, n samples, d numbers in each;
 * log p(x) = log (1/n) Σ_i N(x; g_i, σ²I)
 *          = logmeanexp_i(-‖x - g_i‖² / 2σ²) - d log(σ √(2π)), in nats.
 * Source: Goodfellow et al. 2014, arXiv:1406.2661, section 5, and the authors' `parzen_ll.py`:
 * 10,000 samples; σ from ten values, the best on the first 1,000 images of the validation rows
 * (50,000 to 59,999 of the training file); mean and standard error over the 10,000 test images,
 * with the standard deviation that divides by n, not n - 1.
 *
 * Distances come from float32 products (`distances.ts`), everything after them is float64: at
 * σ = 0.167 the log-likelihood of an image is off by at most 0.002 nats, the mean of 500 by
 * -0.0002.
 *
 * @module
 */
import { imagesBetween, type LabelledImages, PIXELS } from "@/data/mnist.ts";
import { type EvaluationImages } from "./against.ts";
import { distanceBlocks } from "./distances.ts";
import { checkImages, checkRows, type Progress, type Rows } from "./rows.ts";

/** The authors' grid, logspace(-1, 0, 10): 0.1, 0.129, 0.167, … 1. */
export const PARZEN_SIGMAS: readonly number[] = Array.from(
  { length: 10 },
  (_, i) => 10 ** (-1 + i / 9),
);

/** Samples that the protocol takes. */
export const PARZEN_SAMPLES = 10_000;
/** Rows of the training file that σ is chosen on, `to` left out. */
export const PARZEN_VALIDATION = { from: 50_000, to: 51_000 };

/** Mean log-likelihood under a Parzen window, with its error. */
export interface ParzenEstimate {
  /** Mean log-likelihood of the test points, nats. */
  mean: number;
  /** Over the test points: it says nothing about other samples or another training. */
  standardError: number;
  /** The width that was chosen. */
  sigma: number;
  /** Mean log-likelihood of the validation points for each width that was tried. */
  validation: { sigma: number; mean: number }[];
}

/** How σ is chosen, and what hears of the progress. */
export interface ParzenOptions {
  /**
   * Widths to choose from, `PARZEN_SIGMAS` where they are left out; of equally good ones the first
   * is taken.
   */
  sigmas?: readonly number[];
  /** Hears how much is done, from 0 to 1. */
  onProgress?: Progress;
}

/** exp(-50) of 10,000 terms changes nothing in float64. */
const NEGLIGIBLE = -50;

/**
 * log p(x) of each point for each σ, nats: [sigmas][points].
 *
 * @throws {TypeError | RangeError} If the rows are not such, or a σ is not positive and finite.
 */
export async function parzenLogDensities(
  samples: Rows,
  points: Rows,
  sigmas: readonly number[],
  onProgress?: Progress,
): Promise<Float64Array[]> {
  const n = checkRows("estimate a density", samples);
  const count = checkRows("estimate a density", points);
  for (const sigma of sigmas) {
    if (!(sigma > 0 && sigma < Infinity)) {
      throw new RangeError(
        `Cannot estimate a density: sigma must be positive and finite, got ${sigma}`,
      );
    }
  }
  const scales = sigmas.map((sigma) => -1 / (2 * sigma ** 2));
  // Σ_i exp((‖x - g_i‖² - least) · scale), where least is that of the nearest sample so far.
  const sums = sigmas.map(() => new Float64Array(count));
  const least = new Float64Array(count).fill(Infinity);
  for await (const block of distanceBlocks(points, samples, onProgress)) {
    for (let i = 0; i < block.points; i++) {
      const point = block.firstPoint + i;
      const row = block.squared.subarray(i * block.others, (i + 1) * block.others);
      let nearest = least[point];
      for (let j = 0; j < row.length; j++) if (row[j] < nearest) nearest = row[j];
      for (let s = 0; s < scales.length; s++) {
        const scale = scales[s];
        let sum = sums[s][point];
        if (sum > 0) sum *= Math.exp((least[point] - nearest) * scale);
        for (let j = 0; j < row.length; j++) {
          const exponent = (row[j] - nearest) * scale;
          if (exponent > NEGLIGIBLE) sum += Math.exp(exponent);
        }
        sums[s][point] = sum;
      }
      least[point] = nearest;
    }
  }
  return sigmas.map((sigma, s) => {
    const normaliser = samples.columns * Math.log(sigma * Math.sqrt(2 * Math.PI));
    return sums[s].map((sum, i) => least[i] * scales[s] + Math.log(sum / n) - normaliser);
  });
}

/**
 * The Parzen estimate: σ by the validation points, the likelihood of the test points.
 *
 * @throws {TypeError | RangeError} If the rows are not such, or a σ is not positive and finite.
 */
export async function parzenEstimate(
  samples: Rows,
  validation: Rows,
  test: Rows,
  { sigmas = PARZEN_SIGMAS, onProgress }: ParzenOptions = {},
): Promise<ParzenEstimate> {
  const rows = (validation.data.length + test.data.length) / test.columns;
  const share = validation.data.length / validation.columns / rows;
  const tried = await parzenLogDensities(
    samples,
    validation,
    sigmas,
    (done) => onProgress?.(share * done),
  );
  const means = tried.map((logs, s) => ({ sigma: sigmas[s], mean: mean(logs) }));
  const best = means.reduce((best, one) => one.mean > best.mean ? one : best);
  const [logs] = await parzenLogDensities(
    samples,
    test,
    [best.sigma],
    (done) => onProgress?.(share + (1 - share) * done),
  );
  const average = mean(logs);
  const variance = mean(logs.map((log) => (log - average) ** 2));
  return {
    mean: average,
    standardError: Math.sqrt(variance / logs.length),
    sigma: best.sigma,
    validation: means,
  };
}

/**
 * The number of the paper's Table 1: log-likelihood of MNIST's test images, nats, **higher is
 * better**.
 *
 * Range: any number. The 2014 paper has 225 ± 2. 10,000 training images as the samples score
 * 241.2 ± 2.1, which is what sharp, real images reach and no upper bound; uniform noise scores
 * -627.8. It misleads: a model that repeats training images beats all; blurred images beat sharp
 * ones (notebook 09), since a Gaussian of σ = 0.167 at every pixel is a blur itself; in 784
 * dimensions 10,000 samples say little about the true density (Theis et al. 2016,
 * arXiv:1511.01844). Another number of samples or another grid of σ gives another number.
 *
 * Against validation images σ is chosen on the first 1,000 of them as ever, and the likelihood is
 * that of the other 9,000: no image chooses and is measured.
 *
 * @param samples [count, 784] in [0, 1]; the first 10,000 are used.
 * @throws {TypeError | RangeError} If they are not such images, if they are fewer, or if the data
 * have no validation rows.
 */
export async function parzenOfImages(
  samples: Float32Array,
  images: EvaluationImages,
  onProgress?: Progress,
): Promise<ParzenEstimate> {
  checkImages("make a Parzen estimate of", samples, PARZEN_SAMPLES);
  const { choosing, measured } = parzenRows(images);
  return await parzenEstimate(
    { data: samples.subarray(0, PARZEN_SAMPLES * PIXELS), columns: PIXELS },
    choosing,
    measured,
    { onProgress },
  );
}

/**
 * The real images of the estimate: those that σ is chosen on, and those whose likelihood it is.
 *
 * @throws {RangeError} If the data have no validation rows.
 */
export function parzenRows(
  { train, test, against }: EvaluationImages,
): { choosing: Rows; measured: Rows } {
  const rows = (images: LabelledImages, from: number, to: number): Rows => ({
    data: imagesBetween(images, from, to),
    columns: PIXELS,
  });
  const { from, to } = PARZEN_VALIDATION;
  if (against === "validation") {
    const chosenOn = to - from;
    return { choosing: rows(test, 0, chosenOn), measured: rows(test, chosenOn, test.count) };
  }
  if (train.count < to) {
    throw new RangeError(
      `Cannot make a Parzen estimate: sigma is chosen on rows ${from} to ${
        to - 1
      } of the training images, got ${train.count} images`,
    );
  }
  return { choosing: rows(train, from, to), measured: rows(test, 0, test.count) };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
