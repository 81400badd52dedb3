/**
 * `deno task sweep`: its arguments. What is done with them, `sweeping.ts`, is loaded when they are
 * known, so that help and a wrong argument load no TensorFlow.js.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { BACKEND_CHOICES, type BackendChoice } from "@/backend_choice.ts";
import { type Against } from "@/eval/against.ts";
import { type Metric } from "@/eval/metrics.ts";
import { PRESETS } from "@/gan/presets.ts";
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { parseSeeds, parseSweptOption, type SweptOption } from "@/sweep/combinations.ts";
import { againstOption } from "./against_option.ts";
import { EVALUATED_COUNT } from "./defaults.ts";
import { metricNames } from "./metric_names.ts";
import { taskCommand } from "./place.ts";
import { choiceArgument, createProgram, integerArgument, listOf, main, path } from "./program.ts";
import { addQueueOptions, type QueueFlags, queueOf } from "./queue_options.ts";

export interface SweepFlags extends QueueFlags {
  presets: string[];
  seeds: number[];
  set: SweptOption[];
  epochs?: number;
  steps?: number;
  evaluate: Metric[];
  count: number;
  against: Against;
  quality: boolean;
  logEvery?: number;
  backend: BackendChoice;
  jobs?: number;
  out?: string;
  /** What was typed. */
  command: string;
}

function parse(args: string[]): { flags: SweepFlags; queue?: QueueAddress } {
  const program = createProgram(
    "sweep",
    "Trains every combination of presets, values of options and seeds, here or by the workers of a queue.",
  );
  addWhat(program);
  addHow(program);
  addQueueOptions(program).addHelpText(
    "after",
    "\nThe folder has results.csv, results.json and report.html. Runs that are done are not done again:\n" +
      "the same command goes on after Ctrl-C, and with more seeds or values it adds to what is there.",
  );
  program.parse(args, { from: "user" });
  const flags = program.opts<SweepFlags>();
  if (flags.epochs !== undefined && flags.steps !== undefined) {
    program.error("error: --epochs and --steps exclude each other");
  }
  const command = taskCommand("sweep", ...args);
  return { flags: { ...flags, command }, queue: queueOf(flags, program) };
}

function addWhat(program: Command): void {
  program
    .option(
      "--presets <names>",
      "presets of train, with commas between them, or all",
      listOf(Object.keys(PRESETS)),
      ["mlp"],
    )
    .option("--seeds <list>", "such as 1..5 or 1,2,7", seedList, [1, 2, 3])
    .option(
      "--set <name=values>",
      "an option with the values that it is to have, such as gradientPenalty=0.1,1,10; with a + between them, options that change together; may be given several times",
      axis,
      [],
    )
    .option("--epochs <n>", "passes over the data (default: the preset's)", integerArgument(1))
    .option("--steps <n>", "updates of the generator, instead of --epochs", integerArgument(1))
    .option("--evaluate <names>", "metrics of evaluate, at the end of each run", metricNames, [])
    .option(
      "--count <n>",
      "how many samples are evaluated",
      integerArgument(1, 100_000),
      EVALUATED_COUNT,
    )
    .addOption(againstOption());
}

function addHow(program: Command): void {
  program
    .option("--no-quality", "do not measure samples after each epoch")
    .option(
      "--log-every <n>",
      "record losses every n steps (default: 200 times in a run)",
      integerArgument(1),
    )
    .option(
      "--backend <name>",
      `${BACKEND_CHOICES.join(", ")}; auto is decided here, for all runs`,
      choiceArgument(BACKEND_CHOICES),
      "wasm",
    )
    .option(
      "--jobs <n>",
      "runs at a time on this machine (default: one per core, or one with a GPU)",
      integerArgument(1, 64),
    )
    .option("--out <dir>", "folder of the sweep (default: runs/sweep)", path);
}

function seedList(text: string): number[] {
  const seeds = parseSeeds(text);
  if (!seeds) throw new InvalidArgumentError("It must be like 1..5 or 1,2,7.");
  return seeds;
}

function axis(text: string, before: SweptOption[] = []): SweptOption[] {
  const found = parseSweptOption(text);
  if (!found) {
    throw new InvalidArgumentError(
      "It must be name=value,value, such as gradientPenalty=0.1,1,10.",
    );
  }
  for (const name of found.names) {
    if (["preset", "seed", "epochs", "steps", "backend"].includes(name)) {
      throw new InvalidArgumentError(`${name} has an option of its own: see --help.`);
    }
    if (before.some(({ names }) => names.includes(name))) {
      throw new InvalidArgumentError(`${name} is set already: give all its values at once.`);
    }
  }
  return [...before, found];
}

export async function run(args: string[]): Promise<number> {
  const { flags, queue } = parse(args);
  const { sweepAsAsked } = await import("./sweeping.ts");
  return await sweepAsAsked(flags, queue);
}

if (import.meta.main) await main(() => run(Deno.args));
