/**
 * Grades a class: a folder of submissions in, a folder of grades out.
 *
 * Each submission's result is a file of its own, written whole as soon as it is known, with a key
 * made of all that it depends on: a run that was killed goes on where it was, and a submission that
 * has changed since is graded again. The tables and pages are made from these files at the end.
 *
 * What the machine does never becomes a mark: a submission that cannot be read, graded or kept for
 * a reason that is not the student's is tried again, and has no points if that does not help. Only
 * one run at a time works in a folder of grades, so what it finds half done there belongs to
 * nobody.
 *
 * In the folder of grades are `grades.csv`, `grades.json`, `by_hand.csv` (what is to be graded by
 * hand: a person fills in two columns, and the next run takes them over), a folder with
 * `feedback.html` for each student, and `.results`.
 *
 * @module
 */
import { join } from "node:path";
import { type Executor } from "@/jobs/executor.ts";
import { unlessAbsent } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Assignment } from "./assignment.ts";
import { EndOfWork, workThrough } from "./attempts.ts";
import { besideByHand, BY_HAND, readByHand, replaceByHand, takeOver } from "./by_hand.ts";
import { feedbackPage } from "./feedback.ts";
import { Grader, type Grading, isGraded } from "./grade.ts";
import { JobPlace } from "./grading_job.ts";
import {
  type ClassGrades,
  type GradeRow,
  gradesBefore,
  NOT_GRADED,
  rowOf,
  ungradedRow,
} from "./grades.ts";
import { assertSolutionIsFull } from "./release.ts";
import { keyOf, readResult, removeOrphans, RESULTS, writeResult } from "./results.ts";
import { type Limits } from "./sandbox.ts";
import { notebookTextOf } from "./handed_in_notebook.ts";
import { Intake, type LeftOut, type Submission } from "./submissions.ts";
import { studentFolders } from "./student_folders.ts";
import { csv, tableOf, writeJson, writeText } from "./tables.ts";
import { type GradingPlace, Workplace } from "./workplace.ts";

export type { ClassGrades, GradeRow };

export interface ClassOptions {
  /** A folder with what the students have handed in, or an archive of one: see `submissions.ts`. */
  submissions: string;
  /** Whether a notebook with another name is graded if no other can be meant. */
  acceptRenamed?: boolean;
  out: string;
  /** How many submissions are graded at a time. */
  jobs: number;
  /** Decides the random inputs. */
  seed: number;
  limits?: Partial<Limits>;
  /** Who grades, and with which version of the code; this process if it is left out. */
  elsewhere?: { executor: Executor; version: string };
  /** Called after each submission. */
  onProgress?(done: number, of: number): void;
  /** Is told, in one line, what the machine has refused and what is done about it. */
  onTrouble?(line: string): void;
  /** The pause before what failed is tried again, in milliseconds. */
  pauseMs?: number;
  signal?: AbortSignal;
}

/** What a run did. */
export interface ClassSummary {
  grades: ClassGrades;
  /** Submissions graded now; the results of the others were known. */
  graded: number;
  /** Submissions that the machine kept from being graded, one line each, with the reason. */
  ungraded: { student: string; reason: string }[];
  /** Answers that are still to be graded by hand. */
  open: number;
  /** Notebooks that were graded under another name than the assignment's. */
  renamed: { student: string; path: string }[];
  /** What lies among the submissions and is not graded, with the reason. */
  leftOut: LeftOut[];
  /** What the person who grades by hand should know, a line each. */
  byHand: string[];
}

const FILES = new Set(["grades.csv", "grades.json", BY_HAND, "report.html"]);

/**
 * Grades every submission that is not graded yet, and writes the tables and pages.
 *
 * @throws {Deno.errors.NotFound} If there is no folder of submissions.
 * @throws {RangeError} If it has no student, or `by_hand.csv` cannot be understood.
 * @throws {FolderLockedError} If another run works in the folder of grades.
 * @throws {Error} If no process for submissions starts, or the folder of grades cannot be written
 *   to.
 */
export async function gradeClass(
  assignment: Assignment,
  options: ClassOptions,
): Promise<ClassSummary> {
  const { submissions, out, onTrouble, signal, acceptRenamed = false } = options;
  using intake = await Intake.open(submissions, assignment, { out, taken: FILES, acceptRenamed });
  using lock = await FolderLock.take(out);
  await Deno.mkdir(join(out, RESULTS), { recursive: true });
  await removeOrphans(out, onTrouble);
  // What cannot be understood is refused before hours of work are done.
  await readByHand(out);
  const run = new Run(assignment, options, lock, intake);
  const { results, graded, failed, renamed } = await run.results(intake.students);
  signal?.throwIfAborted();
  const ungraded = [...failed].map(([student, error]) => ({ student, reason: oneLine(error) }))
    .sort((a, b) => a.student < b.student ? -1 : 1);
  const reasons = new Map(ungraded.map(({ student, reason }) => [student, reason]));
  const { grades, byHand } = await publish(assignment, options, {
    students: intake.students,
    results,
    reasons,
  });
  const open = grades.students.flatMap(({ marks }) => marks)
    .filter(({ points }) => points === undefined).length;
  return { grades, graded, ungraded, open, renamed, leftOut: intake.leftOut, byHand };
}

/** How often a file that is saved in the meantime is read again, at most. */
const MOST_READINGS = 4;

/**
 * Takes over the points given by hand, as the file is now, and writes the tables and pages; does so
 * again if somebody saves the file in the meantime.
 */
async function publish(
  assignment: Assignment,
  { out, seed }: ClassOptions,
  { students, results, reasons }: {
    students: string[];
    results: Map<string, Grading>;
    reasons: Map<string, string>;
  },
): Promise<{ grades: ClassGrades; byHand: string[] }> {
  const items = assignment.items.map(({ id, part, title, points, kind }) => {
    return { id, part, title, points, kind };
  });
  const before = await gradesBefore(join(out, "grades.json"));
  for (let reading = 1;; reading++) {
    const sheet = await readByHand(out);
    const { marks, text, told } = takeOver(sheet, {
      gradings: results,
      students,
      assignment,
      before,
    });
    const rows = students.map((student) => {
      const grading = results.get(student);
      return grading
        ? rowOf(student, grading, assignment, marks)
        : ungradedRow(student, reasons.get(student)!);
    });
    const grades = { assignment: assignment.name, seed, items, students: rows };
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

/** The results of a class: those that are known, and those that are graded now. */
class Run {
  /** Gradings whose file has not been written yet. */
  readonly #unwritten = new Map<string, { key: string; grading: Grading }>();
  readonly #results = new Map<string, Grading>();
  readonly #renamed = new Map<string, string>();

  constructor(
    private readonly assignment: Assignment,
    private readonly options: ClassOptions,
    private readonly lock: FolderLock,
    private readonly intake: Intake,
  ) {}

  async results(students: string[]) {
    const { elsewhere, onProgress, onTrouble, pauseMs, signal } = this.options;
    const jobs = elsewhere?.executor.window ?? this.options.jobs;
    const waiting: string[] = [];
    let unread: unknown;
    for (const student of students) {
      if (signal?.aborted) break;
      try {
        if (await this.#isKnown(student)) continue;
      } catch (error) {
        unread ??= error; // It is read again when it is graded.
      }
      waiting.push(student);
    }
    if (unread) onTrouble?.(`${oneLine(unread)}. Trying again`);
    const before = new Set(this.#results.keys());
    onProgress?.(before.size, students.length);
    let failed = new Map<string, unknown>();
    if (waiting.length > 0 && !signal?.aborted) {
      const place = await this.#openPlace();
      const attempt = async (student: string) => {
        if (!await this.#grade(student, place)) return;
        onProgress?.(this.#results.size, students.length);
      };
      try {
        failed = await workThrough(waiting, attempt, { jobs, pauseMs, onTrouble, signal });
      } finally {
        await place.close();
      }
    }
    const renamed = [...this.#renamed].map(([student, path]) => ({ student, path }));
    const graded =
      [...this.#results].filter(([student, grading]) => !before.has(student) && isGraded(grading))
        .length;
    return { results: this.#results, graded, failed, renamed };
  }

  /** Where the class is graded, once the assignment's own solution has got all points here. */
  async #openPlace(): Promise<GradingPlace> {
    const { elsewhere, seed, limits } = this.options;
    if (!elsewhere) return await Workplace.open(() => this.#startGrader());
    await (await this.#startGrader())[Symbol.asyncDispose]();
    const { executor, version } = elsewhere;
    return new JobPlace(executor, this.assignment, { seed, limits, version });
  }

  /**
   * A grader that may be trusted with a class: it gives the assignment's own solution all points.
   */
  async #startGrader(): Promise<Grader> {
    const { out, seed, limits } = this.options;
    const grader = await Grader.start(this.assignment, {
      seed,
      limits,
      parent: join(out, RESULTS),
    });
    try {
      await assertSolutionIsFull(grader, this.assignment);
      return grader;
    } catch (error) {
      await grader[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Takes over a submission's result if it is known; whether it is. */
  async #isKnown(student: string): Promise<boolean> {
    const { key } = await this.#read(student);
    const known = await readResult(this.options.out, student, key, this.assignment);
    if (known) this.#results.set(student, known);
    return known !== undefined;
  }

  async #read(student: string): Promise<{ read: Submission; key: string }> {
    const { seed, limits } = this.options;
    const read = await this.intake.read(student);
    if (read.renamed) this.#renamed.set(student, read.path!);
    return { read, key: keyOf(read, this.assignment, seed, limits) };
  }

  /** Grades a submission as it is now and keeps the result; false if the signal stopped that. */
  async #grade(student: string, place: GradingPlace): Promise<boolean> {
    const { out, signal } = this.options;
    const { read, key } = await this.#read(student);
    const unwritten = this.#unwritten.get(student);
    const grading = unwritten?.key === key
      ? unwritten.grading
      : await readResult(out, student, key, this.assignment) ??
        await gradeSubmission(read, place, signal);
    if (signal?.aborted) return false;
    this.#unwritten.set(student, { key, grading });
    if (!this.lock.holds()) {
      throw new EndOfWork(`Cannot grade: ${out} was removed or replaced while the grader worked`);
    }
    await writeResult(out, student, key, grading);
    this.#unwritten.delete(student);
    this.#results.set(student, grading);
    const text = textOf(read);
    if ("text" in text) await place.kept?.(text.text);
    return true;
  }
}

/** The text of a submission, or why it has none. */
function textOf({ bytes, problem }: Submission): ReturnType<typeof notebookTextOf> {
  return problem ? { problem } : notebookTextOf(bytes!);
}

async function gradeSubmission(
  submission: Submission,
  place: GradingPlace,
  signal?: AbortSignal,
): Promise<Grading> {
  const read = textOf(submission);
  return "problem" in read
    ? await place.nothing(read.problem)
    : await place.grade(read.text, signal);
}

/** Writes the tables, and a page for each student whom the machine let be graded. */
async function writeTables(
  out: string,
  grades: ClassGrades,
): Promise<void> {
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
