/**
 * What `deno task check` does with its arguments: tries out notebooks that a student works on.
 *
 * In the students' edition the assignments as they were handed out are in a folder of their own; in
 * the full workbook they are made of the instructor's notebooks.
 *
 * @module
 */
import { join } from "node:path";
import { type Assignment, parseHandout, releasedText } from "@/course/assignment.ts";
import { HANDOUTS, tryOut } from "@/course/trial.ts";
import { nameOf, readNotebookText } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { RequestError } from "@/run/request_error.ts";
import { assignmentFiles, readAssignment } from "./assignment_files.ts";
import { ASSIGNMENTS } from "./defaults.ts";
import { projectPath } from "./place.ts";

/** Tries out the notebooks that are named, or all; the exit code. */
export async function tryOutWork(names: string[]): Promise<number> {
  const works = await assignmentFiles(names);
  const handouts = await Promise.all(works.map(handoutOf));
  let failed = 0;
  for (const [i, work] of works.entries()) {
    console.log(`${i > 0 ? "\n" : ""}${work}\n`);
    const { holds, lines } = await tryOut(handouts[i], await Deno.readFile(work));
    for (const line of lines) console.log(line);
    if (!holds) failed++;
  }
  return failed > 0 ? 1 : 0;
}

/** The assignment of a notebook, as it was handed out. */
async function handoutOf(work: string): Promise<Assignment> {
  const name = nameOf(work);
  const handouts = await findNotebooks(projectPath(HANDOUTS));
  const known = handouts.length > 0 ? handouts : await findNotebooks(projectPath(ASSIGNMENTS));
  const file = known.find((each) => nameOf(each) === name);
  if (file === undefined) {
    throw new RequestError(
      `Cannot check ${work}: a notebook must have the name of its assignment, ${
        known.map((each) => `${nameOf(each)}.ipynb`).join(" or ")
      }`,
    );
  }
  if (handouts.length > 0) return parseHandout(await readNotebookText(file), file);
  return parseHandout(releasedText(await readAssignment(file)), join(HANDOUTS, `${name}.ipynb`));
}
