/**
 * A student's own trial: the visible checks of a handout, run as they will be graded, and what they
 * found as lines of text.
 *
 * A handout has no hidden checks, so nothing of them can be told.
 *
 * @module
 */
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment, type Item } from "./assignment.ts";
import { Grader, isGraded, type Mark } from "./grade.ts";
import { notebookTextOf, readCells } from "./handed_in_notebook.ts";
import { gradeIdOf } from "./nbgrader.ts";
import { statementsOf } from "./statements.ts";

/** The folder with the assignments as they were handed out. */
export const HANDOUTS = "handouts";

/** What a trial has found. */
export interface Trial {
  /** Whether every visible check holds. */
  holds: boolean;
  /** The report. */
  lines: string[];
}

/** Inputs of visible checks that are random are the same at each trial. */
const SEED = 1;

/**
 * Tries out a student's notebook.
 *
 * @throws {GraderFailure} If the machine or the grader fails: that says nothing about the work.
 */
export async function tryOut(handout: Assignment, bytes: Uint8Array): Promise<Trial> {
  const read = notebookTextOf(bytes);
  if ("problem" in read) return nothing(read.problem);
  await using grader = await Grader.start(handout, { seed: SEED });
  const { status, marks, notes } = await grader.grade(read.text);
  const cells = readCells(read.text);
  if (!isGraded({ status }) || typeof cells === "string") return nothing(status);
  const items = handout.items.map((item) => ({
    item,
    mark: marks.find(({ id }) => id === item.id)!,
  }));
  const checks = items.filter(({ item }) => item.kind === "check");
  const held = checks.filter(({ mark }) => mark.outcome === "right").length;
  const places = new Places(handout, cells);
  return {
    holds: held === checks.length,
    lines: [
      ...items.flatMap(({ item, mark }) => describe(item, mark, places)),
      ...(notes.length > 0 ? ["", "Not everything in your notebook could be used:"] : []),
      ...notes.map((note) => `  ${note}`),
      "",
      conclusion(held, checks.length),
    ],
  };
}

function nothing(reason: string): Trial {
  return { holds: false, lines: [`Nothing could be checked: ${reason}.`] };
}

function describe(item: Item, { outcome, message }: Mark, places: Places): string[] {
  const head = (sign: string) => `${sign} ${item.id.padEnd(22)} ${item.title}`;
  if (outcome === "right") return [head("✓")];
  if (outcome === "by hand") return [`${head("·")}: answered; a person will read it`];
  if (outcome === "not answered") return [`${head("·")}: not answered yet`];
  const unwritten = message.match(UNWRITTEN);
  if (unwritten) return [head("✗"), `    ${message}: ${places.ofFunction(unwritten[1])}`];
  const [, missing] = message.match(MISSING) ?? [];
  const advice = missing ? places.adviceOnMissing(missing) : "";
  return [head("✗"), `    ${places.of(item)}`, `    ${message}${advice}`];
}

/** What the grader says of a function that is as it was handed out. */
const UNWRITTEN = /^(\w+) is not written yet$/;

/** What the grader says of a function that it has not found. */
const MISSING = /^the notebook has no function (\w+)$/;

function conclusion(held: number, all: number): string {
  const rest = "Hidden checks with other inputs are run when your work is graded";
  return held === all
    ? `All ${all} visible checks hold. ${rest}.`
    : `${held} of ${all} visible checks hold. ${rest}, and a check counts only as a whole.`;
}

/** Where things are in a student's notebook. */
class Places {
  readonly #code: Cell[];

  constructor(private readonly handout: Assignment, cells: Cell[]) {
    this.#code = cells.filter(({ cell_type }) => cell_type === "code");
  }

  /** Which cell a check is in, and which cells have the functions that it calls. */
  of(item: Item): string {
    const source = sourceOf(this.handout.notebook.cells[item.cell]);
    const used = new Set(statementsOf(source, 0).flatMap(({ uses }) => [...uses]));
    const at = this.#number((cell) => gradeIdOf(cell) === item.id);
    const check = at === undefined
      ? `the check, whose cell you have deleted, calls`
      : `code cell ${at} calls`;
    const functions = this.handout.functions.filter((name) => used.has(name))
      .map((name) => `${name} (${this.ofFunction(name)})`);
    return `${check} ${functions.join(" and ")}`;
  }

  /** Which cell has a function. */
  ofFunction(name: string): string {
    const at = this.#number((cell) => declares(sourceOf(cell), name));
    return at === undefined ? "in no cell" : `code cell ${at}`;
  }

  /** What to do about a function that was not found. */
  adviceOnMissing(name: string): string {
    const at = this.#number((cell) => declares(sourceOf(cell), name));
    return at === undefined
      ? `. Write it under the name that it has in ${HANDOUTS}/`
      : ` that can be used: look at code cell ${at}`;
  }

  /** The number of a code cell, from 1. */
  #number(isIt: (cell: Cell) => boolean): number | undefined {
    const index = this.#code.findLastIndex(isIt);
    return index === -1 ? undefined : index + 1;
  }
}

/** A student's text is not parsed here: that is for the process of the submission alone. */
function declares(source: string, name: string): boolean {
  return new RegExp(`\\b(function|const|let|var)\\s+${name}\\b`).test(source);
}
