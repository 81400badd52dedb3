/**
 * Grades a class: a folder of submissions in, a folder of grades out.
 *
 * Each submission's result is a file of its own, written whole as soon as it is known, with a key
 * made of all that it depends on: a run that was killed goes on where it was, and a submission that
 * has changed since is graded again. The tables and pages are made from these files at the end, one
 * submission after the other, so that a class of any size fits the memory.
 *
 * What the machine does never becomes a mark: a submission that cannot be read, graded or kept for
 * a reason that is not the student's is tried again, and has no points if that does not help. Only
 * one run at a time works in a folder of grades, so what it finds half done there belongs to
 * nobody.
 *
 * In the folder of grades are `grades.csv`, `grades.json`, `by_hand.csv` (what is to be graded by
 * hand: a person fills in two columns, and the next run takes them over), `marks` (what people have
 * decided on the marking page), a folder with `feedback.html` for each student, and `.results`.
 *
 * @module
 */
import { join } from "node:path";
import { type Executor } from "@/jobs/executor.ts";
import { FolderLock } from "@/io/lock.ts";
import { oneLine } from "@/io/system_error.ts";
import { type Assignment } from "./assignment.ts";
import { EndOfWork, workThrough } from "./attempts.ts";
import { BY_HAND, readByHand } from "./by_hand.ts";
import { type Change, CHANGES, readChanges } from "./changes.ts";
import { Aliases, type Handed } from "./aliases.ts";
import { matchRoster, type RosterRow } from "./roster.ts";
import { MARKS, readDecisions } from "./decisions.ts";
import { Grader, type Grading, isGraded } from "./grade.ts";
import { JobPlace } from "./grading_job.ts";
import { GradesFile } from "./grades_file.ts";
import { latenessOf, type LatePolicy, type LateWork } from "./late_work.ts";
import { publish, type Tally } from "./publish.ts";
import { assertSolutionIsFull } from "./release.ts";
import { type Regrade, regradeMeant } from "./regrade.ts";
import { type ResultKey, ResultKeys } from "./result_keys.ts";
import {
  keptResult,
  type KnownResult,
  readResult,
  removeOrphans,
  RESULTS,
  writeResult,
} from "./results.ts";
import { type Limits } from "./sandbox.ts";
import { SubmissionRecords } from "./submission_records.ts";
import { notebookTextOf } from "./handed_in_notebook.ts";
import { Intake, type LeftOut, type Submission } from "./submissions.ts";
import { type GradingPlace, Workplace } from "./workplace.ts";

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
  /** What is graded again although it is known: of these students or all, these items or all. */
  regrade?: Regrade;
  /** The file of the key, if students are numbers in the folder of grades. */
  key?: string;
  /** The end, and what lateness costs; for no end if it is left out. */
  policy?: LatePolicy;
  /** Whose names are whose, and when they have handed in. */
  roster?: RosterRow[];
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
  /** What the tables have, by the numbers. */
  tally: Tally;
  /** Whether students are numbers in the folder of grades. */
  anonymous: boolean;
  /** Submissions graded now; the results of the others were known. */
  graded: number;
  /** Submissions that the machine kept from being graded, one line each, with the reason. */
  ungraded: { student: string; reason: string }[];
  /** Notebooks that were graded under another name than the assignment's. */
  renamed: { student: string; path: string }[];
  /** What lies among the submissions and is not graded, with the reason. */
  leftOut: LeftOut[];
  /** What the person who grades by hand should know, a line each. */
  byHand: string[];
  /** Marks that are not what they were before. */
  changes: Change[];
}

const FILES = new Set([
  ...["grades.csv", "grades.json", BY_HAND, CHANGES, MARKS, "report.html"],
  ...["moodle.csv", "moodle_feedback.zip", "canvas.csv", "class.csv"],
]);

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
  const before = await lastRun(out);
  assertSameNames(out, before, options.key);
  const handed: Handed = { students: intake.students, read: (name) => intake.read(name) };
  const aliases = options.key === undefined
    ? undefined
    : await Aliases.open(options.key, handed.students, before === undefined);
  const shown = aliases?.hide(handed) ?? handed;
  const regrade = regradeMeant(assignment, shown.students, options.regrade);
  await Deno.mkdir(join(out, RESULTS), { recursive: true });
  await removeOrphans(out, onTrouble);
  // What cannot be understood is refused before hours of work are done.
  await readByHand(out);
  await readDecisions(out);
  await readChanges(out);
  const run = new Run(assignment, { ...options, regrade }, lock, shown);
  const { graded, failed, renamed } = await run.results(shown.students);
  signal?.throwIfAborted();
  const ungraded = [...failed].map(([student, error]) => ({ student, reason: oneLine(error) }))
    .sort((a, b) => a.student < b.student ? -1 : 1);
  const { late, told } = latenessIn(options, shown.students, run.records, aliases);
  if (before?.hadEnd && !options.policy) told.push(NO_END);
  const { tally, byHand, changes } = await publish(assignment, {
    ...options,
    anonymous: aliases !== undefined,
  }, {
    students: shown.students,
    grading: async (student) =>
      run.isGraded(student) ? await keptResult(out, student, assignment) : undefined,
    reasons: new Map(ungraded.map(({ student, reason }) => [student, reason])),
    facts(student) {
      const [facts, lateness] = [run.records.facts(student), late(student)];
      return lateness ? { ...facts, late: lateness } : facts;
    },
  });
  return {
    ...{ tally, anonymous: aliases !== undefined, graded, ungraded, renamed },
    leftOut: intake.leftOut,
    byHand: [...told, ...byHand],
    changes,
  };
}

const NO_END =
  "The last run had an end, and this one has none, so that lateness costs nothing now: give --due, --late-days, --penalty and --roster at every run";

/** What is to be known of the last run's grades. */
async function lastRun(out: string): Promise<LastRun | undefined> {
  using before = await GradesFile.open(join(out, "grades.json"));
  return before && { anonymous: before.head.anonymous ?? false, hadEnd: before.hadEnd };
}

interface LastRun {
  anonymous: boolean;
  /** Whether it was known of anybody when they had to hand in. */
  hadEnd: boolean;
}

/** Who is late; a roster has the students' names. */
function latenessIn(
  { policy, roster }: ClassOptions,
  students: string[],
  records: SubmissionRecords,
  aliases?: Aliases,
): LateWork {
  if (!policy) return { late: () => undefined, told: [] };
  const named = students.map((student) => aliases?.nameOf(student) ?? student);
  const found = roster && matchRoster(named, roster);
  const rows = new Map(students.flatMap((student, i) => {
    const row = found?.rows.get(named[i]);
    return row ? [[student, row] as const] : [];
  }));
  return latenessOf(students, (student) => records.modified(student), policy, rows);
}

/** @throws {RangeError} If the folder has names where it should have numbers, or the reverse. */
function assertSameNames(out: string, before?: LastRun, key?: string): void {
  if (!before || before.anonymous === (key !== undefined)) return;
  throw new RangeError(
    `Cannot grade into ${out}: it was graded ${
      before.anonymous ? "anonymously, and is to have" : "with names, and is to have no"
    } names now; choose another folder`,
  );
}

/** The results of a class: those that are known, and those that are graded now. */
class Run {
  /** Gradings whose file has not been written yet. */
  readonly #unwritten = new Map<string, { key: string; grading: Grading }>();
  /** Students whose result is kept. */
  readonly #graded = new Set<string>();
  readonly #renamed = new Map<string, string>();
  readonly records: SubmissionRecords;
  readonly #keys: ResultKeys;

  constructor(
    private readonly assignment: Assignment,
    private readonly options: ClassOptions & { regrade: Regrade },
    private readonly lock: FolderLock,
    private readonly intake: Handed,
  ) {
    this.#keys = new ResultKeys(assignment, options.seed, options.limits);
    this.records = new SubmissionRecords(intake.students, assignment.name);
  }

  /** Whether a student's result is kept. */
  isGraded(student: string): boolean {
    return this.#graded.has(student);
  }

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
    onProgress?.(this.#graded.size, students.length);
    let failed = new Map<string, unknown>();
    let graded = 0;
    if (waiting.length > 0 && !signal?.aborted) {
      const place = await this.#openPlace();
      const attempt = async (student: string) => {
        const grading = await this.#grade(student, place);
        if (!grading) return;
        if (isGraded(grading)) graded++;
        onProgress?.(this.#graded.size, students.length);
      };
      try {
        failed = await workThrough(waiting, attempt, { jobs, pauseMs, onTrouble, signal });
      } finally {
        await place.close();
      }
    }
    const renamed = [...this.#renamed].map(([student, path]) => ({ student, path }));
    return { graded, failed, renamed };
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

  /** Takes over a submission's result if all of it is known; whether it is. */
  async #isKnown(student: string): Promise<boolean> {
    const { key } = await this.#read(student);
    const known = await this.#known(student, key);
    if (!known || known.stale.size > 0) return false;
    this.#graded.add(student);
    return true;
  }

  /** What is known of a submission's result and is not to be graded anew. */
  async #known(student: string, key: ResultKey): Promise<KnownResult | undefined> {
    const { out, regrade: { students, items } } = this.options;
    const known = await readResult(out, student, key, this.assignment);
    const isMeant = students.length === 0 || students.includes(student);
    if (!known || students.length + items.length === 0 || !isMeant) return known;
    if (items.length === 0) return undefined;
    const { grading, stale } = known;
    const marks = grading.marks.filter(({ id }) => !items.includes(id));
    return { grading: { ...grading, marks }, stale: stale.union(new Set(items)) };
  }

  async #read(student: string): Promise<{ read: Submission; key: ResultKey }> {
    const read = await this.intake.read(student);
    this.records.keep(student, read);
    if (read.renamed) this.#renamed.set(student, read.path!);
    return { read, key: this.#keys.of(read) };
  }

  /** Grades a submission as it is now and keeps the result, unless the signal stops that. */
  async #grade(student: string, place: GradingPlace): Promise<Grading | undefined> {
    const { out, signal } = this.options;
    const { read, key } = await this.#read(student);
    const unwritten = this.#unwritten.get(student);
    const grading = unwritten && unwritten.key === key.key
      ? unwritten.grading
      : await gradeSubmission(read, place, await this.#known(student, key), signal);
    if (signal?.aborted) return undefined;
    this.#unwritten.set(student, { key: key.key, grading });
    if (!this.lock.holds()) {
      throw new EndOfWork(`Cannot grade: ${out} was removed or replaced while the grader worked`);
    }
    await writeResult(out, student, key, grading);
    this.#unwritten.delete(student);
    this.#graded.add(student);
    const text = textOf(read);
    if ("text" in text) await place.kept?.(text.text);
    return grading;
  }
}

/** The text of a submission, or why it has none. */
function textOf({ bytes, problem }: Submission): ReturnType<typeof notebookTextOf> {
  return problem ? { problem } : notebookTextOf(bytes!);
}

async function gradeSubmission(
  submission: Submission,
  place: GradingPlace,
  known?: KnownResult,
  signal?: AbortSignal,
): Promise<Grading> {
  if (known?.stale.size === 0) return known.grading;
  const read = textOf(submission);
  return "problem" in read
    ? await place.nothing(read.problem)
    : await place.grade(read.text, signal, known?.grading);
}
