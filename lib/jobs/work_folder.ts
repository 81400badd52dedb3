/**
 * The folder of a worker's temporary files. One that a killed worker has left behind is removed by
 * the next worker that starts beside it: its lock is free then.
 *
 * @module
 */
import { join } from "node:path";
import { FolderLock } from "@/io/lock.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";

const BEGIN = "gan-workbook-worker-";

/** A worker younger than this may not have taken its lock yet, in ms. */
const YOUNG_MS = 60_000;

export class WorkFolder implements AsyncDisposable {
  private constructor(readonly path: string, private readonly lock: FolderLock) {}

  /** @param parent Where it is made; the system's folder of temporary files if it is left out. */
  static async make(parent?: string): Promise<WorkFolder> {
    if (parent !== undefined) await Deno.mkdir(parent, { recursive: true });
    const path = await makeTempFolder({
      prefix: BEGIN,
      dir: parent && await Deno.realPath(parent),
    });
    const lock = await FolderLock.take(path, { keep: true });
    await removeAbandoned(join(path, ".."));
    return new WorkFolder(path, lock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lock.release();
    await removeTempFolder(this.path);
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory || !name.startsWith(BEGIN)) continue;
    const path = join(folder, name);
    try {
      const { mtime } = await Deno.stat(path);
      if (Date.now() - Number(mtime) < YOUNG_MS) continue;
      (await FolderLock.take(path, { keep: true })).release();
      await Deno.remove(path, { recursive: true });
    } catch {
      // Somebody works there, or has just removed it, or it is another user's.
    }
  }
}
