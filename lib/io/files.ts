/**
 * Files that are written whole or not at all, and files that may not exist.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { isAbsence, isFile, isFolder, statIfThere, unlessAbsent } from "@/host/deno_files.ts";
import { undoneBySignal } from "./signals.ts";

export { isFile, isFolder, statIfThere, unlessAbsent };

/** How the temporary files of `writeAtomically` are called. */
const TEMPORARY = /^\.writing-[0-9a-f]{32}\.tmp$/;

/** The bytes of a file, one piece after the other. */
type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The most links that may lead from one to the next; more are a circle. */
const MAX_LINKS = 40;

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, never a part:
 * a temporary file beside it, fsync, rename, fsync of the folder.
 *
 * A link stays a link, and the file that it leads to is written; a file that is replaced keeps its
 * permissions. A process that was killed leaves its temporary file behind, unlocked: the next
 * process that writes to the folder removes it. A terminal, a pipe or a device is written to as it
 * is. What is too large to be made at once may come in pieces.
 *
 * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied | Error} What the system says; the
 *   temporary file is removed and the old file is as it was.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | Pieces,
): Promise<void> {
  try {
    await writeWhole(path, bytes instanceof Uint8Array ? [bytes] : bytes);
  } catch (error) {
    // The same error, since its class and code say to others what to do.
    if (error instanceof Error && !error.message.startsWith("Cannot ")) {
      error.message = `Cannot write ${path}: ${error.message}`;
    }
    throw error;
  }
}

async function writeWhole(path: string, bytes: Pieces): Promise<void> {
  const target = await followLinks(path);
  const old = await statIfThere(target);
  if (old && !old.isFile) return await writeThrough(target, bytes);
  // A file that may not be written may not be replaced either.
  if (old) (await Deno.open(target, { write: true })).close();
  await removeOrphans(dirname(target));
  using temporary = await TemporaryFile.beside(target, old?.mode);
  try {
    await writeAll(temporary.file, bytes);
    if (old) await keepPermissions(temporary.path, old);
    await temporary.file.sync();
    // It is still locked: nobody takes it for an orphan.
    await Deno.rename(temporary.path, target);
  } catch (error) {
    await Deno.remove(temporary.path).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Writes a text as `writeAtomically` does. */
export async function writeTextAtomically(path: string, text: string): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(text));
}

/** Whether a file of this name is a temporary one of `writeAtomically`. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * The path of the file that a path leads to through links; that file need not exist yet.
 */
async function followLinks(path: string): Promise<string> {
  let target = resolve(path);
  for (let links = 0; links < MAX_LINKS; links++) {
    const info = await unlessAbsent(Deno.lstat(target));
    if (!info?.isSymlink) return target;
    // Resolved first: .. after a link is not where it seems to be.
    const folder = await Deno.realPath(dirname(target));
    target = resolve(folder, await Deno.readLink(target));
  }
  throw new Error(`Cannot write ${path}: its links must lead to a file, but they lead in a circle`);
}

/** A file with a name that nobody else has, locked for as long as it is open. */
class TemporaryFile implements Disposable {
  private constructor(
    readonly path: string,
    readonly file: Deno.FsFile,
    private readonly undo: Disposable,
  ) {}

  static async beside(target: string, mode?: number | null): Promise<TemporaryFile> {
    while (true) {
      const name = crypto.getRandomValues(new Uint8Array(16)).toHex();
      const path = join(dirname(target), `.writing-${name}.tmp`);
      const undo = undoneBySignal(() => Deno.removeSync(path));
      let file: Deno.FsFile | undefined;
      try {
        // At no time is it open to more people than the file that it replaces.
        const rights = mode === undefined || mode === null ? {} : { mode: mode & 0o777 };
        file = await Deno.open(path, { write: true, createNew: true, ...rights });
        if (await lock(file) && isAt(file, path)) return new TemporaryFile(path, file, undo);
      } catch (error) {
        await discard(path, file, undo);
        throw namedAs(error, path, target);
      }
      // Before it was locked, another process took it for an orphan.
      await discard(path, file, undo);
    }
  }

  [Symbol.dispose](): void {
    this.file.close();
    this.undo[Symbol.dispose]();
  }
}

/** Removes a temporary file that was made and is not used. */
async function discard(
  path: string,
  file: Deno.FsFile | undefined,
  undo: Disposable,
): Promise<void> {
  file?.close();
  if (file) await Deno.remove(path).catch(() => {});
  undo[Symbol.dispose]();
}

/** The error with the name that the user knows. */
function namedAs(error: unknown, path: string, known: string): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(path, known);
  return error;
}

/** Locks a file. If the file system has no locks, no temporary file is taken for an orphan. */
async function lock(file: Deno.FsFile): Promise<boolean> {
  return await file.tryLock(true).catch(() => true);
}

/** Whether a path leads to the file that is open. */
export function isAt(file: Deno.FsFile, path: string): boolean {
  const own = file.statSync();
  try {
    const there = Deno.statSync(path);
    return own.ino === there.ino && own.dev === there.dev;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Folders that this process has looked through lately. */
const tidied = new Set<string>();
/** So many of them are remembered: a class has a folder for each student. */
const MOST_TIDIED = 1_000;

/**
 * Removes the temporary files of processes that were killed: those that nobody holds a lock on.
 * Once for each folder, since a folder may hold thousands of files.
 */
async function removeOrphans(folder: string): Promise<void> {
  if (tidied.has(folder)) return;
  if (tidied.size === MOST_TIDIED) tidied.clear();
  tidied.add(folder);
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !isTemporary(name)) continue;
      using file = await Deno.open(join(folder, name), { write: true });
      if (await file.tryLock(true)) await Deno.remove(join(folder, name));
    }
  } catch {
    // A failure to tidy up does not prevent writing, which reports what is wrong itself.
  }
}

async function keepPermissions(temporary: string, old: Deno.FileInfo): Promise<void> {
  if (Deno.build.os === "windows") return;
  const { uid, gid } = await Deno.stat(temporary);
  if (uid !== old.uid || gid !== old.gid) {
    // Only for a user who may: others own what they write.
    await Deno.chown(temporary, old.uid, old.gid).catch(() => {});
  }
  await Deno.chmod(temporary, old.mode! & 0o7777);
}

/** Writes to something that is not a file, and so cannot be replaced. */
async function writeThrough(path: string, bytes: Pieces): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await writeAll(file, bytes);
}

async function writeAll(file: Deno.FsFile, pieces: Pieces): Promise<void> {
  for await (const bytes of pieces) {
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
  }
}

/** Makes a rename in this folder last; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}

/**
 * Whether two paths lead to one file: through links, under another name of the same file (a hard
 * link), or in another case where the system does not tell cases apart.
 */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = [await statIfThere(one), await statIfThere(other)];
  if (!a || !b) return false;
  if (a.ino !== null && b.ino !== null && a.ino !== 0) return a.ino === b.ino && a.dev === b.dev;
  const [x, y] = await Promise.all([one, other].map((path) => Deno.realPath(path)));
  return x.toLowerCase() === y.toLowerCase();
}

/**
 * The bytes of a file, or undefined if there is none: nothing with that name, or a folder.
 */
export async function readIfFile(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return await isFile(path) ? await Deno.readFile(path) : undefined;
}
