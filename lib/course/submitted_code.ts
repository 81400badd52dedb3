/**
 * The code of a submission, as the student's process takes it in.
 *
 * The instructor's notebook says which cells are the student's own: a cell that was given counts as
 * it was given, and a check is not run. The student is told of changes in such a cell.
 *
 * @module
 */
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment, released } from "./assignment.ts";
import { type TakenCell } from "./child.ts";
import { gradeIdOf, markedAs } from "./nbgrader.ts";

/**
 * A cell with its number among the submission's code cells, from 1; 0 where it is missing there.
 */
export interface NumberedCell extends TakenCell {
  number: number;
  /** Whether it is one of the instructor's, which no student changes. */
  fixed?: boolean;
}

export interface SubmittedCode {
  /** The cells from which the functions are chosen: the given cells first. */
  functions: NumberedCell[];
  /** The cells to be run in order: the given cells where they are in the notebook. */
  notebook: NumberedCell[];
  /** Remarks for the student. */
  notes: string[];
}

/** A cell of the instructor's that no student changes. */
interface Fixed {
  role: "locked" | "test";
  /** The source with its hidden parts. */
  instructors: string;
  released: string;
}

/** The code of a submission, apart from the checks. */
export function submittedCode(cells: Cell[], assignment: Assignment): SubmittedCode {
  const fixed = fixedCells(assignment);
  const handedOut = new Set(
    released(assignment).cells.filter(({ cell_type }) => cell_type === "code").map(textOf),
  );
  const notes: string[] = [];
  const seen = new Set<string>();
  const notebook = cells.filter(({ cell_type }) => cell_type === "code").map((cell, i) => {
    const [number, source, id] = [i + 1, sourceOf(cell), gradeIdOf(cell)];
    const known = id === undefined ? undefined : fixed.get(id);
    if (id === undefined || !known) return { source, own: !handedOut.has(textOf(cell)), number };
    if (![known.released, known.instructors].some((text) => trimmed(text) === trimmed(source))) {
      notes.push(`code cell ${number} is the instructor's: what you changed in it does not count`);
    }
    seen.add(id);
    const declarations = known.role === "test";
    return { source: known.released, own: false, number, declarations, fixed: true };
  });
  const given = [...fixed].filter(([, { role }]) => role === "locked").map(([id, { released }]) => {
    return { id, source: released, own: false, number: 0, fixed: true };
  });
  const missing = given.filter(({ id }) => !seen.has(id));
  // What comes after the student's last cell is as it was handed out.
  const last = notebook.findLastIndex(({ own }) => own);
  return {
    functions: [...given, ...notebook.filter(({ fixed }) => !fixed)],
    notebook: [...missing, ...notebook.slice(0, last + 1)],
    notes,
  };
}

function fixedCells(assignment: Assignment): Map<string, Fixed> {
  const { cells } = released(assignment);
  return new Map(
    assignment.notebook.cells.flatMap((cell, i): [string, Fixed][] => {
      const marked = markedAs(cell);
      if (cell.cell_type !== "code" || !marked) return [];
      const { role, metadata } = marked;
      if (role !== "locked" && role !== "test") return [];
      return [[metadata.grade_id, {
        role,
        instructors: sourceOf(cell),
        released: sourceOf(cells[i]),
      }]];
    }),
  );
}

function textOf(cell: Cell): string {
  return trimmed(sourceOf(cell));
}

/** Editors add and remove space at the ends of lines. */
function trimmed(text: string): string {
  return text.split("\n").map((line) => line.trimEnd()).join("\n").trim();
}
