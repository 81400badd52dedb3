/**
 * Reads checkpoints, by their run or by their file.
 *
 * @module
 */
import { resolve } from "node:path";
import { type Checkpoint, decodeCheckpoint } from "@/gan/checkpoint.ts";
import { isFile } from "@/io/files.ts";
import { readLimited } from "@/host/limits.ts";
import { withRemedies } from "@/remedy.ts";
import { type RunFolder } from "./folder.ts";
import { RequestError } from "./request_error.ts";

/**
 * A checkpoint of the run: the last one, or the one in `file`.
 *
 * @throws {RangeError} If it is damaged; the message offers the one before.
 */
export async function readCheckpoint(run: RunFolder, file?: string): Promise<Checkpoint> {
  const all = (await run.checkpoints()).map((one) => one.file);
  const wanted = file ?? all.at(-1);
  if (!wanted) {
    throw new RequestError(
      `Cannot use the run ${run.path}: it must have a checkpoint in ${run.checkpointsFolder}, got none`,
    );
  }
  try {
    return await readCheckpointFile(wanted);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const previous = all.filter((one) => resolve(one) < resolve(wanted)).at(-1);
    if (!previous || !all.some((one) => resolve(one) === resolve(wanted))) throw error;
    throw withRemedies(
      new RangeError(`${error.message}\nThe checkpoint before it is ${previous}`, { cause: error }),
      { do: "give", setting: "checkpoint" },
    );
  }
}

/**
 * Reads a checkpoint file.
 *
 * @throws {RequestError} If there is no such file.
 * @throws {RangeError} If it is damaged, or something else, or larger than what is read.
 */
export async function readCheckpointFile(file: string): Promise<Checkpoint> {
  if (!await isFile(file)) {
    throw new RequestError(`Cannot read a checkpoint: there is no file ${file}`);
  }
  return decodeCheckpoint(await readLimited(file), file);
}
