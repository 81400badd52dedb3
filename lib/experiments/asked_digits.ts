/**
 * Asking a generator for a digit, as notebook 10 does: two judges, what rejection costs, a narrow
 * conditional GAN that trains while one watches, and how many drawings an order takes.
 *
 * Notation: y the digit that is asked for; c(y | x) what the classifier says of an image x.
 *
 * @module
 */
import { type ImageData, PIXELS, pixels } from "@/data/mnist.ts";
import { type Classifier, digitsOf, judge, type Judgement } from "@/eval/classifier.ts";
import { diversity } from "@/eval/diversity.ts";
import { nearestNeighbours } from "@/eval/neighbours.ts";
import { type TrainingData } from "@/data/training_data.ts";
import { checkFinite } from "@/gan/diverged.ts";
import { createGan, disposeGan, drawLatent, samplingGenerator } from "@/gan/gan.ts";
import { beside, oneHotTensor } from "@/gan/labels.ts";
import { discriminatorLoss, nonSaturatingLoss } from "@/gan/losses.ts";
import { forward, inputGradient, type Network, trace } from "@/gan/network.ts";
import { applyGradients } from "@/gan/optimiser.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawEachClass, drawSamples } from "@/gan/sample.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { gradientsIn } from "@/gan/steps.ts";
import { nextTurn } from "@/host/cell.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { type ImageSource } from "./digits_game.ts";

/** What each image shows, by somebody's judgement. */
export type Judge = (images: Float32Array) => Promise<Uint8Array>;

/** Training images that the second judge knows. */
const KNOWN = 20_000;

/** A judge that answers with the label of the nearest of 20,000 training images, pixel by pixel. */
export function nearestJudge({ train }: ImageData): Judge {
  const known = pixels(train.images, Array.from({ length: KNOWN }, (_, i) => i));
  return async (images) => {
    const rows = (data: Float32Array) => ({ data, columns: PIXELS });
    const { index } = await nearestNeighbours(rows(images), rows(known));
    return Uint8Array.from(index, (row) => train.labels[row]);
  };
}

/** The share of places at which two lists of digits agree; of empty ones NaN. */
export function agreement(one: ArrayLike<number>, other: ArrayLike<number>): number {
  return Array.from(one).filter((digit, i) => digit === other[i]).length / one.length;
}

/** The share of the images that are taken for this digit; of none NaN. */
export function shareCalled(digit: number, said: Uint8Array): number {
  return said.filter((one) => one === digit).length / said.length;
}

/**
 * For each digit the mean number of drawings until it turned up again; NaN if it never did.
 *
 * @param drawn What the drawings show, in their order.
 */
export function meanWaits(drawn: Uint8Array): number[] {
  return Array.from({ length: 10 }, (_, digit) => {
    // The waits end at the last one, so their sum is its place, counted from 1.
    const last = drawn.lastIndexOf(digit);
    return (last + 1) / drawn.filter((one) => one === digit).length;
  });
}

/** The images that are called this digit. */
export function imagesCalled(
  digit: number,
  images: Float32Array,
  called: Uint8Array,
): Float32Array {
  return pickImages(images, [...called.keys()].filter((i) => called[i] === digit));
}

/** The images at these rows, in their order. */
export function pickImages(images: Float32Array, rows: ArrayLike<number>): Float32Array {
  const chosen = new Float32Array(rows.length * PIXELS);
  for (let i = 0; i < rows.length; i++) {
    chosen.set(images.subarray(rows[i] * PIXELS, (rows[i] + 1) * PIXELS), i * PIXELS);
  }
  return chosen;
}

/** Pairs of each digit whose similarity is taken. */
const PAIRS = 60;

/** Mean structural similarity of two images of one digit (`diversity`), always the same pairs. */
export function similarityWithin(images: Float32Array, digits: Uint8Array): number {
  return diversity(images, digits, new Random(4), PAIRS).similarity;
}

/** What it costs to be choosy, a number for each limit. */
export interface Choosy {
  /** Drawings for one image of an asked digit, the mean over the digits. */
  drawings: number[];
  /** The share of the kept images on which the second judge agrees. */
  confirmed: number[];
  /** Similarity of two kept images of one digit. */
  similarity: number[];
}

/**
 * What is kept of images if only those count of which the classifier is sure.
 *
 * @param limits An image is kept if the classifier is at least as sure.
 * @param verdict What the classifier says of the images, and perhaps of more.
 * @param second What the second judge says of the images.
 */
export function choosy(
  limits: readonly number[],
  { images, verdict, second }: { images: Float32Array; verdict: Judgement; second: Uint8Array },
): Choosy {
  const called = digitsOf(verdict).subarray(0, second.length);
  const sure = Float64Array.from(called, (digit, i) => verdict.probabilities[10 * i + digit]);
  const each = limits.map((limit) => {
    const rows = [...called.keys()].filter((i) => sure[i] >= limit);
    const digits = Uint8Array.from(rows, (i) => called[i]);
    const costs = Array.from({ length: 10 }, (_, y) => {
      return second.length / digits.filter((digit) => digit === y).length;
    });
    return {
      drawings: costs.reduce((sum, cost) => sum + cost, 0) / 10,
      confirmed: agreement(digits, rows.map((i) => second[i])),
      similarity: similarityWithin(pickImages(images, rows), digits),
    };
  });
  return {
    drawings: each.map(({ drawings }) => drawings),
    confirmed: each.map(({ confirmed }) => confirmed),
    similarity: each.map(({ similarity }) => similarity),
  };
}

/** Numbers of noise of the narrow GAN. */
const NOISE = 32;

/**
 * A narrow pair of networks on digits, with the recipe of `mlp` made faster: it trains while one
 * watches. `told` gives the label to both players; `labels to G` gives D the pixels alone, and ten
 * of G's inputs are there for a label that its caller puts in.
 */
export function narrowOptions(who: "told" | "labels to G", seed: number): GanOptions {
  const { generator, discriminator, ...rest } = findPreset("conditional").options;
  const faster = { ...rest.generatorOptimiser, learningRate: 1e-3 };
  const told = who === "told";
  return {
    ...rest,
    generator: narrowed(generator, NOISE + 10, [128, 256]),
    discriminator: narrowed(discriminator, told ? PIXELS + 10 : PIXELS, [256, 64]),
    generatorOptimiser: faster,
    discriminatorOptimiser: faster,
    classes: told ? 10 : undefined,
    batchSize: 64,
    gradientPenalty: 1,
    averageDecay: told ? 0.98 : 0,
    seed,
  };
}

/** Where a training is in which G alone is told. */
export interface ToldAlone {
  /** Steps taken. */
  step: number;
  /** Images that G makes when it is asked for these digits, always from the same noise. */
  draw(labels: ArrayLike<number>): Float32Array;
}

/**
 * Trains the narrow networks with labels for G only: G takes the label of a real image behind its
 * noise, and D judges 784 pixels. One update of D, with R1, and one of G in each step.
 *
 * @param every Steps from one report to the next.
 * @throws {DivergedError} If a loss is NaN or infinite.
 */
export async function* trainToldAlone(
  data: TrainingData,
  { steps, every }: { steps: number; every: number },
  options = narrowOptions("labels to G", 1),
): AsyncGenerator<ToldAlone> {
  const gan = createGan(options, data);
  const { generator, discriminator } = gan;
  const make = (g: Network, y: tf.Tensor2D, random: Random) => {
    const z = random.normals(y.shape[0] * NOISE);
    return forward(g, beside(tf.tensor2d(z, [y.shape[0], NOISE]), y), { training: true });
  };
  const draw = (labels: ArrayLike<number>) =>
    tf.tidy(() =>
      make(generator, oneHotTensor(labels, 10), new Random(9)).dataSync()
    ) as Float32Array;
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0) yield { step, draw };
    if (step === steps) break;
    const { rows, labels } = gan.batches.next();
    const y = oneHotTensor(labels!, 10);
    const real = tf.tensor2d(rows, [y.shape[0], PIXELS]);
    const fake = make(generator, y, gan.noise);
    const read: Record<string, number> = {};
    const noted = (name: string, loss: tf.Tensor) => {
      read[name] = loss.dataSync()[0];
      return loss;
    };
    const d = gradientsIn(
      discriminator,
      (own) => noted("D's loss", penalisedLoss(own, real, fake, options.gradientPenalty)),
    );
    applyGradients(gan.discriminatorOptimiser, discriminator.weights, d, 1);
    const g = gradientsIn(generator, (own) => {
      const judged = forward(discriminator, make(own, y, gan.noise), { training: true });
      return noted("G's loss", nonSaturatingLoss(judged));
    });
    applyGradients(gan.generatorOptimiser, generator.weights, g, 1);
    tf.dispose([y, real, fake]);
    tf.dispose([d, g]);
    checkFinite(step + 1, read);
    await nextTurn();
  }
  disposeGan(gan);
}

/** D's loss on images alone, with R1. */
function penalisedLoss(d: Network, real: tf.Tensor2D, fake: tf.Tensor2D, gamma: number): tf.Tensor {
  const pass = trace(d, tf.concat([real, fake]), { training: true });
  const [a, b] = tf.split(pass.output, 2);
  const slopes = inputGradient(d, pass, { training: true }, real.shape[0]);
  const penalty = tf.mul(gamma / 2, tf.mean(tf.sum(tf.square(slopes), 1)));
  return tf.add(discriminatorLoss(a, b), penalty);
}

/** The network that images are drawn from. */
function sampled(source: ImageSource): Network {
  return "batches" in source ? samplingGenerator(source) : source.generator;
}

/** The images of a conditional generator that is asked for these digits, from one noise. */
export function answersTo(labels: ArrayLike<number>, source: ImageSource): Promise<Float32Array> {
  return drawSamples(sampled(source), source.options, labels.length, new Random(7), labels);
}

/** `count` images of each digit, digit after digit, each digit from the same z. */
export function eachDigit(count: number, source: ImageSource): Promise<Float32Array> {
  return drawEachClass(sampled(source), source.options, count, new Random(10));
}

/** The network with other inputs and other hidden layers, each like its first. */
function narrowed(spec: NetworkSpec, inputs: number, widths: number[]): NetworkSpec {
  const hidden = widths.map((width): LayerSpec => ({ ...spec.layers[0], width }));
  return { ...spec, inputs, layers: [...hidden, spec.layers.at(-1)!] };
}

/** The amount of ink of each image: its mean pixel. */
function inkOf(images: Float32Array): number[] {
  return Array.from(
    { length: images.length / PIXELS },
    (_, i) => images.subarray(i * PIXELS, (i + 1) * PIXELS).reduce((a, b) => a + b) / PIXELS,
  );
}

/**
 * The correlation of the ink of two digits that were drawn from the same z, the mean over all pairs
 * of digits: 1 if z decides how bold a digit is, 0 if it does so for each digit in its own way.
 *
 * @param images Digit after digit, each from the same `perDigit` z, as `drawEachClass` gives them.
 */
export function inkCorrelation(images: Float32Array, perDigit: number): number {
  const ink = inkOf(images);
  const rows = Array.from(
    { length: ink.length / perDigit },
    (_, y) => standardised(ink.slice(y * perDigit, (y + 1) * perDigit)),
  );
  const products = rows.flatMap((a, i) =>
    rows.slice(i + 1).map((b) => a.reduce((sum, value, k) => sum + value * b[k], 0) / perDigit)
  );
  return products.reduce((sum, value) => sum + value, 0) / products.length;
}

/** With mean 0 and variance 1. */
function standardised(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sigma = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
  );
  return values.map((value) => (value - mean) / sigma);
}

/** An order: images of one digit. */
export interface Order {
  /** The digit. */
  digit: number;
  /** How many. */
  count: number;
  /** Keep a drawing if the classifier gives the digit at least this probability; 0 keeps all. */
  limit: number;
  /** z is multiplied by this: below 1 it is nearer to the middle than in training. */
  stretch: number;
  /** Drawings after which it is given up, 20,000 by default. */
  most?: number;
}

/** Drawings at a time. */
const CHUNK = 250;

/** Refuses what would be answered with something else: label 2.5 would draw a 2. */
function checkOrder({ digit, limit, stretch }: Order): void {
  const refuse = (rule: string, found: number) => {
    throw new RangeError(`Cannot fill an order: ${rule}, got ${found}`);
  };
  if (!(Number.isInteger(digit) && digit >= 0 && digit <= 9)) {
    refuse("the digit must be an integer from 0 to 9", digit);
  }
  if (!(limit >= 0 && limit <= 1)) {
    refuse("the limit is a probability, from 0 to 1", limit);
  }
  if (!Number.isFinite(stretch)) refuse("the stretch must be a finite number", stretch);
}

/**
 * Draws until `count` images are kept. A generator that is told is asked for the digit.
 *
 * @returns The images, and how many drawings they took.
 * @throws {RangeError} If the order asks for no digit, its limit is no probability or its stretch is
 *   not finite, or if the most drawings are not enough.
 */
export async function fillOrder(
  order: Order,
  { generator, options }: Extract<ImageSource, { generator: Network }>,
  classifier: Classifier,
  random: Random,
): Promise<{ images: Float32Array; drawings: number }> {
  checkOrder(order);
  const { digit, count, limit, stretch, most = 20_000 } = order;
  const kept: Float32Array[] = [];
  for (let drawings = 0; drawings < most; drawings += CHUNK) {
    const drawn = tf.tidy(() => {
      const z = tf.mul(drawLatent(options, CHUNK, random), stretch) as tf.Tensor2D;
      const asked = options.classes && oneHotTensor(new Uint8Array(CHUNK).fill(digit), 10);
      return forward(generator, asked ? beside(z, asked) : z, { training: false }).dataSync();
    }) as Float32Array;
    const judged = await judge(classifier, drawn);
    const called = digitsOf(judged);
    for (let i = 0; i < CHUNK; i++) {
      const fits = options.classes !== undefined || called[i] === digit;
      if (!fits || judged.probabilities[10 * i + digit] < limit) continue;
      kept.push(drawn.subarray(i * PIXELS, (i + 1) * PIXELS));
      if (kept.length < count) continue;
      const images = new Float32Array(count * PIXELS);
      kept.forEach((image, k) => images.set(image, k * PIXELS));
      return { images, drawings: drawings + i + 1 };
    }
  }
  throw new RangeError(
    `Cannot fill an order of ${count} images of ${digit}: at most ${most} drawings are made, got ${kept.length} images. Lower the limit, ${limit}`,
  );
}
