/**
 * Settings that train, and of which somebody who meant something else should hear before the first step. What
 * cannot work at all, `checkOptions` refuses. Every doubt was measured (docs/experiments.md) or is a matter of arithmetic.
 *
 * @module
 */
import { DISCRIMINATOR_LOSSES } from "./losses.ts";
import { learningRateAt } from "./optimiser.ts";
import { type GanOptions, hasBatchNorm, rowsOfNorm } from "./options.ts";

/** A training as it is asked for. */
export interface Undertaking {
  options: GanOptions;
  /** Steps in all. */
  steps: number;
  /** Those of the recipe that was changed, where there is one. */
  recipe?: { options: Omit<GanOptions, "seed">; steps: number };
  /** Steps between two events. */
  logEvery?: number;
}

/** Fewer rows than this are a poor estimate of mean and variance (docs/experiments.md, section 8). */
const ROWS_OF_NORM = 8;
/** Steps of which the samples of any preset of images are still blots. */
const FEW_STEPS = 500;
/** What nobody has asked for is no mistake of theirs: a first try of two steps. */
const USUAL_LOG_EVERY = 10;
/** A rate that has fallen to this share of its beginning moves nothing any more. */
const RATE_SHARE = 1e-3;

/** What is doubtful about a training, a sentence each; mostly nothing. */
export function doubtsOf(undertaking: Undertaking): string[] {
  return [
    fewRows(undertaking),
    lossesApart(undertaking),
    noPenalty(undertaking),
    fewSteps(undertaking),
    rateRunsOut(undertaking),
    fewEvents(undertaking),
  ].filter((doubt) => doubt !== undefined);
}

function fewRows({ options }: Undertaking): string | undefined {
  const rows = rowsOfNorm(options);
  if (!hasBatchNorm(options.generator) || rows >= ROWS_OF_NORM) return undefined;
  return `batch normalisation of the generator takes mean and variance over ${rows} rows: with fewer than ${ROWS_OF_NORM} a generator learns slowly, with 2 hardly at all. Use a larger batch`;
}

function lossesApart({ options }: Undertaking): string | undefined {
  const { discriminatorLoss = "original", generatorLoss } = options;
  const { against } = DISCRIMINATOR_LOSSES[discriminatorLoss];
  if (against.includes(generatorLoss)) return undefined;
  return `the ${discriminatorLoss} loss of the discriminator is meant to be played against a generatorLoss of ${
    against.join(" or ")
  }, and this one is ${generatorLoss}: what one player learns says little to the other`;
}

function noPenalty({ options, recipe }: Undertaking): string | undefined {
  if (options.gradientPenalty > 0 || !recipe || recipe.options.gradientPenalty === 0) {
    return undefined;
  }
  return `without its gradient penalty of ${recipe.options.gradientPenalty} this preset is expected to lose digits, one after another`;
}

function fewSteps({ options, steps, recipe }: Undertaking): string | undefined {
  if (!recipe || options.batchSize <= recipe.options.batchSize) return undefined;
  if (steps >= FEW_STEPS || recipe.steps < FEW_STEPS || options.toy !== undefined) return undefined;
  return `with batches of ${number(options.batchSize)} these are only ${number(steps)} steps, and ${
    number(recipe.steps)
  } with the preset's ${
    number(recipe.options.batchSize)
  }: too few for clear digits. Use more steps or a smaller batch`;
}

function rateRunsOut({ options, steps }: Undertaking): string | undefined {
  const { generatorOptimiser: spec } = options;
  const least = RATE_SHARE * spec.learningRate;
  if (learningRateAt(spec, steps) > least) return undefined;
  // spec.decay ** -step = share.
  const last = Math.ceil(Math.log(1 / RATE_SHARE) / Math.log(spec.decay!));
  return `the generator's learning rate falls to a thousandth by step ${number(last)}, of ${
    number(steps)
  }: the steps after that change next to nothing`;
}

function fewEvents({ steps, logEvery = 1 }: Undertaking): string | undefined {
  if (logEvery <= Math.max(steps, USUAL_LOG_EVERY)) return undefined;
  return `losses are recorded every ${number(logEvery)} steps and there are ${
    number(steps)
  }: the curves will have the end of each epoch and of the run, nothing between`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
