/**
 * The game of assignment 2 once more, built from other parts: its hidden checks compare with it.
 *
 * Notation and shapes are those of the assignment: x samples [batch, 1], z noise [batch, 2]; G is
 * the list W, b, scale, shift, W, b and D the list W, b, W, b, W, b.
 *
 * Both networks have kinks, and G divides by a standard deviation. Next to a kink, or to a variance
 * of 0, rounding alone decides what the gradient is, and two right answers differ. So inputs are
 * drawn until everything is far from both, where far is a thousand times what rounding does.
 *
 * @module
 */
import { discriminatorLoss, nonSaturatingLoss } from "@/gan/losses.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { holds, sameShape } from "./check.ts";

/** Weights and biases of a network, in the order of its layers. */
export type Weights = tf.Tensor[];

/** The two players as students keep them. */
export interface GanWeights {
  /** G's weights and biases. */
  generator: Weights;
  /** D's weights and biases. */
  discriminator: Weights;
}

/** Networks and batches for one step. */
export interface Game {
  /** Both players before the step. */
  gan: GanWeights;
  /** Real rows, [batch, 2]. */
  real: tf.Tensor;
  /** Noise, [batch, 2]. */
  z: tf.Tensor;
}

/** Least distance from kinks, and least variance of each unit of G over the batch. */
export interface Clearance {
  kink: number;
  variance: number;
}

const CLEAR: Clearance = { kink: 1e-3, variance: 0.02 };

/** No gradient of a game that is drawn is shorter, so that a step stands out from rounding. */
const SHORTEST_GRADIENT = 0.05;

function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias);
}

/** Logits [batch, 1]; `seen` is told what goes into LeakyReLU. */
function judge(x: tf.Tensor, w: Weights, seen?: (h: tf.Tensor) => void): tf.Tensor {
  const block = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) => {
    const h = affine(x, weight, bias);
    seen?.(h);
    return tf.sub(tf.relu(h), tf.mul(0.2, tf.relu(tf.neg(h))));
  };
  return affine(block(block(x, w[0], w[1]), w[2], w[3]), w[4], w[5]);
}

/** Samples [batch, 1]; `seen` is told what goes into ReLU, and the variances. */
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
export function lossOfD({ gan: { generator, discriminator }, real, z }: Game): number {
  return tf.tidy(() =>
    discriminatorLoss(judge(real, discriminator), judge(make(z, generator), discriminator))
      .dataSync()[0]
  );
}

/** G's non-saturating loss, in nats. */
export function lossOfG({ gan: { generator, discriminator }, z }: Omit<Game, "real">): number {
  return tf.tidy(() => nonSaturatingLoss(judge(make(z, generator), discriminator)).dataSync()[0]);
}

function gradientOfD({ gan: { generator, discriminator }, real, z }: Game): Weights {
  return tf.tidy(() => {
    const fake = make(z, generator);
    const loss = (...w: Weights) => discriminatorLoss(judge(real, w), judge(fake, w));
    return tf.grads(loss)(discriminator);
  });
}

function gradientOfG({ gan: { generator, discriminator }, z }: Omit<Game, "real">): Weights {
  const loss = (...w: Weights) => nonSaturatingLoss(judge(make(z, w), discriminator));
  return tf.tidy(() => tf.grads(loss)(generator));
}

function against(weights: Weights, gradient: Weights, rate: number): Weights {
  return tf.tidy(() => weights.map((w, i) => tf.sub(w, tf.mul(rate, gradient[i]))));
}

/** The networks after a step of gradient descent of D; G stays. */
export function stepOfD(game: Game, rate: number): GanWeights {
  const { generator, discriminator } = game.gan;
  return { generator, discriminator: against(discriminator, gradientOfD(game), rate) };
}

/** The networks after a step of gradient descent of G on its non-saturating loss; D stays. */
export function stepOfG(game: Omit<Game, "real">, rate: number): GanWeights {
  const { generator, discriminator } = game.gan;
  return { generator: against(generator, gradientOfG(game), rate), discriminator };
}

/** Tensors with memory of their own: changing them does not change the others. */
export function copyOf<T>(value: T): T {
  if (value instanceof tf.Tensor) return tf.tensor(value.dataSync().slice(), value.shape) as T;
  if (Array.isArray(value)) return value.map((each) => copyOf(each)) as T;
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, own]) => [key, copyOf(own)])) as T;
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
export function drawUnits(
  random: Random,
  rows: number,
  units: number,
): { x: tf.Tensor2D; weight: tf.Tensor2D } {
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

/**
 * Networks of `units` units and batches of `batch` rows, far from what rounding decides.
 *
 * @param random A stream of its own, at its beginning.
 */
export function drawGame(random: Random, { units = 5, batch = 6 } = {}): Game {
  return once(random, `game ${units} ${batch}`, () => {
    for (;;) {
      const gan = drawGan(random, units);
      // Real samples are apart from generated ones, which are around 0.
      const real = randomTensor(random, [batch, 1], 0.5, 3.5);
      const game = { gan, real, z: randomTensor(random, [batch, 2]) };
      if (!isClear(game, CLEAR)) continue;
      const gradients = [gradientOfD(game), gradientOfG(game)];
      if (gradients.every((each) => lengthOf(each) > SHORTEST_GRADIENT)) return game;
    }
  });
}

/** What was drawn, by the stream that it came from. */
const drawn = new Map<string, unknown>();

/** Draws a stream's game once: a class is graded with one seed, and drawing takes time. */
export function once<T>(random: Random, what: string, draw: () => T): T {
  const key = `${what} ${JSON.stringify(random.state())}`;
  if (!drawn.has(key)) {
    if (drawn.size === 100) drawn.clear();
    drawn.set(key, draw());
  }
  return drawn.get(key) as T;
}

/** Untrained networks of `units` units. */
export function drawGan(random: Random, units: number): GanWeights {
  const draw = (shape: number[], range = Math.sqrt(6 / (shape[0] + shape[1]))) =>
    randomTensor(random, shape, -range, range);
  const bias = (size: number) => draw([size], 0.5);
  const [scale, shift] = [tf.ones([units]), tf.zeros([units])];
  return {
    generator: [draw([2, units]), bias(units), scale, shift, draw([units, 1]), bias(1)],
    discriminator: [
      ...[draw([1, units]), bias(units), draw([units, units]), bias(units)],
      ...[draw([units, 1]), bias(1)],
    ],
  };
}

/**
 * Whether nothing that a step computes lies near a kink or a variance of 0. A step of G has no real
 * samples.
 */
export function isClear(
  { gan: { generator, discriminator }, real, z }: Omit<Game, "real"> & Partial<Game>,
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
 * Holds if steps from the same weights on different batches have moved them, each in its own way:
 * steps with a wrong gradient still do that, and made-up answers do not.
 */
export function moveApart(moved: unknown[], start: Weights, hint: string): void {
  for (const weights of moved) sameShape(weights, start, "as many weights, of the same shapes");
  const [first, ...others] = moved as Weights[];
  const apart = (a: Weights, b: Weights) => lengthOf(a.map((w, i) => tf.sub(w, b[i]))) > 1e-4;
  holds(apart(first, start) && others.some((other) => apart(first, other)), hint);
}

/**
 * Holds if the loss has fallen by a good part of what a right step lowers it by, and the weights
 * have moved about as far: a small step, and downhill.
 */
export function learns(
  moved: unknown,
  { start, right, lossOf }: {
    start: Weights;
    /** After a right step. */
    right: Weights;
    lossOf: (weights: Weights) => number;
  },
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
