/**
 * One command at a time in a folder.
 *
 * The lock is the operating system's own, on a file in the folder: it ends with the process that
 * holds it, however that ends. So a command that takes it knows that no other is at work there, and
 * that what looks half done has been left behind. The file itself says nothing.
 *
 * @module
 */
import { join } from "node:path";
import { isAt } from "./files.ts";
import { withRemedies } from "@/remedy.ts";
import { undoneBySignal } from "./signals.ts";
import { oneLine } from "./system_error.ts";

/**
 * The file's name, unless a folder has one of its own. No student and no notebook begins with a
 * point.
 */
export const LOCK = ".lock";

/** Another process writes to the folder. */
export class FolderLockedError extends Error {
  override name = "FolderLockedError";
}

export interface LockOptions {
  /** Name of the file in the folder. */
  name?: string;
  /** Whether the file stays when the lock is released. */
  keep?: boolean;
  /** What to say after "Cannot write to <folder>: " if another process holds the lock. */
  busy?: string;
  /** The setting that names the folder: another one is a remedy. */
  setting?: string;
}

export class FolderLock implements Disposable {
  readonly #undo: Disposable;
  #released = false;

  private constructor(
    readonly path: string,
    private readonly file: Deno.FsFile,
    private readonly keep: boolean,
  ) {
    this.#undo = undoneBySignal(() => this.release());
  }

  /**
   * Takes the lock of a folder, which is made if it is missing.
   *
   * @throws {FolderLockedError} If another process has it.
   * @throws {Error} If the folder cannot be written to, or its file system has no locks.
   */
  static async take(folder: string, options: LockOptions = {}): Promise<FolderLock> {
    const {
      name = LOCK,
      keep = false,
      busy = "another command is writing there",
      setting = "out",
    } = options;
    const path = join(folder, name);
    while (true) {
      const file = await open(folder, path);
      try {
        if (!await locked(file, path)) {
          throw withRemedies(
            new FolderLockedError(`Cannot write to ${folder}: ${busy}`),
            { do: "wait" },
            { do: "give", setting },
          );
        }
        // Before the file was locked, another process may have removed it.
        if (isAt(file, path)) return new FolderLock(path, file, keep);
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
    }
  }

  /**
   * Whether the file is still there: if somebody has removed the folder, the lock keeps nobody out.
   */
  holds(): boolean {
    return isAt(this.file, this.path);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#undo[Symbol.dispose]();
    try {
      // Removed before it is unlocked: afterwards it could be another process's.
      if (!this.keep && this.holds()) Deno.removeSync(this.path);
    } catch {
      // A file that stays behind does no harm: the next command locks it.
    }
    this.file.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

async function open(folder: string, path: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await Deno.open(path, { write: true, create: true });
  } catch (error) {
    throw new Error(`Cannot write to the folder ${folder}: ${oneLine(error)}`, { cause: error });
  }
}

async function locked(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    throw new Error(
      `Cannot lock ${path}: ${
        oneLine(error)
      }. Two commands at once would spoil each other's files there; choose a folder on a file system that has locks`,
      { cause: error },
    );
  }
}
