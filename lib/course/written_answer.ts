/**
 * A written answer: what in a submission is the student's own text, and whether it is the answer.
 *
 * The cell that belongs to the answer is known by its identifiers, which editors lose, and by its
 * place. Students type below it, above it, into the question, or make another kind of cell of it.
 * So an item is "not answered" only if the cell is there as it was handed out and the student has
 * written no text of their own anywhere; in all other cases a person looks at it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment, type Item, released, TEXT_STUB } from "./assignment.ts";
import { type Mark } from "./grade.ts";
import { type HandedInCell } from "./handed_in_notebook.ts";
import { gradeIdOf, markedAs } from "./nbgrader.ts";

/** The most characters of an answer that are shown: a spreadsheet's cell holds 32,767. */
const MOST_SHOWN = 20_000;

/** A cell of the submission, and which of the released cells it is. */
interface Placed {
  cell: HandedInCell;
  /** Its place in the submission, from 0. */
  at: number;
  /** Index of the released cell; undefined for one of the student's own. */
  as?: number;
}

/** The mark of an answer: it is graded by hand, or there is none. */
export function markWritten(item: Item, cells: HandedInCell[], assignment: Assignment): Mark {
  const { id } = item;
  const given = released(assignment).cells;
  const placed = placeCells(cells, given);
  const answerCells = placed.filter(({ as }) => as === item.cell);
  const inCell = answerCells.map((each) => ownText(each, given)).filter(Boolean);
  const near = placed.filter((each) => each.as !== item.cell).filter((each) =>
    inCell.length > 0
      ? isBeside(each, answerCells, placed)
      : isNearest(each, item, placed, assignment)
  ).flatMap((each) => {
    const isOwnCode = inCell.length === 0 && each.cell.cell_type === "code" &&
      isBeside(each, answerCells, placed);
    const text = isOwnCode ? sourceOf(each.cell).trim() : ownText(each, given);
    return text ? [{ text, place: `(${nameOf(each.cell)} ${each.at + 1} of the notebook:)` }] : [];
  });
  const [only] = answerCells;
  const isWhole = answerCells.length === 1 && only.cell.cell_type === "markdown";
  if (isWhole && inCell.length + near.length === 0 && isUntouched(only.cell, given[item.cell])) {
    return { id, outcome: "not answered", points: 0, message: "There is no answer in the cell." };
  }
  const answer = [...inCell, ...near.map(({ place, text }) => `${place}\n${text}`)].join("\n\n");
  const note = noteOn(answerCells, inCell.length, near.length);
  return {
    id,
    outcome: "by hand",
    message: "",
    answer: answer.length > MOST_SHOWN
      ? `${answer.slice(0, MOST_SHOWN)}… (the rest is in the notebook)`
      : answer,
    digest: digestOf([...inCell, ...near.map(({ text }) => text)]),
    ...(note ? { note } : {}),
  };
}

/** The same for the same words, wherever they are and whatever spaces end their lines. */
function digestOf(texts: string[]): string {
  const lines = texts.join("\n\n").split("\n").map((line) => line.trimEnd());
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** What the person who grades it should know about the place of an answer. */
function noteOn(answerCells: Placed[], inCell: number, near: number): string {
  const notes: string[] = [];
  const [only, second] = answerCells;
  if (!only) notes.push("the cell for the answer is missing");
  else if (second) {
    notes.push(`${answerCells.length} cells claim to be the answer's cell`);
  } else if (only.cell.cell_type !== "markdown") {
    notes.push(`the cell for the answer has become a ${only.cell.cell_type} cell`);
  }
  if (near > 0) {
    notes.push(inCell > 0 ? "it continues outside its cell" : "it was found outside its cell");
  } else if (inCell === 0) {
    notes.push(
      only ? "what was handed out there is gone or changed" : "no text of the student's was found",
    );
  }
  return notes.join("; ");
}

function nameOf({ cell_type }: Cell): string {
  return `${cell_type} cell`;
}

/** Which released cell each cell is: by its identifiers, or else by its text. */
function placeCells(cells: HandedInCell[], given: Cell[]): Placed[] {
  const byGradeId = new Map(
    given.flatMap((cell, i) => gradeIdOf(cell) ? [[gradeIdOf(cell), i]] : []),
  );
  const byId = new Map(given.map(({ id }, i) => [id, i]));
  const bySource = new Map(given.map((cell, i) => [squeezed(sourceOf(cell)), i]));
  return cells.map((cell, at) => {
    const gradeId = gradeIdOf(cell);
    const as = (gradeId === undefined ? undefined : byGradeId.get(gradeId)) ?? byId.get(cell.id) ??
      bySource.get(squeezed(sourceOf(cell))) ?? byFirstLine(cell, given);
    return { cell, at, as: as as number | undefined };
  });
}

/** A changed text is recognised by its first line, such as a heading or a question. */
function byFirstLine(cell: Cell, given: Cell[]): number | undefined {
  if (cell.cell_type === "code") return undefined;
  const lines = new Set(linesOf(sourceOf(cell)));
  const found = given.findIndex((each) => {
    const [first] = linesOf(sourceOf(each));
    return each.cell_type === "markdown" && first !== undefined && lines.has(first) &&
      first !== TEXT_STUB;
  });
  return found === -1 ? undefined : found;
}

/**
 * What the student has written in a cell: without the lines that were handed out, and without the
 * stub in a stub's line. In code, only what is not program: comments and sentences.
 */
function ownText({ cell, as }: Placed, given: Cell[]): string {
  const source = sourceOf(cell);
  const released = as === undefined ? undefined : given[as];
  const role = released && markedAs(released)?.role;
  if (role === "solution") return "";
  if (cell.cell_type === "code" && role !== "written") {
    if (released) return addedLines(source, [released]).filter(isComment).join("\n").trim();
    return isProgram(source) ? "" : source.trim();
  }
  const own = released ? addedLines(source, [released]) : source.split("\n");
  const texts = given.filter(({ cell_type }) => cell_type === "markdown");
  const ofNoCell = addedLines(own.join("\n"), texts);
  // An answer that repeats a line handed out elsewhere is an answer all the same.
  const lines = ofNoCell.join("").trim() === "" && role === "written" ? own : ofNoCell;
  const handedOut = (released as HandedInCell | undefined)?.attachments ?? {};
  const isOwn = ([name, data]: [string, unknown]) => !isDeepStrictEqual(data, handedOut[name]);
  const pictures = Object.entries(cell.attachments ?? {}).filter(isOwn).map(([name, data]) => {
    const digest = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 8);
    return `(a picture in the notebook: ${name}, ${digest})`;
  });
  return [...lines.map(withoutStub).filter((line) => line !== undefined), ...pictures].join("\n")
    .trim();
}

/** The lines that are in none of the cells, or more often than there. */
function addedLines(source: string, cells: Cell[]): string[] {
  const counts = new Map<string, number>();
  for (const line of cells.flatMap((cell) => linesOf(sourceOf(cell)))) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return source.split("\n").filter((line) => {
    const left = counts.get(line.trim()) ?? 0;
    counts.set(line.trim(), left - 1);
    return left <= 0;
  });
}

const STUB = new RegExp(TEXT_STUB.split(" ").join("\\s+"), "i");
/** What an editor or a tidy student puts around a stub. */
const AROUND = /^[\s*_`>#.:!…\-–—]*$/;

/** A line without a stub that is in it; undefined where nothing else is. */
function withoutStub(line: string): string | undefined {
  if (!STUB.test(line)) return line;
  const rest = line.replace(STUB, "");
  return AROUND.test(rest) ? undefined : rest.replace(/^[\s.:!…\-–—]+/, "").trim();
}

/** Whether a cell is as it was handed out, except for spaces and the writing of its stub. */
function isUntouched(cell: Cell, given: Cell): boolean {
  const text = (each: Cell) =>
    sourceOf(each).split("\n").map((line) => STUB.test(line) ? TEXT_STUB : line.trim())
      .filter(Boolean).join("\n");
  return text(cell) === text(given);
}

/**
 * Whether a cell of the student's own lies beside the answer's, with only such cells between them.
 */
function isBeside(each: Placed, answerCells: Placed[], placed: Placed[]): boolean {
  if (each.as !== undefined) return false;
  return answerCells.some(({ at }) => {
    const [from, to] = at < each.at ? [at + 1, each.at] : [each.at + 1, at];
    return placed.slice(from, to).every(({ as }) => as === undefined);
  });
}

/** Whether no other written answer has its place nearer to a cell. */
function isNearest(each: Placed, item: Item, placed: Placed[], { items }: Assignment): boolean {
  const distance = ({ cell }: Item) => Math.abs(placeOf(cell, placed) - each.at);
  return items.filter(({ kind }) => kind === "written")
    .every((other) => distance(item) <= distance(other));
}

/** Where a released cell is, or would be, in a submission. */
function placeOf(index: number, placed: Placed[]): number {
  const found = placed.find(({ as }) => as === index);
  return found?.at ?? placed.findLast(({ as }) => as !== undefined && as < index)?.at ?? 0;
}

/**
 * Comments and strings, also those that are not closed; an apostrophe within a word begins no
 * string.
 */
const NO_CODE = new RegExp(
  [
    String.raw`/\*[\s\S]*?(?:\*/|(?![\s\S]))`,
    "//.*",
    String.raw`\x60(?:[^\x60\\]|\\[\s\S]?)*(?:\x60|(?![\s\S]))`,
    String.raw`"(?:[^"\\\n]|\\.?)*(?:"|$)`,
    String.raw`(?<!\p{L})'(?:[^'\\\n]|\\.?)*(?:'|$)`,
  ].join("|"),
  "gmu",
);
/** No line of code has this many words in a row. */
const WORDS_OF_A_SENTENCE = 5;

/**
 * Whether the text of a code cell is code: not only comments, and no sentence outside them. It
 * is not parsed: that is for the process of the submission alone.
 */
function isProgram(source: string): boolean {
  const code = source.replaceAll(NO_CODE, " ");
  if (code.trim() === "") return source.trim() === "";
  return code.split("\n").every((line) => {
    let words = 0;
    return line.split(/\s+/).every((word) => {
      words = /^\p{L}{1,30}[,.:;]?$/u.test(word) ? words + 1 : 0;
      return words < WORDS_OF_A_SENTENCE;
    });
  });
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\/\*|\*|#)/.test(line);
}

function linesOf(source: string): string[] {
  return source.split("\n").map((line) => line.trim()).filter(Boolean);
}

function squeezed(text: string): string {
  return linesOf(text).join("\n");
}
