/**
 * Makes the tables and pages of a class from its results and from what people have given by hand.
 *
 * @module
 */
import { join } from "node:path";
import { unlessAbsent } from "@/io/files.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Assignment } from "./assignment.ts";
import { besideByHand, BY_HAND, readWorkByHand, replaceByHand, takeOver } from "./by_hand.ts";
import { type Change, changesOf, keepChanges } from "./changes.ts";
import { type ClassResults, classResultsOf } from "./class_results.ts";
import { readDecisions } from "./decisions.ts";
import { feedbackPage } from "./feedback.ts";
import { isGraded } from "./grade.ts";
import {
  type GradeRow,
  type GradesHead,
  NOT_GRADED,
  parseGrades,
  rowOf as gradeRow,
  ungradedRow,
} from "./grades.ts";
import { GradesFile } from "./grades_file.ts";
import { GRADER_VERSION, itemDigests } from "./result_keys.ts";
import { gradedAt } from "./results.ts";
import { type Standings, standingsOf, standingText } from "./standing.ts";
import { studentFolders } from "./student_folders.ts";
import { csvPieces, gradesTable, writeJson, writeText } from "./tables.ts";

/** What was written. */
export interface Published {
  tally: Tally;
  /** What the person who grades by hand should know, a line each. */
  byHand: string[];
  /** Marks that are not what they were before. */
  changes: Change[];
}

/** What is counted while the tables are written. */
export interface Tally {
  /** Submissions, and those in which there was something to grade. */
  students: number;
  graded: number;
  /** Answers that are still to be graded by hand. */
  open: number;
  /** Submissions in which there was nothing to grade, and the first of them, with the reason. */
  empty: number;
  firstEmpty: { student: string; status: string }[];
}

/** How many submissions are named for one reason. */
export const MOST_SUBMISSIONS = 20;

/** How often a file that is saved in the meantime is read again, at most. */
const MOST_READINGS = 4;

/**
 * Takes over the points given by hand, as the files are now, and writes the tables and pages; does
 * so again if somebody saves `by_hand.csv` in the meantime.
 *
 * Of the class a single submission is held at a time: each file is a pass over the results. What
 * people have given by hand, and marks that have changed, are held.
 */
export async function publish(
  assignment: Assignment,
  { out, seed, anonymous }: { out: string; seed: number; anonymous?: boolean },
  class_: ClassResults,
): Promise<Published> {
  const head = { ...headOf(assignment, seed), ...anonymous ? { anonymous } : {} };
  const changes: Change[] = [];
  for (let reading = 1;; reading++) {
    const taken = await takeOverAll(assignment, out, { class_, head });
    changes.push(...taken.changes);
    let tally: Tally;
    let isWritten: boolean;
    try {
      // First: a run that is killed in between finds them again.
      await keepChanges(out, taken.changes);
      tally = await writeTables(out, { class_, head, rowOf: taken.rowOf });
      isWritten = await replaceByHand(taken.sheet, taken.text);
    } catch (error) {
      throw new Error(
        `Cannot write the grades to ${out}: ${
          oneLine(error)
        }. What was graded is kept; the same command goes on from here`,
        { cause: error },
      );
    }
    const { told } = taken;
    if (isWritten) return { tally, changes, byHand: [...await besideByHand(out), ...told] };
    if (reading < MOST_READINGS) continue;
    const line =
      `${BY_HAND} was saved again and again in the meantime, and was left as it is: run the same command again`;
    return { tally, changes, byHand: [line, ...told] };
  }
}

/**
 * Makes the tables and pages anew, of the grades that are there.
 *
 * @throws {RangeError} If they are those of another version of the assignment.
 */
export async function publishAgain(assignment: Assignment, out: string): Promise<Published> {
  const file = join(out, "grades.json");
  const { seed, students, anonymous, digest } = parseGrades(await Deno.readTextFile(file), file);
  if (digest !== assignment.digest) {
    throw new RangeError(
      `Cannot make the tables in ${out}: ${assignment.name} has changed since it was graded; run assignment grade`,
    );
  }
  return await publish(assignment, { out, seed, anonymous }, classResultsOf(students));
}

/** What is the same for the whole class. */
function headOf(assignment: Assignment, seed: number): GradesHead {
  const { name, items, digest } = assignment;
  const digests = itemDigests(assignment);
  const own = items.map(({ id, part, title, points, kind }) => {
    return { id, part, title, points, kind, digest: digests[id] };
  });
  return { assignment: name, digest, grader: GRADER_VERSION, seed, items: own };
}

/** Makes the row of a student. */
type RowOf = (student: string) => Promise<GradeRow>;

/** A class, and what its rows are made of. */
interface ClassOfRows {
  class_: ClassResults;
  head: GradesHead;
  rowOf: RowOf;
}

/** What people have given by hand, from the sheet and from the decisions, and what it changes. */
async function takeOverAll(
  assignment: Assignment,
  out: string,
  { class_, head }: Omit<ClassOfRows, "rowOf">,
) {
  // Closed before it is written anew.
  using before = await GradesFile.open(join(out, "grades.json"));
  const sheet = await readWorkByHand(out);
  const { path, digest } = sheet;
  const { marks, text, told } = await takeOver(sheet, { class_, assignment, before });
  const decided = await standingsOf(await readDecisions(out), {
    class_,
    items: assignment.items,
    byHand: marks,
  });
  const { standings } = decided;
  const elsewhere = [...standings].filter(([, { history }]) =>
    history.some(({ grader }) => grader !== BY_HAND)
  );
  const page = new Map(elsewhere.map(([key, standing]) => [key, standingText(standing)]));
  const rowOf = rowsOf(class_, head, standings);
  const changes = before?.head.assignment === assignment.name
    ? await changesSince(before, { class_, head, rowOf })
    : [];
  return {
    ...{ rowOf, changes, sheet: { path, digest } },
    text: () => text(page),
    told: [...told, ...decided.told],
  };
}

function rowsOf(class_: ClassResults, { items }: GradesHead, standings: Standings): RowOf {
  return async (student) => {
    const grading = await class_.grading(student);
    const submission = class_.facts(student);
    const row = grading
      ? gradeRow(student, grading, items, { standings, submission })
      : ungradedRow(student, class_.reasons.get(student)!);
    return submission ? { ...row, submission } : row;
  };
}

async function changesSince(
  before: GradesFile,
  { class_: { students }, head, rowOf }: ClassOfRows,
): Promise<Change[]> {
  const here = new Set(students);
  const at = new Date();
  const changes: Change[] = [];
  for (const student of before.students) {
    const row = here.has(student) ? await rowOf(student) : undefined;
    const old = (await before.row(student))!;
    changes.push(...changesOf(old, row, { before: before.head, now: head }, at));
  }
  return changes;
}

/** Writes the tables, and a page for each student whom the machine let be graded. */
async function writeTables(
  out: string,
  { class_: { students, facts, reasons }, head, rowOf }: ClassOfRows,
): Promise<Tally> {
  const tally: Tally = { students: students.length, graded: 0, open: 0, empty: 0, firstEmpty: [] };
  const rows = async function* () {
    for (const student of students) yield await rowOf(student);
  };
  const counted = async function* () {
    for await (const row of rows()) {
      count(row, tally, reasons.has(row.student));
      yield row;
    }
  };
  const { anonymous, ...own } = head;
  await writeJson(join(out, "grades.json"), { ...own, students: counted(), anonymous });
  const isLate = students.some((student) => facts(student)?.late);
  await writeText(join(out, "grades.csv"), csvPieces(gradesTable(head, rows(), isLate)));
  const folders = studentFolders(students);
  for await (const row of rows()) {
    const at = await gradedAt(out, row.student);
    await writeFeedback(join(out, folders.get(row.student)!), feedbackPage(head, row, at), row);
  }
  return tally;
}

function count(row: GradeRow, tally: Tally, isFailed: boolean): void {
  const { student, status, marks } = row;
  tally.open += marks.filter(({ points }) => points === undefined).length;
  if (isGraded(row)) tally.graded++;
  else if (!isFailed && ++tally.empty <= MOST_SUBMISSIONS) {
    tally.firstEmpty.push({ student, status });
  }
}

async function writeFeedback(folder: string, html: string, row: GradeRow): Promise<void> {
  const page = join(folder, "feedback.html");
  if (!row.status.startsWith(NOT_GRADED)) {
    await Deno.mkdir(folder, { recursive: true });
    await writeText(page, html);
    return;
  }
  // An older page would say what the table does not.
  await unlessAbsent(Deno.remove(page));
}
