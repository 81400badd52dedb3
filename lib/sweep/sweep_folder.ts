/**
 * The folder of a sweep: each run's result is a file, written once and whole; tables and the page
 * are made from these files.
 *
 * - `runs/<name>.json`: a run, with the digest of the job that it is the result of
 * - `unfinished/`: trainings under way, with a checkpoint each; it goes with the last of them
 * - `results.csv`, `results.json`: a row for each run
 * - `report.html`: the runs side by side
 *
 * @module
 */
import { join, resolve } from "node:path";
import * as v from "valibot";
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { type Against } from "@/eval/against.ts";
import { shaped } from "@/formats/shaped.ts";
import { BYTE_ORDER_MARK } from "@/formats/text.ts";
import { readIfFile, unlessAbsent, writeTextAtomically } from "@/io/files.ts";
import { type Done, jobId, type JobOrder } from "@/jobs/job.ts";
import { type SweepRun } from "./combinations.ts";
import { type ComparedRun, figureNames } from "./recipe_groups.ts";
import { type TrainedRun } from "./training_job.ts";

export const REPORT_FILE = "report.html";
const RUNS = "runs";
const UNFINISHED = "unfinished";
const RESULTS = "results.json";

/** A run of a sweep with its settings. */
export interface SweptRun extends ComparedRun {
  preset: string;
  /** What was chosen of each swept option, as in its recipe. */
  choices: string[];
  /** What was set, by the name of the option. */
  settings: Record<string, string>;
  /** The version of the code that made it. */
  version: string;
}

/** A file of a run; what is in a result is the program's own. */
const STORED = v.looseObject({
  job: v.string(),
  version: v.string(),
  name: v.string(),
  recipe: v.string(),
  preset: v.string(),
  seed: v.number(),
  choices: v.array(v.string()),
  settings: v.record(v.string(), v.string()),
  result: v.looseObject({
    step: v.number(),
    events: v.array(v.looseObject({ step: v.number() })),
    quality: v.array(v.looseObject({ step: v.number() })),
    figures: v.record(v.string(), v.number()),
    grid: v.string(),
  }),
  made: v.looseObject({ host: v.string(), cores: v.number(), seconds: v.number() }),
});

function runFile(folder: string, name: string): string {
  return join(folder, RUNS, `${name}.json`);
}

/** Where trainings are kept that are under way on this machine: all of them, or that of an order. */
export function unfinishedFolder(folder: string, order?: JobOrder): string {
  return resolve(folder, UNFINISHED, order ? jobId(order.job).slice(0, 16) : "");
}

/** Removes what was kept of a training that is done, or of all, those of other versions too. */
export async function removeUnfinished(folder: string, order?: JobOrder): Promise<void> {
  await unlessAbsent(Deno.remove(unfinishedFolder(folder, order), { recursive: true }));
}

/** Keeps the result of a run. */
export async function writeRun(
  folder: string,
  { name, recipe, preset, seed, choices, settings }: SweepRun,
  { job: { version }, job }: JobOrder,
  { result, made }: Done,
): Promise<void> {
  await Deno.mkdir(join(folder, RUNS), { recursive: true });
  const set = Object.fromEntries(settings.map(({ name, text }) => [name, text]));
  const stored = {
    job: jobId(job),
    version,
    name,
    recipe,
    preset,
    seed,
    choices,
    settings: set,
    result,
    made,
  };
  await writeTextAtomically(runFile(folder, name), `${JSON.stringify(stored)}\n`);
}

/**
 * The result of a run that is kept.
 *
 * @param job If it is given, the run must be the result of this job.
 * @returns Undefined if there is none, or the file is not whole.
 */
export async function readRun(
  folder: string,
  name: string,
  job?: string,
): Promise<SweptRun | undefined> {
  const bytes = await readIfFile(runFile(folder, name));
  if (!bytes) return undefined;
  let stored: v.InferOutput<typeof STORED>;
  try {
    stored = shaped(STORED, new TextDecoder().decode(bytes), `Cannot read the run ${name}`);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  if (job !== undefined && stored.job !== job) return undefined;
  const { result, job: _, ...rest } = stored;
  return { ...rest, ...result as unknown as TrainedRun } as SweptRun;
}

/** A sweep as its folder has it. */
export interface KeptSweep {
  /** What was typed, once for each command that added runs. */
  commands: string[];
  /** In the order of the table. */
  runs: SweptRun[];
}

/** The sweep that is in this folder; undefined if none is. */
export async function readSweep(folder: string): Promise<KeptSweep | undefined> {
  const file = join(folder, RESULTS);
  const bytes = await readIfFile(file);
  if (!bytes) return undefined;
  const { commands, runs } = shaped(
    v.looseObject({
      commands: v.array(v.string()),
      runs: v.array(v.looseObject({ name: v.string() })),
    }),
    new TextDecoder().decode(bytes),
    `Cannot read ${file}, the results of a sweep`,
  );
  const found = await Promise.all(runs.map(({ name }) => readRun(folder, name)));
  return { commands, runs: found.flatMap((run) => run ?? []) };
}

/** Writes the tables. */
export async function writeResults(
  folder: string,
  runs: SweptRun[],
  about: { commands: string[]; version: string; against: Against; warnings: string[] },
): Promise<void> {
  const rows = runs.map((
    { name, preset, seed, settings, step, figures, against, diverged, made },
  ) => ({ name, preset, seed, settings, steps: step, figures, against, diverged, made }));
  const json = { ...about, runs: rows };
  await writeTextAtomically(join(folder, RESULTS), `${JSON.stringify(json, null, 2)}\n`);
  const names = figureNames(runs);
  const set = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const table = [
    [...["name", "preset", "seed"], ...set, "steps", ...names, "against", "diverged", ...MADE],
    ...runs.map(({ name, preset, seed, settings, step, figures, against, diverged, made }) => [
      ...[name, preset, seed],
      ...set.map((option) => settings[option] ?? ""),
      step,
      ...names.map((figure) => figures[figure] ?? ""),
      against ?? "",
      diverged ?? "",
      ...MADE.map((field) => made?.[field] ?? ""),
    ]),
  ];
  const text = Papa.unparse(table, { newline: "\n", escapeFormulae: true });
  await writeTextAtomically(join(folder, "results.csv"), `${BYTE_ORDER_MARK}${text}\n`);
}

/** What depends on where a run was made. */
const MADE = ["seconds", "host", "cores", "backend"] as const;
