/**
 * The reference model: a `NetworkSpec` run as TensorFlow.js operations, differentiable by autodiff.
 *
 * Every faster engine is held to this file. It is pure: weights, input and dropout masks come in as
 * tensors, nothing is drawn and nothing is moved here.
 *
 * Notation: x input [batch, inputs]; h the affine map of a layer, normalised where the layer says
 * so.
 * Shapes: a weight is [inputs, outputs], so that a layer is x·W + b.
 *
 * @module
 */
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { freedWhenForgotten } from "@/tfjs/forgotten_tensors.ts";
import { ACTIVATIONS } from "./activations.ts";
import {
  affineWidth,
  batchStatistics,
  checkSpec,
  inputsOf,
  type NetworkSpec,
  sizeOf,
  trainableParameters,
} from "./spec.ts";

/** Tensors by name, as `trainableParameters` and `batchStatistics` name them. */
export type Tensors = Record<string, tf.Tensor>;

/** A network: what it is, what its optimiser moves, and what its batches move. */
export interface Network {
  /** Its spec. */
  readonly spec: NetworkSpec;
  /** Moved by gradients. */
  weights: Tensors;
  /** Running mean and variance of each batch normalisation: moved by forward passes in training. */
  statistics: Tensors;
  /**
   * How many training rows each label has, where samples are to be drawn with labels as frequent as
   * among them.
   */
  labelCounts?: readonly number[];
}

/** How a forward pass treats batch normalisation and dropout. */
export type Mode =
  /** Batch statistics of x itself; the dropout masks, where given, are applied. */
  | { training: true; masks?: DropoutMasks }
  /** Running statistics, no dropout. */
  | { training: false };

/**
 * For each layer a mask of its input, [batch, inputs], 0 or 1/keep; undefined where it has none.
 */
export type DropoutMasks = (tf.Tensor | undefined)[];

/** What one layer leaves behind in a forward pass. */
export interface LayerTrace {
  /** What the activation was applied to. */
  h: tf.Tensor;
  /** What came out. */
  y: tf.Tensor;
}

/** A forward pass: its result, each layer's trace, and the statistics of the batch. */
export interface Pass {
  /** What the last layer gives out, [batch, width]. */
  output: tf.Tensor2D;
  /** What each layer computed. */
  trace: LayerTrace[];
  /**
   * Mean and unbiased variance over the batch, by the names of `batchStatistics`; training only.
   */
  batch: Tensors;
}

/**
 * Draws the weights of a new network. The same generator state gives the same weights.
 *
 * @throws {RangeError} If the spec is not valid.
 */
export function createNetwork(spec: NetworkSpec, random: Random): Network {
  checkSpec(spec);
  const weights: Tensors = {};
  for (const { name, shape } of trainableParameters(spec)) {
    const values = initialValues(spec, name, shape, random);
    weights[name] = freedWhenForgotten(tf.tensor(values, shape, "float32"));
  }
  const statistics: Tensors = {};
  for (const { name, shape } of batchStatistics(spec)) {
    const first = name.endsWith("variance") ? tf.ones(shape) : tf.zeros(shape);
    statistics[name] = freedWhenForgotten(first);
  }
  return { spec, weights, statistics };
}

function initialValues(
  spec: NetworkSpec,
  name: string,
  shape: number[],
  random: Random,
): Float32Array {
  const [, index, part] = name.split(".");
  if (part === "scale") return new Float32Array(sizeOf(shape)).fill(1);
  if (part === "shift") return new Float32Array(sizeOf(shape));
  const { initialisation } = spec;
  if (part === "bias" && initialisation.kind !== "fanIn") return new Float32Array(sizeOf(shape));
  const inputs = inputsOf(spec, Number(index));
  const range = initialisation.kind === "uniform"
    ? initialisation.range
    : initialisation.kind === "glorot"
    ? Math.sqrt(6 / (inputs + shape[1]))
    : 1 / Math.sqrt(inputs);
  return random.uniforms(sizeOf(shape), -range, range);
}

/** Frees the tensors of a network. */
export function disposeNetwork(network: Network): void {
  tf.dispose(network.weights);
  tf.dispose(network.statistics);
}

/** Runs the network: x [batch, inputs] to [batch, width of the last layer]. */
export function forward(network: Network, x: tf.Tensor, mode: Mode): tf.Tensor2D {
  return tf.tidy(() => trace(network, x, mode).output);
}

/** A forward pass that keeps what training needs. Call it inside `tf.tidy`. */
export function trace(network: Network, x: tf.Tensor, mode: Mode): Pass {
  const { spec, weights, statistics } = network;
  if (x.rank !== 2 || x.shape[1] !== spec.inputs) {
    throw new TypeError(
      `Cannot run a network: its input must be [batch, ${spec.inputs}], got [${x.shape}]`,
    );
  }
  const layers: LayerTrace[] = [];
  const batch: Tensors = {};
  let y = x;
  spec.layers.forEach((layer, index) => {
    const of = (part: string) => `layers.${index}.${part}`;
    const mask = mode.training ? mode.masks?.[index] : undefined;
    if (mask) y = tf.mul(y, mask);
    let h = tf.add(
      tf.matMul(y as tf.Tensor2D, weights[of("weight")] as tf.Tensor2D),
      weights[of("bias")],
    );
    if (layer.batchNorm) {
      let mean = statistics[of("mean")];
      let variance = statistics[of("variance")];
      let centred: tf.Tensor;
      if (mode.training) {
        mean = tf.mean(h, 0);
        centred = tf.sub(h, mean);
        variance = tf.mean(tf.square(centred), 0);
        const rows = h.shape[0];
        batch[of("mean")] = mean;
        batch[of("variance")] = tf.mul(variance, rows / Math.max(1, rows - 1));
      } else {
        centred = tf.sub(h, mean);
      }
      const gain = tf.mul(
        weights[of("scale")],
        tf.rsqrt(tf.add(variance, layer.batchNorm.epsilon)),
      );
      h = tf.add(tf.mul(centred, gain), weights[of("shift")]);
    }
    y = ACTIVATIONS[layer.activation].apply(h, layer);
    layers.push({ h, y });
  });
  return { output: y as tf.Tensor2D, trace: layers, batch };
}

/**
 * The gradient of each row's output in that row of the input, [batch, inputs], for a network with
 * one output: ∇ₓ a(x), where a is the logit.
 *
 * It is written as a forward computation: from the output back to the input, each layer multiplies
 * by its slopes and by Wᵀ. So one ordinary backward pass differentiates it in the weights, which is
 * the second derivative that TensorFlow.js cannot take through `leakyRelu`.
 *
 * Call it inside `tf.tidy`.
 *
 * @param rows The first rows of the pass, of which the gradient is wanted.
 * @throws {RangeError} If the network has batch normalisation (its rows are not independent).
 * @throws {TypeError} If it has more than one output.
 */
export function inputGradient(network: Network, pass: Pass, mode: Mode, rows: number): tf.Tensor2D {
  const { spec, weights } = network;
  const last = spec.layers.length - 1;
  if (spec.layers[last].width !== 1) {
    throw new TypeError(
      `Cannot take the gradient of a logit: the network must have one output, got ${
        spec.layers[last].width
      }`,
    );
  }
  let gradient: tf.Tensor | undefined;
  for (let index = last; index >= 0; index--) {
    const layer = spec.layers[index];
    if (layer.batchNorm) {
      throw new RangeError(
        `Cannot take the gradient of a logit in its input: layer ${index} has batch normalisation, which ties the rows of a batch together`,
      );
    }
    const firstRows = (x: tf.Tensor) => tf.slice(x, [0, 0], [rows, -1]);
    const { h, y } = pass.trace[index];
    let back = ACTIVATIONS[layer.activation].slope(firstRows(h), firstRows(y), layer);
    if (gradient) {
      // A slope for each piece of a unit meets the one gradient of the unit.
      const upper = back.rank === 3 ? tf.expandDims(gradient, 2) : gradient;
      back = tf.mul(back, upper);
    }
    gradient = tf.matMul(
      tf.reshape(back, [rows, affineWidth(layer)]) as tf.Tensor2D,
      weights[`layers.${index}.weight`] as tf.Tensor2D,
      false,
      true,
    );
    const mask = mode.training ? mode.masks?.[index] : undefined;
    if (mask) gradient = tf.mul(gradient, firstRows(mask));
  }
  return gradient as tf.Tensor2D;
}

/** Draws the dropout masks of one pass over `batch` rows. */
export function drawMasks(spec: NetworkSpec, batch: number, random: Random): DropoutMasks {
  return spec.layers.map(({ keep }, index) => {
    if (keep === undefined || keep === 1) return undefined;
    const inputs = inputsOf(spec, index);
    return tf.tensor2d(random.bernoullis(batch * inputs, keep, 1 / keep), [batch, inputs]);
  });
}
