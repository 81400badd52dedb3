/**
 * Which trained generator a command is asked for: of a run, of a checkpoint, or a pretrained one.
 *
 * @module
 */
import { type Command } from "commander";
import { type Checkpoint, restoreGenerator } from "@/gan/checkpoint.ts";
import { type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { RunFolder } from "@/run/folder.ts";
import {
  PRETRAINED_NAMES,
  type PretrainedName,
  readPretrained,
  restorePretrained,
} from "@/run/pretrained.ts";
import { readCheckpoint, readCheckpointFile } from "@/run/read_checkpoint.ts";
import { RequestError } from "@/run/request_error.ts";
import { defaultRunFolder } from "@/run/training_run.ts";
import { projectPath, taskCommand } from "./place.ts";
import { checkFile, choiceArgument, path } from "./program.ts";

export interface TrainedFlags {
  run?: string;
  checkpoint?: string;
  pretrained?: PretrainedName;
}

/** A trained generator that was read, not yet tensors. */
export interface Trained {
  /** For a reader. */
  title: string;
  /** The files that it is of: no output may take their place. */
  files: string[];
  options: GanOptions;
  /** Steps that were taken. */
  step: number;
  /** Its tensors, on the backend that is in use. */
  restore(): Network;
}

/** Adds `--run`, `--checkpoint` and `--pretrained`. */
export function addTrainedOptions(program: Command): Command {
  return program
    .option("--run <dir>", `run folder, its last checkpoint (default: ${defaultRun()})`, path)
    .option("--checkpoint <file>", "a checkpoint, in place of --run", path)
    .option(
      "--pretrained <name>",
      `a generator that comes with the project, in place of --run: ${PRETRAINED_NAMES.join(", ")}`,
      choiceArgument(PRETRAINED_NAMES),
    );
}

/** Ends the program where more than one source is named, of these and what else the command takes. */
export function refuseTwoSources(
  program: Command,
  flags: TrainedFlags,
  others: Record<string, string | undefined> = {},
): void {
  const { run, checkpoint, pretrained } = flags;
  const named = Object.entries({ run, checkpoint, pretrained, ...others })
    .flatMap(([name, value]) => value === undefined ? [] : [`--${name}`]);
  if (named.length > 1) program.error(`error: ${named.join(" and ")} exclude each other`);
}

/**
 * Reads the generator that is asked for: without a flag, that of the default run.
 *
 * @param action The command's verb, for errors.
 * @throws {RequestError} If there is none.
 * @throws {RangeError} If its file is damaged.
 */
export async function readTrained(action: string, flags: TrainedFlags): Promise<Trained> {
  if (flags.pretrained !== undefined) {
    const file = await readPretrained(flags.pretrained);
    return {
      title: `pretrained ${file.name}`,
      files: [file.file],
      options: file.options,
      step: file.record.steps,
      restore: () => restorePretrained(file).generator,
    };
  }
  const checkpoint = flags.checkpoint !== undefined
    ? await checkpointAt(action, flags.checkpoint)
    : await readCheckpoint(await runOf(action, flags.run ?? defaultRun()));
  const { options, step } = checkpoint.header;
  return {
    title: checkpoint.file,
    files: [checkpoint.file],
    options,
    step,
    restore: () => restoreGenerator(checkpoint),
  };
}

/** The run that is meant where none is named, as seen from where the user stands. */
export function defaultRun(): string {
  return projectPath(defaultRunFolder());
}

async function checkpointAt(action: string, file: string): Promise<Checkpoint> {
  await checkFile(`${action} a checkpoint`, file);
  return await readCheckpointFile(file);
}

/** @throws {RequestError} If no run was begun in the folder. */
export async function runOf(
  action: string,
  folder: string,
  others = "name another generator with --run, --checkpoint or --pretrained",
): Promise<RunFolder> {
  const run = new RunFolder(folder);
  if (await run.exists()) return run;
  throw new RequestError(
    `Cannot ${action} ${folder}: no run was begun there. Train one with ${
      taskCommand("train")
    }, or ${others}`,
  );
}
