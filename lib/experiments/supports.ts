/**
 * Where images of two kinds can lie at all: why a discriminator of images can be perfect.
 *
 * Notation: an image is a row of 784 pixels; a pixel is exactly black if it is the number 0, as a
 * byte or as a number in [0, 1]. The support of a distribution is where it has mass.
 *
 * The background of MNIST is exactly black. A generator that ends in a sigmoid gives numbers above
 * 0, so one rule tells the two apart: "real, if enough pixels are exactly black". Rounded to bytes,
 * generated images have black pixels too; the game that is trained is played with numbers.
 *
 * Source: Arjovsky and Bottou 2017, arXiv:1701.04862, section 2, for what such supports do to D.
 *
 * @module
 */
import { PIXELS } from "@/data/mnist.ts";
import { jsDivergence } from "@/math/divergences.ts";

/**
 * How many pixels of each image are exactly 0.
 *
 * @param images [count, 784], bytes or numbers in [0, 1].
 * @returns [count], 0 to 784.
 * @throws {TypeError} If these are not images of 784 pixels, or none.
 */
export function blackPixels(images: ArrayLike<number>): Uint16Array {
  const count = images.length / PIXELS;
  if (!Number.isInteger(count) || count === 0) {
    throw new TypeError(
      `Cannot count black pixels: images must have ${PIXELS} pixels each, got ${images.length} numbers`,
    );
  }
  const black = new Uint16Array(count);
  for (let i = 0; i < images.length; i++) {
    if (images[i] === 0) black[Math.floor(i / PIXELS)]++;
  }
  return black;
}

/** What a discriminator with one rule achieves. */
export interface RuleResult {
  /** Share of real images that the rule calls real. */
  real: number;
  /** Share of generated images that the rule calls real. */
  generated: number;
  /**
   * JSD of the rule's answers, in nats: no function of the images tells more about where they come
   * from than the images do, so the JSD of the images is at least this (data processing). log 2 if
   * the rule is never wrong.
   */
  divergence: number;
}

/**
 * The rule "real, if at least `least` pixels are exactly black", tried on counts of `blackPixels`.
 *
 * @throws {RangeError} If there are no counts of one kind.
 */
export function judgeByBlack(
  least: number,
  real: ArrayLike<number>,
  generated: ArrayLike<number>,
): RuleResult {
  const [yes, mistaken] = [real, generated].map((counts) => {
    if (counts.length === 0) {
      throw new RangeError(
        "Cannot try a rule: it needs images of both kinds, got none of one kind",
      );
    }
    return Array.from(counts).filter((black) => black >= least).length / counts.length;
  });
  return {
    real: yes,
    generated: mistaken,
    divergence: jsDivergence([yes, 1 - yes], [mistaken, 1 - mistaken]),
  };
}

/**
 * The share of the cells of a square grid over [-1, 1]² that hold at least one of the points.
 *
 * A curve has one dimension: with cells of a tenth of the side it touches about ten times as many
 * of a hundred times as many, so the share falls like the side, and the area of the curve is 0.
 *
 * @param points [x, y, x, y, …]; those outside of the square are in no cell.
 * @param across Cells along each side.
 * @throws {RangeError} If `across` is not an integer of at least 1.
 */
export function cellsTouched(points: ArrayLike<number>, across: number): number {
  if (!Number.isInteger(across) || across < 1) {
    throw new RangeError(
      `Cannot count cells: a side must have an integer of at least 1, got ${across}`,
    );
  }
  const touched = new Set<number>();
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [column, row] = [points[i], points[i + 1]].map((v) => Math.floor((v + 1) / 2 * across));
    if (column >= 0 && column < across && row >= 0 && row < across) {
      touched.add(row * across + column);
    }
  }
  return touched.size / (across * across);
}
