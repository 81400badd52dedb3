/**
 * The answers of a class that a person grades, what each is known by, and how a row of `by_hand.csv`
 * finds its own. They are gone through one after the other; nobody holds all of them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Assignment, type Item } from "./assignment.ts";
import { type ClassResults } from "./class_results.ts";
import { type Grading, type Mark } from "./grade.ts";
import { nearness } from "./near_key.ts";
import { type SheetRow } from "./sheet.ts";

/** A class, as far as its answers go. */
export type AnsweredClass = Pick<ClassResults, "students" | "grading">;

/** An answer that somebody has to grade. */
export interface HandAnswer {
  /** Student and item, with a line break between them. */
  key: string;
  student: string;
  item: string;
  most: number;
  mark: Mark;
  id: string;
}

/** Ends the reading of a file because of a row. */
export type RefuseRow = (row: SheetRow, problem: string) => never;

/** The answers of a class that somebody has to grade, one after the other. */
export async function* answersOf(
  { students, grading }: AnsweredClass,
  { items }: Assignment,
): AsyncGenerator<HandAnswer> {
  for (const student of students) yield* answersIn(student, await grading(student), items);
}

function* answersIn(student: string, grading: Grading | undefined, items: Item[]) {
  for (const { id: item, points: most, kind } of items) {
    const mark = kind === "written" && grading?.marks.find(({ id }) => id === item);
    if (!mark || mark.outcome !== "by hand") continue;
    const id = answerId(student, item, mark);
    yield { student, item, most, mark, id, key: `${student}\n${item}` };
  }
}

/** How a row finds its answer. */
export class Answers {
  /** The answers that have the ids of rows about others, by these ids. */
  readonly #owners = new Map<string, HandAnswer>();
  readonly #written: Item[];

  constructor(
    private readonly class_: AnsweredClass,
    private readonly assignment: Assignment,
  ) {
    this.#written = assignment.items.filter(({ kind }) => kind === "written");
  }

  /** The points of an item; undefined for one that is not graded by hand. */
  maximum(item: string): number | undefined {
    return this.#written.find(({ id }) => id === item)?.points;
  }

  /** Looks for the answers whose ids stand in rows about others; this must be done before `of`. */
  async findOwners(rows: SheetRow[]): Promise<void> {
    const ids = new Set<string>();
    for (const { cells } of rows) {
      const id = cells.answer_id?.trim() ?? "";
      if (id !== "" && (await this.#named(cells))?.id !== id) ids.add(id);
    }
    if (ids.size === 0) return;
    for await (const answer of answersOf(this.class_, this.assignment)) {
      if (ids.has(answer.id)) this.#owners.set(answer.id, answer);
    }
  }

  /** The answer that a row is about, or why it is about none. */
  async of(
    row: SheetRow,
    refuse: RefuseRow,
  ): Promise<{ answer: HandAnswer; told?: string } | { kept: string }> {
    const { student, item, answer_id: id = "" } = row.cells;
    const answer = await this.#named(row.cells);
    const owner = answer?.id === id.trim() ? answer : this.#owners.get(id.trim());
    if (answer && owner && owner !== answer) {
      return refuse(
        row,
        `the student is ${student}, but the answer_id is that of ${owner.student}'s ${owner.item}; were only some of the columns sorted?`,
      );
    }
    if (answer) return { answer };
    const kept = await this.#whyNone(student, item);
    if (!owner) return { kept };
    if (isNear(student, owner.student) && isNear(item, owner.item)) {
      const changed = student === owner.student ? item : student;
      const name = student === owner.student ? owner.item : owner.student;
      return { answer: owner, told: `"${changed}" is taken for "${name}", whose answer_id it has` };
    }
    return {
      kept:
        `${kept}; its answer_id is that of "${owner.student}": if that is right, write that name in the column student`,
    };
  }

  /** The answer that has the names of a row. */
  async #named({ student, item }: SheetRow["cells"]): Promise<HandAnswer | undefined> {
    const answers = answersIn(student, await this.class_.grading(student), this.#written);
    return answers.find((answer) => answer.item === item);
  }

  async #whyNone(student: string, item: string): Promise<string> {
    const { students, grading } = this.class_;
    if (this.maximum(item) === undefined) {
      return `${
        item === "" ? "its item is empty" : `this assignment has no written answer called ${item}`
      }${offered(item, this.#written.map(({ id }) => id))}`;
    }
    if (!students.includes(student)) {
      return student === ""
        ? "its student is empty"
        : `no submission is called ${student}${offered(student, students)}`;
    }
    const found = await grading(student);
    if (!found || found.marks.length === 0) {
      return `${student} is not graded in this run: ${found?.status ?? "see above"}`;
    }
    return `${student} has not answered ${item}, or no longer does`;
  }
}

function isNear(found: string, name: string): boolean {
  return found === name || nearness(found, name) !== undefined;
}

/** The names that a changed name may have been. */
function offered(found: string, names: string[]): string {
  const near = names.flatMap((name) => {
    const why = nearness(found, name);
    return why ? [`"${name}" (${why})`] : [];
  });
  return near.length === 0 ? "" : `; write ${near.slice(0, 4).join(" or ")} if that is meant`;
}

/** Letters from which no spreadsheet makes a number, a date or a word. */
const LETTERS = "bcdfghjklmnpqrstvwxz";
const ID_LENGTH = 12;

/** Tells an answer from all others, including earlier ones by the same student. */
export function answerId(student: string, item: string, { digest }: Mark): string {
  const bytes = createHash("sha256").update(JSON.stringify([student, item, digest])).digest();
  return [...bytes.subarray(0, ID_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}
