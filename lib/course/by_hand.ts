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
import { type Grading, type Mark } from "./grade.ts";
import { type ClassGrades } from "./grades.ts";
import { nearness } from "./near_key.ts";
import { readSheet, type Sheet, type SheetRow } from "./sheet.ts";
import { csv, writeText } from "./tables.ts";

/** Its name, in the folder of the grades. */
export const BY_HAND = "by_hand.csv";

/** Points and a comment that somebody gave by hand. */
export interface HandMark {
  points?: number;
  comment: string;
  /** The `answer_id` of the answer. */
  answer: string;
}

/** The keys are student and item, with a line break between them. */
export type HandMarks = Map<string, HandMark>;

/** The file as it was read. */
export interface HandSheet extends Sheet {
  path: string;
  /** Undefined where there is none. */
  bytes?: Uint8Array;
}

/** What was taken over of a file, and what is to be written. */
export interface TakenOver {
  marks: HandMarks;
  /** The file as it is written next. */
  text: string;
  /** What the person who grades by hand should know, a line each. */
  told: string[];
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

/** An answer that somebody has to grade. */
interface Answer {
  student: string;
  item: string;
  most: number;
  mark: Mark;
  id: string;
}

/**
 * Reads the file.
 *
 * @throws {RangeError} If it cannot be read for certain.
 */
export async function readByHand(out: string): Promise<HandSheet> {
  const path = join(out, BY_HAND);
  const bytes = await readIfFile(path);
  if (!bytes) return { path, delimiter: ",", others: [], rows: [] };
  return { path, bytes, ...readSheet(bytes, path, COLUMNS) };
}

/** What the rows of the file are about. */
export interface GradedClass {
  /** By student. */
  gradings: Map<string, Grading>;
  /** Everybody who has handed in, including those who have no grading. */
  students: string[];
  assignment: Assignment;
  /**
   * The grades of the last run: if the row of points given then is gone, they are told and shown.
   */
  before?: ClassGrades;
  /**
   * What is to be said of each answer in the column `marking page`, by student and item, once it is known
   * what the file says: what was decided elsewhere. Without it there is no such column.
   */
  page?(marks: HandMarks): Map<string, string>;
}

/**
 * Finds the answer that each row of the file is about.
 *
 * @throws {RangeError} If points are not valid, or rows contradict each other.
 */
export function takeOver(
  sheet: HandSheet,
  { gradings, students, assignment, before, page }: GradedClass,
): TakenOver {
  const answers = answersOf(gradings, students, assignment);
  const refuse = (row: SheetRow, problem: string): never => {
    throw new RangeError(`Cannot read ${sheet.path}: row ${row.number}: ${problem}`);
  };
  const told: string[] = [];
  const given = new Map<Answer, SheetRow>();
  const kept: SheetRow[] = [];
  for (const row of sheet.rows) {
    assertPoints(row, answers.maximum(row.cells.item), refuse);
    const found = answers.of(row, refuse);
    if ("answer" in found) {
      assertPoints(row, found.answer.most, refuse);
      if (found.told) told.push(`${BY_HAND}, row ${row.number}: ${found.told}`);
      const other = given.get(found.answer);
      given.set(found.answer, other ? merged(other, row, refuse) : row);
    } else if (hasWork(row, sheet)) {
      told.push(`${BY_HAND}, row ${row.number} is kept, and counts for nobody: ${found.kept}`);
      kept.push({ ...row, cells: { ...row.cells, note: `counts for nobody: ${found.kept}` } });
    }
  }
  const marks: HandMarks = new Map();
  const rows: Record<string, string>[] = [];
  for (const answer of answers.all) {
    const row = given.get(answer);
    const cells = row ? nextCells(row, answer) : cellsBefore(answer, before);
    if (!row && "earlier points" in cells) {
      told.push(
        `${BY_HAND} no longer has a row for ${answer.student}, ${answer.item}, which had ${
          cells["earlier points"]
        } points: it is open again`,
      );
    }
    const next: Record<string, string> = { ...(row?.cells ?? {}), ...cells };
    const isOpenAgain = next.points === "" &&
      `${next["earlier points"] ?? ""}${next["earlier comment"] ?? ""}` !== "";
    rows.push({
      ...next,
      student: answer.student,
      item: answer.item,
      of: String(answer.most),
      answer: answer.mark.answer ?? "",
      answer_id: answer.id,
      note: [answer.mark.note, isOpenAgain ? row ? CHANGED : GONE : ""].filter(Boolean).join("; "),
    });
    const { points, comment } = cells;
    const number = points === "" ? undefined : Number(points.replace(",", "."));
    marks.set(`${answer.student}\n${answer.item}`, { points: number, comment, answer: answer.id });
  }
  const shown = page?.(marks) ?? new Map<string, string>();
  for (const row of rows) row[PAGE] = shown.get(`${row.student}\n${row.item}`) ?? "";
  const columns = [...Object.keys(COLUMNS), ...sheet.others]
    .filter((name) => name !== PAGE || shown.size > 0);
  const table = [...rows, ...kept.map(({ cells }) => cells)]
    .map((cells) => columns.map((name) => cells[name] ?? ""));
  return { marks, text: csv([columns, ...table], sheet.delimiter), told };
}

const CHANGED = "the student has handed in another answer since the earlier points were given";

const GONE = "the row with its earlier points was missing from this file";

/** The first cells of an answer without a row: its points of the last run are beside it. */
function cellsBefore(
  { student, item, mark: { digest } }: Answer,
  before?: ClassGrades,
): { points: string; comment: string } & Record<string, string> {
  const open = { points: "", comment: "" };
  const mark = before?.students.find((row) => row.student === student)?.marks
    .find(({ id }) => id === item);
  if (mark?.outcome !== "by hand" || mark.points === undefined || mark.digest !== digest) {
    return open;
  }
  // What was decided elsewhere had no row here.
  if (mark.graders && mark.graders.join() !== BY_HAND) return open;
  return { ...open, "earlier points": String(mark.points), "earlier comment": mark.message };
}

/** Writes the file, unless it was saved again since it was read; then nothing is written: false. */
export async function replaceByHand({ path, bytes }: HandSheet, text: string): Promise<boolean> {
  const now = await readIfFile(path);
  const isSame = now === undefined || bytes === undefined
    ? now === bytes
    : now.length === bytes.length && now.every((byte, i) => byte === bytes[i]);
  if (!isSame) return false;
  if (now === undefined || new TextDecoder("utf-8", { ignoreBOM: true }).decode(now) !== text) {
    await writeText(path, text);
  }
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

/** The answers of a class, and how a row finds its own. */
interface Answers {
  all: Answer[];
  /** The points of an item; undefined for one that is not graded by hand. */
  maximum(item: string): number | undefined;
  of(
    row: SheetRow,
    refuse: (row: SheetRow, problem: string) => never,
  ): { answer: Answer; told?: string } | { kept: string };
}

function answersOf(
  gradings: Map<string, Grading>,
  students: string[],
  { items }: Assignment,
): Answers {
  const written = items.filter(({ kind }) => kind === "written");
  const all = students.flatMap((student) =>
    written.flatMap(({ id: item, points: most }): Answer[] => {
      const mark = gradings.get(student)?.marks.find(({ id }) => id === item);
      if (mark?.outcome !== "by hand") return [];
      return [{ student, item, most, mark, id: answerId(student, item, mark) }];
    })
  );
  const byKey = new Map(all.map((answer) => [`${answer.student}\n${answer.item}`, answer]));
  const byId = new Map(all.map((answer) => [answer.id, answer]));
  const known = new Set(students);
  const whyNone = (student: string, item: string): string => {
    if (!written.some(({ id }) => id === item)) {
      return `${
        item === "" ? "its item is empty" : `this assignment has no written answer called ${item}`
      }${offered(item, written.map(({ id }) => id))}`;
    }
    if (!known.has(student)) {
      return student === ""
        ? "its student is empty"
        : `no submission is called ${student}${offered(student, students)}`;
    }
    const grading = gradings.get(student);
    if (!grading || grading.marks.length === 0) {
      return `${student} is not graded in this run: ${grading?.status ?? "see above"}`;
    }
    return `${student} has not answered ${item}, or no longer does`;
  };
  const of: Answers["of"] = (row, refuse) => {
    const { student, item, answer_id: id = "" } = row.cells;
    const answer = byKey.get(`${student}\n${item}`);
    const owner = byId.get(id.trim());
    if (answer && owner && owner !== answer) {
      return refuse(
        row,
        `the student is ${student}, but the answer_id is that of ${owner.student}'s ${owner.item}; were only some of the columns sorted?`,
      );
    }
    if (answer) return { answer };
    const kept = whyNone(student, item);
    if (!owner) return { kept };
    if (isNear(student, owner.student) && isNear(item, owner.item)) {
      const changed = student === owner.student ? item : student;
      const name = student === owner.student ? owner.item : owner.student;
      return { answer: owner, told: `"${changed}" is taken for "${name}", whose answer_id it has` };
    }
    return {
      kept:
        `${kept}; its answer_id is that of "${owner.student}": if that is right, write that name in the column student`,
    };
  };
  return { all, of, maximum: (item) => written.find(({ id }) => id === item)?.points };
}

function isNear(found: string, name: string): boolean {
  return found === name || nearness(found, name) !== undefined;
}

/** The names that a changed name may have been. */
function offered(found: string, names: string[]): string {
  const near = names.flatMap((name) => {
    const why = nearness(found, name);
    return why ? [`"${name}" (${why})`] : [];
  });
  return near.length === 0 ? "" : `; write ${near.slice(0, 4).join(" or ")} if that is meant`;
}

/** Letters from which no spreadsheet makes a number, a date or a word. */
const LETTERS = "bcdfghjklmnpqrstvwxz";
const ID_LENGTH = 12;

/** Tells an answer from all others, including earlier ones by the same student. */
export function answerId(student: string, item: string, { digest }: Mark): string {
  const bytes = createHash("sha256").update(JSON.stringify([student, item, digest])).digest();
  return [...bytes.subarray(0, ID_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

/**
 * Whether a row was about another answer. One without an `answer_id` was written by somebody who
 * had no such file: it is about the answer that it shows, or else about the present one.
 */
function isChanged({ cells }: SheetRow, { id, mark }: Answer): boolean {
  const own = cells.answer_id?.trim() ?? "";
  if (own !== "") return own !== id;
  const bare = (text: string) => text.replaceAll(/\s+/g, "");
  const shown = bare(cells.answer ?? "");
  return shown !== "" && shown !== bare(mark.answer ?? "");
}

/** What a row's cells become: points for an answer that has changed become earlier points. */
function nextCells(
  row: SheetRow,
  answer: Answer,
): { points: string; comment: string } & Record<string, string> {
  const points = row.cells.points.trim();
  const comment = row.cells.comment ?? "";
  if (!isChanged(row, answer)) return { points, comment };
  const open = { points: "", comment: "" };
  if (points === "" && comment.trim() === "") return open;
  return { ...open, "earlier points": points, "earlier comment": comment };
}

/** Whether a person has written something into a row. */
function hasWork({ cells }: SheetRow, { others }: Sheet): boolean {
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
