/**
 * What is doubtful about the settings of a run, compared with those of its preset.
 *
 * @module
 */
import { FRESH_BATCHES_PER_EPOCH } from "@/data/batches.ts";
import { isFresh, type TrainingData } from "@/data/training_data.ts";
import { doubtsOf } from "@/gan/doubts.ts";
import { rowsOfBatch } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { type RunConfig } from "./folder.ts";

/** Sentences for the user. */
export function doubtsOfRun(
  { preset, options, steps }: Pick<RunConfig, "preset" | "options" | "steps">,
  data: TrainingData,
  logEvery: number,
): string[] {
  const { options: own, epochs } = findPreset(preset);
  const perEpoch = isFresh(data)
    ? FRESH_BATCHES_PER_EPOCH
    : Math.floor(data.rows / rowsOfBatch({ ...own, seed: options.seed }));
  const recipe = { options: own, steps: Math.ceil(epochs * perEpoch / own.discriminatorSteps) };
  return doubtsOf({ options, steps, recipe, logEvery });
}
