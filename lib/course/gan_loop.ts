/**
 * Whether `trainGan` of assignment 2 is Algorithm 1.
 *
 * What it gives is compared with the same training in other words (`gan_game.ts`). Where a student's step of D or
 * of G is wrong, that cannot agree, and yet the loop may be right: then it is compared with the student's own
 * steps, in the order of Algorithm 1. Steps that only repeat or make up an answer prove nothing: they
 * must tell the right order from wrong ones, which are asked for in between, in random order.
 *
 * @module
 */
import { type Random } from "@/random.ts";
import { type tf } from "@/tf.ts";
import { holds, near, sameShape } from "./check.ts";
import { copyOf, drawGan, type Gan, isClear, stepOfD, stepOfG } from "./gan_game.ts";

/** What is asked of the student's functions. */
export interface LoopFunctions {
  trainGan(gan: Gan, options: LoopOptions & { seed: number }): unknown;
  discriminatorStep(gan: Gan, real: tf.Tensor, z: tf.Tensor, rate: number): unknown;
  generatorStep(gan: Gan, z: tf.Tensor, rate: number): unknown;
}

export interface LoopOptions {
  steps: number;
  k: number;
  batchSize: number;
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

/** What is often taken for Algorithm 1. */
const WRONG_ORDERS: Order[] = [
  // G before D.
  stepwise((real, noise, k) => [
    { z: noise() },
    ...times(k, () => ({ real: real(), z: noise() })),
  ]),
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
  // One step too many of D, and of the training; the last move forgotten; D never moved, and G.
  (draw, { k, ...options }) => algorithm1(draw, { ...options, k: k + 1 }),
  (draw, { steps, ...options }) => algorithm1(draw, { ...options, steps: steps + 1 }),
  (draw, options) => algorithm1(draw, options).slice(0, -1),
  (draw, options) => algorithm1(draw, options).filter(({ real }) => real === undefined),
  (draw, options) => algorithm1(draw, options).filter(({ real }) => real !== undefined),
];

/** Of each step of a training, which has many: still far above what rounding does. */
const CLEAR = { kink: 2e-4, variance: 0.02 };

/** What two right trainings differ by at most, and what a right and a wrong one differ by at least. */
const TOLERANCE = 1e-4;
const APART = 1e-3;

/** What a check compares with. */
interface Training {
  start: Gan;
  seed: number;
  /** The moves that are right, and some that are not. */
  right: Move[][];
  wrong: Move[][];
  /** What the networks are after each of the right ones. */
  after: Gan[];
}

/** Networks and a seed for which all is far from kinks. */
function drawTraining(
  random: Random,
  minibatches: Minibatches,
  options: LoopOptions,
  anyOrder: boolean,
): Training {
  for (;;) {
    const start = drawGan(random, 4);
    const seed = random.integer(2 ** 31);
    const moves = (orders: Order[], seed: number) =>
      orders.map((order) => order(minibatches(seed, options.batchSize), options));
    const right = moves(anyOrder ? [algorithm1, ...WRONG_ORDERS] : [algorithm1], seed);
    const wrong = anyOrder ? moves([algorithm1], seed + 1) : moves(WRONG_ORDERS, seed);
    const after = right.map((moves) => trained(start, moves, options.rate));
    if (after.every((gan): gan is Gan => gan !== undefined)) {
      // With k = 1, one batch for all steps of D is right.
      const others = wrong.filter((each) => textOf(each) !== textOf(right[0]));
      return { start, seed, right, after, wrong: others };
    }
  }
}

/** After these moves; undefined where one of them comes near a kink. */
function trained(start: Gan, moves: Move[], rate: number): Gan | undefined {
  let gan = start;
  for (const { real, z } of moves) {
    if (!isClear(gan, real, z, CLEAR)) return undefined;
    gan = real ? stepOfD(gan, real, z, rate) : stepOfG(gan, z, rate);
  }
  return gan;
}

/**
 * Holds if `trainGan` trains as Algorithm 1 does, for random networks and minibatches.
 *
 * @param anyOrder Common mistakes in the order count as right: what is asked is whether the minibatches are
 * those of the seed.
 */
export async function followsAlgorithm1(
  functions: LoopFunctions,
  minibatches: Minibatches,
  random: Random,
  options: LoopOptions,
  hint: string,
  { anyOrder = false } = {},
): Promise<void> {
  const training = drawTraining(random, minibatches, options, anyOrder);
  const { start, seed, after } = training;
  const found = await functions.trainGan(copyOf(start), { ...options, seed }) as Gan | undefined;
  sameShape(found?.discriminator, start.discriminator, `${hint}: D`);
  sameShape(found?.generator, start.generator, `${hint}: G`);
  if (after.some((gan) => distance(gan, found!) < TOLERANCE)) return;
  const own = await byOwnSteps(functions, training, random, options);
  if (own.some((gan) => distance(gan, found!) < TOLERANCE)) return;
  near(found!.discriminator, after[0].discriminator, TOLERANCE, `${hint}: D`);
  near(found!.generator, after[0].generator, TOLERANCE, `${hint}: G`);
  holds(false, hint);
}

/**
 * What the student's own steps make of the right moves; nothing where they fail, or do not tell these moves
 * from the wrong ones.
 */
async function byOwnSteps(
  { discriminatorStep, generatorStep }: LoopFunctions,
  { start, right, wrong }: Training,
  random: Random,
  { rate }: LoopOptions,
): Promise<Gan[]> {
  const asked = [...right, ...wrong];
  const made: Gan[] = [];
  try {
    for (const i of random.permutation(asked.length)) {
      let now: unknown = copyOf(start);
      for (const { real, z } of asked[i]) {
        now = real
          ? await discriminatorStep(now as Gan, copyOf(real), copyOf(z), rate)
          : await generatorStep(now as Gan, copyOf(z), rate);
      }
      made[i] = now as Gan;
      sameShape(made[i].discriminator, start.discriminator, "D's weights");
      sameShape(made[i].generator, start.generator, "G's weights");
    }
  } catch {
    // A step that is missing or fails has its own checks.
    return [];
  }
  const own = made.slice(0, right.length);
  const told = own.every((gan) =>
    made.slice(right.length).every((other) => distance(gan, other) > APART)
  );
  return told ? own : [];
}

/** The largest difference of two weights; NaN where one is NaN. */
function distance(a: Gan, b: Gan): number {
  const all = ({ generator, discriminator }: Gan) =>
    [...generator, ...discriminator].flatMap((w) => Array.from(w.dataSync()));
  const other = all(b);
  return Math.max(...all(a).map((value, i) => Math.abs(value - other[i])));
}

/** Moves as text, to compare them. */
function textOf(moves: Move[]): string {
  return JSON.stringify(moves.map(({ real, z }) => [real?.dataSync(), z.dataSync()]));
}
