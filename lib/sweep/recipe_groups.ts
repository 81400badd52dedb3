/**
 * Runs side by side: those of one recipe together, each figure with its mean, standard error and
 * rank.
 *
 * @module
 */
import { betterEnd, type RunFigures } from "./figures_of_run.ts";
import { type TimelessEvent } from "./training_job.ts";
import { type Against } from "@/eval/against.ts";
import { type Quality } from "@/eval/quality.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type Made } from "@/jobs/job.ts";

/** A run as it is compared. */
export interface ComparedRun {
  name: string;
  /** Runs of one recipe differ in nothing but their seeds. */
  recipe: string;
  seed: number;
  options: GanOptions;
  step: number;
  events: TimelessEvent[];
  quality: Quality[];
  figures: RunFigures;
  /** What digits were compared with. */
  against?: Against;
  /** A picture of samples as a PNG in base64. */
  grid?: string;
  diverged?: string;
  /** Where it was made, if that is known. */
  made?: Partial<Made>;
}

/** A figure of a recipe over its seeds. */
export interface FigureOfRecipe {
  mean: number;
  /** Standard error of the mean, s/√n; undefined for a single run. */
  error?: number;
  /** How many runs have it. */
  runs: number;
  /**
   * 1 for the best recipe for these data; undefined if neither end is better, or no other recipe
   * has it.
   */
  rank?: number;
}

export interface RecipeGroup {
  recipe: string;
  runs: ComparedRun[];
  figures: Record<string, FigureOfRecipe>;
}

/** Runs by their recipes, in the order in which they come. */
export function groupByRecipe(runs: ComparedRun[]): RecipeGroup[] {
  const groups = [...Map.groupBy(runs, ({ recipe }) => recipe)].map(([recipe, own]) => ({
    recipe,
    runs: own,
    figures: Object.fromEntries(
      figureNames(own).map((name): [string, FigureOfRecipe] => [
        name,
        overSeeds(own.flatMap(({ figures }) => figures[name] ?? [])),
      ]),
    ),
  }));
  // Eight modes of a ring are all of them, eight of a grid are a third.
  const rivals = Map.groupBy(groups, ({ runs: [{ options }] }) => options.toy ?? "images");
  for (const own of rivals.values()) rank(own);
  return groups;
}

/** Gives recipes for the same data their ranks. */
function rank(groups: RecipeGroup[]): void {
  for (const name of figureNames(groups.flatMap(({ runs }) => runs))) {
    const better = betterEnd(name);
    if (better === undefined) continue;
    const means = groups.flatMap(({ figures }) => figures[name]?.mean ?? []);
    if (means.length < 2) continue;
    for (const { figures } of groups) {
      const own = figures[name];
      if (!own) continue;
      const ahead = means.filter((mean) => better === "higher" ? mean > own.mean : mean < own.mean);
      own.rank = 1 + ahead.length;
    }
  }
}

/** The names of all figures that one of the runs has. */
export function figureNames(runs: ComparedRun[]): string[] {
  return [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
}

/** The mean of numbers with its standard error, from the unbiased variance. */
function overSeeds(values: number[]): FigureOfRecipe {
  const runs = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  if (runs < 2) return { mean, runs };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1);
  return { mean, error: Math.sqrt(variance / runs), runs };
}
