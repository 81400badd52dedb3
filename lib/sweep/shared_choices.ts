/**
 * What all runs of a sweep have in common is said once, and not in the name of each recipe.
 *
 * @module
 */
import { type SweptRun } from "./sweep_folder.ts";

/** The runs, by the names of recipes without what is in all of them; and what that is. */
export function withoutShared(runs: SweptRun[]): { runs: SweptRun[]; shared: string[] } {
  const [first, ...others] = runs;
  const shared = (first?.choices ?? []).filter((choice) =>
    others.every(({ choices }) => choices.includes(choice))
  );
  const own = (run: SweptRun) => run.choices.filter((choice) => !shared.includes(choice));
  return {
    runs: runs.map((run) => ({ ...run, recipe: [run.preset, ...own(run)].join(" ") })),
    shared,
  };
}
