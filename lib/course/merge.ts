/**
 * Joins folders of grades: parts of a class that were graded on several machines, or whole ones in
 * which several people have marked. Each student's result is there once; decisions are merged by
 * being there. What contradicts is refused, and nothing is written then.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { join, resolve } from "node:path";
import { isFile } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { type Assignment } from "./assignment.ts";
import { Aliases } from "./aliases.ts";
import { BY_HAND, readByHand } from "./by_hand.ts";
import { type Change, keepChanges, readChanges } from "./changes.ts";
import { DecisionFile, readDecisions } from "./decisions.ts";
import { type GradeRow, gradingOf, NOT_GRADED, parseGrades } from "./grades.ts";
import { GradesFile } from "./grades_file.ts";
import { type Part, renamedPart } from "./renamed_part.ts";
import { classResultsOf } from "./class_results.ts";
import { publish, type Published } from "./publish.ts";
import { GRADER_VERSION } from "./result_keys.ts";
import { copyResult } from "./results.ts";
import { type SheetRow } from "./sheet.ts";
import { csv, writeText } from "./tables.ts";

/** Where the key of an anonymous folder of grades is, unless another place was chosen. */
export function keyBeside(folder: string): string {
  return `${resolve(folder)}.key.csv`;
}

/**
 * Joins the folders into `out`, which may have been joined before.
 *
 * Two anonymous folders have numbers of their own, which mean nothing together: each folder's key
 * says who is meant, and who has a number in `out` has it in the key.
 *
 * @param key The key of `out`, if students are numbers there; they are if they are in a folder.
 * @throws {RangeError} If the folders cannot be joined; the message says what to do.
 * @throws {FolderLockedError} If another run works in `out`.
 */
export async function mergeClasses(
  assignment: Assignment,
  folders: string[],
  out: string,
  key?: string,
): Promise<Published> {
  let parts: Part[] = [];
  for (const folder of folders) parts.push(await readPart(folder, assignment));
  const { seed } = parts[0].grades;
  for (const { folder, grades } of parts) {
    if (grades.seed !== seed) {
      refuse(`${folder} was graded with the seed ${grades.seed}, ${folders[0]} with ${seed}`);
    }
  }
  const anonymous = assertAlike(parts, key);
  if (anonymous) {
    using before = await GradesFile.open(join(out, "grades.json"));
    if (before && !before.head.anonymous) refuse(`${out} has names; choose another folder`);
    parts = await underNewNumbers(parts, key ?? keyBeside(out), before === undefined);
  }
  const rows = rowsOf(parts);
  using _lock = await FolderLock.take(out);
  const own = { folder: out, sheet: await readByHand(out) };
  const sheet = sheetOf([own, ...parts]);
  for (const { row, folder, original } of rows) {
    await copyResult({ folder, student: original }, { folder: out, student: row.student });
  }
  if (sheet) await writeText(join(out, BY_HAND), sheet);
  await addDecisions(out, parts);
  await keepChanges(out, await newChanges(out, parts));
  const students = rows.map(({ row }) => row);
  return await publish(assignment, { out, seed, anonymous }, classResultsOf(students));
}

/** Whether the parts are anonymous. @throws {RangeError} If only some are. */
function assertAlike(parts: Part[], key?: string): boolean {
  const [named, numbered] = [false, true].map((anonymous) =>
    parts.filter(({ grades }) => (grades.anonymous ?? false) === anonymous)
  );
  const folders = (of: Part[]) => of.map(({ folder }) => folder).join(", ");
  if (named.length > 0 && numbered.length > 0) {
    refuse(
      `all must have names or all must have numbers, but ${folders(numbered)} has numbers and ${
        folders(named)
      } has names; grade one of them there again, with or without --anonymous`,
    );
  }
  if (numbered.length === 0 && key !== undefined) {
    refuse(`--anonymous is for parts that have numbers, and ${folders(named)} has names`);
  }
  return numbered.length > 0;
}

/** Anonymous parts with the numbers of one key. */
async function underNewNumbers(parts: Part[], key: string, isNew: boolean): Promise<Part[]> {
  const named: Part[] = [];
  for (const part of parts) {
    const own = keyBeside(part.folder);
    if (!await isFile(own)) {
      refuse(
        `${part.folder} has numbers in the place of names, and its key says whose they are; put it at ${own}`,
      );
    }
    const aliases = await Aliases.read(own);
    named.push(renamedPart(part, (number) => aliases.nameOf(number)));
  }
  // What contradicts is refused before a key is written.
  const names = rowsOf(named).map(({ row }) => row.student);
  sheetOf(named);
  const aliases = await Aliases.open(key, names, isNew);
  return named.map((part) => renamedPart(part, (name) => aliases.numberOf(name)));
}

function refuse(reason: string): never {
  throw new RangeError(`Cannot join the folders: ${reason}`);
}

async function readPart(folder: string, assignment: Assignment): Promise<Part> {
  const path = join(folder, "grades.json");
  const grades = parseGrades(await Deno.readTextFile(path), path);
  if (grades.assignment !== assignment.name) {
    refuse(`${folder} has the grades of ${grades.assignment}, not of ${assignment.name}`);
  }
  if (grades.digest !== assignment.digest || grades.grader !== GRADER_VERSION) {
    refuse(
      `${folder} was graded with another version of ${assignment.name} or of the grader; grade there again`,
    );
  }
  return {
    folder,
    grades,
    original: new Map(grades.students.map(({ student }) => [student, student])),
    sheet: await readByHand(folder),
    decisions: await readDecisions(folder),
    changes: await readChanges(folder),
  };
}

/** A student's row, and what they are called in the folder that it is from. */
interface PartRow {
  row: GradeRow;
  folder: string;
  original: string;
}

/** A row for each student, with the folder that it comes from. */
function rowsOf(parts: Part[]): PartRow[] {
  const found = new Map<string, PartRow>();
  const isKnown = ({ status }: GradeRow) => !status.startsWith(NOT_GRADED);
  for (const { folder, grades, original } of parts) {
    for (const row of grades.students) {
      const other = found.get(row.student);
      if (other && isKnown(other.row)) {
        if (isKnown(row)) assertSame(row, folder, other);
        continue;
      }
      found.set(row.student, { row, folder, original: original.get(row.student)! });
    }
  }
  return [...found.values()].sort((a, b) => a.row.student < b.row.student ? -1 : 1);
}

/** @throws {RangeError} If a student has different results in two folders. */
function assertSame(row: GradeRow, folder: string, other: { row: GradeRow; folder: string }): void {
  if (row.submission?.digest !== other.row.submission?.digest) {
    refuse(
      `${row.student} has different submissions in ${other.folder} and ${folder}; remove the folder that does not count from the submissions there, and grade there again`,
    );
  }
  if (!isDeepStrictEqual(plainJson(gradingOf(row)), plainJson(gradingOf(other.row)))) {
    refuse(
      `${row.student} has different results for one submission in ${other.folder} and ${folder}; grade that student again with --regrade-student`,
    );
  }
}

function plainJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The sheets as one; undefined if there is nothing in them. */
function sheetOf(parts: Pick<Part, "folder" | "sheet">[]): string | undefined {
  const columns = [...new Set(parts.flatMap(({ sheet }) => sheet.rows.flatMap(namesOf)))];
  if (columns.length === 0) return undefined;
  const given = new Map<string, { folder: string; row: SheetRow }>();
  const rows = parts.flatMap(({ folder, sheet }) =>
    sheet.rows.filter((row) => {
      const { student, item, answer_id: id = "" } = row.cells;
      const key = JSON.stringify([student, item, id]);
      const other = given.get(key);
      if (!other) {
        given.set(key, { folder, row });
        return true;
      }
      for (const name of ["points", "comment"]) {
        const [one, two] = [other.row, row].map(({ cells }) => (cells[name] ?? "").trim());
        if (one === "" || two === "" || one === two) continue;
        refuse(
          `${student}, ${item} has the ${name} ${JSON.stringify(one)} in ${
            join(other.folder, BY_HAND)
          } and ${JSON.stringify(two)} in ${join(folder, BY_HAND)}; make them agree`,
        );
      }
      // The same row again has nothing to add; otherwise the grader merges the two.
      return !isDeepStrictEqual(row.cells, other.row.cells);
    })
  );
  return csv([columns, ...rows.map(({ cells }) => columns.map((name) => cells[name] ?? ""))]);
}

function namesOf({ cells }: SheetRow): string[] {
  return Object.keys(cells).filter((name) => name !== "");
}

/** Adds what is not there yet to the graders' files. */
async function addDecisions(out: string, parts: Part[]): Promise<void> {
  const known = new Set((await readDecisions(out)).all.map(({ id }) => id));
  const fresh = new Map(
    parts.flatMap(({ decisions }) => decisions.all).filter(({ id }) => !known.has(id))
      .map((each) => [each.id, each]),
  );
  for (const [grader, all] of Map.groupBy(fresh.values(), ({ grader }) => grader)) {
    using file = await DecisionFile.open(out, grader);
    await file.add(all.map(({ id: _id, ...decision }) => decision));
  }
}

/** What the parts know of changes, and the folder does not. */
async function newChanges(out: string, parts: Part[]): Promise<Change[]> {
  const known = new Set((await readChanges(out)).map((each) => JSON.stringify(each)));
  return parts.flatMap(({ changes }) => changes).filter((each) => {
    const text = JSON.stringify(each);
    return !known.has(text) && known.add(text);
  }).sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
}
