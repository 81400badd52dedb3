/**
 * Whether `trainGan` of assignment 2 is Algorithm 1.
 *
 * Its result is compared with the same training in other code (`gan_game.ts`). If a student's step
 * of D or of G is wrong, the two cannot agree, and yet the loop may be right: then it is compared
 * with the student's own steps, in the order of Algorithm 1. Steps that only repeat or make up an
 * answer prove nothing: they must tell the right order from wrong ones, which are asked for in
 * between, in random order.
 *
 * @module
 */
import { type Random } from "@/random.ts";
import { type tf } from "@/tf.ts";
import { holds, near, sameShape } from "./check.ts";
import { copyOf, drawGan, type GanWeights, isClear, once, stepOfD, stepOfG } from "./gan_game.ts";

/** The student's functions that are called. */
export interface LoopFunctions {
  /** Algorithm 1 as the student wrote it. */
  trainGan(gan: GanWeights, options: LoopOptions & { seed: number }): unknown;
  /** An update of D. */
  discriminatorStep(gan: GanWeights, real: tf.Tensor, z: tf.Tensor, rate: number): unknown;
  /** An update of G. */
  generatorStep(gan: GanWeights, z: tf.Tensor, rate: number): unknown;
}

/** What Algorithm 1 is told. */
export interface LoopOptions {
  /** Updates of G. */
  steps: number;
  /** Updates of D before each of G. */
  k: number;
  /** Rows of a batch. */
  batchSize: number;
  /** The learning rate of both players. */
  rate: number;
}

/** Fresh minibatches, as students are given them. */
export type Minibatches = (
  seed: number,
  batchSize: number,
) => { real(): tf.Tensor; noise(): tf.Tensor };

/** A step of one player: of D where it has real samples, of G where it has none. */
interface Move {
  real?: tf.Tensor;
  z: tf.Tensor;
}

/** The moves of a training, as they draw their minibatches. */
type Order = (draw: ReturnType<Minibatches>, options: LoopOptions) => Move[];

/** An order, step by step. */
function stepwise(
  step: (real: () => tf.Tensor, noise: () => tf.Tensor, k: number) => Move[],
): Order {
  return ({ real, noise }, { steps, k }) =>
    Array.from({ length: steps }, () => step(real, noise, k)).flat();
}

const times = (k: number, move: () => Move) => Array.from({ length: k }, move);

const algorithm1 = stepwise((real, noise, k) => [
  ...times(k, () => ({ real: real(), z: noise() })),
  { z: noise() },
]);

/** What is often mistaken for Algorithm 1. */
const WRONG_ORDERS: Order[] = [
  // G before D.
  stepwise((real, noise, k) => [
    { z: noise() },
    ...times(k, () => ({ real: real(), z: noise() })),
  ]),
  // One step of D too many.
  (draw, { k, ...options }) => algorithm1(draw, { ...options, k: k + 1 }),
  // The last step of G forgotten.
  (draw, options) => algorithm1(draw, options).slice(0, -1),
];

/** Mistakes of the same kind with fewer consequences. */
const OTHER_ORDERS: Order[] = [
  // One batch for all steps of D.
  stepwise((real, noise, k) => {
    const batch = { real: real(), z: noise() };
    return [...times(k, () => batch), { z: noise() }];
  }),
  // D's noise for G as well.
  stepwise((real, noise, k) => {
    const moves = times(k, () => ({ real: real(), z: noise() }));
    return [...moves, { z: moves.at(-1)!.z }];
  }),
];

/** For each step of a training, which has many: still far above what rounding does. */
const CLEAR = { kink: 2e-4, variance: 0.02 };

/** The most that two right trainings differ by, and the least that a right and a wrong one do. */
const TOLERANCE = 1e-4;
const APART = 1e-3;

/** The same for trainings by one student's steps, which compute the same thing in the same way. */
const OWN_TOLERANCE = 1e-6;
const OWN_APART = 1e-5;

/** What a check compares with. */
interface Training {
  start: GanWeights;
  seed: number;
  /** The networks after Algorithm 1. */
  after: GanWeights;
  /** The moves that count as right, and some that do not. */
  right: Move[][];
  wrong: Move[][];
}

/** Networks and a seed for which everything is far from kinks. */
function drawTraining(
  random: Random,
  minibatches: Minibatches,
  options: LoopOptions,
  anyOrder: boolean,
): Training {
  for (;;) {
    const start = drawGan(random, 4);
    const seed = random.integer(2 ** 31);
    const movesOf = (order: Order, seed: number) =>
      order(minibatches(seed, options.batchSize), options);
    const moves = movesOf(algorithm1, seed);
    const after = trained(start, moves, options.rate);
    if (!after) continue;
    const all = (orders: Order[]) => orders.map((order) => movesOf(order, seed));
    const others = all(WRONG_ORDERS);
    const wrong = anyOrder ? [movesOf(algorithm1, seed + 1)] : others;
    const apart = wrong.every((each) => {
      const made = trained(start, each, options.rate, { kink: 0, variance: 0 });
      return distance(made!, after) > APART;
    });
    if (!apart) continue;
    const right = anyOrder ? [moves, ...others, ...all(OTHER_ORDERS)] : [moves];
    return { start, seed, after, right, wrong };
  }
}

/** The networks after these moves; undefined if one of them comes near a kink. */
function trained(
  start: GanWeights,
  moves: Move[],
  rate: number,
  clear = CLEAR,
): GanWeights | undefined {
  let gan = start;
  for (const { real, z } of moves) {
    if (!isClear({ gan, real, z }, clear)) return undefined;
    gan = real ? stepOfD({ gan, real, z }, rate) : stepOfG({ gan, z }, rate);
  }
  return gan;
}

/** What is trained to see whether it is Algorithm 1. */
export interface LoopTask {
  /** Real and generated rows, from the seed. */
  minibatches: Minibatches;
  /** A stream of its own, at its beginning. */
  random: Random;
  /** What Algorithm 1 is told. */
  options: LoopOptions;
  /**
   * Common mistakes in the order count as right: the check is whether the minibatches are the
   * seed's.
   */
  anyOrder?: boolean;
}

/**
 * Holds if `trainGan` trains as Algorithm 1 does, for random networks and minibatches.
 */
export async function followsAlgorithm1(
  functions: LoopFunctions,
  { minibatches, random, options, anyOrder = false }: LoopTask,
  hint: string,
): Promise<void> {
  const training = once(
    random,
    `training ${anyOrder} ${JSON.stringify(options)}`,
    () => drawTraining(random, minibatches, options, anyOrder),
  );
  const { start, seed, after } = training;
  const found = await functions.trainGan(copyOf(start), { ...options, seed }) as
    | GanWeights
    | undefined;
  sameShape(found?.discriminator, start.discriminator, `${hint}: D`);
  sameShape(found?.generator, start.generator, `${hint}: G`);
  if (distance(after, found!) < TOLERANCE) return;
  const own = await byOwnSteps(functions, training, random.split("order"), options);
  if (own.some((gan) => distance(gan, found!) < OWN_TOLERANCE)) return;
  near(found!.discriminator, after.discriminator, TOLERANCE, `${hint}: D`);
  near(found!.generator, after.generator, TOLERANCE, `${hint}: G`);
  holds(false, hint);
}

/**
 * The networks to which the student's own steps lead by the right moves; nothing if the steps do
 * not tell these moves from the wrong ones.
 */
async function byOwnSteps(
  { discriminatorStep, generatorStep }: LoopFunctions,
  { start, right, wrong }: Training,
  random: Random,
  { rate }: LoopOptions,
): Promise<GanWeights[]> {
  const asked = [...right, ...wrong];
  const made: GanWeights[] = [];
  for (const i of random.permutation(asked.length)) {
    let now = copyOf(start);
    for (const { real, z } of asked[i]) {
      now = await (real
        ? discriminatorStep(now, copyOf(real), copyOf(z), rate)
        : generatorStep(now, copyOf(z), rate)) as GanWeights;
    }
    sameShape(now.discriminator, start.discriminator, "your steps give as many weights of D");
    sameShape(now.generator, start.generator, "your steps give as many weights of G");
    made[i] = now;
  }
  const [own, others] = [made.slice(0, right.length), made.slice(right.length)];
  const told = own.every((gan) => others.every((other) => distance(gan, other) > OWN_APART));
  return told ? own : [];
}

/** The largest difference of two weights; NaN where one is NaN. */
function distance(a: GanWeights, b: GanWeights): number {
  const all = ({ generator, discriminator }: GanWeights) =>
    [...generator, ...discriminator].flatMap((w) => Array.from(w.dataSync()));
  const other = all(b);
  return Math.max(...all(a).map((value, i) => Math.abs(value - other[i])));
}
