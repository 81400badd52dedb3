/** A class with grades, made without any process: answers in words, and marks of checks as they are given. */
import { join } from "node:path";
import { type Assignment } from "@/course/assignment.ts";
import { type Change } from "@/course/changes.ts";
import { type Decision, DecisionFile } from "@/course/decisions.ts";
import { type Grading, type Mark } from "@/course/grade.ts";
import { type Lateness } from "@/course/lateness.ts";
import { type ClassGrades, type GradeRow, type SubmissionFacts } from "@/course/grades.ts";
import { publish } from "@/course/publish.ts";
import { markWritten } from "@/course/written_answer.ts";
import { inTempFolder } from "./commands.ts";
import { gradesIn } from "./graded_class.ts";
import { cell, marks, smallAssignment } from "./submissions.ts";

/** What a student has: an answer in words, points of the checks, and which version was handed in. */
export interface Handed {
  answer?: string;
  /** Of each check; all of them right if left out. */
  checks?: Record<string, Partial<Mark>>;
  version?: string;
  late?: Lateness;
}

export class PublishedClass {
  told: string[] = [];
  changes: Change[] = [];
  handed: Record<string, Handed> = {};

  constructor(readonly out: string, readonly assignment: Assignment = smallAssignment()) {}

  /** One run of the grader, as far as the tables go. */
  async run(handed: Record<string, Handed> = this.handed): Promise<ClassGrades> {
    this.handed = handed;
    const students = Object.keys(handed).sort();
    const { byHand, changes } = await publish(this.assignment, { out: this.out, seed: 1 }, {
      students,
      grading: (name) => Promise.resolve(name in handed ? this.#grading(handed[name]) : undefined),
      reasons: new Map(),
      facts: (name) => factsFor(name, handed[name]),
    });
    this.told = byHand;
    this.changes = changes;
    return gradesIn(this.out);
  }

  #grading({ answer = "", checks = {} }: Handed): Grading {
    return {
      status: "graded",
      notes: [],
      marks: this.assignment.items.map((item): Mark => {
        if (item.kind === "check") {
          return {
            id: item.id,
            outcome: "right",
            points: item.points,
            message: "",
            ...checks[item.id],
          };
        }
        const own = cell(`Why?\n\n${answer || "YOUR ANSWER HERE"}`, {
          id: "essay",
          type: "markdown",
          nbgrader: marks("written", item.id, item.points),
        });
        return markWritten(item, [own], this.assignment);
      }),
    };
  }

  /** A student's row after another run. */
  async row(student: string): Promise<GradeRow> {
    return (await this.run()).students.find((row) => row.student === student)!;
  }

  /** A mark after another run. */
  async mark(student: string, item: string): Promise<Mark> {
    return (await this.row(student)).marks.find(({ id }) => id === item)!;
  }

  /** Keeps decisions of a grader, as the page does. */
  async decide(grader: string, ...decisions: Partial<Decision>[]): Promise<string[]> {
    using file = await DecisionFile.open(this.out, grader);
    const known = await file.add(decisions.map((each) => ({
      at: "2026-01-01T10:00:00.000Z",
      grader,
      student: "ada",
      item: "essay-why",
      answer: "",
      points: 0,
      comment: "",
      reason: "",
      submission: "1",
      over: [],
      ...each,
    })));
    return known.map(({ id }) => id);
  }

  /** The `answer_id` of a student's answer, as the file has it. */
  async answerId(student: string): Promise<string> {
    const text = await Deno.readTextFile(join(this.out, "by_hand.csv"));
    const line = text.split("\n").find((each) => each.startsWith(`${student},essay-why`))!;
    return line.match(/[b-z]{12}/)![0];
  }
}

function factsFor(name: string, { version = "1", late }: Handed): SubmissionFacts {
  return { path: `${name}/small.ipynb`, digest: version, ...late ? { late } : {} };
}

export function inPublishedClass(
  handed: Record<string, Handed>,
  test: (class_: PublishedClass) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (folder) => {
    const class_ = new PublishedClass(folder);
    await class_.run(handed);
    await test(class_);
  });
}
