/**
 * Files that are written whole or not at all, and files that may not be there.
 *
 * @module
 */
import { dirname } from "node:path";

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, never a part:
 * a temporary file beside it, fsync, rename, fsync of the folder.
 *
 * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied | Error} What the system says; the
 *   temporary file is removed and the old file is as it was.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
    await file.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes a rename in this folder last; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}

/**
 * The bytes of a file, or undefined where there is none: nothing of that name, or a folder.
 */
export async function readIfFile(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return await isFile(path) ? await Deno.readFile(path) : undefined;
}

/** Whether there is a file of that name. */
export async function isFile(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isFile ?? false;
}

/** Whether there is a folder of that name. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isDirectory ?? false;
}

async function statIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
