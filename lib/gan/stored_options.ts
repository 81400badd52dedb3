/**
 * Options as they are read from a file, whoever has written or changed it: what is not there, or of another
 * kind, is told by its name.
 *
 * @module
 */
import * as v from "valibot";
import { checkOptions, type GanOptions } from "./options.ts";

/** 0, 1, 2, …: a count or a seed. */
export const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const NETWORK = v.looseObject({
  inputs: v.number(),
  layers: v.array(v.looseObject({
    width: v.number(),
    activation: v.string(),
    slope: v.optional(v.number()),
    pieces: v.optional(v.number()),
    keep: v.optional(v.number()),
    batchNorm: v.optional(v.looseObject({ momentum: v.number(), epsilon: v.number() })),
  })),
  initialisation: v.variant("kind", [
    v.looseObject({ kind: v.literal("fanIn") }),
    v.looseObject({ kind: v.literal("glorot") }),
    v.looseObject({ kind: v.literal("uniform"), range: v.number() }),
  ]),
});

const OPTIMISER = v.variant("kind", [
  v.looseObject({
    kind: v.literal("adam"),
    learningRate: v.number(),
    decay: v.optional(v.number()),
    beta1: v.number(),
    beta2: v.number(),
    epsilon: v.number(),
  }),
  v.looseObject({
    kind: v.literal("momentum"),
    learningRate: v.number(),
    decay: v.number(),
    floor: v.number(),
    momentum: v.looseObject({
      initial: v.number(),
      final: v.number(),
      from: v.number(),
      to: v.number(),
    }),
  }),
]);

/** The fields of `GanOptions` and their kinds; `checkStoredOptions` checks their values. */
export const OPTIONS = v.looseObject({
  generator: NETWORK,
  discriminator: NETWORK,
  latent: v.string(),
  generatorLoss: v.string(),
  generatorOptimiser: OPTIMISER,
  discriminatorOptimiser: OPTIMISER,
  discriminatorSteps: v.number(),
  updates: v.string(),
  batchSize: v.number(),
  generatorBatchSize: v.optional(v.number()),
  packing: v.optional(v.number()),
  classes: v.optional(v.number()),
  gradientPenalty: v.number(),
  averageDecay: v.number(),
  outputBiasFromMeans: v.boolean(),
  reportAccuracy: v.optional(v.boolean()),
  toy: v.optional(v.string()),
  trainRows: v.optional(v.number()),
  seed: COUNT,
});

/**
 * Options that have the fields of `OPTIONS`, with their values checked.
 *
 * @param action How an error begins: what cannot be done, with the file's name.
 * @throws {RangeError} If they are not those of a GAN.
 */
export function checkStoredOptions(
  options: v.InferOutput<typeof OPTIONS>,
  action: string,
): GanOptions {
  const found = options as unknown as GanOptions;
  try {
    checkOptions(found);
  } catch (error) {
    throw new RangeError(
      `${action}: its options are not those of a GAN. ${(error as Error).message}`,
    );
  }
  return found;
}
