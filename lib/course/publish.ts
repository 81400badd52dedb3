/**
 * Makes the tables and pages of a class from its results and from what people have given by hand.
 *
 * @module
 */
import { join } from "node:path";
import { unlessAbsent } from "@/io/files.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Assignment } from "./assignment.ts";
import { besideByHand, BY_HAND, readByHand, replaceByHand, takeOver } from "./by_hand.ts";
import { type Change, changesBetween, keepChanges } from "./changes.ts";
import { readDecisions } from "./decisions.ts";
import { feedbackPage } from "./feedback.ts";
import { type Grading } from "./grade.ts";
import {
  type ClassGrades,
  type GradeRow,
  gradesBefore,
  gradingOf,
  NOT_GRADED,
  parseGrades,
  rowOf,
  type SubmissionFacts,
  ungradedRow,
} from "./grades.ts";
import { GRADER_VERSION, itemDigests } from "./result_keys.ts";
import { gradedAt } from "./results.ts";
import { type Standings, standingsOf, standingText } from "./standing.ts";
import { studentFolders } from "./student_folders.ts";
import { csv, tableOf, writeJson, writeText } from "./tables.ts";

/** What the tables are made of. */
export interface ClassResults {
  students: string[];
  results: Map<string, Grading>;
  /** Why the machine has kept a submission from being graded, by student. */
  reasons: Map<string, string>;
  /** What was handed in, by student. */
  facts: Map<string, SubmissionFacts>;
}

/** What was written. */
export interface Published {
  grades: ClassGrades;
  /** What the person who grades by hand should know, a line each. */
  byHand: string[];
  /** Marks that are not what they were before. */
  changes: Change[];
}

/** How often a file that is saved in the meantime is read again, at most. */
const MOST_READINGS = 4;

/**
 * Takes over the points given by hand, as the files are now, and writes the tables and pages; does
 * so again if somebody saves `by_hand.csv` in the meantime.
 */
export async function publish(
  assignment: Assignment,
  { out, seed, anonymous }: { out: string; seed: number; anonymous?: boolean },
  class_: ClassResults,
): Promise<Published> {
  let before = await gradesBefore(join(out, "grades.json"));
  const changes: Change[] = [];
  for (let reading = 1;; reading++) {
    const sheet = await readByHand(out);
    const { standings, text, told } = await takeOverAll(assignment, out, { class_, before, sheet });
    const made = gradesOf(assignment, seed, class_, standings);
    const grades = anonymous ? { ...made, anonymous } : made;
    let isWritten: boolean;
    const found = before?.assignment === assignment.name ? changesBetween(before, grades) : [];
    changes.push(...found);
    before = grades;
    try {
      // First: a run that is killed in between finds them again.
      await keepChanges(out, found);
      await writeTables(out, grades);
      isWritten = await replaceByHand(sheet, text);
    } catch (error) {
      throw new Error(
        `Cannot write the grades to ${out}: ${
          oneLine(error)
        }. What was graded is kept; the same command goes on from here`,
        { cause: error },
      );
    }
    if (isWritten) return { grades, changes, byHand: [...await besideByHand(out), ...told] };
    if (reading < MOST_READINGS) continue;
    const line =
      `${BY_HAND} was saved again and again in the meantime, and was left as it is: run the same command again`;
    return { grades, changes, byHand: [line, ...told] };
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

/** What rows of grades were made of. */
export function classResultsOf(students: GradeRow[]): ClassResults {
  const isKnown = ({ status }: GradeRow) => !status.startsWith(NOT_GRADED);
  const reasons = students.filter((row) => !isKnown(row))
    .map(({ student, status }): [string, string] => [student, status.slice(NOT_GRADED.length)]);
  return {
    students: students.map(({ student }) => student),
    results: new Map(students.filter(isKnown).map((row) => [row.student, gradingOf(row)])),
    reasons: new Map(reasons),
    facts: new Map(
      students.flatMap(({ student, submission }) => submission ? [[student, submission]] : []),
    ),
  };
}

/** What people have given by hand, from the sheet and from the decisions. */
async function takeOverAll(
  assignment: Assignment,
  out: string,
  { class_: { students, results, facts }, before, sheet }: {
    class_: ClassResults;
    before?: ClassGrades;
    sheet: Awaited<ReturnType<typeof readByHand>>;
  },
): Promise<{ standings: Standings; text: string; told: string[] }> {
  const decisions = await readDecisions(out);
  const submissions = new Map([...facts].map(([student, { digest }]) => [student, digest ?? ""]));
  let decided: ReturnType<typeof standingsOf> | undefined;
  const { text, told } = takeOver(sheet, {
    gradings: results,
    students,
    assignment,
    before,
    page(byHand) {
      const { items } = assignment;
      decided = standingsOf(decisions, { gradings: results, items, byHand, submissions });
      const elsewhere = [...decided.standings].filter(([, { history }]) =>
        history.some(({ grader }) => grader !== BY_HAND)
      );
      return new Map(elsewhere.map(([key, standing]) => [key, standingText(standing)]));
    },
  });
  return { standings: decided!.standings, text, told: [...told, ...decided!.told] };
}

function gradesOf(
  assignment: Assignment,
  seed: number,
  { students, results, reasons, facts }: ClassResults,
  standings: Standings,
): ClassGrades {
  const { name, items, digest } = assignment;
  const digests = itemDigests(assignment);
  const own = items.map(({ id, part, title, points, kind }) => {
    return { id, part, title, points, kind, digest: digests[id] };
  });
  const rows = students.map((student): GradeRow => {
    const grading = results.get(student);
    const submission = facts.get(student);
    const row = grading
      ? rowOf(student, grading, own, { standings, submission })
      : ungradedRow(student, reasons.get(student)!);
    return submission ? { ...row, submission } : row;
  });
  return { assignment: name, digest, grader: GRADER_VERSION, seed, items: own, students: rows };
}

/** Writes the tables, and a page for each student whom the machine let be graded. */
async function writeTables(out: string, grades: ClassGrades): Promise<void> {
  await writeJson(join(out, "grades.json"), grades);
  await writeText(join(out, "grades.csv"), csv(tableOf(grades)));
  const folders = studentFolders(grades.students.map(({ student }) => student));
  for (const row of grades.students) {
    const at = await gradedAt(out, row.student);
    await writeFeedback(join(out, folders.get(row.student)!), feedbackPage(grades, row, at), row);
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
