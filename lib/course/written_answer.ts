/**
 * An answer in words: which of a submission's cells hold it, and what of them is the student's own.
 *
 * @module
 */
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment, type Item, released, TEXT_STUB } from "./assignment.ts";
import { type Mark } from "./grade.ts";
import { gradeIdOf } from "./nbgrader.ts";

/** What becomes of an answer: it is graded by hand, or there is none. */
export function markWritten(item: Item, cells: Cell[], assignment: Assignment): Mark {
  const { id } = item;
  const asked = assignment.notebook.cells[item.cell];
  const before = sourceOf(released(assignment).cells[item.cell]);
  const found = cells.filter((cell) => gradeIdOf(cell) === id || cell.id === asked.id).map(
    sourceOf,
  );
  // What the student was given is no part of the answer.
  const given = new Set(before.split("\n").map((line) => line.trim()));
  const answer = found.flatMap((text) => text.split("\n"))
    .filter((line) => !given.has(line.trim()) && !line.includes(TEXT_STUB)).join("\n").trim();
  return answer === ""
    ? { id, outcome: "not answered", points: 0, message: "There is no answer in the cell." }
    : { id, outcome: "by hand", message: "", answer: answer.slice(0, 20_000) };
}
