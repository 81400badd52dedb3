/**
 * D at points of the sample space: what it says, and which way is up.
 *
 * Notation: a is D's logit. Where D sees packs, a point is seen at the first place of a pack whose
 * other places are filled with the same real rows, and D is the mean over four such packs.
 *
 * @module
 */
import { type Gan } from "@/gan/gan.ts";
import { forward } from "@/gan/network.ts";
import { tf } from "@/tf.ts";

/** Rows of one pass: a number must not depend on how many are asked for. */
const CHUNK = 1024;
/** Packs in which a point is seen. */
export const PACKS = 4;

/** What D's logits mean with the loss that trains it. */
function opinionOf(gan: Gan): (a: tf.Tensor) => tf.Tensor {
  const { discriminatorLoss } = gan.options;
  // The best answer to least squares is D* itself, with no sigmoid.
  if (discriminatorLoss === "leastSquares") return (a) => tf.clipByValue(a, 0, 1);
  return (a) => tf.sigmoid(a);
}

/** D's logits at rows, [PACKS or 1, count]; call it inside `tf.tidy`. */
function logits(gan: Gan, x: tf.Tensor2D, companions: Float32Array): tf.Tensor[] {
  const { packing = 1 } = gan.options;
  if (packing === 1) return [forward(gan.discriminator, x, { training: false })];
  const others = (packing - 1) * gan.data.columns;
  return Array.from({ length: PACKS }, (_, i) => {
    const beside = tf.tensor2d(companions.subarray(i * others, (i + 1) * others), [1, others]);
    const pack = tf.concat([x, tf.tile(beside, [x.shape[0], 1])], 1);
    return forward(gan.discriminator, pack, { training: false });
  });
}

/**
 * D at each row, [count].
 *
 * @param companions Real rows, at least PACKS × (packing − 1) of them.
 */
export function judgeRows(gan: Gan, rows: Float32Array, companions: Float32Array): Float32Array {
  return meansOver(gan, rows, companions, opinionOf(gan));
}

/** D's logit at each row, [count]: the mean over packs where D sees some. */
export function logitsOf(gan: Gan, rows: Float32Array, companions: Float32Array): Float32Array {
  return meansOver(gan, rows, companions, (a) => a);
}

function meansOver(
  gan: Gan,
  rows: Float32Array,
  companions: Float32Array,
  f: (a: tf.Tensor) => tf.Tensor,
): Float32Array {
  const { columns } = gan.data;
  const count = rows.length / columns;
  const values = new Float32Array(count);
  for (let from = 0; from < count; from += CHUNK) {
    const part = rows.subarray(from * columns, (from + CHUNK) * columns);
    const means = tf.tidy(() => {
      const x = tf.tensor2d(part, [part.length / columns, columns]);
      const said = logits(gan, x, companions).map(f);
      return said.length === 1 ? said[0] : tf.div(tf.addN(said), said.length);
    });
    values.set(means.dataSync(), from);
    means.dispose();
  }
  return values;
}

/**
 * The gradient in x of a function of D's logit at rows, [count, columns]; the mean over packs where
 * D sees some.
 *
 * @param f Of the logits, [count, 1]: one number for each row, or their sum.
 */
export function slopesOf(
  gan: Gan,
  rows: Float32Array,
  companions: Float32Array,
  f: (a: tf.Tensor) => tf.Tensor = (a) => a,
): Float32Array {
  const { columns } = gan.data;
  const gradients = tf.tidy(() => {
    const sum = (x: tf.Tensor) => {
      const each = logits(gan, x as tf.Tensor2D, companions).map((a) => tf.sum(f(a)));
      return tf.div(tf.addN(each), each.length);
    };
    return tf.grad(sum)(tf.tensor2d(rows, [rows.length / columns, columns]));
  });
  const values = gradients.dataSync().slice() as Float32Array;
  gradients.dispose();
  return values;
}
