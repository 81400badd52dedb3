/**
 * The game on images of digits, as notebook 08 looks at it: what the networks are made of, what both
 * players read on images that D has never seen, and how steep D is.
 *
 * Notation: x an image of 784 pixels in [0, 1]; a(x) the logit of D; D = sigmoid(a). Losses in nats.
 *
 * @module
 */
import { type ImageData, PIXELS } from "@/data/mnist.ts";
import { evaluate, type Evaluation } from "@/eval/suite.ts";
import { decodeCheckpoint, encodeCheckpoint, restoreGan } from "@/gan/checkpoint.ts";
import { disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { forward, inputGradient, type Network, type Tensors, trace } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import {
  describeLayer,
  inputsOf,
  type NetworkSpec,
  sizeOf,
  trainableParameters,
} from "@/gan/spec.ts";
import { discriminatorStep } from "@/gan/steps.ts";
import { type Engine } from "@/gan/custody.ts";
import { checkFinite } from "@/gan/diverged.ts";
import { train } from "@/gan/train.ts";
import { sigmoid, softplus } from "@/math/stable.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

/** The columns of a table of layers. */
export type LayerColumns = Record<"in → out" | "block", string[]> & { parameters: number[] };

/** A line for each layer: what it does, its width, and the numbers that its optimiser moves. */
export function layerColumns(spec: NetworkSpec): LayerColumns {
  const parameters = spec.layers.map((_, i) =>
    trainableParameters(spec).filter(({ name }) => name.startsWith(`layers.${i}.`))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  );
  return {
    "in → out": spec.layers.map(({ width }, i) => `${inputsOf(spec, i)} → ${width}`),
    block: spec.layers.map(describeLayer),
    parameters,
  };
}

/** The logit of each image, [count]. */
function logitsOfImages(discriminator: Network, images: Float32Array): Float32Array {
  return tf.tidy(() =>
    forward(discriminator, rowsOf(images), { training: false }).dataSync()
  ) as Float32Array;
}

/** The mean of ‖∇ₓ a(x)‖ over images: how steep D's logit is there, per unit of distance. */
export function meanSlope(discriminator: Network, images: Float32Array): number {
  const mode = { training: false } as const;
  return tf.tidy(() => {
    const pass = trace(discriminator, rowsOf(images), mode);
    const slopes = inputGradient(discriminator, pass, mode, images.length / PIXELS);
    return tf.mean(tf.norm(slopes, 2, 1)).dataSync()[0];
  });
}

/** What both players read, as means over real and generated images. */
export interface Readings {
  /** D's loss: the mean of its two cross-entropies, nats. */
  d: number;
  /** G's loss, -E log D(G(z)), nats. */
  g: number;
  /** Mean of D on real images. */
  dReal: number;
  /** Mean of D on generated images. */
  dFake: number;
}

/**
 * The losses of a GAN on real images and on as many of G itself, not of the average of its weights:
 * those are what it is trained with.
 */
export async function readingsOf(gan: Gan, real: Float32Array): Promise<Readings> {
  const made = await drawSamples(gan.generator, gan.options, real.length / PIXELS, new Random(10));
  const [a, b] = [real, made].map((images) =>
    Array.from(logitsOfImages(gan.discriminator, images))
  );
  return {
    d: (mean(a.map((logit) => softplus(-logit))) + mean(b.map(softplus))) / 2,
    g: mean(b.map((logit) => softplus(-logit))),
    dReal: mean(a.map(sigmoid)),
    dFake: mean(b.map(sigmoid)),
  };
}

/** What images can be drawn from: a GAN in training, or a generator that was stored. */
export type ImageSource = Gan | { generator: Network; options: GanOptions };

/** `count` images, by default always from the same noise; of a GAN, from its average of weights. */
export function imagesFrom(source: ImageSource, count: number, seed = 8): Promise<Float32Array> {
  const generator = "batches" in source ? samplingGenerator(source) : source.generator;
  return drawSamples(generator, source.options, count, new Random(seed));
}

/** What the classifier says of `count` fresh images: kinds of digits, their shares, a score. */
export async function digitsMade(
  source: ImageSource,
  mnist: ImageData,
  count: number,
): Promise<NonNullable<Evaluation["classifier"]>> {
  const samples = await imagesFrom(source, count, 11);
  return (await evaluate(samples, mnist, { metrics: ["classifier"] })).classifier!;
}

/**
 * The largest difference of a pixel between two images of the same z: once it stands first among 8
 * rows, once among all rows of `z`. In training, and in sampling.
 */
export function effectOfNeighbours(generator: Network, z: tf.Tensor2D): [number, number] {
  const first = (rows: number, training: boolean) =>
    tf.tidy(() => {
      const images = forward(generator, tf.slice(z, [0, 0], [rows, -1]), { training });
      return tf.slice(images, [0, 0], [1, -1]).dataSync();
    });
  const effect = (training: boolean) => largestGap(first(8, training), first(z.shape[0], training));
  return [effect(true), effect(false)];
}

/** What D says on the straight ways from generated images to real ones. */
export interface Ways {
  /** D's mean logit at each place. */
  logits: number[];
  /** The mean length of a way: the distance of the two images. */
  length: number;
  /** The mean of ‖∇ₓ a(x)‖ at the generated images, where the ways begin. */
  slope: number;
}

/**
 * D's mean logit on the straight ways from generated images (t = 0) to real ones (t = 1).
 *
 * @param real As many pairs as there are images.
 */
export async function logitsOnTheWay(
  { discriminator, generator, options }: Gan,
  real: Float32Array,
  places: readonly number[],
): Promise<Ways> {
  const pairs = real.length / PIXELS;
  const made = await drawSamples(generator, options, pairs, new Random(10));
  const logits = places.map((t) => {
    const between = real.map((pixel, i) => t * pixel + (1 - t) * made[i]);
    return mean(Array.from(logitsOfImages(discriminator, between)));
  });
  const distances = Array.from({ length: pairs }, (_, pair) => {
    const apart = (k: number) => real[pair * PIXELS + k] - made[pair * PIXELS + k];
    return Math.hypot(...Array.from({ length: PIXELS }, (_, k) => apart(k)));
  });
  return { logits, length: mean(distances), slope: meanSlope(discriminator, made) };
}

/** The numbers of all that a step could move, by what they are. */
export function snapshotOf({ discriminator, generator }: Gan): Record<string, Float32Array> {
  const numbers = (tensors: Tensors) =>
    Float32Array.from(Object.values(tensors).flatMap((tensor) => [...tensor.dataSync()]));
  return {
    "D's weights": numbers(discriminator.weights),
    "G's weights": numbers(generator.weights),
    "G's running statistics": numbers(generator.statistics),
  };
}

/** The largest difference between two lists, number by number. */
export function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : NaN;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

/** A GAN of its own that goes on from where this one is, with these options changed. */
async function continuedWith(gan: Gan, changes: Partial<GanOptions>): Promise<Gan> {
  const { header, ...rest } = decodeCheckpoint(await encodeCheckpoint(gan), "a copy of the GAN");
  const options = { ...header.options, ...changes };
  return restoreGan({ ...rest, header: { ...header, options } }, gan.data);
}

/**
 * D's loss on unseen images while G stands still and a copy of D learns alone, without a penalty
 * and at a quarter of its rate: before the first update, and after every tenth.
 *
 * @throws {DivergedError} If the loss is NaN or infinite.
 */
export async function lossOfDAlone(
  gan: Gan,
  unseen: Float32Array,
  steps: number,
): Promise<number[]> {
  const { discriminatorOptimiser: optimiser } = gan.options;
  const learningRate = optimiser.learningRate / 4;
  const discriminatorOptimiser = { ...optimiser, learningRate };
  const copy = await continuedWith(gan, { discriminatorOptimiser, gradientPenalty: 0 });
  const losses = [(await readingsOf(copy, unseen)).d];
  for (let step = 1; step <= steps; step++) {
    tf.dispose(discriminatorStep(copy));
    if (step % 10 > 0) continue;
    const { d } = await readingsOf(copy, unseen);
    checkFinite(step, { "D's loss": d });
    losses.push(d);
  }
  disposeGan(copy);
  return losses;
}

/** Where a training by turns is. */
export interface Turn {
  /** Steps that each GAN has taken. */
  step: number;
  /** The steps at which D's losses were noted. */
  steps: number[];
  /** D's losses so far, by the name of the GAN. */
  dLosses: Record<string, number[]>;
}

/** Steps from one noted loss to the next. */
const NOTED = 5;
/** The steps at which the first rounds end, so that something is soon seen to move; then each has so many. */
const [FIRST, ROUND] = [[5, 10, 20, 50], 50];

/**
 * Trains new GANs by turns, 50 steps each, and says after each round where they are. It begins its
 * own history each time.
 *
 * @throws {DivergedError} If a loss is NaN or infinite.
 */
export async function* trainByTurns(
  gans: Record<string, Gan>,
  steps: number,
  engine?: Engine,
): AsyncGenerator<Turn> {
  const noted = new Map(Object.keys(gans).map((name) => [name, new Map<number, number>()]));
  for (let step = 0; step < steps;) {
    step = Math.min(FIRST.find((end) => end > step) ?? step + ROUND, steps);
    for (const [name, gan] of Object.entries(gans)) {
      for await (const event of train(gan, { steps: step, logEvery: NOTED }, engine)) {
        noted.get(name)!.set(event.step, event.dLoss);
      }
    }
    const at = [...new Set([...noted.values()].flatMap((losses) => [...losses.keys()]))];
    const dLosses = [...noted].map(([name, losses]) => [name, at.map((s) => losses.get(s) ?? NaN)]);
    yield { step, steps: at, dLosses: Object.fromEntries(dLosses) };
  }
}

/** Images as rows. */
function rowsOf(images: Float32Array): tf.Tensor2D {
  return tf.tensor2d(images, [images.length / PIXELS, PIXELS]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
