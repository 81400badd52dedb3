/** A class whose points by hand go through people's hands, without anything being graded by program. */
import { join } from "node:path";
import { assert } from "@std/assert";
import {
  BY_HAND,
  type HandMark,
  readWorkByHand,
  replaceByHand,
  takeOver,
} from "@/course/by_hand.ts";
import { type Grading } from "@/course/grade.ts";
import { markWritten } from "@/course/written_answer.ts";
import { inTempFolder } from "./commands.ts";
import { type Table, tableOf, textOf } from "./spreadsheets.ts";
import { cell, marks, smallAssignment } from "./submissions.ts";

export const assignment = smallAssignment();
const [essay] = assignment.items.slice(-1);

/** A grading with an answer in words, or without. */
function gradingOf(answer?: string): Grading {
  if (answer === undefined) return { status: "no notebook: there is none", marks: [], notes: [] };
  const source = `Why?\n\n${answer}`;
  const own = cell(source, {
    id: "essay",
    type: "markdown",
    nbgrader: marks("written", "essay-why", 10),
  });
  return { status: "graded", marks: [markWritten(essay, [own], assignment)], notes: [] };
}

/** A class whose file by hand goes through people's hands. */
export class Sheet {
  told: string[] = [];
  answers: Record<string, string | undefined>;

  constructor(readonly out: string, students: string[]) {
    this.answers = Object.fromEntries(students.map((name) => [name, `Because, says ${name}.`]));
  }

  get path(): string {
    return join(this.out, BY_HAND);
  }

  /** One run of the grader, as far as this file goes. */
  async run(): Promise<Map<string, HandMark>> {
    const sheet = await readWorkByHand(this.out);
    const students = Object.keys(this.answers).sort();
    const gradings = new Map(students.map((name) => [name, gradingOf(this.answers[name])]));
    const class_ = { students, grading: (name: string) => Promise.resolve(gradings.get(name)) };
    const { marks, text, told } = await takeOver(sheet, { class_, assignment });
    assert(await replaceByHand(sheet, () => text()));
    this.told = told;
    return marks;
  }

  async points(): Promise<Record<string, number | undefined>> {
    const all = [...await this.run()].map(([key, { points }]) => [key.split("\n")[0], points]);
    return Object.fromEntries(all.filter(([, points]) => points !== undefined));
  }

  async table(): Promise<Table> {
    return tableOf(await Deno.readTextFile(this.path));
  }

  /** Somebody opens the file, changes it and saves it. */
  async edit(
    change: (table: Table) => Table | void,
    save: (table: Table) => string | Uint8Array = (table) => textOf(table),
  ): Promise<void> {
    const table = await this.table();
    const saved = save(change(table) ?? table);
    await Deno.writeFile(
      this.path,
      typeof saved === "string" ? new TextEncoder().encode(saved) : saved,
    );
  }
}

export const fill = (points: string) => (table: Table) => {
  table.forEach((row, i) => Object.assign(row, { points, comment: `é ${i}` }));
};

export function inSheet(students: string[], test: (sheet: Sheet) => Promise<void>): Promise<void> {
  return inTempFolder(async (folder) => {
    const sheet = new Sheet(folder, students);
    await sheet.run();
    await test(sheet);
  });
}
