/**
 * A small convolutional network that tells digits apart: the judge of the metrics that need one.
 *
 * Notation and shapes: x [n, 784] in [0, 1], images of 28×28; two convolutions, 5×5 in steps of 2,
 * to 14×14×16 and 7×7×32; 64 features; 10 logits; p(y|x) their softmax. ReLU after every layer but
 * the last.
 *
 * Scores by a classifier compare only where the classifier is the same: this one is committed,
 * `data/digit_classifier.safetensors`, with its accuracy on the test images in the file itself. It
 * knows digits and nothing else: whatever it is shown, it answers with a digit, often a confident
 * one.
 *
 * @module
 */
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import { type Tensors } from "@/gan/network.ts";
import { type ParameterSpec, sizeOf } from "@/gan/spec.ts";
import { roundTensors, tensorOf } from "@/gan/stored_tensors.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@/formats/safetensors.ts";
import { host } from "@/host/host.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { CLASSES, FEATURES, type Judgement } from "./judgement.ts";
import { checkImages, type Progress } from "./rows.ts";

export { CLASSES, digitsOf, FEATURES, type Judgement } from "./judgement.ts";

const SIDE = 5;
const STRIDE = 2;
const CHANNELS = [16, 32];

export const CLASSIFIER_PARAMETERS: ParameterSpec[] = [
  { name: "first.filter", shape: [SIDE, SIDE, 1, CHANNELS[0]] },
  { name: "first.bias", shape: [CHANNELS[0]] },
  { name: "second.filter", shape: [SIDE, SIDE, CHANNELS[0], CHANNELS[1]] },
  { name: "second.bias", shape: [CHANNELS[1]] },
  { name: "features.weight", shape: [(IMAGE_SIDE / STRIDE ** 2) ** 2 * CHANNELS[1], FEATURES] },
  { name: "features.bias", shape: [FEATURES] },
  { name: "last.weight", shape: [FEATURES, CLASSES] },
  { name: "last.bias", shape: [CLASSES] },
];

/** The digit classifier, on the backend that is in use. */
export interface Classifier {
  /** By the names of `CLASSIFIER_PARAMETERS`. */
  weights: Tensors;
  /** How it was made: test accuracy, versions, command. Strings by name. */
  metadata: Record<string, string>;
}

/** A new classifier: weights from N(0, 2/inputs) (He et al. 2015), biases 0. */
export function createClassifier(random: Random): Classifier {
  const weights: Tensors = {};
  for (const { name, shape } of CLASSIFIER_PARAMETERS) {
    const inputs = sizeOf(shape.slice(0, -1));
    const values = name.endsWith("bias")
      ? new Float32Array(sizeOf(shape))
      : random.normals(sizeOf(shape)).map((value) => value * Math.sqrt(2 / inputs));
    weights[name] = tf.tensor(values, shape, "float32");
  }
  return { weights, metadata: {} };
}

/** Frees the tensors of a classifier. */
export function disposeClassifier({ weights }: Classifier): void {
  tf.dispose(weights);
}

/**
 * What the network makes of images: differentiable, so that one can search for an image that it
 * takes for a given digit. Call it inside `tf.tidy`.
 *
 * @param x [n, 784] in [0, 1].
 * @param mask Dropout of the features, [n, 64], 0 or 1/keep; in training only.
 */
export function classify(
  { weights }: Classifier,
  x: tf.Tensor2D,
  mask?: tf.Tensor2D,
): { features: tf.Tensor2D; logits: tf.Tensor2D } {
  const images = tf.reshape(x, [-1, IMAGE_SIDE, IMAGE_SIDE, 1]) as tf.Tensor4D;
  const convolve = (y: tf.Tensor4D, layer: string) => {
    const convolved = tf.conv2d(y, weights[`${layer}.filter`] as tf.Tensor4D, STRIDE, "same");
    return tf.relu(tf.add(convolved, weights[`${layer}.bias`])) as tf.Tensor4D;
  };
  const affine = (y: tf.Tensor2D, layer: string) =>
    tf.add(
      tf.matMul(y, weights[`${layer}.weight`] as tf.Tensor2D),
      weights[`${layer}.bias`],
    ) as tf.Tensor2D;
  const seen = convolve(convolve(images, "first"), "second");
  const flat = tf.reshape(seen, [seen.shape[0], -1]) as tf.Tensor2D;
  const features = tf.relu(affine(flat, "features"));
  const logits = affine(mask ? tf.mul(features, mask) : features, "last");
  return { features, logits };
}

/** Images of one pass: fixed, so that a number does not depend on how many are asked for. */
const CHUNK = 500;

/**
 * Features and probabilities of each image.
 *
 * @param images [count, 784] in [0, 1].
 * @throws {TypeError | RangeError} If they are not such images.
 */
export async function judge(
  classifier: Classifier,
  images: Float32Array,
  onProgress?: Progress,
): Promise<Judgement> {
  const count = checkImages("judge", images);
  const features = new Float32Array(count * FEATURES);
  const probabilities = new Float32Array(count * CLASSES);
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK);
    const parts = tf.tidy(() => {
      const x = tf.tensor2d(images.subarray(from * PIXELS, to * PIXELS), [to - from, PIXELS]);
      const { features, logits } = classify(classifier, x);
      return [features, tf.softmax(logits)];
    });
    features.set(await parts[0].data() as Float32Array, from * FEATURES);
    probabilities.set(await parts[1].data() as Float32Array, from * CLASSES);
    tf.dispose(parts);
    onProgress?.(to / count);
  }
  return { count, features, probabilities };
}

const KIND = "gan-workbook digit classifier";

/** The weights as they are stored: each the nearest float16. */
export async function roundClassifier({ weights, metadata }: Classifier): Promise<Classifier> {
  return { weights: await roundTensors(weights), metadata: { ...metadata } };
}

/**
 * The bytes of a classifier's file, in float16.
 *
 * @throws {RangeError} If a weight is not a float16: round first.
 */
export async function encodeClassifier(
  { weights, metadata }: Classifier,
): Promise<Uint8Array<ArrayBuffer>> {
  const arrays: Record<string, NamedArray> = {};
  for (const [name, tensor] of Object.entries(weights)) {
    arrays[name] = {
      shape: tensor.shape,
      data: await tensor.data() as Float32Array,
      half: true,
    };
  }
  return encodeSafetensors({ arrays, metadata: { ...metadata, kind: KIND } });
}

/**
 * A classifier from its file.
 *
 * @param file Named in errors.
 * @throws {RangeError} If it is damaged, or something else.
 */
export function decodeClassifier(bytes: Uint8Array, file: string): Classifier {
  const { arrays, metadata: { kind, ...metadata } } = decodeSafetensors(bytes, file);
  if (kind !== KIND) {
    throw new RangeError(`Cannot use ${file}: it must be a ${KIND}, got ${kind ?? "another file"}`);
  }
  const weights: Tensors = {};
  for (const { name, shape } of CLASSIFIER_PARAMETERS) {
    weights[name] = tensorOf(arrays, name, shape, file);
  }
  return { weights, metadata };
}

/** The committed file. */
export const CLASSIFIER_FILE = "data/digit_classifier.safetensors";

/** The committed classifier, on the backend that is in use. */
export async function loadClassifier(): Promise<Classifier> {
  return decodeClassifier(await host.asset(CLASSIFIER_FILE), host.placeOf(CLASSIFIER_FILE));
}
