/**
 * Folders for the time of a piece of work: gone after it, and where a signal ends the process.
 *
 * @module
 */
import { undoneBySignal } from "./signals.ts";
import { oneLine } from "./system_error.ts";

const known = new Map<string, Disposable>();

/** Makes a folder of temporary files; `removeTempFolder` takes it away. */
export async function makeTempFolder(options: { prefix: string; dir?: string }): Promise<string> {
  const folder = await Deno.makeTempDir(options);
  known.set(folder, undoneBySignal(() => Deno.removeSync(folder, { recursive: true })));
  return folder;
}

/**
 * Removes a folder that `makeTempFolder` made, with all that is in it. One that stays is told and is no error: that would
 * hide the error which has ended the work.
 */
export async function removeTempFolder(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      console.error(`warning: ${folder} is left behind: ${oneLine(error)}`);
    }
  }
  known.get(folder)?.[Symbol.dispose]();
  known.delete(folder);
}
