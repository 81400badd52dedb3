/**
 * How alike the samples of one digit are: structural similarity (SSIM) between pairs.
 *
 * Notation: at each place a window of 11×11 with Gaussian weights, σ 1.5 pixels, that add up to 1;
 * μ, σ², σ_ab mean, variance and covariance under it;
 *
 *   SSIM = (2 μ_a μ_b + C₁)(2 σ_ab + C₂) / ((μ_a² + μ_b² + C₁)(σ_a² + σ_b² + C₂)),
 *
 * with C₁ = 0.01² and C₂ = 0.03² for pixels in [0, 1], averaged over the places where the window
 * lies within the image.
 * Sources: Wang et al. 2004, "Image quality assessment"; between pairs of a class: Odena et al.
 * 2017, arXiv:1610.09585.
 *
 * The npm packages for SSIM take images of bytes; pixels of a generator are not rounded to those
 * here.
 *
 * @module
 */
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import { type Random } from "@/random.ts";
import { CLASSES } from "./judgement.ts";
import { checkImages } from "./rows.ts";

const WINDOW = 11;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
/** Places where the window lies within the image, along each side. */
const PLACES = IMAGE_SIDE - WINDOW + 1;

const weights = normalise(
  Float64Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2))),
);

function normalise(values: Float64Array): Float64Array {
  const sum = values.reduce((a, b) => a + b);
  return values.map((value) => value / sum);
}

/** The mean of a·b under the window at each place, [18 × 18]; of a where there is no b. */
function windowMeans(a: Float32Array, b?: Float32Array): Float64Array {
  const across = new Float64Array(IMAGE_SIDE * PLACES);
  for (let y = 0; y < IMAGE_SIDE; y++) {
    for (let x = 0; x < PLACES; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW; k++) {
        const at = y * IMAGE_SIDE + x + k;
        sum += weights[k] * a[at] * (b ? b[at] : 1);
      }
      across[y * PLACES + x] = sum;
    }
  }
  const means = new Float64Array(PLACES * PLACES);
  for (let i = 0; i < means.length; i++) {
    for (let k = 0; k < WINDOW; k++) means[i] += weights[k] * across[i + k * PLACES];
  }
  return means;
}

/**
 * The structural similarity of two images: -1 to 1, 1 for equal ones.
 *
 * @param a [784] in [0, 1], and `b`.
 * @throws {TypeError | RangeError} If one is not such an image.
 */
export function structuralSimilarity(a: Float32Array, b: Float32Array): number {
  for (const image of [a, b]) {
    if (checkImages("compare", image, 1) !== 1) {
      throw new TypeError(
        `Cannot compare images: each must be one image of ${PIXELS} numbers, got ${image.length}`,
      );
    }
  }
  const [meanA, meanB] = [windowMeans(a), windowMeans(b)];
  const [squareA, squareB, product] = [windowMeans(a, a), windowMeans(b, b), windowMeans(a, b)];
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [p, q] = [meanA[i], meanB[i]];
    const covariance = product[i] - p * q;
    const variances = squareA[i] - p * p + squareB[i] - q * q;
    sum += (2 * p * q + C1) * (2 * covariance + C2) /
      ((p * p + q * q + C1) * (variances + C2));
  }
  return sum / meanA.length;
}

/** How alike the samples of one digit are. */
export interface Diversity {
  /** Mean similarity of two samples of the same digit, over the digits that have two. */
  similarity: number;
  /** The same for each digit; null where there are fewer than two samples of it. */
  byDigit: (number | null)[];
  /** Pairs for each digit. */
  pairs: number;
}

/** Pairs for each digit: the standard error of a digit's mean is then about 0.01. */
const PAIRS = 500;

/**
 * Mean structural similarity of two samples that are taken for the same digit: **lower is more
 * diverse**.
 *
 * Range: -1 to 1. Real images have 0.24, from 0.16 for the twos to 0.44 for the ones; a generator
 * that makes one image of each digit has 1, uniform noise 0.01. Samples should have about what real
 * images have. It misleads: samples less alike than real images are worse, not better; what the
 * classifier takes for a digit by mistake counts as variety.
 *
 * @param images [count, 784] in [0, 1].
 * @param digits What each is taken for.
 * @param random Draws the pairs, two different images each.
 * @throws {TypeError | RangeError} If they are no images, or no digit has two.
 */
export function diversity(
  images: Float32Array,
  digits: Uint8Array,
  random: Random,
  pairs = PAIRS,
): Diversity {
  const count = checkImages("compare", images, 2);
  if (digits.length !== count) {
    throw new TypeError(
      `Cannot compare images: each must have a digit, got ${digits.length} for ${count} images`,
    );
  }
  const image = (i: number) => images.subarray(i * PIXELS, (i + 1) * PIXELS);
  const byDigit = Array.from({ length: CLASSES }, (_, digit) => {
    const own = [...digits.keys()].filter((i) => digits[i] === digit);
    if (own.length < 2) return null;
    let sum = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const first = random.integer(own.length);
      const second = (first + 1 + random.integer(own.length - 1)) % own.length;
      sum += structuralSimilarity(image(own[first]), image(own[second]));
    }
    return sum / pairs;
  });
  const known = byDigit.filter((value) => value !== null);
  if (known.length === 0) {
    throw new RangeError(
      "Cannot compare images: at least one digit must have two of them, got none",
    );
  }
  return { similarity: known.reduce((a, b) => a + b) / known.length, byDigit, pairs };
}
