/**
 * Doubts about settings that do train, but perhaps not as they were meant to: the user should hear
 * of them before the first step. What cannot work at all is refused by `checkOptions`. Every doubt
 * was measured (docs/experiments.md) or is a matter of arithmetic.
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
  /** The options and steps of the recipe that was changed, where there is one. */
  recipe?: { options: Omit<GanOptions, "seed">; steps: number };
  /** Steps between two events. */
  logEvery?: number;
}

/**
 * Fewer rows than this are a poor estimate of mean and variance (docs/experiments.md, section 8).
 */
const ROWS_OF_NORM = 8;
/** After fewer steps than this, the samples of any preset for images are still blots. */
const FEW_STEPS = 500;
/**
 * Up to this interval there is no doubt, however few the steps: a first try of two is no mistake.
 */
const USUAL_LOG_EVERY = 10;
/** A rate that has fallen to this share of its first value moves nothing any more. */
const RATE_SHARE = 1e-3;

/** What is doubtful about a training, one sentence for each doubt; usually there is none. */
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
  }, and this one is ${generatorLoss}: what one player learns is of little use to the other`;
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
  return `with batches of ${number(options.batchSize)} there are only ${number(steps)} steps, and ${
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
  return `losses are recorded every ${number(logEvery)} steps, and there are ${
    number(steps)
  }: the curves will show the end of each epoch and of the run, and nothing in between`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
