/**
 * What is at a path in Deno, if anything.
 *
 * @module
 */

/** Whether there is a file of that name. */
export async function isFile(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isFile ?? false;
}

/** Whether there is a folder of that name. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isDirectory ?? false;
}

/** What is at a path, following links; undefined if nothing is. */
export async function statIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  return await unlessAbsent(Deno.stat(path));
}

/** What the system says about a path; undefined if it says that nothing is there. */
export async function unlessAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that nothing is at a path. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
