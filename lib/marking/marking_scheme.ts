/**
 * What an instructor's notebook says about a written answer: the question, the model answer, and
 * the criteria with their points.
 *
 * In the model answer, `Marking: a reason (2); another one (3).` begins the criteria. An answer
 * without them is graded by the model answer alone.
 *
 * @module
 */
import { type Assignment, TEXT_STUB } from "@/course/assignment.ts";
import { regionsOf, replaceRegions } from "@/course/nbgrader.ts";
import { type Cell, sourceOf } from "@/notebook/document.ts";

/** What an answer is to have, and its points. */
export interface Criterion {
  text: string;
  points: number;
}

/** What the notebook says, in Markdown. */
export interface MarkingScheme {
  question: string;
  model: string;
  criteria: Criterion[];
}

const CRITERIA = /^[ \t]*\**Marking\**:\**\s*/m;

/** The scheme of an item that is graded by hand. */
export function markingScheme({ notebook, items }: Assignment, id: string): MarkingScheme {
  const { cell: at } = items.find((item) => item.id === id)!;
  const cell = notebook.cells[at];
  const regions = regionsOf(cell, "SOLUTION");
  const lines = sourceOf(cell).split("\n");
  const own = regions.map(({ from, to }) => lines.slice(from + 1, to).join("\n")).join("\n\n")
    .trim();
  const found = CRITERIA.exec(own);
  const model = found ? own.slice(0, found.index).trim() : own;
  const asked = replaceRegions(sourceOf(cell), regions, () => []).trim();
  const question = [...textBefore(notebook.cells, at), asked === TEXT_STUB ? "" : asked]
    .filter(Boolean).join("\n\n");
  return {
    question,
    model,
    criteria: found ? criteriaOf(own.slice(found.index + found[0].length)) : [],
  };
}

/** The Markdown above a cell, from the last heading on. */
function textBefore(cells: Cell[], at: number): string[] {
  const texts: string[] = [];
  for (let i = at - 1; i >= 0 && cells[i].cell_type === "markdown"; i--) {
    texts.unshift(sourceOf(cells[i]));
    if (/^#+ /m.test(sourceOf(cells[i]))) break;
  }
  return texts;
}

/** `a reason (2); another one (3).` as criteria; nothing where a piece has no points. */
function criteriaOf(text: string): Criterion[] {
  const found = [...text.matchAll(/\s*([\s\S]+?)\s*\((\d+(?:\.\d+)?)\)\s*[;,.]?/g)];
  return found.map(([, words, points]) => ({
    text: words.replaceAll(/\s+/g, " "),
    points: Number(points),
  }));
}
