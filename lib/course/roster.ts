/**
 * A roster: who the students are to a learning platform, when they have handed in, and until when
 * they could. Its own columns are below; the sheets that Moodle and Canvas let one download will do
 * as they are.
 *
 * A submission finds its row by the name of its folder, or by the number that the platform has put
 * at the end of that, or by the full name. What fits two rows fits none.
 *
 * @module
 */
import { readIfFile } from "@/io/files.ts";
import { readSheet, type Sheet } from "./sheet.ts";

/** A student as a platform knows them. */
export interface RosterRow {
  /** Its number in a spreadsheet. */
  number: number;
  /** The name of the folder; empty where the roster does not say it. */
  student: string;
  name: string;
  id: string;
  email: string;
  /** Of Canvas. */
  login: string;
  sis: string;
  section: string;
  /** When the work was handed in, and until when it could be. */
  submitted?: Date;
  due?: Date;
  /** Days that this student may be late without a penalty. */
  lateDays?: number;
  /** When Moodle's grade was last changed, as Moodle wrote it. */
  modified: string;
}

/** Our columns, and how platforms call them. */
const NAMES: Record<string, string[]> = {
  student: ["student", "folder"],
  name: ["name", "full name"],
  id: ["id", "identifier"],
  email: ["email", "email address"],
  login: ["login", "sis login id"],
  sis: ["sis user id"],
  section: ["section"],
  submitted: ["submitted", "last modified (submission)"],
  due: ["due"],
  "late days": ["late days"],
  modified: ["last modified (grade)"],
};
const COLUMNS = Object.values(NAMES).flat();

/** The columns of which a roster must have one. */
const KEYS = ["student", "id", "identifier", "folder"];

/**
 * Reads a roster.
 *
 * @throws {RangeError} If it cannot be read for certain; the message names the row.
 */
export async function readRoster(path: string): Promise<RosterRow[]> {
  const bytes = await readIfFile(path);
  if (!bytes) throw new RangeError(`Cannot read ${path}: there is no such file`);
  const sheet = sheetOf(bytes, path);
  return sheet.rows.flatMap(({ number, cells }): RosterRow[] => {
    const cell = (column: string) =>
      NAMES[column].map((name) => (cells[name] ?? "").trim()).find((text) => text !== "") ?? "";
    const refuse = (column: string, rule: string): never => {
      throw new RangeError(
        `Cannot read ${path}: row ${number}: ${column} must be ${rule}, got ${
          JSON.stringify(cell(column))
        }`,
      );
    };
    const date = (column: string) =>
      cell(column) === "" || cell(column) === "-"
        ? undefined
        : moment(cell(column)) ?? refuse(column, MOMENT);
    const days = cell("late days");
    if (!/^\d*$/.test(days)) refuse("late days", "a whole number");
    // Canvas has a row with the points of each assignment.
    if (/^\s*points possible\s*$/i.test(cells.student ?? "")) return [];
    return [{
      number,
      student: cell("student"),
      name: cell("name"),
      id: cell("id").replace(/^participant /i, ""),
      email: cell("email"),
      login: cell("login"),
      sis: cell("sis"),
      section: cell("section"),
      submitted: date("submitted"),
      due: date("due"),
      lateDays: days === "" ? undefined : Number(days),
      modified: cell("modified"),
    }];
  });
}

function sheetOf(bytes: Uint8Array, path: string): Sheet {
  let first: unknown;
  for (const key of KEYS) {
    const own = Object.fromEntries(COLUMNS.map((name) => [name, name === key]));
    try {
      return readSheet(bytes, path, own);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/** How a moment is written. */
const MOMENT =
  "a time with its zone, such as 2026-05-04T23:59+02:00, or Moodle's own: Monday, 4 May 2026, 11:59 PM";

/**
 * A moment that was written with its time zone, or as Moodle writes it, in the time zone of this
 * computer; undefined for what can be read in two ways.
 */
export function moment(text: string): Date | undefined {
  const iso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text);
  const moodle = /^[A-Z][a-z]+, (\d{1,2} [A-Z][a-z]+ \d{4}), (\d{1,2}:\d\d ?[AP]M)$/.exec(text);
  if (!iso && !moodle) return undefined;
  const date = new Date(
    moodle ? `${moodle[1]} ${moodle[2].replace(/ ?([AP]M)/, " $1")}` : text.replace(" ", "T"),
  );
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Which row of a roster is whose. */
export interface Matched {
  /** By the student's name in the grades. */
  rows: Map<string, RosterRow>;
  /** Submissions without a row, with the reason. */
  strangers: { student: string; reason: string }[];
  /** Rows without a submission. */
  without: RosterRow[];
}

/** Finds the row of each submission. */
export function matchRoster(students: string[], roster: RosterRow[]): Matched {
  const rows = new Map<string, RosterRow>();
  const strangers: Matched["strangers"] = [];
  const index = (key: keyof RosterRow) =>
    Map.groupBy(roster, (row) => String(row[key]).normalize("NFC"));
  const [byStudent, byId, byName] = [index("student"), index("id"), index("name")];
  const claims = new Map<RosterRow, string[]>();
  for (const student of students) {
    const name = student.normalize("NFC");
    const number = /_(\d+)$/.exec(name)?.[1];
    const found = byStudent.get(name) ?? (number === undefined ? undefined : byId.get(number)) ??
      byName.get(name) ?? byId.get(name) ?? [];
    const [row, other] = found;
    if (!row) strangers.push({ student, reason: "no row of the roster is theirs" });
    else if (other) {
      strangers.push({
        student,
        reason: `the rows ${row.number} and ${other.number} may be theirs`,
      });
    } else claims.set(row, [...claims.get(row) ?? [], student]);
  }
  for (const [row, own] of claims) {
    if (own.length === 1) rows.set(own[0], row);
    else {
      const reason = `row ${row.number} may be that of ${own.join(" or ")}`;
      strangers.push(...own.map((student) => ({ student, reason })));
    }
  }
  return { rows, strangers, without: roster.filter((row) => !claims.has(row)) };
}
