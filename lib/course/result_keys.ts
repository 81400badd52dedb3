/**
 * What a submission's result depends on, as digests: one for each item, and one for the rest. After
 * a check was changed, only its own digest is another one, and only it is run again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { sourceOf } from "@/notebook/document.ts";
import {
  type Assignment,
  checksText,
  importsOf,
  type Item,
  released,
  releasedText,
} from "./assignment.ts";
import { markedAs } from "./nbgrader.ts";
import { type Limits } from "./sandbox.ts";
import { statementsOf } from "./statements.ts";
import { type Submission } from "./submissions.ts";

/** A result depends on this as well: it changes whenever the grader judges differently. */
export const GRADER_VERSION = 9;

/** What a result is known by. */
export interface ResultKey {
  /** A digest of all that it depends on besides the items. */
  key: string;
  /** The digests of the items, by their ids. */
  items: Record<string, string>;
}

/** The digests of an assignment under a seed and limits. */
export class ResultKeys {
  /** By the item's id. */
  readonly items: Record<string, string>;
  readonly #rest: string;

  constructor(assignment: Assignment, seed: number, limits?: Partial<Limits>) {
    this.items = itemDigests(assignment);
    this.#rest = digestOf([GRADER_VERSION, restOf(assignment), seed, limits]);
  }

  of({ bytes, problem }: Submission): ResultKey {
    const key = createHash("sha256").update(JSON.stringify([this.#rest, problem]))
      .update(bytes ?? new Uint8Array()).digest("hex");
    return { key, items: this.items };
  }
}

/**
 * The digest of each item: of a check, its program with all that it takes from other cells, and its
 * points; of a written answer, the students' notebook, since where an answer was written is found by
 * comparison with it.
 */
export function itemDigests(assignment: Assignment): Record<string, string> {
  const handedOut = digestOf([releasedText(assignment)]);
  const digest = (item: Item) =>
    item.kind === "check"
      ? digestOf([checksText(assignment, item), item.points])
      : digestOf([handedOut, item.id, item.points]);
  return Object.fromEntries(assignment.items.map((item) => [item.id, digest(item)]));
}

/**
 * What all items depend on: the functions, what may be imported, and the code that was handed out.
 * Of a check's cell that is what it declares, which other cells can use.
 */
function restOf(assignment: Assignment): unknown {
  const cells = released(assignment).cells.filter(({ cell_type }) => cell_type === "code")
    .map((cell) => {
      const source = sourceOf(cell);
      if (markedAs(cell)?.role !== "test") return source;
      return statementsOf(source, 0)
        .filter(({ kind, pure }) => pure || ["import", "function", "class"].includes(kind))
        .map(({ start, end }) => source.slice(start, end));
    });
  const imports = [...importsOf(assignment)].map(([source, names]) => [source, [...names]]);
  return [assignment.functions, imports, cells];
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
