/**
 * Sweeps that come with the project: each file of `data/sweeps` is the `results.json` that
 * `deno task sweep` has written, and begins with the commands that make it again.
 *
 * @module
 */
import { assetText } from "@/host/host.ts";

/** Their names. */
export const RECORDED_SWEEPS = [
  "spiral_remedies",
  "spiral_long",
  "packing",
  "spiral_switches",
] as const;

export type RecordedSweepName = typeof RECORDED_SWEEPS[number];

/** One training of a sweep. */
export interface RecordedRun {
  preset: string;
  seed: number;
  /** What was set, by the name of the option, as it was typed. */
  settings: Record<string, string>;
  steps: number;
  /** Those that begin with `epoch.` were measured after the last step, on 2,500 points. */
  figures: Record<string, number>;
}

export interface RecordedSweep {
  /** What was typed. */
  commands: string[];
  /** The code that it was made with, and what that ran on. */
  version: string;
  runs: RecordedRun[];
}

/** A recorded sweep. */
export async function recordedSweep(name: RecordedSweepName): Promise<RecordedSweep> {
  return JSON.parse(await assetText(`data/sweeps/${name}.json`));
}

/** What runs of one recipe have in common. */
export interface RecordedRecipe {
  preset: string;
  /** Options with the values that they must have been set to. */
  settings?: Record<string, string>;
}

/** The recipes of `spiral_remedies`, by what they change in the one that collapses. */
export const REMEDIES: Record<string, RecordedRecipe> = {
  collapsing: switched("0.9", "0"),
  R1: switched("0.9", "0.1"),
  "less momentum": switched("0.5", "0"),
  both: switched("0.5", "0.1"),
  "less momentum, slower G (healthier)": { preset: "spiral" },
};

function switched(beta1: string, gradientPenalty: string): RecordedRecipe {
  return {
    preset: "spiral-collapse",
    settings: { "generatorOptimiser.beta1": beta1, gradientPenalty },
  };
}

/** A figure over the seeds of a recipe. */
export interface SeedSpread {
  mean: number;
  least: number;
  greatest: number;
  /** One number for each seed. */
  values: number[];
}

/**
 * A figure over the seeds of a recipe.
 *
 * @param figure As the sweep calls it, such as `epoch.coverage`.
 * @throws {RangeError} If a run of the recipe does not have it, or there is no such run.
 */
export function overSeeds(
  { runs }: RecordedSweep,
  { preset, settings = {} }: RecordedRecipe,
  figure: string,
): SeedSpread {
  const own = runs.filter((run) =>
    run.preset === preset &&
    Object.entries(settings).every(([name, text]) => run.settings[name] === text)
  );
  const values = own.map(({ figures }) => figures[figure]);
  if (values.length === 0 || values.some((value) => value === undefined)) {
    throw new RangeError(
      `Cannot find ${figure} of recorded runs: there must be runs of ${
        JSON.stringify({ preset, settings })
      }, each with this figure, got ${own.length} runs`,
    );
  }
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    least: Math.min(...values),
    greatest: Math.max(...values),
    values,
  };
}

/** Of each recipe the mean of a figure with the least and the greatest, as a table writes them. */
export function spreadTexts(
  sweep: RecordedSweep,
  recipes: RecordedRecipe[],
  figure: string,
  digits = 2,
): string[] {
  return recipes.map((recipe) => {
    const { mean, least, greatest } = overSeeds(sweep, recipe, figure);
    const [m, l, g] = [mean, least, greatest].map((value) => value.toFixed(digits));
    return `${m} (${l} to ${g})`;
  });
}
