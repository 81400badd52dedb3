/**
 * Folders that exist for the time of a piece of work: they go at its end, or when a signal ends the
 * process.
 *
 * @module
 */
import { resolve } from "node:path";
import { undoneBySignal } from "./signals.ts";
import { oneLine } from "./system_error.ts";

const known = new Map<string, Disposable>();

/** Makes a folder of temporary files; `removeTempFolder` removes it. */
export async function makeTempFolder(options: { prefix: string; dir?: string }): Promise<string> {
  const making = Deno.makeTempDir(options);
  // Before it exists: a signal may come after it was made and before that is known.
  const undo = undoneBySignal(async () => Deno.removeSync(await making, { recursive: true }));
  try {
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
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      console.error(`warning: ${folder} is left behind: ${oneLine(error)}`);
    }
  }
  known.get(resolve(folder))?.[Symbol.dispose]();
  known.delete(resolve(folder));
}
