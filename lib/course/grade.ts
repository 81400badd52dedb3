/**
 * Marks one submission.
 *
 * Checks run here, in the trusted process, with what is expected, the random inputs and the comparison;
 * of a student's functions they hold stand-ins, which ask the student's process (`sandbox.ts`). Of the
 * submission only the sources of its cells count: which cells have points, and how many, is the
 * instructor's notebook's to say. The checks and the given code of a submission are not looked at.
 *
 * A student's process remembers. So the visible checks are run first, all of them, and what they find is
 * told in full; then those that hold are run with their hidden parts, and from the first hidden call on
 * nothing that comes from the process is told to the student.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment, checksText, givenCode, importsOf, type Item } from "./assignment.ts";
import { CheckError, useCheckSeed } from "./check.ts";
import { ofAnotherAssignment, readCells } from "./handed_in_notebook.ts";
import { gradeIdOf, markedAs } from "./nbgrader.ts";
import {
  type ChildProgram,
  LIMITS,
  type Limits,
  makeChildProgram,
  NoAnswer,
  Student,
} from "./sandbox.ts";
import { markWritten } from "./written_answer.ts";

/** What became of an item. */
export type Outcome = "right" | "wrong" | "no answer" | "by hand" | "not answered";

export interface Mark {
  id: string;
  outcome: Outcome;
  /** Undefined for what is to be graded by hand. */
  points?: number;
  /** For the student. */
  message: string;
  /** Whether it was a hidden check that failed. */
  hidden?: boolean;
  /** The wrong answer in short, for the instructor. */
  got?: string;
  /** A written answer, for whoever grades it. */
  answer?: string;
  /** Of the whole answer: another answer has another one. */
  digest?: string;
  /** What whoever grades it should know of where it was found. */
  note?: string;
}

/** A submission with its marks. */
export interface Grading {
  /** `graded`, or why there is nothing to grade. */
  status: string;
  /** Empty where nothing was graded. */
  marks: Mark[];
  /** What went wrong as the cells were taken in, for the student. */
  notes: string[];
}

/** Whether there was something to grade. */
export function isGraded({ status }: Pick<Grading, "status">): boolean {
  return /^graded\b/.test(status);
}

/** A check of the generated module. */
type Check = (
  student: Record<string, (...args: unknown[]) => Promise<unknown>>,
  hidden: (hidden: boolean) => void,
) => Promise<void>;

/** An assignment, ready to grade: its checks are loaded, the program of the students' processes is made. */
export class Grader implements AsyncDisposable {
  private constructor(
    readonly assignment: Assignment,
    readonly program: ChildProgram,
    private readonly visible: Record<string, Check>,
    private readonly checks: Record<string, Check>,
    private readonly folder: string,
    readonly limits: Limits,
  ) {}

  /**
   * @param seed Decides the random inputs; the same for all submissions.
   * @param parent Where the folder with its programs is made; by default that of temporary files.
   */
  static async start(
    assignment: Assignment,
    { seed, limits = {}, parent }: { seed: number; limits?: Partial<Limits>; parent?: string },
  ): Promise<Grader> {
    // Resolved: the processes of submissions work in this folder.
    const folder = resolve(await Deno.makeTempDir({ prefix: "grader-", dir: parent }));
    try {
      useCheckSeed(seed);
      const program = await makeChildProgram(importsOf(assignment), folder);
      const file = join(folder, "checks.js");
      await Deno.writeTextFile(file, checksText(assignment));
      const { visible, checks } = await import(pathToFileURL(file).href);
      // Loaded; it is not to lie beside the programs of submissions.
      await Deno.remove(file);
      const all = { ...LIMITS, ...limits };
      await assertStarts(program, assignment, all);
      return new Grader(assignment, program, visible, checks, folder, all);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  /**
   * Marks a submission, given as the text of its notebook. It may be anything. After `signal` the
   * marks mean nothing.
   */
  async grade(text: string, signal?: AbortSignal): Promise<Grading> {
    const cells = readCells(text);
    if (typeof cells === "string") return this.nothing(cells);
    const { assignment } = this;
    const ofAnother = ofAnotherAssignment(cells, assignment);
    if (ofAnother) return this.nothing(ofAnother);
    const given = givenCode(assignment);
    const own = ownCode(cells, assignment);
    await using student = new Student(
      this.program,
      [...given, ...own.map(({ source }) => source)],
      assignment.functions,
      this.limits,
    );
    const stop = () => student.stop();
    signal?.addEventListener("abort", stop);
    const marks: Mark[] = [];
    for (const item of assignment.items) {
      marks.push(
        item.kind === "written"
          ? markWritten(item, cells, assignment)
          : await this.#visible(item, student),
      );
    }
    const told = student.notes;
    let renewed = false;
    for (const [i, item] of assignment.items.entries()) {
      if (marks[i].outcome !== "right") continue;
      marks[i] = await this.#whole(item, student);
      if (marks[i].outcome === "right" || renewed) continue;
      // Visible checks of later parts have been run before: it may be for what they left in the process.
      renewed = true;
      student.renew();
      marks[i] = await this.#whole(item, student);
    }
    signal?.removeEventListener("abort", stop);
    const known = student.loaded === undefined || student.loaded.size > 0;
    const notes = told.flatMap(({ cell, message }) => {
      const number = own[cell - given.length]?.number;
      return number === undefined ? [] : [`code cell ${number}: ${message}`];
    });
    const status = known
      ? "graded"
      : "graded: none of the functions of this assignment is in the notebook";
    return { status, marks, notes };
  }

  /** What a submission that cannot be read gets: no marks, since nothing was graded. */
  nothing(status: string): Grading {
    return { status, marks: [], notes: [] };
  }

  /** A check without its hidden part. */
  async #visible({ id, points }: Item, student: Student): Promise<Mark> {
    try {
      await this.visible[id](this.#standIns(student), () => {});
      return { id, outcome: "right", points, message: "" };
    } catch (error) {
      return { id, points: 0, ...describe(error, false) };
    }
  }

  /** The whole check, once its visible part has held. */
  async #whole({ id, points }: Item, student: Student): Promise<Mark> {
    let hidden = false;
    try {
      await this.checks[id](this.#standIns(student), (now) => hidden = now);
      return { id, outcome: "right", points, message: "" };
    } catch (error) {
      const found = { id, points: 0, ...describe(error, true) };
      if (hidden) return { ...found, hidden };
      return found.outcome === "no answer" ? found : { ...found, message: CHANGED };
    }
  }

  #standIns(student: Student): Record<string, (...args: unknown[]) => Promise<unknown>> {
    return Object.fromEntries(
      this.assignment.functions.map((name) => [
        name,
        (...args: unknown[]) => student.call(name, args),
      ]),
    );
  }
}

/**
 * Whatever keeps the processes from working on this machine is not to be taken for the students' fault.
 *
 * @throws {Error} If a process does not take in the code that students are given.
 */
async function assertStarts(
  program: ChildProgram,
  assignment: Assignment,
  limits: Limits,
): Promise<void> {
  await using student = new Student(program, givenCode(assignment), assignment.functions, limits);
  try {
    await student.load();
  } catch (error) {
    throw new Error(
      `Cannot grade: a process for submissions must start here, and an empty one does not: ${
        (error as Error).message
      }`,
    );
  }
}

/** Of a visible check that held, and does not when it is run again. */
const CHANGED = "your functions answer otherwise when they are asked again";

/** What a failed check says. Of a hidden one only what its author meant to be read. */
function describe(error: unknown, hidden: boolean): Pick<Mark, "outcome" | "message" | "got"> {
  if (error instanceof CheckError) {
    const { hint, message, got } = error;
    return { outcome: "wrong", message: hidden ? hint : message, got };
  }
  if (error instanceof NoAnswer) {
    const { message, own } = error;
    return {
      outcome: "no answer",
      message: own && hidden ? "your code fails for an input of a hidden check" : message,
      got: message,
    };
  }
  const message = (error as Error)?.message ?? String(error);
  return {
    outcome: "wrong",
    message: hidden ? "the answer cannot be used" : `the answer cannot be used: ${message}`,
    got: message,
  };
}

/** The student's own code: not the checks, nor what was given. `number` counts all code cells from 1. */
function ownCode(
  cells: Cell[],
  { notebook }: Assignment,
): { number: number; source: string }[] {
  const ofInstructor = new Set(
    notebook.cells.map(markedAs).filter((marked) => ["test", "locked"].includes(marked?.role ?? ""))
      .map((marked) => marked!.metadata.grade_id),
  );
  return cells.filter(({ cell_type }) => cell_type === "code")
    .map((cell, i) => ({ id: gradeIdOf(cell), number: i + 1, source: sourceOf(cell) }))
    .filter(({ id }) => id === undefined || !ofInstructor.has(id));
}
