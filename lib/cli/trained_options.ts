/**
 * The arguments that say which trained generator is meant: a run's, a checkpoint's, or a pretrained
 * one.
 *
 * @module
 */
import { type Command } from "commander";
import { defaultRunFolder } from "@/run/default_run.ts";
import { PRETRAINED_NAMES, type PretrainedName } from "@/run/pretrained_names.ts";
import { projectPath } from "./place.ts";
import { choiceArgument, path } from "./program.ts";

export interface TrainedFlags {
  run?: string;
  checkpoint?: string;
  pretrained?: PretrainedName;
}

/** Adds `--run`, `--checkpoint` and `--pretrained`. */
export function addTrainedOptions(program: Command): Command {
  return program
    .option("--run <dir>", `run folder, for its last checkpoint (default: ${defaultRun()})`, path)
    .option("--checkpoint <file>", "a checkpoint, instead of --run", path)
    .option(
      "--pretrained <name>",
      `a generator that comes with the project, instead of --run: ${PRETRAINED_NAMES.join(", ")}`,
      choiceArgument(PRETRAINED_NAMES),
    );
}

/** Ends the program if more than one source is named, of these and any others the command takes. */
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

/** The run that is meant when none is named, relative to where the user is. */
export function defaultRun(): string {
  return projectPath(defaultRunFolder());
}
