/**
 * The game of assignment 2 once more, from other parts: what its hidden checks compare with.
 *
 * Notation and shapes are those of the assignment: x samples [batch, 1], z noise [batch, 2]; G is the
 * list W, b, scale, shift, W, b and D the list W, b, W, b, W, b.
 *
 * Both networks have kinks, and G divides by a standard deviation. Next to a kink, or to a variance of 0,
 * rounding alone decides what the gradient is, and two right answers differ. So inputs are drawn
 * until all is far from both, where far is a thousand times what rounding does.
 *
 * @module
 */
import { discriminatorLoss, nonSaturatingLoss } from "@/gan/losses.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { holds, sameShape } from "./check.ts";

export type Weights = tf.Tensor[];

export interface Gan {
  generator: Weights;
  discriminator: Weights;
}

/** Networks and batches for one step. */
export interface Game {
  gan: Gan;
  real: tf.Tensor;
  z: tf.Tensor;
}

/** Distance from kinks, and variance of each unit of G over the batch. */
export interface Clearance {
  kink: number;
  variance: number;
}

const CLEAR: Clearance = { kink: 1e-3, variance: 0.02 };

/** No gradient of a game that is drawn is shorter: a step in it is seen above rounding. */
const SHORTEST_GRADIENT = 0.05;

function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias);
}

/** Logits [batch, 1]; `seen` hears what goes into LeakyReLU. */
function judge(x: tf.Tensor, w: Weights, seen?: (h: tf.Tensor) => void): tf.Tensor {
  const block = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => {
    const h = affine(x, weight, bias);
    seen?.(h);
    return tf.sub(tf.relu(h), tf.mul(0.2, tf.relu(tf.neg(h))));
  };
  return affine(block(block(x, w[0], w[1]), w[2], w[3]), w[4], w[5]);
}

/** Samples [batch, 1]; `seen` hears what goes into ReLU, and the variances. */
function make(
  z: tf.Tensor,
  w: Weights,
  seen?: (h: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const h = affine(z, w[0], w[1]);
  const { mean, variance } = tf.moments(h, 0);
  const normal = tf.mul(tf.sub(h, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  const scaled = tf.add(tf.mul(normal, w[2]), w[3]);
  seen?.(scaled, variance);
  return affine(tf.relu(scaled), w[4], w[5]);
}

/** D's loss, in nats. */
export function lossOfD({ generator, discriminator }: Gan, real: tf.Tensor, z: tf.Tensor): number {
  return tf.tidy(() =>
    discriminatorLoss(judge(real, discriminator), judge(make(z, generator), discriminator))
      .dataSync()[0]
  );
}

/** G's non-saturating loss, in nats. */
export function lossOfG({ generator, discriminator }: Gan, z: tf.Tensor): number {
  return tf.tidy(() => nonSaturatingLoss(judge(make(z, generator), discriminator)).dataSync()[0]);
}

function gradientOfD({ generator, discriminator }: Gan, real: tf.Tensor, z: tf.Tensor): Weights {
  return tf.tidy(() => {
    const fake = make(z, generator);
    const loss = (...w: Weights) => discriminatorLoss(judge(real, w), judge(fake, w));
    return tf.grads(loss)(discriminator);
  });
}

function gradientOfG({ generator, discriminator }: Gan, z: tf.Tensor): Weights {
  const loss = (...w: Weights) => nonSaturatingLoss(judge(make(z, w), discriminator));
  return tf.tidy(() => tf.grads(loss)(generator));
}

function against(weights: Weights, gradient: Weights, rate: number): Weights {
  return tf.tidy(() => weights.map((w, i) => tf.sub(w, tf.mul(rate, gradient[i]))));
}

/** After a step of gradient descent of D; G stays. */
export function stepOfD(gan: Gan, real: tf.Tensor, z: tf.Tensor, rate: number): Gan {
  const discriminator = against(gan.discriminator, gradientOfD(gan, real, z), rate);
  return { generator: gan.generator, discriminator };
}

/** After a step of gradient descent of G on its non-saturating loss; D stays. */
export function stepOfG(gan: Gan, z: tf.Tensor, rate: number): Gan {
  const generator = against(gan.generator, gradientOfG(gan, z), rate);
  return { generator, discriminator: gan.discriminator };
}

/** Networks or batches with memory of their own: what is done to one is not done to the other. */
export function copyOf<T extends tf.Tensor | Weights | Gan>(value: T): T {
  if (value instanceof tf.Tensor) return tf.tensor(value.dataSync().slice(), value.shape) as T;
  if (Array.isArray(value)) return value.map((each) => copyOf(each)) as T;
  const { generator, discriminator } = value as Gan;
  return { generator: copyOf(generator), discriminator: copyOf(discriminator) } as T;
}

/** A tensor of uniform numbers. */
export function randomTensor(random: Random, shape: number[], low = -1.5, high = 1.5): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(random.uniforms(size, low, high), shape);
}

/**
 * Rows [rows, 2] and weights [2, units] for a block of G: in no unit is the variance below 0.12.
 *
 * The rows lie on an ellipse, so that their columns are uncorrelated, and no weight is near 0.
 */
export function drawUnits(random: Random, rows: number, units: number) {
  const [phase, ...radii] = random.uniforms(3, 0.5, 1.5);
  const centre = random.uniforms(2, -1, 1);
  const angle = (row: number) => 2 * Math.PI * (row + phase) / rows;
  const x = tf.tensor2d(Array.from({ length: rows }, (_, row) => [
    centre[0] + radii[0] * Math.SQRT2 * Math.cos(angle(row)),
    centre[1] + radii[1] * Math.SQRT2 * Math.sin(angle(row)),
  ]));
  const size = Array.from(random.uniforms(2 * units, 0.5, 1.5));
  const sign = () => random.bernoullis(1, 0.5, 2)[0] - 1;
  const weight = tf.tensor2d(size.map((value) => sign() * value), [2, units]);
  return { x, weight };
}

/** Networks of `units` units and batches of `batch` rows, far from what rounding decides. */
export function drawGame(random: Random, { units = 5, batch = 6 } = {}): Game {
  for (;;) {
    const gan = drawGan(random, units);
    const [real, z] = [1, 2].map((columns) => randomTensor(random, [batch, columns]));
    const steep = [gradientOfD(gan, real, z), gradientOfG(gan, z)]
      .every((gradient) => lengthOf(gradient) > SHORTEST_GRADIENT);
    if (steep && isClear(gan, real, z, CLEAR)) return { gan, real, z };
  }
}

/** Untrained networks of `units` units, no weight of which is 0. */
export function drawGan(random: Random, units: number): Gan {
  const draw = (shape: number[], range = Math.sqrt(6 / (shape[0] + shape[1]))) =>
    randomTensor(random, shape, -range, range);
  const bias = (size: number) => draw([size], 0.5);
  const scale = tf.tensor1d(random.uniforms(units, 0.5, 1.5));
  return {
    generator: [draw([2, units]), bias(units), scale, bias(units), draw([units, 1]), bias(1)],
    discriminator: [
      ...[draw([1, units]), bias(units), draw([units, units]), bias(units)],
      ...[draw([units, 1]), bias(1)],
    ],
  };
}

/** Whether nothing that a step (of G: without real samples) computes lies near a kink or a variance of 0. */
export function isClear(
  { generator, discriminator }: Gan,
  real: tf.Tensor | undefined,
  z: tf.Tensor,
  { kink, variance }: Clearance,
): boolean {
  return tf.tidy(() => {
    let clear = true;
    const least = (values: tf.Tensor) => tf.min(values).dataSync()[0];
    const seen = (h: tf.Tensor) => clear &&= least(tf.abs(h)) > kink;
    const fake = make(z, generator, (h, spread) => {
      seen(h);
      clear &&= least(spread) > variance;
    });
    for (const x of real ? [real, fake] : [fake]) judge(x, discriminator, seen);
    return clear;
  });
}

/**
 * Holds if weights have moved along the line of a right step, in either direction and to any length: what a
 * step that is wrong by a sign or a factor still does, and one that is made up does not.
 */
export function alongStep(moved: unknown, start: Weights, right: Weights, hint: string): void {
  sameShape(moved, start, hint);
  const [found, wanted] = [moved as Weights, right].map((to) =>
    tf.tidy(() => tf.concat(to.map((w, i) => tf.reshape(tf.sub(w, start[i]), [-1]))).dataSync())
  );
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
  const cosine = dot(found, wanted) / Math.sqrt(dot(found, found) * dot(wanted, wanted));
  holds(Math.abs(cosine) > 0.5, hint);
}

/**
 * Holds if the loss has fallen by a good part of what a right step lowers it by, and the weights have
 * moved about as far: a small step, and downhill.
 */
export function learns(
  moved: unknown,
  start: Weights,
  right: Weights,
  lossOf: (weights: Weights) => number,
  hint: string,
): void {
  sameShape(moved, start, "as many weights, of the same shapes");
  const [before, after, best] = [start, moved as Weights, right].map(lossOf);
  holds(before - after > 0.1 * (before - best), hint, after - before);
  const way = (to: Weights) => lengthOf(to.map((w, i) => tf.sub(w, start[i])));
  holds(way(moved as Weights) < 5 * way(right), "a small rate is a small step");
}

function lengthOf(weights: Weights): number {
  return Math.sqrt(tf.tidy(() => tf.addN(weights.map((w) => tf.sum(tf.square(w)))).dataSync()[0]));
}
