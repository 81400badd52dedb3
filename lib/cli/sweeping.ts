/**
 * What `deno task sweep` does with its arguments: the plan, who does it, output.
 *
 * @module
 */
import { join } from "node:path";
import { availableParallelism } from "node:os";
import { findAdapter } from "@/backend.ts";
import { type BackendChoice } from "@/backend_choice.ts";
import { loadImages } from "@/data/mnist.ts";
import {
  type Against,
  type EvaluationImages,
  imagesAgainst,
  seenInTraining,
  VALIDATION_TEXT,
} from "@/eval/against.ts";
import { refusals } from "@/eval/suite.ts";
import { findPreset } from "@/gan/presets.ts";
import { isFile, isFolder, writeTextAtomically } from "@/io/files.ts";
import { checkFolderToMake, sealedPage } from "@/io/outputs.ts";
import { type Executor } from "@/jobs/executor.ts";
import { LocalExecutor } from "@/jobs/local_executor.ts";
import { ownVersion } from "@/jobs/own_version.ts";
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { asRequest, optionsAskedFor } from "@/run/request.ts";
import { RequestError } from "@/run/request_error.ts";
import { combinations, type SweepRun } from "@/sweep/combinations.ts";
import { comparisonPage } from "@/sweep/comparison_page.ts";
import { groupByRecipe } from "@/sweep/recipe_groups.ts";
import { recipeText } from "@/sweep/recipe_table.ts";
import { type PlannedRun, runSweep, type SweepOutcome } from "@/sweep/run_sweep.ts";
import { withoutShared } from "@/sweep/shared_choices.ts";
import {
  type KeptSweep,
  readSweep,
  REPORT_FILE,
  type SweptRun,
  writeResults,
} from "@/sweep/sweep_folder.ts";
import { askElsewhere } from "./elsewhere.ts";
import { JobProgress } from "./job_progress.ts";
import { projectPath } from "./place.ts";
import { StopSignals } from "./stop_signals.ts";
import { type SweepFlags } from "./sweep.ts";

/** The program of the processes that train. */
const PROGRAM = new URL("./training_program.ts", import.meta.url);

/** Does what is not done and writes the tables and the page; the exit code. */
export async function sweepAsAsked(flags: SweepFlags, queue?: QueueAddress): Promise<number> {
  const folder = flags.out ?? projectPath("runs/sweep");
  await checkFolderToMake(folder);
  await refuseStranger(folder);
  const backend = await backendFor(flags.backend);
  const plan = await planOf(flags, backend);
  const warnings = warningsOf(plan);
  for (const warning of warnings) console.error(`warning: ${warning}`);
  const progress = new JobProgress("runs");
  const say = (line: string) => progress.say(`warning: ${line}`);
  using stop = new StopSignals();
  const version = await ownVersion();
  await using executor = queue
    ? (await askElsewhere(queue, flags, say)).executor
    : await LocalExecutor.start({
      program: PROGRAM,
      // Runs on one GPU take turns: each of them can fill it.
      size: flags.jobs ?? (backend === "webgpu" ? 1 : availableParallelism()),
      onTrouble: say,
    });
  progress.executor = queue && executor as Executor;
  console.error(
    `sweep    ${plan.length} runs, ${backend}, ${
      queue ? `by the workers of ${queue.shown}` : `${executor.window} at a time`
    }, into ${folder}`,
  );
  let outcome: SweepOutcome;
  try {
    outcome = await runSweep(plan, {
      folder,
      executor,
      version,
      signal: stop.signal,
      onProgress: (done, of) => progress.show(done, of),
    });
  } catch (error) {
    progress.stop();
    if (stop.code === undefined) throw error;
    console.error("stopped; the same command goes on from here");
    return stop.code;
  }
  progress.stop();
  return await publishSweep(folder, outcome, { flags, version, warnings });
}

/** @throws {RequestError} If something else than a sweep is in the folder. */
async function refuseStranger(folder: string): Promise<void> {
  if (!await isFolder(folder)) return;
  if (await isFile(join(folder, "config.json"))) {
    throw new RequestError(
      `Cannot sweep into ${folder}: it must be a folder of its own, and there is a run of train. Choose another one with --out`,
    );
  }
}

/** What `auto` is here; all runs of a sweep have one backend, so that they can be compared. */
async function backendFor(choice: BackendChoice): Promise<BackendChoice> {
  if (choice !== "auto") return choice;
  const adapter = await findAdapter();
  return adapter && !adapter.software ? "webgpu" : "wasm";
}

/** Every run, checked before anything is trained. */
async function planOf(flags: SweepFlags, backend: BackendChoice): Promise<PlannedRun[]> {
  const runs = asRequest(() => combinations(flags.presets, flags.set, flags.seeds));
  const images = flags.evaluate.length > 0
    ? imagesAgainst(await loadImages(), flags.against)
    : undefined;
  return runs.map((run) => planned(run, { flags, backend, images }));
}

function planned(
  run: SweepRun,
  { flags, backend, images }: {
    flags: SweepFlags;
    backend: BackendChoice;
    images?: EvaluationImages;
  },
): PlannedRun {
  const { evaluate, count, against, quality } = flags;
  const preset = findPreset(run.preset);
  const { seed, settings: set } = run;
  const options = optionsAskedFor(
    { preset: run.preset, seed, set, logEvery: 1 },
    run.preset,
    preset,
  );
  if (images) {
    const toy = options.toy === undefined ? [] : [`it generates toy data (${options.toy})`];
    const labelled = options.classes !== undefined;
    const [first] = [...toy, ...refusals(evaluate, { count, images, labelled })];
    if (first) throw new RequestError(`Cannot evaluate ${run.recipe}: ${first}`);
  }
  const epochs = flags.epochs ?? preset.epochs;
  const length = flags.steps === undefined ? { epochs } : { steps: flags.steps };
  const { logEvery } = flags;
  return {
    ...run,
    options,
    ...length,
    logEvery,
    backend,
    metrics: evaluate,
    count,
    against,
    quality,
  };
}

/** What is doubtful about the figures of recipes. */
function warningsOf(plan: PlannedRun[]): string[] {
  const measured = plan.filter(({ metrics, quality }) => metrics.length > 0 || quality);
  const found = measured.map(({ recipe, options, against }) =>
    seenInTraining(recipe, options, against)
  );
  return [...new Set(found.filter((warning) => warning !== undefined))];
}

/** Writes what the folder is for, and prints the table. */
async function publishSweep(
  folder: string,
  { runs, failed }: SweepOutcome,
  { flags, version, warnings }: { flags: SweepFlags; version: string; warnings: string[] },
): Promise<number> {
  if (runs.length > 0) {
    const { against } = flags;
    const earlier = await earlierSweep(folder, runs, { version, against });
    const all = [...earlier.runs, ...runs];
    const commands = [...new Set([...earlier.commands, flags.command])];
    const about = { commands, version, against, warnings };
    await writeResults(folder, all, about);
    const { runs: shown, shared } = withoutShared(all);
    const inAll = shared.length > 0 ? [`All runs: ${shared.join(", ")}`] : [];
    const page = await comparisonPage(shown, {
      title: `Sweep: ${[...new Set(all.map(({ preset }) => preset))].join(", ")}`,
      facts: [
        `Made by ${commands.join("; ")}`,
        `Version ${version}`,
        ...inAll,
        ...(against === "test" ? [] : [`Digits are compared with ${VALIDATION_TEXT}`]),
        ...warnings,
      ],
    });
    await writeTextAtomically(join(folder, REPORT_FILE), sealedPage(page));
    console.log([recipeText(groupByRecipe(shown)), ...inAll].join("\n"));
    console.log();
    for (const name of ["results.csv", REPORT_FILE]) console.log(join(folder, name));
  }
  for (const [name, reason] of failed) console.error(`error: ${name} has no result: ${reason}`);
  return failed.size === 0 ? 0 : 1;
}

/** A sweep of more seeds has the earlier ones in its table as well, where they are like them. */
async function earlierSweep(
  folder: string,
  runs: SweptRun[],
  { version, against }: { version: string; against: Against },
): Promise<KeptSweep> {
  const names = new Set(runs.map(({ name }) => name));
  const kept = await readSweep(folder);
  const others = kept?.runs.filter(({ name }) => !names.has(name)) ?? [];
  const alike = others.filter((run) =>
    run.version === version && (run.against ?? against) === against
  );
  const left = others.length - alike.length;
  if (left > 0) {
    console.error(
      `warning: ${left} runs of another version, or measured against other images, are left out of the table`,
    );
  }
  return { commands: alike.length > 0 ? kept!.commands : [], runs: alike };
}
