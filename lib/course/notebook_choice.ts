/**
 * Which of a student's files is the notebook of an assignment. If there is any doubt, a person
 * decides: nothing is graded, and a message names what was found.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ArchiveError } from "./archive.ts";
import { type Assignment } from "./assignment.ts";
import {
  isOfAssignment,
  MAX_NOTEBOOK_BYTES,
  notebookTextOf,
  readCells,
} from "./handed_in_notebook.ts";
import { formatOf, isNearName, mayBeNotebook } from "./notebook_names.ts";
import { filesInArchive, type FoundFile } from "./submission_files.ts";

/** The file to grade, or why there is none. */
export interface Choice {
  file?: FoundFile;
  problem?: string;
  /** Whether the file has another name than it should. */
  renamed?: boolean;
  /** Other files there that somebody may have meant to hand in. */
  leftOut: LeftOut[];
}

/** What is not graded, for the instructor. */
export interface LeftOut {
  path: string;
  reason: string;
}

/** The most notebooks with other names that are looked into. */
const MOST_OTHERS = 20;
const MOST_NAMED = 4;

/**
 * Chooses among a student's files.
 *
 * @param acceptRenamed Whether the only file that can be meant is taken, whatever its name.
 */
export async function chooseNotebook(
  files: FoundFile[],
  assignment: Assignment,
  acceptRenamed: boolean,
): Promise<Choice> {
  const { all, leftOut } = await withArchives(files);
  const wanted = `${assignment.name}.ipynb`;
  const isExact = ({ name }: FoundFile) => name === wanted;
  const exact = all.filter(isExact);
  const odd = exact.find(({ kind }) => kind !== "file");
  if (odd) {
    const what = odd.kind === "link" ? "a link, and links are not followed" : "not a file";
    return { problem: `no notebook: ${odd.path} is ${what}`, leftOut };
  }
  const usable = all.filter(({ kind }) => kind === "file");
  leftOut.push(
    ...all.filter(({ kind, name }) => kind !== "file" && mayBeNotebook(name)).map((
      { path, kind },
    ) => ({ path, reason: kind === "link" ? "a link" : "not a file, or its name is not UTF-8" })),
  );
  let near = usable.filter((file) => !isExact(file))
    .filter(({ name }) => isNearName(name, assignment.name));
  if (exact.length + near.length === 0) near = await ofThisAssignment(usable, assignment);
  const candidates = await different([...exact, ...near]);
  const others = usable.filter((file) => !exact.includes(file) && !near.includes(file));
  leftOut.push(
    ...others.filter(({ name }) => mayBeNotebook(name)).map(({ path }) => ({
      path,
      reason: "another notebook",
    })),
  );
  if (candidates.length > 1) {
    return {
      problem: `there are ${candidates.length} notebooks, and it is not clear which one is meant: ${
        listed(candidates.map(({ path }) => `"${path}"`))
      }; leave only one of them`,
      leftOut,
    };
  }
  const [file] = candidates;
  if (!file) return { problem: nothingFound(wanted, usable, leftOut), leftOut };
  const renamed = !isExact(file);
  if (renamed && !acceptRenamed) {
    return {
      problem:
        `no notebook: there is no ${wanted}, but "${file.path}"; add --accept-renamed to grade that one`,
      leftOut,
    };
  }
  if (file.size > MAX_NOTEBOOK_BYTES) {
    const most = MAX_NOTEBOOK_BYTES / 2 ** 20;
    const size = Math.ceil(file.size / 2 ** 20);
    return { problem: `the file is too large: ${size} MiB, at most ${most} are read`, leftOut };
  }
  return { file, renamed, leftOut };
}

/** The files, and those in archives among them; an archive in an archive stays closed. */
async function withArchives(
  files: FoundFile[],
): Promise<{ all: FoundFile[]; leftOut: LeftOut[] }> {
  const all: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of files) {
    if (file.kind !== "file" || !isArchive(file)) {
      all.push(file);
      continue;
    }
    try {
      for (const inner of await filesInArchive(file)) {
        if (!isArchive(inner)) all.push(inner);
        else leftOut.push({ path: inner.path, reason: "an archive in an archive is not opened" });
      }
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      leftOut.push({ path: file.path, reason: `an archive that cannot be read: ${error.message}` });
    }
  }
  return { all, leftOut };
}

function isArchive({ name }: FoundFile): boolean {
  return /\.zip$/i.test(name);
}

/** Notebooks of any name that have cells or functions of the assignment. */
async function ofThisAssignment(
  files: FoundFile[],
  assignment: Assignment,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const file of files.filter(({ name }) => mayBeNotebook(name)).slice(0, MOST_OTHERS)) {
    if (file.size > MAX_NOTEBOOK_BYTES) continue;
    const bytes = await file.read().catch((error) => {
      if (error instanceof ArchiveError) return new Uint8Array();
      throw error;
    });
    const read = notebookTextOf(bytes);
    const cells = "text" in read ? readCells(read.text) : "";
    if (typeof cells !== "string" && isOfAssignment(cells, assignment)) found.push(file);
  }
  return found;
}

/** One file of each content: the first, which has the right name if any of them does. */
async function different(files: FoundFile[]): Promise<FoundFile[]> {
  if (files.length < 2) return files;
  const found = new Map<string, FoundFile>();
  for (const file of files) {
    let digest = file.path;
    if (file.size <= MAX_NOTEBOOK_BYTES) {
      try {
        digest = createHash("sha256").update(await file.read()).digest("hex");
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error;
      }
    }
    if (!found.has(digest)) found.set(digest, file);
  }
  return [...found.values()];
}

function nothingFound(wanted: string, files: FoundFile[], leftOut: LeftOut[]): string {
  const other = files.map(({ path, name }) => {
    const format = formatOf(name);
    return format ? `"${path}" (${format})` : `"${path}"`;
  });
  const archives = leftOut.filter(({ path }) => /\.zip$/i.test(path))
    .map(({ path, reason }) => `"${path}" (${reason})`);
  const only = [...archives, ...other];
  const missing = `no notebook: there is no ${wanted}`;
  return only.length === 0 ? missing : `${missing}, only ${listed(only)}`;
}

function listed(names: string[]): string {
  const more = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
