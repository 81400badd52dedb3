/**
 * The students' notebook, made only from an assignment that has been seen to work: the solution
 * passes every check, what students start from passes none, and each check brings what it needs.
 *
 * @module
 */
import { join } from "node:path";
import { withRemedies } from "@/remedy.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { notebookText, sourceOf } from "@/notebook/document.ts";
import { actOnCells } from "@/notebook/cell_program.ts";
import { type Assignment, AssignmentError, released } from "./assignment.ts";
import { CONFIG } from "./child_program.ts";
import { Grader } from "./grade.ts";
import { unmetNeeds } from "./needs.ts";

/**
 * The text of the students' notebook.
 *
 * @throws {AssignmentError} If the solution fails a check, the students' notebook passes one, has
 *   types that do not fit, or still holds a marker, or a check needs what it does not bring.
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
  const unmet = unmetNeeds(assignment);
  problems.push(...unmet);
  // A check that lacks something cannot be run.
  if (unmet.length === 0) problems.push(...await checkProblems(assignment, text, seed));
  problems.push(...await typeErrors(assignment.name, text));
  if (problems.length > 0) {
    throw new AssignmentError(`Cannot release ${assignment.name}`, problems);
  }
  return text;
}

/**
 * Grades the instructor's solution, and refuses to go on if it does not get all points: with these
 * random inputs, on this machine, the checks would take points from right answers.
 *
 * @throws {AssignmentError} If a check does not hold for the solution.
 */
export async function assertSolutionIsFull(grader: Grader, assignment: Assignment): Promise<void> {
  const problems = await solutionProblems(grader, assignment);
  if (problems.length > 0) {
    throw withRemedies(
      new AssignmentError(
        `Cannot grade ${assignment.name}: its own solution must pass every check, but fails with these random inputs; correct the check, or use other inputs`,
        problems,
      ),
      { do: "give", setting: "seed" },
    );
  }
}

/** Checks that the solution fails, or that hold before anything is written: a line each. */
async function checkProblems(
  assignment: Assignment,
  text: string,
  seed: number,
): Promise<string[]> {
  await using grader = await Grader.start(assignment, { seed });
  const problems = await solutionProblems(grader, assignment);
  const stub = await grader.grade(text);
  for (const { id, outcome } of stub.marks) {
    if (outcome === "right") problems.push(`check ${id}: it passes before anything is written`);
  }
  return problems;
}

/** What the solution loses, a line each. */
async function solutionProblems(grader: Grader, assignment: Assignment): Promise<string[]> {
  const { marks, notes } = await grader.grade(notebookText(assignment.notebook));
  return [
    ...notes.map((note) => `the solution: ${note}`),
    ...marks.filter(({ outcome }) => outcome !== "right" && outcome !== "by hand")
      .map(({ id, message }) => `check ${id}: the solution fails it: ${message}`),
  ];
}

async function typeErrors(name: string, text: string): Promise<string[]> {
  const folder = await makeTempFolder({ prefix: "release-" });
  try {
    const path = join(folder, `${name}.ipynb`);
    await Deno.writeTextFile(path, text);
    const { success, stderr } = await actOnCells("check", [path], { config: CONFIG });
    return success ? [] : [`the students' notebook has type errors:\n${stderr.trim()}`];
  } finally {
    await removeTempFolder(folder);
  }
}
