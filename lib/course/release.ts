/**
 * The students' notebook, made only from an assignment that has been seen to work: the solution passes
 * every check, and what students begin with passes none.
 *
 * @module
 */
import { join } from "node:path";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { notebookText, sourceOf } from "@/notebook/document.ts";
import { actOnCells } from "@/notebook/program.ts";
import { type Assignment, AssignmentError, released } from "./assignment.ts";
import { Grader, type Grading } from "./grade.ts";
import { CONFIG } from "./child_program.ts";

/**
 * The text of the students' notebook.
 *
 * @throws {AssignmentError} If the solution fails a check, the students' notebook passes one, has types
 * that do not fit, or still holds a marker.
 */
export async function release(assignment: Assignment, seed: number): Promise<string> {
  const notebook = released(assignment);
  const text = notebookText(notebook);
  const problems: string[] = [];
  for (const cell of notebook.cells) {
    if (/(BEGIN|END) (SOLUTION|HIDDEN TESTS)/.test(sourceOf(cell))) {
      problems.push(`cell ${cell.id}: a marker would be left in the students' notebook`);
    }
  }
  await using grader = await Grader.start(assignment, { seed });
  const checks = assignment.items.filter(({ kind }) => kind === "check");
  const outcomes = ({ marks, notes }: Grading) => {
    return { notes, of: (id: string) => marks.find((mark) => mark.id === id)! };
  };
  const solution = outcomes(await grader.grade(notebookText(assignment.notebook)));
  const stub = outcomes(await grader.grade(text));
  for (const note of solution.notes) problems.push(`the solution: ${note}`);
  for (const { id } of checks) {
    const { outcome, message } = solution.of(id);
    if (outcome !== "right") problems.push(`check ${id}: the solution fails it: ${message}`);
    if (stub.of(id).outcome === "right") {
      problems.push(`check ${id}: it passes before anything is written`);
    }
  }
  problems.push(...await typeErrors(assignment.name, text));
  if (problems.length > 0) {
    throw new AssignmentError(`Cannot release ${assignment.name}`, problems);
  }
  return text;
}

async function typeErrors(name: string, text: string): Promise<string[]> {
  const folder = await makeTempFolder({ prefix: "release-" });
  try {
    const path = join(folder, `${name}.ipynb`);
    await Deno.writeTextFile(path, text);
    const { success, stderr } = await actOnCells("check", [path], { config: CONFIG });
    return success ? [] : [`the students' notebook has errors of types:\n${stderr.trim()}`];
  } finally {
    await removeTempFolder(folder);
  }
}
