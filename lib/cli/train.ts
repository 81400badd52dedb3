/**
 * `deno task train`: its arguments. What is done with them, `training.ts`, is loaded when they are
 * known, so that help and a wrong argument load no TensorFlow.js.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { BACKEND_CHOICES } from "@/backend_choice.ts";
import { PRESETS } from "@/gan/presets.ts";
import { parseSetting, type Setting } from "@/gan/setting.ts";
import { type TrainRequest } from "@/run/request.ts";
import { taskCommand } from "./place.ts";
import {
  choiceArgument,
  createProgram,
  integerArgument,
  main,
  notNegative,
  path,
} from "./program.ts";

export interface TrainFlags extends TrainRequest {
  quiet?: boolean;
  open?: boolean;
  serve?: boolean;
  port?: number;
  helpOptions?: boolean;
}

function parse(args: string[]): TrainFlags {
  const program = createProgram(
    "train",
    "Trains a GAN and leaves a run folder with samples, checkpoints and a report.",
  );
  addRecipe(program);
  addRun(program);
  addRecords(program);
  program.addHelpText(
    "after",
    `\nPresets:\n${
      Object.entries(PRESETS).map(([name, { summary }]) => `  ${name.padEnd(17)}${summary}`)
        .join("\n")
    }\n\nCtrl-C stops after the current step and saves; --resume goes on from there.`,
  );
  program.parse(args, { from: "user" });
  const flags = program.opts<TrainFlags>();
  if (flags.epochs !== undefined && flags.steps !== undefined) {
    program.error("error: --epochs and --steps exclude each other");
  }
  if (flags.port !== undefined && !flags.serve) {
    program.error("error: --port is the port of --serve: add --serve, or leave --port out");
  }
  return flags;
}

/** What is trained, and how. */
function addRecipe(program: Command): void {
  program
    .option(
      "--preset <name>",
      "networks and recipe, see below (default: mlp)",
      choiceArgument(Object.keys(PRESETS)),
    )
    .option(
      "--epochs <n>",
      "passes over the data; 200 batches each for toy data (default: the preset's)",
      integerArgument(1),
    )
    .option("--steps <n>", "updates of the generator, instead of --epochs", integerArgument(1))
    .option(
      "--batch-size <n>",
      "real rows in a minibatch (default: the preset's)",
      integerArgument(1),
    )
    .option(
      "--packing <m>",
      "samples that D sees side by side (default: 1)",
      integerArgument(1, 16),
    )
    .option(
      "--gradient-penalty <gamma>",
      "R1 penalty on D, against collapse; 0 for none (default: the preset's)",
      notNegative,
    )
    .option(
      "--seed <n>",
      "seeds weights, noise, dropout and batch order (default: 1)",
      integerArgument(0),
    )
    .option(
      "--set <name=value>",
      "any option of the preset, such as generatorOptimiser.learningRate=0.001; may be given several times",
      setting,
    )
    .option("--help-options", "list every option for --set, with the preset's values");
}

/** Where and on what. */
function addRun(program: Command): void {
  program
    .option(
      "--backend <name>",
      `${BACKEND_CHOICES.join(", ")} (default: auto, a real GPU or else wasm)`,
      choiceArgument(BACKEND_CHOICES),
    )
    .option(
      "--threads <n>",
      "threads of the training engine on wasm (default: one per core, at most 16)",
      integerArgument(1, 64),
    )
    .option("--data <dir>", "folder with the four files of MNIST's format (default: MNIST)", path)
    .option("--run <dir>", "run folder (default: runs/<preset>-<seed>)", path)
    .option(
      "--resume [checkpoint]",
      "resume the run, from its last checkpoint or from this one",
      path,
    );
}

/** What is shown of the training, and what is kept. */
function addRecords(program: Command): void {
  program
    .option("--log-every <n>", "record losses every n steps", integerArgument(1), 10)
    .option("--no-quality", "do not measure samples after each epoch")
    .option("--csv", "keep metrics.csv beside metrics.jsonl")
    .option("--tensorboard", "keep event files for TensorBoard, in the folder tensorboard")
    .option("--gif", "at the end make samples.gif, the sample grids one after another")
    .option("--serve", "show the report live on a page of this computer while it trains")
    .option("--port <n>", "the port of --serve (default: a free one)", integerArgument(0, 65535))
    .option("--open", "open the report in the browser at the end, or with --serve the live page")
    .option("--quiet", "print nothing but warnings, errors and the address of --serve");
}

function setting(text: string, before: Setting[] = []): Setting[] {
  const found = parseSetting(text);
  if (!found) {
    throw new InvalidArgumentError(
      "It must be name=value, such as batchSize=64; --help-options lists the names.",
    );
  }
  if (FLAGS_OF_THEIR_OWN.includes(found.name)) {
    throw new InvalidArgumentError(
      `${found.name} is not an option of a preset: use --${found.name}.`,
    );
  }
  return [...before, found];
}

/** Options that a user may look for among those of a preset. */
const FLAGS_OF_THEIR_OWN = ["preset", "epochs", "steps", "backend", "threads", "data", "run"];

export async function run(args: string[]): Promise<number> {
  const flags = parse(args);
  const { trainAsAsked } = await import("./training.ts");
  return await trainAsAsked({ ...flags, command: taskCommand("train", ...args) });
}

if (import.meta.main) await main(() => run(Deno.args));
