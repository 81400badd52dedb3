/**
 * Marks one submission.
 *
 * Checks run here, in the trusted process, with the expected values, the random inputs and the
 * comparison; in place of a student's functions they hold stand-ins, which ask the student's
 * process (`sandbox.ts`). Only the sources of a submission's cells count: the instructor's notebook
 * says which cells have points, and how many. What a submission changes in the checks and in the
 * given code does not count, and the student is told.
 *
 * A student's process has a memory. So all the visible checks are run first, and what they find is
 * told in full; then those that hold are run with their hidden parts, and from the first hidden
 * call on nothing that comes from the process is told to the student.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { type Assignment, checksText, givenCode, importsOf, type Item } from "./assignment.ts";
import { CheckError, useCheckSeed } from "./check.ts";
import { type ChildMode, type ChildProgram, makeChildProgram } from "./child_program.ts";
import { GraderFailure, isOfTheSystem, NoAnswer } from "./failure.ts";
import { ofAnotherAssignment, readCells } from "./handed_in_notebook.ts";
import { calledCode, functionsCalled } from "./shown_code.ts";
import { LIMITS, type Limits, Student } from "./sandbox.ts";
import { type NumberedCell, submittedCode } from "./submitted_code.ts";
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
  /** The student's functions that a check which does not hold calls. */
  code?: string;
  /** A written answer, for the person who grades it. */
  answer?: string;
  /** Digest of the whole answer: another answer has another digest. */
  digest?: string;
  /** What the person who grades it should know about where it was found. */
  note?: string;
  /** Who gave the points by hand. */
  graders?: string[];
  /** Why points given by hand count in place of the program's or of what is usual. */
  reason?: string;
  /** What the program found where points given by hand replace it. */
  program?: { points?: number; message: string };
}

/** A submission with its marks. */
export interface Grading {
  /** `graded`, or why there is nothing to grade. */
  status: string;
  /** Empty where nothing was graded. */
  marks: Mark[];
  /** What went wrong when the cells were taken in, for the student. */
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

/** The checks of an assignment by their names, and the folder of the programs. */
interface MadeChecks {
  /** Without their hidden parts. */
  visible: Record<string, Check>;
  checks: Record<string, Check>;
  folder: string;
}

/** An assignment, ready to grade: its checks are loaded and the students' program is made. */
export class Grader implements AsyncDisposable {
  readonly #called: Map<string, string[]>;

  private constructor(
    readonly assignment: Assignment,
    readonly program: ChildProgram,
    private readonly made: MadeChecks,
    readonly limits: Limits,
  ) {
    this.#called = functionsCalled(assignment);
  }

  /**
   * @param seed Decides the random inputs; the same for all submissions.
   * @param parent Where the folder with its programs is made; by default that of temporary files.
   */
  static async start(
    assignment: Assignment,
    { seed, limits = {}, parent }: { seed: number; limits?: Partial<Limits>; parent?: string },
  ): Promise<Grader> {
    // Resolved: the processes of submissions work in this folder.
    const folder = resolve(await makeTempFolder({ prefix: "grader-", dir: parent }));
    try {
      useCheckSeed(seed);
      const program = await makeChildProgram(importsOf(assignment), folder);
      const file = join(folder, "checks.js");
      await Deno.writeTextFile(file, checksText(assignment));
      const { visible, checks } = await import(pathToFileURL(file).href);
      // It has been loaded, and must not lie beside the programs of submissions.
      await Deno.remove(file);
      const all = { ...LIMITS, ...limits };
      await assertStarts(program, assignment, all);
      return new Grader(assignment, program, { visible, checks, folder }, all);
    } catch (error) {
      await removeTempFolder(folder);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTempFolder(this.made.folder);
  }

  /**
   * Marks a submission, given as the text of its notebook. It may be anything. After `signal` the
   * marks mean nothing.
   *
   * If a check fails, and more of the notebook than was chosen could matter to it, the notebook is
   * run as in Jupyter, and the better of the two results counts.
   *
   * @param kept Marks that are known: only the other items are graded.
   * @throws {GraderFailure} If the machine or the grader fails: there are no marks then.
   */
  async grade(text: string, signal?: AbortSignal, kept?: Grading): Promise<Grading> {
    const cells = readCells(text);
    if (typeof cells === "string") return this.nothing(cells);
    const { assignment } = this;
    const ofAnother = ofAnotherAssignment(cells, assignment);
    if (ofAnother) return this.nothing(ofAnother);
    const code = submittedCode(cells, assignment);
    const judge = new Judge(this, signal);
    const marks = new Map(kept?.marks.map((mark) => [mark.id, mark]));
    for (const item of assignment.items) {
      if (item.kind === "written") marks.set(item.id, markWritten(item, cells, assignment));
    }
    const checks = assignment.items.filter(({ id, kind }) => kind === "check" && !marks.has(id));
    const inOrder = () =>
      assignment.items.map(({ id, kind }) => {
        const mark = marks.get(id)!;
        if (kind !== "check" || mark.outcome === "right") return mark;
        const code = calledCode(cells, this.#called.get(id)!);
        return code === "" ? mark : { ...mark, code };
      });
    if (kept && checks.length === 0) return { ...kept, marks: inOrder() };
    const first = await judge.judge(code.functions, "functions", checks);
    for (const mark of first.marks) marks.set(mark.id, mark);
    const failed = checks.filter(({ id }) => marks.get(id)!.outcome !== "right");
    let [known, notes] = [first.known, first.notes];
    if (failed.length > 0 && first.differs) {
      const second = await judge.judge(code.notebook, "notebook", failed);
      for (const mark of second.marks) marks.set(mark.id, better(marks.get(mark.id)!, mark));
      known ||= second.known;
      // The whole notebook may have what the chosen statements lacked.
      notes = second.taken ? second.notes : [...notes, ...second.notes];
    }
    const status = known
      ? "graded"
      : "graded: none of the functions of this assignment is in the notebook";
    return {
      status: kept?.status ?? status,
      marks: inOrder(),
      notes: [...new Set([...kept?.notes ?? code.notes, ...notes])],
    };
  }

  /** The result of a submission that cannot be read: no marks, since nothing was graded. */
  nothing(status: string): Grading {
    return { status, marks: [], notes: [] };
  }

  /** Runs a check with stand-ins for a student's functions, and says whether one has answered. */
  async run(
    item: Item,
    student: Student,
    { visible, hidden }: { visible: boolean; hidden: (now: boolean) => void },
  ): Promise<void> {
    let answers = 0;
    const standIns = Object.fromEntries(
      this.assignment.functions.map((name) => [
        name,
        async (...args: unknown[]) => {
          const answer = await student.call(name, args, item.part);
          answers++;
          return answer;
        },
      ]),
    );
    try {
      await (visible ? this.made.visible : this.made.checks)[item.id](standIns, hidden);
    } catch (error) {
      if (error instanceof CheckError || error instanceof NoAnswer) throw error;
      // A check may fail because of an answer, and for no other reason.
      if (isOfTheSystem(error) || answers === 0) throw asFailure(`run the check ${item.id}`, error);
      throw error;
    }
  }
}

function asFailure(action: string, error: unknown): GraderFailure {
  return error instanceof GraderFailure ? error : new GraderFailure(action, error);
}

/** The results of the checks, for one way to take in a submission. */
interface Judgement {
  marks: Mark[];
  notes: string[];
  /** Whether its cells have been taken in. */
  taken: boolean;
  /** Whether one of the functions is in the notebook, as far as that can be told. */
  known: boolean;
  /** Whether the notebook, if it is run whole, could give another result. */
  differs: boolean;
}

/** Runs checks against a submission. */
class Judge {
  constructor(private readonly grader: Grader, private readonly signal?: AbortSignal) {}

  async judge(cells: NumberedCell[], mode: ChildMode, items: Item[]): Promise<Judgement> {
    const { program, assignment, limits } = this.grader;
    await using student = new Student(program, cells, assignment.functions, { limits, mode });
    const stop = () => student.stop();
    this.signal?.addEventListener("abort", stop);
    try {
      const marks: Mark[] = [];
      for (const item of items) marks.push(await this.#visible(item, student));
      const told = student.notes;
      student.forgive();
      let renewed = false;
      for (const [i, item] of items.entries()) {
        if (marks[i].outcome !== "right") continue;
        marks[i] = await this.#whole(item, student);
        if (marks[i].outcome === "right" || renewed) continue;
        // Visible checks of later parts have run before: what they left in the process may be the
        // reason.
        renewed = true;
        student.renew();
        marks[i] = await this.#whole(item, student);
      }
      const notes = told.flatMap(({ cell, message }) => {
        const { number, own } = cells[cell] ?? {};
        return own ? [`code cell ${number}: ${message}`] : [];
      });
      const { loaded, differs } = student;
      return { marks, notes, taken: loaded !== undefined, known: loaded?.size !== 0, differs };
    } finally {
      this.signal?.removeEventListener("abort", stop);
    }
  }

  /** A check without its hidden part. */
  async #visible(item: Item, student: Student): Promise<Mark> {
    const { id, points } = item;
    try {
      await this.grader.run(item, student, { visible: true, hidden: () => {} });
      return { id, outcome: "right", points, message: "" };
    } catch (error) {
      return { id, points: 0, ...describe(error, false) };
    }
  }

  /** The whole check, once its visible part has held. */
  async #whole(item: Item, student: Student): Promise<Mark> {
    const { id, points } = item;
    let hidden = false;
    try {
      await this.grader.run(item, student, { visible: false, hidden: (now) => hidden = now });
      return { id, outcome: "right", points, message: "" };
    } catch (error) {
      const found = { id, points: 0, ...describe(error, true) };
      if (hidden) return { ...found, hidden };
      return found.outcome === "no answer" ? found : { ...found, message: CHANGED };
    }
  }
}

/** The better of two marks of a check, or the first if they are equally good. */
function better(first: Mark, second: Mark): Mark {
  const rank = ({ outcome }: Mark) => ["no answer", "wrong", "right"].indexOf(outcome);
  return rank(second) > rank(first) ? second : first;
}

/**
 * Refuses to grade if processes do not work on this machine, which is not the students' fault.
 *
 * @throws {Error} If a process does not take in the code that students are given.
 */
async function assertStarts(
  program: ChildProgram,
  assignment: Assignment,
  limits: Limits,
): Promise<void> {
  const cells = givenCode(assignment).map((source) => ({ source, own: false }));
  await using student = new Student(program, cells, assignment.functions, { limits });
  try {
    await student.load();
  } catch (error) {
    throw new GraderFailure(
      "grade: a process for submissions must start here, and an empty one does not",
      error,
    );
  }
}

/** For a visible check that held, and does not when it is run again. */
const CHANGED = "your functions give other answers when they are called again";

/**
 * What a failed check says; for a hidden one, only what its author meant to be read.
 *
 * @throws {GraderFailure} If that is the error, since it is not a mark.
 */
function describe(error: unknown, hidden: boolean): Pick<Mark, "outcome" | "message" | "got"> {
  if (error instanceof GraderFailure) throw error;
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
