/** Submissions for the tests of the course: made from an assignment by changing its functions. */
import { join } from "node:path";
import { type Assignment, cellsWithRole, parseAssignment, released } from "@/course/assignment.ts";
import { Grader } from "@/course/grade.ts";
import { type Limits } from "@/course/sandbox.ts";
import { statementsOf } from "@/course/statements.ts";
import { type Cell, METADATA, type Notebook, notebookText, sourceOf } from "@/notebook/document.ts";

export const ASSIGNMENTS = ["a1_theory", "a2_gan", "a3_evaluation"];

export function assignmentPath(name: string): string {
  return join("notebooks", "assignments", `${name}.ipynb`);
}

export async function readAssignment(name: string): Promise<Assignment> {
  const path = assignmentPath(name);
  return parseAssignment(await Deno.readTextFile(path), path);
}

/** A cell of a constructed notebook; `nbgrader` as in its metadata, or nothing. */
export function cell(
  source: string,
  { id, nbgrader, type = "code" }: {
    id: string;
    nbgrader?: Record<string, unknown>;
    type?: "code" | "markdown";
  },
): Cell {
  const metadata = nbgrader ? { nbgrader } : {};
  return type === "code"
    ? { cell_type: type, id, metadata, source, outputs: [], execution_count: null }
    : { cell_type: type, id, metadata, source };
}

export function notebook(cells: Cell[]): Notebook {
  return { cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 };
}

/** nbgrader's metadata of a role. */
export function marks(
  role: "solution" | "test" | "written" | "locked",
  grade_id: string,
  points = 0,
) {
  return {
    grade: role === "test" || role === "written",
    grade_id,
    locked: role === "test" || role === "locked",
    ...(role === "test" || role === "written" ? { points } : {}),
    schema_version: 3,
    solution: role === "solution" || role === "written",
    task: false,
  };
}

/** A small assignment, quick to grade: `double` with a visible and a hidden check, `total`, an essay. */
export function smallNotebook(): Notebook {
  return notebook([
    cell("# Small", { id: "title", type: "markdown" }),
    cell('import { linspace } from "@/math/stable.ts";\nconst grid = linspace(0, 1, 3);', {
      id: "given",
      nbgrader: marks("locked", "given"),
    }),
    cell(
      `/** Twice a number. */
function double(x: number): number {
  // BEGIN SOLUTION: twice x
  return 2 * x;
  // END SOLUTION
}`,
      { id: "double", nbgrader: marks("solution", "double") },
    ),
    cell(
      `// Twice a number
import { near } from "@/course/check.ts";
near(await double(2), 4, 1e-12, "twice 2 is 4");`,
      { id: "double-visible", nbgrader: marks("test", "double-visible", 30) },
    ),
    cell(
      `// Twice other numbers
import { freshRandom, near } from "@/course/check.ts";
near(await double(0), 0, 0, "twice 0");
// BEGIN HIDDEN TESTS
const secret = freshRandom("double").uniform() + 12345;
near(await double(secret), 2 * secret, 1e-9, "twice a random number");
// END HIDDEN TESTS`,
      { id: "double-hidden", nbgrader: marks("test", "double-hidden", 30) },
    ),
    cell(
      `/** The sum of numbers, each doubled. */
function total(xs: number[]): number {
  // BEGIN SOLUTION
  return xs.reduce((sum, x) => sum + double(x), 0);
  // END SOLUTION
}`,
      { id: "total", nbgrader: marks("solution", "total") },
    ),
    cell(
      `// The sum of doubled numbers
import { near } from "@/course/check.ts";
near(await total(grid), 3, 1e-12, "twice 0, 0.5 and 1");`,
      { id: "sum-doubled", nbgrader: marks("test", "sum-doubled", 30) },
    ),
    cell("Why?\n\n<!-- BEGIN SOLUTION -->\nBecause.\n<!-- END SOLUTION -->", {
      id: "essay",
      type: "markdown",
      nbgrader: marks("written", "essay-why", 10),
    }),
  ]);
}

export function smallAssignment(): Assignment {
  return parseAssignment(notebookText(smallNotebook()), "small.ipynb");
}

/** What a student hands in: the released notebook (or the solution) with functions replaced. */
export function submission(
  assignment: Assignment,
  functions: Record<string, string>,
  from: "released" | "solution" = "released",
): string {
  const student = from === "released" ? released(assignment) : structuredClone(assignment.notebook);
  for (const each of cellsWithRole(student, "solution")) {
    let source = sourceOf(each);
    for (const { kind, declares, start, end } of statementsOf(source, 0).toReversed()) {
      const own = kind === "function" ? functions[declares[0]] : undefined;
      if (own !== undefined) source = source.slice(0, start) + own + source.slice(end);
    }
    each.source = source;
  }
  return notebookText(student);
}

/** The released notebook (or the solution) with one more code cell before the others. */
export function withCell(
  assignment: Assignment,
  source: string,
  from: "released" | "solution" = "released",
): string {
  const student = from === "released" ? released(assignment) : structuredClone(assignment.notebook);
  student.cells.unshift(cell(source, { id: "own-cell" }));
  return notebookText(student);
}

/** The solution with pieces of its text replaced, each of which must be there exactly once. */
export function changed(assignment: Assignment, edits: [from: string, to: string][]): string {
  const student = structuredClone(assignment.notebook);
  for (const [from, to] of edits) {
    const cells = cellsWithRole(student, "solution");
    const places = cells.reduce((sum, each) => sum + sourceOf(each).split(from).length - 1, 0);
    if (places !== 1) throw new RangeError(`"${from}" must be there once, found ${places} times`);
    for (const each of cells) each.source = sourceOf(each).replace(from, () => to);
  }
  return notebookText(student);
}

/** Grades texts, two at a time; ids of the items that have their full points, joined, for each. */
export async function grade(
  assignment: Assignment,
  texts: string[],
  { seed = 1, limits }: { seed?: number; limits?: Partial<Limits> } = {},
) {
  await using grader = await Grader.start(assignment, { seed, limits });
  const results: Awaited<ReturnType<Grader["grade"]>>[] = [];
  const queue = texts.map((text, i) => ({ text, i }));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      results[next.i] = await grader.grade(next.text);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}
