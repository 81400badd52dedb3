/**
 * How an array becomes images, [count, 784] in [0, 1]: advice for somebody whose array is something
 * else.
 *
 * Advice that is wrong does more harm than none: real digits whose pixels were read in the wrong
 * order have a Fréchet distance of 295. So the whole shape and all numbers decide, and where two
 * readings are possible no advice is given.
 *
 * @module
 */
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";

/** What to do with an array x. */
export interface Advice {
  /** In words, where there is no NumPy. */
  words: string;
  /** A NumPy expression, from that of the array. */
  numpy: (x: string) => string;
}

/** Sides that may be channels of a picture: grey with opacity, RGB, RGB with opacity. */
const MAY_BE_CHANNELS = [2, 3, 4];

/**
 * How an array of that shape becomes [count, 784], each row an image from left to right and from
 * top to bottom; undefined where it is that already, where it holds no whole images, or where the
 * shape allows two readings.
 */
export function shapeAdvice(shape: readonly number[]): Advice | undefined {
  if (isImageRows(shape) || shape.includes(0)) return undefined;
  const rows = (x: string) => `${x}.reshape(-1, ${PIXELS})`;
  // A side of 1 says nothing and moves nothing, wherever it is.
  const sides = shape.filter((side) => side !== 1);
  const readings: Advice[] = [];
  const [first, last] = [sides[0], sides.at(-1)];
  const side = IMAGE_SIDE;
  if (last === PIXELS && certain(sides.slice(0, -1))) {
    readings.push({ words: `reshape to [-1, ${PIXELS}]`, numpy: (x) => rows(x) });
  }
  if (last === side && sides.at(-2) === side && certain(sides.slice(0, -2))) {
    readings.push({ words: `reshape to [-1, ${PIXELS}]`, numpy: (x) => rows(x) });
  }
  if (sides.length === 2 && first === PIXELS && certain([last!])) {
    const flat = shape.length === 2 ? "" : `.reshape(${PIXELS}, -1)`;
    readings.push({ words: "transpose", numpy: (x) => `${x}${flat}.T` });
    // 28 images below one another have the same shape.
    if (last === side) return undefined;
  }
  if (sides.length > 2 && first === side && sides[1] === side && certain(sides.slice(2))) {
    const flat = shape.length === 3 ? "" : `.reshape(${side}, ${side}, -1)`;
    readings.push({
      words: "move the last axis to the front, and reshape",
      numpy: (x) => rows(`np.moveaxis(${x}${flat}, -1, 0)`),
    });
  }
  return readings.length === 1 ? readings[0] : undefined;
}

/** Whether the shape is already [count, 784]. */
export function isImageRows(shape: readonly number[]): boolean {
  return shape.length === 2 && shape[1] === PIXELS;
}

/** Whether these sides can only be numbers of images. */
function certain(counts: number[]): boolean {
  return !counts.some((count) => MAY_BE_CHANNELS.includes(count));
}

/** The ends of the range, and how many numbers have no place in it. */
export interface NumberRange {
  least: number;
  greatest: number;
  /** NaN or infinite. */
  notFinite: number;
}

export function rangeOf(data: ArrayLike<number>): NumberRange {
  const range = { least: Infinity, greatest: -Infinity, notFinite: 0 };
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (!Number.isFinite(value)) range.notFinite++;
    else {
      if (value < range.least) range.least = value;
      if (value > range.greatest) range.greatest = value;
    }
  }
  return range;
}

/** What float16 and interpolation may add at each end of the range. */
const ROUNDING = 0.01;
/**
 * Mean and standard deviation of MNIST's training pixels, as `transforms.Normalize` is given them.
 */
const [MEAN, DEVIATION] = [0.1307, 0.3081];
/** The background, and full ink, after that. */
const STANDARDISED = [-MEAN / DEVIATION, (1 - MEAN) / DEVIATION];
/** More than this share of the pixels of tanh images is background, at an end of the range. */
const BELOW = 0.05;

/**
 * How numbers become pixels in [0, 1]; undefined where they are, or where their range does not
 * tell.
 *
 * @param dtype How a file has them.
 */
export function rangeAdvice(data: ArrayLike<number>, dtype = "float32"): Advice | undefined {
  const { least, greatest, notFinite } = rangeOf(data);
  if (data.length === 0 || notFinite > 0 || (least >= 0 && greatest <= 1)) return undefined;
  // NumPy would calculate in float16 too.
  const wide = (x: string) => dtype === "float16" ? `${x}.astype("float32")` : x;
  const clip = (x: string) => `np.clip(${x}, 0, 1)`;
  const within = (low: number, high: number, tolerance: number) =>
    least >= low - tolerance && greatest <= high + tolerance;
  /** Numbers beyond the ends by rounding are clipped after they were rescaled. */
  const rescaled = (
    words: string,
    numpy: (x: string) => string,
    [low, high]: readonly number[],
  ): Advice => {
    const exact = least >= low && greatest <= high;
    return {
      words: exact ? words : `${words}, then clip to [0, 1]`,
      numpy: exact ? (x) => numpy(wide(x)) : (x) => clip(numpy(wide(x))),
    };
  };
  if (within(0, 1, ROUNDING) && greatest > 0.5) {
    return { words: "they are outside only by rounding: clip to [0, 1]", numpy: clip };
  }
  if (within(-1, 1, ROUNDING) && least < -0.9 && greatest > 0.5 && shareBelow(data, -0.5) > BELOW) {
    return rescaled("they come from tanh: (x + 1) / 2", (x) => `(${x} + 1) / 2`, [-1, 1]);
  }
  if (within(0, 255, 0.5) && greatest > 192) {
    return rescaled("they come from bytes: x / 255", (x) => `${x} / 255`, [0, 255]);
  }
  if (dtype === "uint16" && greatest > 0.75 * 65_535) {
    return rescaled("they come from 16 bits: x / 65535", (x) => `${x} / 65535`, [0, 65_535]);
  }
  const [low, high] = STANDARDISED;
  if (Math.abs(least - low) < 1e-3 && Math.abs(greatest - high) < 2e-3) {
    const back = (x: string) => `${wide(x)} * ${DEVIATION} + ${MEAN}`;
    return {
      words: `they were standardised by MNIST's mean and deviation: ${
        back("x")
      }, then clip to [0, 1]`,
      numpy: (x) => clip(back(x)),
    };
  }
  return undefined;
}

function shareBelow(data: ArrayLike<number>, limit: number): number {
  let below = 0;
  for (let i = 0; i < data.length; i++) if (data[i] < limit) below++;
  return below / data.length;
}

/**
 * What is odd about images that are valid: one sentence each, for a reader who knows what they are.
 */
export function doubtsOfImages(images: Float32Array): string[] {
  const doubts: string[] = [];
  const count = images.length / PIXELS;
  if (count === PIXELS) {
    doubts.push(
      `${PIXELS} images of ${PIXELS} pixels: each row is taken for an image. If the columns are the images, transpose first`,
    );
  }
  const { greatest } = rangeOf(images);
  const mean = images.reduce((sum, value) => sum + value, 0) / images.length;
  if (mean > 0.7) {
    doubts.push(
      `the mean pixel is ${
        mean.toFixed(2)
      }, that of MNIST 0.13: 1 is ink and 0 the background. If it is the other way round here, use 1 - x`,
    );
  }
  // The brightest pixel that two divisions leave, within rounding.
  if (greatest > 0 && greatest < 1.001 / 255) {
    doubts.push(
      `no pixel is above ${
        greatest.toPrecision(2)
      }: full ink is 1. If they were divided by 255 twice, use 255 * x`,
    );
  }
  return doubts;
}
