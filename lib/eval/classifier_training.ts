/**
 * How the digit classifier is trained: cross-entropy, Adam, every image bent a little differently
 * each time.
 *
 * @module
 */
import { BatchOrder } from "@/data/batches.ts";
import { IMAGE_SIDE, type LabelledImages, PIXELS, pixels } from "@/data/mnist.ts";
import { type Tensors } from "@/gan/network.ts";
import { applyGradients, createOptimiser } from "@/gan/optimiser.ts";
import { registerConvolutionGradients } from "@/tfjs/convolution_wasm.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { CLASSES, type Classifier, classify, createClassifier, FEATURES } from "./classifier.ts";

export interface ClassifierTraining {
  /** Seeds weights, order, distortions and dropout. */
  seed: number;
  epochs: number;
  batchSize: number;
  /** Adam's rate at the first step and at the last; geometric in between. */
  learningRate: { first: number; last: number };
  /** Probability that a feature is kept by dropout. */
  keep: number;
}

/** What the committed classifier was trained with. */
export const CLASSIFIER_TRAINING: ClassifierTraining = {
  seed: 1,
  epochs: 30,
  batchSize: 128,
  learningRate: { first: 2e-3, last: 1e-5 },
  keep: 0.6,
};

export interface ClassifierEvent {
  step: number;
  steps: number;
  /** Cross-entropy of this minibatch, distorted and with dropout, in nats. */
  loss: number;
}

/**
 * Trains a new classifier; the caller owns it. Yields every hundredth step and the last.
 *
 * The same options on the same backend give the same weights.
 *
 * @returns The classifier.
 */
export async function* trainClassifier(
  { count, images, labels }: LabelledImages,
  { seed, epochs, batchSize, learningRate, keep }: ClassifierTraining,
): AsyncGenerator<ClassifierEvent, Classifier> {
  if (tf.getBackend() === "wasm") registerConvolutionGradients();
  const random = new Random(seed);
  const classifier = createClassifier(random.split("weights"));
  const order = new BatchOrder(count, batchSize, random.split("order"));
  const [distortions, dropout] = [random.split("distortions"), random.split("dropout")];
  const steps = epochs * order.perEpoch;
  const optimiser = createOptimiser({
    kind: "adam",
    learningRate: learningRate.first,
    decay: (learningRate.first / learningRate.last) ** (1 / Math.max(1, steps - 1)),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  }, classifier.weights);
  for (let step = 1; step <= steps; step++) {
    const rows = order.next();
    const batch = pixels(images, rows);
    for (let i = 0; i < batchSize; i++) {
      const image = batch.subarray(i * PIXELS, (i + 1) * PIXELS);
      image.set(distort(image, drawDistortion(distortions)));
    }
    const mask = dropout.bernoullis(batchSize * FEATURES, keep, 1 / keep);
    const { value, grads } = tf.tidy(() => {
      const x = tf.tensor2d(batch, [batchSize, PIXELS]);
      const truth = tf.oneHot([...rows].map((row) => labels[row]), CLASSES);
      const kept = tf.tensor2d(mask, [batchSize, FEATURES]);
      return gradientsOf(classifier.weights, (weights) => {
        const { logits } = classify({ ...classifier, weights }, x, kept);
        return tf.losses.softmaxCrossEntropy(truth, logits) as tf.Scalar;
      });
    });
    applyGradients(optimiser, classifier.weights, grads, 1);
    const [loss] = await value.data();
    tf.dispose([value, ...Object.values(grads)]);
    if (step % 100 === 0 || step === steps) yield { step, steps, loss };
  }
  tf.dispose(optimiser.slots);
  return classifier;
}

function gradientsOf(
  weights: Tensors,
  loss: (weights: Tensors) => tf.Scalar,
): { value: tf.Tensor; grads: Tensors } {
  const names = Object.keys(weights);
  const named = (tensors: tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
  const { value, grads } = tf.valueAndGrads((...tensors) => loss(named(tensors)))(
    Object.values(weights),
  );
  return { value, grads: named(grads) };
}

/** An affine map of the plane, about the middle of the image. */
export interface Distortion {
  /** Radians, counter-clockwise. */
  angle: number;
  /** Scale across and down: 2 makes the digit twice as large. */
  scale: [number, number];
  /** How far a pixel moves to the right for each pixel that it is further down. */
  shear: number;
  /** Pixels to the right and down. */
  shift: [number, number];
}

/** Turned by up to 10°, scaled by up to 12 %, sheared by up to 0.15, moved by up to 2 pixels. */
function drawDistortion(random: Random): Distortion {
  const within = (limit: number) => (2 * random.uniform() - 1) * limit;
  return {
    angle: within(Math.PI / 18),
    scale: [1 + within(0.12), 1 + within(0.12)],
    shear: within(0.15),
    shift: [within(2), within(2)],
  };
}

/**
 * A distorted image, [784]: each pixel is read where the map takes it from, interpolated between
 * the four pixels there; outside the image is background, 0.
 */
export function distort(
  image: Float32Array,
  { angle, scale, shear, shift }: Distortion,
): Float32Array {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const middle = (IMAGE_SIDE - 1) / 2;
  const pixel = (x: number, y: number) =>
    x >= 0 && x < IMAGE_SIDE && y >= 0 && y < IMAGE_SIDE ? image[y * IMAGE_SIDE + x] : 0;
  return image.map((_, i) => {
    // Back through shift, turn (y points down), shear and scale.
    const right = i % IMAGE_SIDE - middle - shift[0];
    const down = Math.floor(i / IMAGE_SIDE) - middle - shift[1];
    const turnedDown = sin * right + cos * down;
    const x = (cos * right - sin * down - shear * turnedDown) / scale[0] + middle;
    const y = turnedDown / scale[1] + middle;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    return (1 - v) * ((1 - u) * pixel(left, top) + u * pixel(left + 1, top)) +
      v * ((1 - u) * pixel(left, top + 1) + u * pixel(left + 1, top + 1));
  });
}
