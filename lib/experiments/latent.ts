/**
 * Walks through the inputs of a generator, and what they are measured by.
 *
 * Notation: z ∈ ℝᵈ is an input of G, a plain array of numbers, and zs are several. Images are
 * [count, 784] in [0, 1].
 *
 * @module
 */
import { PIXELS } from "@/data/mnist.ts";
import { CLASSES, type Classifier, digitsOf, judge, type Judgement } from "@/eval/classifier.ts";
import { drawLatent } from "@/gan/gan.ts";
import { forward, type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

/** Inputs as a training with these options draws them. */
export async function drawNoises(
  options: GanOptions,
  count: number,
  seed: number,
): Promise<number[][]> {
  const tensor = drawLatent(options, count, new Random(seed));
  const zs = await tensor.array();
  tensor.dispose();
  return zs;
}

/** What a generator makes of inputs. */
export async function imagesAt(generator: Network, zs: number[][]): Promise<Float32Array> {
  const made = tf.tidy(() => forward(generator, tf.tensor2d(zs), { training: false }));
  const images = await made.data() as Float32Array;
  made.dispose();
  return images;
}

/** Which of the images the classifier most surely takes for a digit. */
export function surestOf({ count, probabilities }: Judgement, digit: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) {
    if (probabilities[i * CLASSES + digit] > probabilities[best * CLASSES + digit]) best = i;
  }
  return best;
}

/**
 * The unit vector of the covariance of z with a quantity of its image: the direction of z in which
 * the quantity grows the most, if it is linear in a normal z.
 *
 * @throws {RangeError} If there are fewer than two inputs, or the quantity is the same for all.
 */
export function directionOf(zs: number[][], quantity: ArrayLike<number>): number[] {
  if (zs.length < 2 || quantity.length !== zs.length) {
    throw new RangeError(
      `Cannot find a direction: it needs two inputs or more with a number each, got ${zs.length} and ${quantity.length}`,
    );
  }
  const mean = Array.from(quantity).reduce((a, b) => a + b, 0) / zs.length;
  const covariance = zs[0].map((_, k) =>
    zs.reduce((sum, z, i) => sum + z[k] * (quantity[i] - mean), 0)
  );
  const length = Math.hypot(...covariance);
  if (!(length > 0)) {
    throw new RangeError("Cannot find a direction: the quantity must vary, got one that does not");
  }
  return covariance.map((value) => value / length);
}

/**
 * The mean input of each digit.
 *
 * @param digits What the image of each input is taken for.
 * @throws {RangeError} If a digit has none.
 */
export function digitMeans(zs: number[][], digits: Uint8Array): number[][] {
  return Array.from({ length: CLASSES }, (_, digit) => {
    const own = zs.filter((_, i) => digits[i] === digit);
    if (own.length === 0) {
      throw new RangeError(`Cannot take a mean: no input makes a ${digit}. Draw more of them`);
    }
    return own[0].map((_, k) => own.reduce((sum, z) => sum + z[k], 0) / own.length);
  });
}

/** The sum of the pixels of each image. */
export function inkOf(images: Float32Array): number[] {
  return Array.from({ length: images.length / PIXELS }, (_, i) => sum(imageAt(images, i)));
}

/** The length of the way through images, one after another: the sum of their distances. */
export function pathLength(images: Float32Array): number {
  return sum(stepsOf(images));
}

/** What a walk from one image to another passes. */
export interface Walk {
  /** The confidence of the classifier in the image of which it is least sure. */
  "least sure": number;
  /** The digits on the way, such as "1 7 9 5". */
  digits: string;
  /** The length of the way in pixels. */
  pixels: number;
  /** Whether it is a walk between these ends. */
  walk: "whole" | "jumps" | "begins elsewhere" | "ends elsewhere";
}

/** Pixels between two images of a walk that no small step of z makes; two digits are some 10 apart. */
const JUMP = 3;
/** Pixels from an end that is still that end. */
const THERE = 0.1;

/**
 * Measures a walk.
 *
 * @param images In their order, close together.
 * @param ends The two images between which it should go.
 */
export async function measureWalk(
  classifier: Classifier,
  images: Float32Array,
  ends: Float32Array,
): Promise<Walk> {
  const judged = await judge(classifier, images);
  const confidence = Array.from(
    { length: judged.count },
    (_, i) => Math.max(...judged.probabilities.subarray(i * CLASSES, (i + 1) * CLASSES)),
  );
  const digits = Array.from(digitsOf(judged));
  const steps = stepsOf(images);
  const apart = (end: Float32Array, i: number) => distance(end, imageAt(images, i));
  return {
    "least sure": Math.min(...confidence),
    digits: digits.filter((digit, i) => digit !== digits[i - 1]).join(" "),
    pixels: sum(steps),
    walk: !(apart(imageAt(ends, 0), 0) < THERE)
      ? "begins elsewhere"
      : !(apart(imageAt(ends, 1), judged.count - 1) < THERE)
      ? "ends elsewhere"
      : steps.every((step) => step < JUMP)
      ? "whole"
      : "jumps",
  };
}

/** The distance of each image to the one before it. */
function stepsOf(images: Float32Array): number[] {
  return Array.from(
    { length: images.length / PIXELS - 1 },
    (_, i) => distance(imageAt(images, i), imageAt(images, i + 1)),
  );
}

function imageAt(images: Float32Array, i: number): Float32Array {
  return images.subarray(i * PIXELS, (i + 1) * PIXELS);
}

function distance(a: Float32Array, b: Float32Array): number {
  let squared = 0;
  for (let p = 0; p < PIXELS; p++) squared += (a[p] - b[p]) ** 2;
  return Math.sqrt(squared);
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0);
}
