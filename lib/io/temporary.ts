/**
 * Folders that exist for the time of a piece of work: they go at its end, or when a signal ends the
 * process.
 *
 * @module
 */
import { resolve } from "node:path";
import { undoneBySignal } from "./signals.ts";
import { oneLine } from "./system_error.ts";

/** A folder that something is written to is removed at the latest by this many tries. */
const TRIES = 5;
const BETWEEN_TRIES_MS = 50;

const known = new Map<string, Disposable>();

/** Makes a folder of temporary files; `removeTempFolder` removes it. */
export async function makeTempFolder(options: { prefix: string; dir?: string }): Promise<string> {
  let making: Promise<string> | undefined;
  // Before it is begun: a signal may come as soon as it exists, and before that is known here.
  const undo = undoneBySignal(async () => making && await removeWhole(await making));
  try {
    making = Deno.makeTempDir(options);
    const folder = await making;
    known.set(resolve(folder), undo);
    return folder;
  } catch (error) {
    undo[Symbol.dispose]();
    throw error;
  }
}

/**
 * Removes a folder that `makeTempFolder` made, with all that is in it. If it stays, that is
 * reported and is not an error, which would hide the error that has ended the work.
 */
export async function removeTempFolder(folder: string): Promise<void> {
  try {
    await removeWhole(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      console.error(`warning: ${folder} is left behind: ${oneLine(error)}`);
    }
  }
  known.get(resolve(folder))?.[Symbol.dispose]();
  known.delete(resolve(folder));
}

/** What is under way may write to a folder while it is removed: then that is tried again. */
async function removeWhole(folder: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    }
  }
}
