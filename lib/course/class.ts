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
import { createHash } from "node:crypto";
import { join } from "node:path";
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { readIfFile, writeAtomically } from "@/io/files.ts";
import { type Assignment, type Item } from "./assignment.ts";
import { feedbackPage } from "./feedback.ts";
import { Grader, type Grading, type Mark, MAX_NOTEBOOK_BYTES } from "./grade.ts";
import { type Limits } from "./sandbox.ts";

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

/** A result depends on this as well: it changes when the grader judges otherwise. */
const VERSION = 3;

const RESULTS = ".results";
const BY_HAND = "by_hand.csv";
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
  const students = await studentsIn(submissions);
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
        await writeJson(resultFile(out, student), { key, ...grading });
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

/** A submission's file, or why there is none to grade. */
interface Submission {
  path: string;
  bytes?: Uint8Array;
  problem?: string;
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

async function studentsIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    // Links are listed, and not followed: see `readSubmission`.
    if (name.startsWith(".") || !(isDirectory || isSymlink)) continue;
    if (name.includes("\ufffd")) {
      throw new RangeError(
        `Cannot grade ${folder}: the name of each student's folder must be UTF-8, got ${name}; rename it`,
      );
    }
    found.push(name);
  }
  if (found.length === 0) {
    throw new RangeError(
      `Cannot grade ${folder}: it must have a folder for each student, found none`,
    );
  }
  const taken = found.find((name) => FILES.has(name));
  if (taken) {
    throw new RangeError(
      `Cannot grade ${folder}: no student's folder may be called ${taken}, a file of the grades`,
    );
  }
  return found.sort();
}

/** Reads what a submission is; a link could lead anywhere, and a device has no end. */
async function readSubmission(folder: string, name: string): Promise<Submission> {
  const path = join(folder, `${name}.ipynb`);
  try {
    if (!(await Deno.lstat(folder)).isDirectory) {
      return { path, problem: "the student's folder is a link" };
    }
    const info = await Deno.lstat(path);
    if (!info.isFile) return { path, problem: `${name}.ipynb is not a file` };
    if (info.size > MAX_NOTEBOOK_BYTES) {
      const most = MAX_NOTEBOOK_BYTES / 2 ** 20;
      const size = Math.ceil(info.size / 2 ** 20);
      return { path, problem: `the file is too large: ${size} MiB, at most ${most} are read` };
    }
    return { path, bytes: await Deno.readFile(path) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { path, problem: `there is no ${name}.ipynb` };
    }
    if (!(error instanceof Error)) throw error;
    return { path, problem: `${name}.ipynb cannot be read: ${error.name}` };
  }
}

function keyOf(
  { bytes, problem }: Submission,
  { digest }: Assignment,
  seed: number,
  limits?: Partial<Limits>,
): string {
  return createHash("sha256").update(JSON.stringify([VERSION, digest, seed, limits, problem]))
    .update(bytes ?? new Uint8Array()).digest("hex");
}

/** A file is named after its student; a name that is too long for an ending, after its digest. */
function resultFile(out: string, student: string): string {
  const long = new TextEncoder().encode(student).length > MAX_NAME_BYTES;
  const name = long ? `${createHash("sha256").update(student).digest("hex")}-` : student;
  return join(out, RESULTS, `${name}.json`);
}

/** Systems allow 255; some are for endings, of temporary files too. */
const MAX_NAME_BYTES = 200;

async function readResult(out: string, student: string, key: string): Promise<Grading | undefined> {
  const bytes = await readIfFile(resultFile(out, student));
  if (!bytes) return undefined;
  try {
    const { key: own, ...grading } = JSON.parse(new TextDecoder().decode(bytes));
    return own === key ? grading : undefined;
  } catch {
    return undefined; // Not whole: it is graded again.
  }
}

/** Points and a comment that somebody gave by hand. */
interface HandMark {
  points?: number;
  comment: string;
}

type HandMarks = Map<string, HandMark>;

async function readByHand(out: string, { items }: Assignment): Promise<HandMarks> {
  const path = join(out, BY_HAND);
  const bytes = await readIfFile(path);
  const marks: HandMarks = new Map();
  if (!bytes) return marks;
  const { data } = Papa.parse<Record<string, string>>(new TextDecoder().decode(bytes), {
    header: true,
    skipEmptyLines: true,
  });
  data.forEach(({ student, item, points = "", comment = "" }, i) => {
    const most = items.find(({ id }) => id === item)?.points;
    const number = points.trim() === "" ? undefined : Number(points.replace(",", "."));
    if (most === undefined || (number !== undefined && !(number >= 0 && number <= most))) {
      throw new RangeError(
        `Cannot read ${path}: row ${
          i + 2
        } must have an item of the assignment and points from 0 to ${
          most ?? "its points"
        } or none, got ${item}, ${points}`,
      );
    }
    marks.set(`${plain(student)}\n${item}`, { points: number, comment: plain(comment) });
  });
  return marks;
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

function tableOf({ items, students }: ClassGrades): (string | number)[][] {
  const parts = [...new Set(items.map(({ part }) => part))];
  return [
    ["student", "total", ...parts, "status"],
    ...students.map((row) => [
      row.student,
      row.total,
      ...parts.map((part) => row.parts[part] ?? ""),
      row.status,
    ]),
  ];
}

function byHandTable(
  rows: Row[],
  { items }: Assignment,
  byHand: HandMarks,
): (string | number)[][] {
  const answers = rows.flatMap(({ student, marks }) =>
    marks.filter(({ outcome }) => outcome === "by hand").map(({ id, answer }) => {
      const { points = "", comment = "" } = byHand.get(`${student}\n${id}`) ?? {};
      const most = items.find((item) => item.id === id)!.points;
      return [student, id, points, most, comment, answer ?? ""];
    })
  );
  return [["student", "item", "points", "of", "comment", "answer"], ...answers];
}

/**
 * How a text begins that a spreadsheet could take for a formula. Papa Parse's own pattern misses those with a line
 * break.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** A table as text; what a spreadsheet would take for a formula is marked as text by one ' more. */
function csv(rows: (string | number)[][]): string {
  return Papa.unparse(rows, { escapeFormulae: FORMULA, newline: "\n" }) + "\n";
}

/** What `csv` has marked, as it was. */
function plain(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

async function writeText(path: string, text: string): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(text));
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeText(path, JSON.stringify(value, null, 1) + "\n");
}
