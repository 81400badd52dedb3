/**
 * Reads runs that are to be compared: run folders of `train`, and folders of sweeps.
 *
 * @module
 */
import { basename } from "node:path";
import { type GanOptions } from "@/gan/options.ts";
import { RunFolder } from "@/run/folder.ts";
import { RequestError } from "@/run/request_error.ts";
import { figuresOfQuality } from "./figures_of_run.ts";
import { type ComparedRun } from "./recipe_groups.ts";
import { readSweep } from "./sweep_folder.ts";

/**
 * The runs of these folders, in their order.
 *
 * @throws {RequestError} If one of them is neither a run nor a sweep, or if digits were compared
 *   with test images in some and with validation images in others.
 */
export async function readRuns(folders: string[]): Promise<ComparedRun[]> {
  const runs: ComparedRun[] = [];
  for (const folder of folders) {
    const swept = await readSweep(folder);
    if (swept) runs.push(...swept.runs);
    else runs.push(await readFolder(folder));
  }
  const figured = runs.filter(({ figures }) => Object.keys(figures).length > 0);
  const [first, other] = new Set(figured.flatMap(({ against }) => against ?? []));
  if (other !== undefined) {
    throw new RequestError(
      `Cannot compare these runs: their digits must have been compared with the same images, and some were with ${first} images, others with ${other} images`,
    );
  }
  return withRecipes(runs);
}

async function readFolder(folder: string): Promise<ComparedRun> {
  const run = new RunFolder(folder);
  if (!await run.exists()) {
    throw new RequestError(
      `Cannot compare ${folder}: it must be a run of train or the folder of a sweep, and is neither`,
    );
  }
  const { options, preset, backend } = await run.readConfig();
  const events = await run.readMetrics();
  const quality = await run.readQuality();
  const grid = (await run.sampleGrids()).at(-1);
  return {
    name: basename(folder),
    recipe: preset,
    seed: options.seed,
    options,
    step: events.at(-1)?.step ?? 0,
    events,
    quality,
    figures: figuresOfQuality(quality),
    ...(options.toy === undefined ? { against: "test" } : {}),
    grid: grid && (await Deno.readFile(grid.file)).toBase64(),
    made: { seconds: events.at(-1)?.seconds, backend: backend.name },
  };
}

/** Runs of one preset with other options are of other recipes: these get numbers. */
function withRecipes(runs: ComparedRun[]): ComparedRun[] {
  const byName = Map.groupBy(runs, ({ recipe }) => recipe);
  return runs.map((run) => {
    const kinds = [...new Set(byName.get(run.recipe)!.map(optionsAlone))];
    if (kinds.length === 1) return run;
    return { ...run, recipe: `${run.recipe} (${kinds.indexOf(optionsAlone(run)) + 1})` };
  });
}

/** The options but for the seed. */
function optionsAlone({ options }: ComparedRun): string {
  const { seed: _, ...rest }: GanOptions = options;
  return JSON.stringify(rest);
}
