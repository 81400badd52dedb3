/**
 * Grades a class: a folder of submissions in, a folder of grades out.
 *
 * Each submission's result is a file of its own, written whole as soon as it is known, with a key made of
 * all that it depends on: a run that was killed goes on where it was, and a submission that has
 * changed since is graded again. The tables and pages are made from these files at the end.
 *
 * In the folder of grades: `grades.csv`, `grades.json`, `by_hand.csv` (what is to be graded by hand: whoever
 * does it fills in two columns, and the next run takes them over), a folder with `feedback.html` for
 * each student, and `.results`.
 *
 * @module
 */
import { join } from "node:path";
import { type Assignment, type Item } from "./assignment.ts";
import { BY_HAND, byHandTable, type HandMarks, readByHand } from "./by_hand.ts";
import { feedbackPage } from "./feedback.ts";
import { Grader, type Grading, type Mark } from "./grade.ts";
import { keyOf, readResult, RESULTS, writeResult } from "./results.ts";
import { type Limits } from "./sandbox.ts";
import { readSubmission, studentsIn, type Submission } from "./submissions.ts";
import { csv, tableOf, writeJson, writeText } from "./tables.ts";

export interface ClassOptions {
  /** Has a folder for each student, with the notebook in it. */
  submissions: string;
  out: string;
  /** Submissions that are graded at a time. */
  jobs: number;
  /** Decides the random inputs. */
  seed: number;
  limits?: Partial<Limits>;
  /** Called after each submission. */
  onProgress?(done: number, of: number): void;
  signal?: AbortSignal;
}

/** A student's row. */
export interface Row extends Grading {
  student: string;
  /** What is known of the points. */
  total: number;
  /** Points by part; undefined for a part with something yet to be graded by hand. */
  parts: Record<string, number | undefined>;
}

/** `grades.json`. */
export interface ClassGrades {
  assignment: string;
  seed: number;
  items: Pick<Item, "id" | "part" | "title" | "points" | "kind">[];
  students: Row[];
}

/** What a run did. */
export interface ClassSummary {
  grades: ClassGrades;
  /** Submissions graded now; the others were known. */
  graded: number;
  /** Answers that are still to be graded by hand. */
  open: number;
}

const FILES = new Set(["grades.csv", "grades.json", BY_HAND, "report.html"]);

/**
 * Grades every submission that is not graded yet, and writes the tables and pages.
 *
 * @throws {Deno.errors.NotFound} If there is no folder of submissions.
 * @throws {RangeError} If it has no student, or `by_hand.csv` cannot be understood.
 */
export async function gradeClass(
  assignment: Assignment,
  options: ClassOptions,
): Promise<ClassSummary> {
  const { submissions, out, jobs, seed, limits, onProgress, signal } = options;
  const students = await studentsIn(submissions, FILES);
  await Deno.mkdir(join(out, RESULTS), { recursive: true });
  // What a run that was killed could not take away.
  for await (const { name, isDirectory } of Deno.readDir(join(out, RESULTS))) {
    if (isDirectory && name.startsWith("grader-")) {
      await Deno.remove(join(out, RESULTS, name), { recursive: true });
    }
  }
  const byHand = await readByHand(out, assignment);
  const results = new Map<string, Grading>();
  const queue: { student: string; read: Submission; key: string }[] = [];
  for (const student of students) {
    const read = await readSubmission(join(submissions, student), assignment.name);
    const key = keyOf(read, assignment, seed, limits);
    const known = await readResult(out, student, key);
    if (known) results.set(student, known);
    else queue.push({ student, read: { ...read, bytes: undefined }, key });
  }
  const before = results.size;
  onProgress?.(before, students.length);
  if (queue.length > 0) {
    await using grader = await Grader.start(assignment, {
      seed,
      limits,
      parent: join(out, RESULTS),
    });
    const work = async () => {
      for (let next = queue.shift(); next && !signal?.aborted; next = queue.shift()) {
        const { student, read, key } = next;
        const grading = await gradeFile(grader, read, signal);
        if (signal?.aborted) return;
        await writeResult(out, student, key, grading);
        results.set(student, grading);
        onProgress?.(results.size, students.length);
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
  }
  signal?.throwIfAborted();
  const rows = students.map((student) => rowOf(student, results.get(student)!, assignment, byHand));
  const items = assignment.items.map(({ id, part, title, points, kind }) => {
    return { id, part, title, points, kind };
  });
  const grades: ClassGrades = { assignment: assignment.name, seed, items, students: rows };
  await writeJson(join(out, "grades.json"), grades);
  await writeText(join(out, "grades.csv"), csv(tableOf(grades)));
  await writeText(join(out, BY_HAND), csv(byHandTable(rows, assignment, byHand)));
  for (const row of rows) {
    await Deno.mkdir(join(out, row.student), { recursive: true });
    await writeText(join(out, row.student, "feedback.html"), feedbackPage(grades, row));
  }
  const open = rows.flatMap(({ marks }) => marks).filter(({ points }) => points === undefined);
  return { grades, graded: results.size - before, open: open.length };
}

async function gradeFile(
  grader: Grader,
  { path, problem }: Submission,
  signal?: AbortSignal,
): Promise<Grading> {
  if (problem) return grader.nothing(problem);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch {
    return grader.nothing("the file is no notebook: it is not text");
  }
  return await grader.grade(text, signal);
}

function rowOf(
  student: string,
  grading: Grading,
  { items }: Assignment,
  byHand: HandMarks,
): Row {
  const marks = grading.marks.map((mark): Mark => {
    const hand = byHand.get(`${student}\n${mark.id}`);
    if (mark.outcome !== "by hand" || hand?.points === undefined) return mark;
    return { ...mark, points: hand.points, message: hand.comment };
  });
  const parts: Row["parts"] = {};
  for (const part of new Set(items.map((item) => item.part))) {
    const own = marks.filter(({ id }) => items.find((item) => item.id === id)!.part === part);
    const open = own.some(({ points }) => points === undefined);
    parts[part] = open ? undefined : own.reduce((sum, { points }) => sum + points!, 0);
  }
  const total = marks.reduce((sum, { points }) => sum + (points ?? 0), 0);
  const open = marks.some(({ points }) => points === undefined);
  const status = open ? `${grading.status}, not yet by hand` : grading.status;
  return { student, ...grading, status, marks, total, parts };
}
