/**
 * What a grader has before them: the answers of a class without names, what has been decided about
 * them, and the file that their own decisions go to.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Assignment } from "@/course/assignment.ts";
import { type HandMarks, readByHand, takeOver } from "@/course/by_hand.ts";
import {
  type Decision,
  DecisionFile,
  type Decisions,
  type KnownDecision,
  MOST_POINTS,
  readDecisions,
} from "@/course/decisions.ts";
import { type Grading, type Mark } from "@/course/grade.ts";
import { type ClassGrades, gradingOf, parseGrades } from "@/course/grades.ts";
import { answerOf, type HandStanding, markKey, standingFor } from "@/course/standing.ts";
import { alikeAnswers, plainWords } from "./alike_answers.ts";

export interface DeskOptions {
  /** The folder of the grades. */
  out: string;
  grader: string;
  /** Whether what others have decided is not shown. */
  blind: boolean;
  /** Whether names are shown. */
  names: boolean;
}

/** An answer, or another item of a submission, in a list. */
export interface Line {
  /** The number that stands for the student. */
  number: number;
  name?: string;
  item: string;
  /** Similar answers have the same. */
  group: number;
  /** How many answers say the same, this one included. */
  same: number;
  /** How it begins. */
  start: string;
  state: "open" | "marked" | "in dispute";
  points?: number;
}

/** One decision as it is shown. */
export type ShownDecision = Pick<
  KnownDecision,
  "id" | "at" | "grader" | "points" | "comment" | "reason"
>;

/** All about one mark. */
export interface Sight {
  number: number;
  name?: string;
  item: string;
  outcome: Mark["outcome"];
  /** What the program gave; undefined for an answer. */
  program?: number;
  message: string;
  got?: string;
  code?: string;
  hidden: boolean;
  answer?: string;
  note?: string;
  points?: number;
  graders: string[];
  reason: string;
  isDisputed: boolean;
  /** The newest last. */
  history: ShownDecision[];
  /** About an earlier answer. */
  earlier: ShownDecision[];
}

/** What a grader decides, about one or several answers. */
export interface HandVerdict {
  item: string;
  numbers: number[];
  points: number | null;
  comment: string;
  reason: string;
  /** The decisions that the grader had before them. */
  seen: string[];
}

/** Something that cannot be decided so; the message is for the grader. */
export class VerdictError extends Error {
  override name = "VerdictError";
}

/** The desk of one grader. */
export class MarkingDesk implements Disposable {
  /** Students in the order of their numbers, which says nothing about their names. */
  readonly #students: string[];
  readonly #gradings: Map<string, Grading>;
  readonly #submissions: Map<string, string>;
  #decisions: Decisions = { all: [], told: [] };
  #byHand: HandMarks = new Map();
  #byKey = new Map<string, KnownDecision[]>();

  private constructor(
    readonly assignment: Assignment,
    readonly options: DeskOptions,
    readonly grades: ClassGrades,
    private readonly file: DecisionFile,
  ) {
    const digest = (student: string) =>
      createHash("sha256").update(`number of ${student}`).digest("hex");
    const rows = grades.students.filter(({ marks }) => marks.length > 0);
    this.#gradings = new Map(rows.map((row) => [row.student, gradingOf(row)]));
    this.#submissions = new Map(
      rows.map(({ student, submission }) => [student, submission?.digest ?? ""]),
    );
    this.#students = rows.map(({ student }) => ({ student, digest: digest(student) }))
      .sort((a, b) => a.digest < b.digest ? -1 : 1).map(({ student }) => student);
  }

  /**
   * @throws {RangeError} If the grades were made by another version of the assignment, or a file of
   *   what was given by hand cannot be read for certain.
   * @throws {FolderLockedError} If the same grader is marking elsewhere.
   */
  static async open(assignment: Assignment, options: DeskOptions): Promise<MarkingDesk> {
    const path = join(options.out, "grades.json");
    const grades = parseGrades(await Deno.readTextFile(path), path);
    if (grades.assignment !== assignment.name || grades.digest !== assignment.digest) {
      throw new RangeError(
        `Cannot mark ${options.out}: ${
          grades.assignment === assignment.name
            ? `${assignment.name} has changed since it was graded`
            : `it has the grades of ${grades.assignment}, not of ${assignment.name}`
        }; run assignment grade first`,
      );
    }
    await readDecisions(options.out);
    const file = await DecisionFile.open(options.out, options.grader);
    const desk = new MarkingDesk(assignment, options, grades, file);
    try {
      await desk.refresh();
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
    return desk;
  }

  /** Reads what others have decided in the meantime. */
  async refresh(): Promise<void> {
    const sheet = await readByHand(this.options.out);
    const class_ = {
      students: this.grades.students.map(({ student }) => student),
      grading: (student: string) => Promise.resolve(this.#gradings.get(student)),
    };
    const { marks } = await takeOver(sheet, { class_, assignment: this.assignment });
    this.#byHand = marks;
    this.#take(await readDecisions(this.options.out));
  }

  #take(decisions: Decisions): void {
    this.#decisions = decisions;
    this.#byKey = Map.groupBy(
      decisions.all,
      ({ student, item }) => markKey(student, item),
    );
  }

  /** The answers to one item, similar ones together; of a check, all its marks. */
  lines(item: string): Line[] {
    const found = this.#students.map((student, i) => ({ student, number: i + 1 }))
      .map((each) => ({ ...each, mark: this.#mark(each.student, item) }));
    const isWritten = this.grades.items.find(({ id }) => id === item)!.kind === "written";
    const shown = isWritten ? found.filter(({ mark }) => mark.outcome === "by hand") : found;
    const texts = shown.map(({ mark }) => isWritten ? mark.answer ?? "" : mark.message);
    const counts = new Map<string, number>();
    for (const text of texts.map(plainWords)) counts.set(text, (counts.get(text) ?? 0) + 1);
    return alikeAnswers(texts).flatMap((members, group) =>
      members.map((i): Line => {
        const { student, number, mark } = shown[i];
        const standing = this.#standing(student, mark);
        return {
          number,
          ...this.#named(student),
          item,
          group,
          same: counts.get(plainWords(texts[i]))!,
          start: texts[i].trim().replaceAll(/\s+/g, " ").slice(0, 80),
          ...this.#stateOf(standing, mark),
        };
      })
    );
  }

  /** All that is to be seen of one mark. */
  sight(item: string, number: number): Sight {
    const student = this.#student(number);
    const mark = this.#mark(student, item);
    const standing = this.#standing(student, mark);
    const shown = (decisions: KnownDecision[] = []) =>
      decisions.filter((each) => this.#isSeen(each))
        .map(({ id, at, grader, points, comment, reason }): ShownDecision => {
          return { id, at, grader, points, comment, reason };
        });
    const state = this.#stateOf(standing, mark);
    const graders = standing?.graders ?? [];
    return {
      number,
      ...this.#named(student),
      item,
      outcome: mark.outcome,
      program: mark.points,
      message: mark.message,
      got: mark.got,
      code: mark.code,
      hidden: mark.hidden ?? false,
      answer: mark.answer,
      note: mark.note,
      points: state.points,
      graders: this.options.blind
        ? graders.filter((name) => name === this.options.grader)
        : graders,
      reason: state.points === undefined ? "" : standing?.reason ?? "",
      isDisputed: state.state === "in dispute",
      history: shown(standing?.history),
      earlier: shown(standing?.earlier),
    };
  }

  /** All marks of one submission. */
  submission(number: number): Sight[] {
    return this.grades.items.map(({ id }) => this.sight(id, number));
  }

  /**
   * Keeps a decision about one or several answers.
   *
   * @throws {VerdictError} If it cannot be decided so; nothing is kept then.
   */
  async decide(verdict: HandVerdict): Promise<void> {
    const { item: id, numbers, points, comment, reason, seen } = verdict;
    const item = this.grades.items.find((each) => each.id === id);
    if (!item) throw new VerdictError(`There is no item called ${id}.`);
    const at = new Date().toISOString();
    const decisions = [...new Set(numbers)].map((number): Decision => {
      const student = this.#student(number);
      const mark = this.#mark(student, id);
      assertPoints(points, mark.outcome === "by hand" ? item.points : undefined, reason);
      const others = this.#standing(student, mark)?.history ?? [];
      return {
        at,
        grader: this.options.grader,
        student,
        item: id,
        answer: answerOf(student, mark),
        points,
        comment: comment.trim(),
        reason: reason.trim(),
        submission: this.#submissions.get(student) ?? "",
        over: points === null
          ? []
          : others.filter(({ grader, id }) => grader !== this.options.grader && seen.includes(id))
            .map(({ id }) => id),
      };
    });
    const known = await this.file.add(decisions);
    this.#take({ ...this.#decisions, all: [...this.#decisions.all, ...known] });
  }

  /** The numbers of open answers that say the same as this one, itself included. */
  sameAs(item: string, number: number): number[] {
    const words = (each: string) => plainWords(this.#mark(each, item).answer ?? "");
    const own = words(this.#student(number));
    return this.#students.flatMap((student, i) => {
      const mark = this.#mark(student, item);
      const isOpen = mark.outcome === "by hand" &&
        this.#stateOf(this.#standing(student, mark), mark).state === "open";
      return i + 1 === number || isOpen && words(student) === own ? [i + 1] : [];
    });
  }

  #student(number: number): string {
    const student = this.#students[number - 1];
    if (student === undefined) throw new VerdictError(`There is no submission ${number}.`);
    return student;
  }

  #mark(student: string, item: string): Mark {
    const mark = this.#gradings.get(student)!.marks.find(({ id }) => id === item);
    if (!mark) throw new VerdictError(`There is no item called ${item}.`);
    return mark;
  }

  #named(student: string): { name?: string } {
    return this.options.names ? { name: student } : {};
  }

  /** Whether a decision is shown: a blind grader sees only their own. */
  #isSeen({ grader }: KnownDecision): boolean {
    return !this.options.blind || grader === this.options.grader;
  }

  #standing(student: string, mark: Mark): HandStanding | undefined {
    const key = markKey(student, mark.id);
    const all = this.#byKey.get(key) ?? [];
    const { points: most } = this.grades.items.find(({ id }) => id === mark.id)!;
    const hand = this.#byHand.get(key);
    return standingFor(student, mark, { decisions: all, hand, most });
  }

  #stateOf(standing: HandStanding | undefined, mark: Mark): Pick<Line, "state" | "points"> {
    if (this.options.blind) {
      const own = standing?.history.findLast(({ grader }) => grader === this.options.grader);
      const points = own?.points ?? undefined;
      return { state: points === undefined ? "open" : "marked", points: points ?? mark.points };
    }
    if (standing && standing.dispute.length > 1) {
      return { state: "in dispute", points: mark.points };
    }
    const points = standing?.points;
    return { state: points === undefined ? "open" : "marked", points: points ?? mark.points };
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

function assertPoints(points: number | null, most: number | undefined, reason: string): void {
  if (points === null) return;
  if (!Number.isFinite(points) || points < 0 || points > MOST_POINTS) {
    throw new VerdictError(`Points must be a number from 0 to ${MOST_POINTS}.`);
  }
  if (reason.trim() !== "") return;
  if (most === undefined) {
    throw new VerdictError(
      "Points for what a program grades, or where nothing was answered, must have a reason.",
    );
  }
  if (points > most) {
    throw new VerdictError(`The item has ${most} points: more than that must have a reason.`);
  }
}
