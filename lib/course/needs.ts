/**
 * Whether the cells with points have what they need: each check must stand on its own.
 *
 * nbgrader runs a submission cell by cell. If a check takes a name from another check, or from a
 * cell that the student may change, then a function that is not written there, or a deleted cell,
 * costs the points of checks that it has nothing to do with.
 *
 * @module
 */
import { type Cell, type Notebook, sourceOf } from "@/notebook/document.ts";
import { type Assignment, released } from "./assignment.ts";
import { markedAs, type Role } from "./nbgrader.ts";
import { type Statement, statementsOf } from "./statements.ts";

/** A code cell, what it declares and imports, and what it takes from elsewhere. */
interface Part {
  name: string;
  role: Role | undefined;
  declares: Set<string>;
  uses: Set<string>;
}

/**
 * What checks and locked cells need and do not bring, a line each. A name must be declared or
 * imported in the cell itself, or in a locked cell, or be a function that students write; for a
 * check, it must be above the cell.
 */
export function unmetNeeds(assignment: Assignment): string[] {
  // The visible part of a check must not need what only its hidden part brings.
  const notebooks = [assignment.notebook, released(assignment)];
  return [...new Set(notebooks.flatMap((notebook) => unmetIn(notebook, assignment.functions)))];
}

function unmetIn(notebook: Notebook, functions: string[]): string[] {
  const parts = notebook.cells.flatMap(partOf);
  const problems: string[] = [];
  parts.forEach((part, index) => {
    const { name, role, declares, uses } = part;
    if (role !== "test" && role !== "locked") return;
    for (const own of declares) {
      if (functions.includes(own)) {
        problems.push(`cell ${name}: ${own} is a function that students write: use another name`);
      }
    }
    for (const used of uses) {
      if (declares.has(used)) continue;
      const above = parts.slice(0, index);
      // A function of a locked cell may use what comes later: it is called later.
      const within = role === "locked" ? parts : above;
      const has = (role: Role) => (each: Part) => each.role === role && each.declares.has(used);
      if (within.some(has("locked"))) continue;
      if (functions.includes(used) && within.some(has("solution"))) continue;
      const found = parts.filter((each) => each !== part && each.declares.has(used));
      if (found.length === 0 && used in globalThis) continue;
      problems.push(`cell ${name}: ${missing(used, found, parts, index)}`);
    }
  });
  return problems;
}

/** Why a name is not there, and what to do. */
function missing(name: string, found: Part[], parts: Part[], index: number): string {
  const remedy = "declare or import it in this cell, or in a locked cell above";
  if (found.length === 0) return `it uses ${name}, which no cell declares: ${remedy}`;
  const where = found[0];
  const kinds = {
    test: "another check",
    solution: "a cell that students write in",
    locked: "a locked cell",
    written: "a written answer",
  };
  const kind = where.role ? kinds[where.role] : "a cell that students may delete";
  const below = parts.indexOf(where) > index ? ", and below it" : "";
  return `it uses ${name} of cell ${where.name}, which is ${kind}${below}: ${remedy}`;
}

function partOf(cell: Cell): Part[] {
  if (cell.cell_type !== "code") return [];
  const marked = markedAs(cell);
  const statements: Statement[] = statementsOf(sourceOf(cell), 0);
  return [{
    name: marked?.metadata.grade_id ?? cell.id,
    role: marked?.role,
    declares: new Set(statements.flatMap(({ declares }) => declares)),
    uses: new Set(statements.flatMap(({ uses }) => [...uses])),
  }];
}
