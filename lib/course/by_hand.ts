/**
 * `by_hand.csv`: what is to be graded by hand. The person who grades fills in `points` and
 * `comment`, and the next run takes them over.
 *
 * The file is a person's work, so nothing in it is dropped: a row that fits no answer stays, is
 * reported, and says why. Points belong to one answer, by its `answer_id`; when a student hands in
 * another answer, it is open again, with the earlier points beside it. A row whose names a
 * spreadsheet has changed is taken over only if its `answer_id` says whose it is. What cannot be
 * read for certain is refused, and nothing is written.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readIfFile } from "@/io/files.ts";
import { type Assignment } from "./assignment.ts";
import { type GradesFile } from "./grades_file.ts";
import {
  type AnsweredClass,
  Answers,
  answersOf,
  type HandAnswer,
  type RefuseRow,
} from "./hand_answers.ts";
import { readSheet, type Sheet, type SheetRow } from "./sheet.ts";
import { csvPieces, inBytes, writeText } from "./tables.ts";

/** Its name, in the folder of the grades. */
export const BY_HAND = "by_hand.csv";

/** Points and a comment that somebody gave by hand. */
export interface HandMark {
  points?: number;
  comment: string;
  /** The `answer_id` of the answer. */
  answer: string;
}

/** Of the answers with points or a comment; keys are student and item, with a line break between. */
export type HandMarks = Map<string, HandMark>;

/** The file as it was read. */
export interface HandSheet extends Sheet {
  path: string;
  /** SHA-256 of its bytes; undefined where there is none. */
  digest?: string;
}

/** What was taken over of a file, and what is to be written. */
export interface TakenOver {
  marks: HandMarks;
  /** What the person who grades by hand should know, a line each. */
  told: string[];
  /**
   * The file as it is written next, a row at a time.
   *
   * @param page What is to be said of answers in the column `marking page`, by student and item:
   *   what was decided elsewhere. If it is empty there is no such column.
   */
  text(page?: Map<string, string>): AsyncIterable<string>;
}

/** The columns; those with `true` must be there. The grader writes those after `answer` itself. */
const COLUMNS: Record<string, boolean> = {
  student: true,
  item: true,
  points: true,
  of: false,
  comment: false,
  answer: false,
  note: false,
  "earlier points": false,
  "earlier comment": false,
  answer_id: false,
  "marking page": false,
};

/** The column of what was decided on the page of `assignment mark`. */
const PAGE = "marking page";

/**
 * Reads the file.
 *
 * @throws {RangeError} If it cannot be read for certain.
 */
export async function readByHand(out: string): Promise<HandSheet> {
  return await readAs(out, (row) => row);
}

/**
 * Reads the file; of a row into which nobody has written anything it keeps whose it is.
 *
 * @throws {RangeError} If it cannot be read for certain.
 */
export async function readWorkByHand(out: string): Promise<HandSheet> {
  return await readAs(out, (row, others) => {
    const { student, item, points, answer_id } = row.cells;
    if (hasWork(row, { others }) || (answer_id ?? "").trim() === "") return row;
    // As copies: a part of a text keeps all of it.
    return structuredClone({ number: row.number, cells: { student, item, points, answer_id } });
  });
}

async function readAs(out: string, kept: Parameters<typeof readSheet>[3]): Promise<HandSheet> {
  const path = join(out, BY_HAND);
  const bytes = await readIfFile(path);
  if (!bytes) return { path, delimiter: ",", others: [], rows: [] };
  return { path, digest: digestOf(bytes), ...readSheet(bytes, path, COLUMNS, kept) };
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What the rows of the file are about. */
export interface GradedClass {
  class_: AnsweredClass;
  assignment: Assignment;
  /**
   * The grades of the last run: if the row of points given then is gone, they are told and shown.
   */
  before?: Pick<GradesFile, "row">;
}

/** What a row becomes: what a person has written into it, and what was there earlier. */
type HandCells = { points: string; comment: string } & Record<string, string>;

/**
 * Finds the answer that each row of the file is about.
 *
 * Of a row into which nobody has written anything only that it is there is remembered.
 *
 * @throws {RangeError} If points are not valid, or rows contradict each other.
 */
export async function takeOver(
  sheet: HandSheet,
  { class_, assignment, before }: GradedClass,
): Promise<TakenOver> {
  const { others, delimiter } = sheet;
  const { given, kept, told } = await rowsGiven(sheet, new Answers(class_, assignment));
  const marks: HandMarks = new Map();
  /** Points of the last run whose rows are gone. */
  const lost = new Map<string, HandCells>();
  const cellsOf = (answer: HandAnswer, row: SheetRow | undefined) =>
    row ? nextCells(row, answer) : lost.get(answer.key) ?? OPEN;
  for await (const answer of answersOf(class_, assignment)) {
    const row = given.get(answer.key);
    if (!row && before) {
      const cells = await cellsBefore(answer, before);
      if (cells) {
        lost.set(answer.key, cells);
        told.push(
          `${BY_HAND} no longer has a row for ${answer.student}, ${answer.item}, which had ${
            cells["earlier points"]
          } points: it is open again`,
        );
      }
    }
    const { points, comment } = cellsOf(answer, row);
    const number = points === "" ? undefined : Number(points.replace(",", "."));
    if (number !== undefined || comment !== "") {
      marks.set(answer.key, { points: number, comment, answer: answer.id });
    }
  }
  return {
    marks,
    told,
    text(page = new Map()) {
      const columns = [...Object.keys(COLUMNS), ...others]
        .filter((name) => name !== PAGE || page.size > 0);
      const table = async function* () {
        yield columns;
        for await (const answer of answersOf(class_, assignment)) {
          const row = given.get(answer.key);
          const cells: Record<string, string> = {
            ...rowOf(answer, row, cellsOf(answer, row)),
            [PAGE]: page.get(answer.key) ?? "",
          };
          yield columns.map((name) => cells[name] ?? "");
        }
        for (const { cells } of kept) yield columns.map((name) => cells[name] ?? "");
      };
      return csvPieces(table(), delimiter);
    },
  };
}

/** The cells of an answer's row. */
function rowOf(answer: HandAnswer, row: SheetRow | undefined, cells: HandCells) {
  const { student, item, most, mark, id } = answer;
  const next: Record<string, string> = { ...row?.cells, ...cells };
  const isOpenAgain = next.points === "" &&
    `${next["earlier points"] ?? ""}${next["earlier comment"] ?? ""}` !== "";
  return {
    ...next,
    student,
    item,
    of: String(most),
    answer: mark.answer ?? "",
    answer_id: id,
    note: [mark.note, isOpenAgain ? row ? CHANGED : GONE : ""].filter(Boolean).join("; "),
  };
}

/** A row into which nobody has written anything, about the answer as it is. */
const EMPTY: SheetRow = { number: 0, cells: { points: "", comment: "" } };

/** The rows of a file by their answers, and those that fit none. */
async function rowsGiven(sheet: HandSheet, answers: Answers) {
  const refuse: RefuseRow = (row, problem) => {
    throw new RangeError(`Cannot read ${sheet.path}: row ${row.number}: ${problem}`);
  };
  const told: string[] = [];
  const given = new Map<string, SheetRow>();
  const kept: SheetRow[] = [];
  await answers.findOwners(sheet.rows);
  for (const row of sheet.rows) {
    assertPoints(row, answers.maximum(row.cells.item), refuse);
    const found = await answers.of(row, refuse);
    if ("answer" in found) {
      const { key, most, id } = found.answer;
      assertPoints(row, most, refuse);
      if (found.told) told.push(`${BY_HAND}, row ${row.number}: ${found.told}`);
      const own = hasWork(row, sheet) || row.cells.answer_id?.trim() !== id ? row : EMPTY;
      const other = given.get(key);
      const whole = (each: SheetRow) =>
        each === EMPTY ? { ...EMPTY, cells: { ...EMPTY.cells, answer_id: id } } : each;
      given.set(key, other && other !== own ? merged(whole(other), whole(own), refuse) : own);
    } else if (hasWork(row, sheet)) {
      told.push(`${BY_HAND}, row ${row.number} is kept, and counts for nobody: ${found.kept}`);
      kept.push({ ...row, cells: { ...row.cells, note: `counts for nobody: ${found.kept}` } });
    }
  }
  return { given, kept, told };
}

const CHANGED = "the student has handed in another answer since the earlier points were given";

const GONE = "the row with its earlier points was missing from this file";

const OPEN: HandCells = { points: "", comment: "" };

/** The first cells of an answer whose row is gone: its points of the last run are beside it. */
async function cellsBefore(
  { student, item, mark: { digest } }: HandAnswer,
  before: Pick<GradesFile, "row">,
): Promise<HandCells | undefined> {
  const mark = (await before.row(student))?.marks.find(({ id }) => id === item);
  if (mark?.outcome !== "by hand" || mark.points === undefined || mark.digest !== digest) {
    return undefined;
  }
  // What was decided elsewhere had no row here.
  if (mark.graders && mark.graders.join() !== BY_HAND) return undefined;
  return { ...OPEN, "earlier points": String(mark.points), "earlier comment": mark.message };
}

/**
 * Writes the file, unless it was saved again since it was read; then nothing is written: false.
 *
 * @param text Gives the text in pieces, the same each time.
 */
export async function replaceByHand(
  { path, digest }: Pick<HandSheet, "path" | "digest">,
  text: () => Iterable<string> | AsyncIterable<string>,
): Promise<boolean> {
  const bytes = await readIfFile(path);
  const now = bytes && digestOf(bytes);
  if (now !== digest) return false;
  const hash = createHash("sha256");
  for await (const piece of inBytes(text())) hash.update(piece);
  if (now !== hash.digest("hex")) await writeText(path, text());
  return true;
}

/** Files beside it that may be newer: a spreadsheet's lock, a workbook, a copy. */
export async function besideByHand(out: string): Promise<string[]> {
  const told: string[] = [];
  const names = (await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name).sort();
  for (const name of names) {
    if (/^(~\$|\.~lock\.)by_hand/i.test(name)) {
      told.push(
        `${BY_HAND} is open in a spreadsheet (${name}), and what is not saved there is not read; save it, close it, and run the same command again`,
      );
    } else if (/^by.?hand.*\.(csv|xlsx?|ods|tsv|txt|numbers)$/i.test(name) && name !== BY_HAND) {
      told.push(`${name} is not read: points by hand are taken from ${BY_HAND}`);
    }
  }
  return told;
}

/**
 * Whether a row was about another answer. One without an `answer_id` was written by somebody who
 * had no such file: it is about the answer that it shows, or else about the present one.
 */
function isChanged({ cells }: SheetRow, { id, mark }: HandAnswer): boolean {
  const own = cells.answer_id?.trim() ?? "";
  if (own !== "") return own !== id;
  const bare = (text: string) => text.replaceAll(/\s+/g, "");
  const shown = bare(cells.answer ?? "");
  return shown !== "" && shown !== bare(mark.answer ?? "");
}

/** What a row's cells become: points for an answer that has changed become earlier points. */
function nextCells(row: SheetRow, answer: HandAnswer): HandCells {
  const points = row.cells.points.trim();
  const comment = row.cells.comment ?? "";
  if (!isChanged(row, answer)) return { points, comment };
  if (points === "" && comment.trim() === "") return OPEN;
  return { ...OPEN, "earlier points": points, "earlier comment": comment };
}

/** Whether a person has written something into a row. */
function hasWork({ cells }: SheetRow, { others }: Pick<Sheet, "others">): boolean {
  return ["points", "comment", "earlier points", "earlier comment", ...others]
    .some((name) => (cells[name] ?? "").trim() !== "");
}

function assertPoints(
  row: SheetRow,
  most: number | undefined,
  refuse: (row: SheetRow, problem: string) => never,
): void {
  const { points } = row.cells;
  const text = points.trim();
  const isNumber = /^(\d+([.,]\d*)?|[.,]\d+)$/.test(text);
  if (text === "" || isNumber && Number(text.replace(",", ".")) <= (most ?? Infinity)) return;
  refuse(
    row,
    `points must be a number from 0 to ${most ?? "the item's points"}, or empty, got ${
      JSON.stringify(points)
    } for ${row.cells.student}, ${row.cells.item}`,
  );
}

/** Merges two rows for one answer, of which one may be empty. */
function merged(
  one: SheetRow,
  other: SheetRow,
  refuse: (row: SheetRow, problem: string) => never,
): SheetRow {
  const cells = { ...other.cells };
  for (const [name, value] of Object.entries(one.cells)) {
    const second = (cells[name] ?? "").trim();
    if (!["points", "comment"].includes(name)) {
      cells[name] ||= value;
    } else if (second === "" || value.trim() === "" || value.trim() === second) {
      cells[name] = second === "" ? value : cells[name];
    } else {
      refuse(
        other,
        `it has the ${name} ${JSON.stringify(second)} for an answer that has ${
          JSON.stringify(value.trim())
        } in row ${one.number}; leave one of the two rows`,
      );
    }
  }
  return { ...other, cells };
}
