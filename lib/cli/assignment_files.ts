/**
 * Where assignments are, and reading them.
 *
 * @module
 */
import { type Assignment, parseAssignment } from "@/course/assignment.ts";
import { readNotebookText } from "@/notebook/document.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { asRequestError } from "@/run/request_error.ts";
import { ASSIGNMENTS } from "./defaults.ts";
import { projectPath } from "./place.ts";

/**
 * Files that exist, or the project's assignments of these names; without names, all of them.
 *
 * @throws {RequestError} If there is no such file.
 */
export async function assignmentFiles(names: string[]): Promise<string[]> {
  try {
    return await selectNotebooks(await findNotebooks(projectPath(ASSIGNMENTS)), names);
  } catch (error) {
    throw asRequestError(error);
  }
}

/** Reads an instructor's notebook. */
export async function readAssignment(file: string): Promise<Assignment> {
  return parseAssignment(await readNotebookText(file), file);
}
