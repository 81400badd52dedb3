/**
 * The one list of activations: what a layer may apply to its (normalised) affine map, each with its
 * derivative.
 *
 * Notation: h the affine map, y what comes out.
 * Shapes: both [batch, width]; for maxout, h is [batch, width × pieces].
 *
 * The derivative is a forward computation, because the gradient penalty differentiates it once more
 * (`inputGradient` in `network.ts`). An entry here is all that an activation needs: autodiff trains
 * with it, and `checkSpec` and `--help-options` know it. An engine that cannot compute it leaves
 * the steps to autodiff.
 *
 * @module
 */
import { tf } from "@/tf.ts";
import { integer, type Rule, within } from "./fields.ts";

/** The options that an activation may have, named as in a layer. */
export interface ActivationOptions {
  /** Units of the layer. */
  width: number;
  /** Slope of `leakyRelu` below zero. */
  slope?: number;
  /** Affine pieces of each `maxout` unit. */
  pieces?: number;
}

/** An activation: what a layer must have for it, its value and its derivative. */
export interface ActivationKind {
  /** The options that a layer with it must have. */
  needs?: Partial<Record<"slope" | "pieces", Rule>>;
  /** y = f(h). */
  apply(h: tf.Tensor, layer: ActivationOptions): tf.Tensor;
  /** dy/dh, itself differentiable in h: [batch, width], for maxout [batch, width, pieces]. */
  slope(h: tf.Tensor, y: tf.Tensor, layer: ActivationOptions): tf.Tensor;
}

/** The name of an activation. */
export type Activation = "linear" | "relu" | "leakyRelu" | "maxout" | "sigmoid" | "tanh";

/**
 * Every activation by its name. The slope of a piecewise linear one is locally constant, so its
 * gradient is zero.
 */
export const ACTIVATIONS: Readonly<Record<Activation, ActivationKind>> = {
  /** y = h: leaves a logit as it is. */
  linear: {
    apply: (h) => h,
    slope: (h) => tf.onesLike(h),
  },
  relu: {
    apply: (h) => tf.relu(h),
    slope: (h) => tf.step(h),
  },
  leakyRelu: {
    needs: { slope: within("[", 0, 1, ")") },
    apply: (h, { slope }) => tf.leakyRelu(h, slope),
    slope: (h, _y, { slope }) => tf.step(h, slope),
  },
  /** The largest piece of each unit (Goodfellow et al. 2013, arXiv:1302.4389). */
  maxout: {
    needs: { pieces: integer(1) },
    apply: (h, layer) => tf.max(piecesOf(h, layer), 2),
    /** Marks the winning piece. */
    slope: (h, y, layer) => {
      const pieces = piecesOf(h, layer);
      return constant(() => tf.cast(tf.equal(pieces, tf.expandDims(y, 2)), "float32"), pieces);
    },
  },
  sigmoid: {
    apply: (h) => tf.sigmoid(h),
    slope: (_h, y) => tf.mul(y, tf.sub(1, y)),
  },
  tanh: {
    apply: (h) => tf.tanh(h),
    slope: (_h, y) => tf.sub(1, tf.square(y)),
  },
};

export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as readonly Activation[];

function piecesOf(h: tf.Tensor, { width, pieces }: ActivationOptions): tf.Tensor {
  return tf.reshape(h, [h.shape[0]!, width, pieces!]);
}

/** The value of `f`, with a gradient of zero in `x`: autodiff looks no further. */
function constant(f: () => tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.customGrad((_x) => ({ value: f(), gradFunc: () => tf.zerosLike(x) }))(x);
}
