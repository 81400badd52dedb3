/**
 * Which digits a generator makes, and how often.
 *
 * @module
 */
import { CLASSES } from "./judgement.ts";

/** A digit is covered if its share, times this, reaches its share in the training set. */
const COVERED = 10;

/** How samples are spread over the ten digits. */
export interface DigitShares {
  /** The share of the samples that are taken for each digit, [10]. */
  shares: number[];
  /** Digits that are covered. */
  covered: number;
  /** KL(shares ‖ shares in training), nats. */
  klToTrain: number;
}

/**
 * The share of each digit, how many are covered, and how far the shares are from those of the
 * training set.
 *
 * A digit is covered if its share is at least a tenth of its share in the training set, so about
 * 1 % of the samples. Range: 0 to 10 covered, **higher is better**; KL 0 to about 2.4 (every sample
 * is the digit that is rarest in training), **lower is better**. Floor of KL with n real samples:
 * 9/(2n) on average, 0.00045 for 10,000. Uniform noise: 3 covered, 86 % of it "eights". So it
 * misleads: everything is taken for some digit, and a digit that is drawn badly may be counted as
 * another; a covered digit may be one image, repeated (look at the similarity within a digit).
 *
 * @param digits What each sample is taken for.
 * @param training The labels of the training images.
 * @throws {RangeError} If one of them is empty, or holds something that is no digit.
 */
export function digitShares(digits: Uint8Array, training: Uint8Array): DigitShares {
  const shares = sharesOf("samples", digits);
  const due = sharesOf("training labels", training);
  return {
    shares,
    covered: shares.filter((share, digit) => share > 0 && COVERED * share >= due[digit]).length,
    klToTrain: Math.max(
      0,
      shares.reduce((sum, p, digit) => p > 0 ? sum + p * Math.log(p / due[digit]) : sum, 0),
    ),
  };
}

function sharesOf(what: string, digits: Uint8Array): number[] {
  if (digits.length === 0) {
    throw new RangeError(`Cannot count digits: there must be ${what}, got none`);
  }
  const counts = new Array<number>(CLASSES).fill(0);
  digits.forEach((digit, i) => {
    if (digit >= CLASSES) {
      throw new RangeError(`Cannot count digits: ${what} must be 0 to 9, got ${digit} at ${i}`);
    }
    counts[digit]++;
  });
  return counts.map((n) => n / digits.length);
}
