/**
 * Reads the trained generator that a command needs: a run's, a checkpoint's, or a pretrained one.
 *
 * @module
 */
import { type Checkpoint, restoreGenerator } from "@/gan/checkpoint.ts";
import { type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { RunFolder } from "@/run/folder.ts";
import { readPretrained, restorePretrained } from "@/run/pretrained.ts";
import { readCheckpoint, readCheckpointFile } from "@/run/read_checkpoint.ts";
import { RequestError } from "@/run/request_error.ts";
import { taskCommand } from "./place.ts";
import { checkFile } from "./program.ts";
import { defaultRun, type TrainedFlags } from "./trained_options.ts";

/** A trained generator that was read, but is not tensors yet. */
export interface Trained {
  /** For a reader. */
  title: string;
  /** The files that it comes from: no output may replace them. */
  files: string[];
  options: GanOptions;
  /** Steps that were taken. */
  step: number;
  /** Its tensors, on the backend that is in use. */
  restore(): Network;
}

/**
 * Reads the generator that is asked for; without a flag, that of the default run.
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
