/**
 * The submissions of a class: which students' folders there are, and what each has handed in.
 *
 * @module
 */
import { join } from "node:path";
import { GraderFailure } from "./failure.ts";
import { MAX_NOTEBOOK_BYTES } from "./grade.ts";

/** A submission's file, or why there is none to grade. */
export interface Submission {
  path: string;
  bytes?: Uint8Array;
  problem?: string;
}

/**
 * The names of the students' folders, sorted.
 *
 * @param taken Names that mean something else where the grades are written.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {RangeError} If it has no student.
 */
export async function studentsIn(
  folder: string,
  taken: Set<string>,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    // Links are listed, and not followed: see `readSubmission`.
    if (name.startsWith(".") || !(isDirectory || isSymlink)) continue;
    if (name.includes("\ufffd")) {
      throw new RangeError(
        `Cannot grade ${folder}: the name of each student's folder must be UTF-8, got ${name}; rename it`,
      );
    }
    found.push(name);
  }
  if (found.length === 0) {
    throw new RangeError(
      `Cannot grade ${folder}: it must have a folder for each student, found none`,
    );
  }
  const clash = found.find((name) => taken.has(name));
  if (clash) {
    throw new RangeError(
      `Cannot grade ${folder}: no student's folder may be called ${clash}, a file of the grades`,
    );
  }
  return found.sort();
}

/**
 * Reads what a submission is; a link could lead anywhere, and a device has no end.
 *
 * @throws {GraderFailure} If the machine does not let it be read, or nobody has given the permission: no
 *   fault of the student's.
 */
export async function readSubmission(folder: string, name: string): Promise<Submission> {
  const path = join(folder, `${name}.ipynb`);
  try {
    if (!(await Deno.lstat(folder)).isDirectory) {
      return { path, problem: "the student's folder is a link" };
    }
    const info = await lstatIfThere(path);
    if (!info) {
      // Not the whole folder, as where a disk goes away.
      await Deno.lstat(folder);
      return { path, problem: `there is no ${name}.ipynb` };
    }
    if (!info.isFile) return { path, problem: `${name}.ipynb is not a file` };
    if (info.size > MAX_NOTEBOOK_BYTES) {
      const most = MAX_NOTEBOOK_BYTES / 2 ** 20;
      const size = Math.ceil(info.size / 2 ** 20);
      return { path, problem: `the file is too large: ${size} MiB, at most ${most} are read` };
    }
    return { path, bytes: await Deno.readFile(path) };
  } catch (error) {
    throw new GraderFailure(`Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function lstatIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
