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
}

/** How often a file that is saved in the meantime is read again, at most. */
const MOST_READINGS = 4;

/**
 * Takes over the points given by hand, as the files are now, and writes the tables and pages; does
 * so again if somebody saves `by_hand.csv` in the meantime.
 */
export async function publish(
  assignment: Assignment,
  { out, seed }: { out: string; seed: number },
  class_: ClassResults,
): Promise<Published> {
  const before = await gradesBefore(join(out, "grades.json"));
  for (let reading = 1;; reading++) {
    const sheet = await readByHand(out);
    const { standings, text, told } = await takeOverAll(assignment, out, { class_, before, sheet });
    const grades = gradesOf(assignment, seed, class_, standings);
    let isWritten: boolean;
    try {
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
    if (isWritten) return { grades, byHand: [...await besideByHand(out), ...told] };
    if (reading < MOST_READINGS) continue;
    const line =
      `${BY_HAND} was saved again and again in the meantime, and was left as it is: run the same command again`;
    return { grades, byHand: [line, ...told] };
  }
}

/** Makes the tables and pages anew, of the grades that are there. */
export async function publishAgain(assignment: Assignment, out: string): Promise<Published> {
  const file = join(out, "grades.json");
  const { seed, students } = parseGrades(await Deno.readTextFile(file), file);
  const isGradedRow = ({ status }: GradeRow) => !status.startsWith(NOT_GRADED);
  const reasons = students.filter((row) => !isGradedRow(row))
    .map(({ student, status }): [string, string] => [student, status.slice(NOT_GRADED.length)]);
  const graded = students.filter(isGradedRow);
  return await publish(assignment, { out, seed }, {
    students: students.map(({ student }) => student),
    results: new Map(graded.map((row) => [row.student, gradingOf(row)])),
    reasons: new Map(reasons),
    facts: new Map(
      students.flatMap(({ student, submission }) => submission ? [[student, submission]] : []),
    ),
  });
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
  { name, items, digest }: Assignment,
  seed: number,
  { students, results, reasons, facts }: ClassResults,
  standings: Standings,
): ClassGrades {
  const own = items.map(({ id, part, title, points, kind }) => ({ id, part, title, points, kind }));
  const rows = students.map((student): GradeRow => {
    const grading = results.get(student);
    const row = grading
      ? rowOf(student, grading, own, standings)
      : ungradedRow(student, reasons.get(student)!);
    const submission = facts.get(student);
    return submission ? { ...row, submission } : row;
  });
  return { assignment: name, digest, seed, items: own, students: rows };
}

/** Writes the tables, and a page for each student whom the machine let be graded. */
async function writeTables(out: string, grades: ClassGrades): Promise<void> {
  await writeJson(join(out, "grades.json"), grades);
  await writeText(join(out, "grades.csv"), csv(tableOf(grades)));
  const folders = studentFolders(grades.students.map(({ student }) => student));
  for (const row of grades.students) {
    await writeFeedback(join(out, folders.get(row.student)!), grades, row);
  }
}

async function writeFeedback(folder: string, grades: ClassGrades, row: GradeRow): Promise<void> {
  const page = join(folder, "feedback.html");
  if (!row.status.startsWith(NOT_GRADED)) {
    await Deno.mkdir(folder, { recursive: true });
    await writeText(page, feedbackPage(grades, row));
    return;
  }
  // An older page would say what the table does not.
  await unlessAbsent(Deno.remove(page));
}
