/**
 * The student's code that a check is about, for the page that says why it failed. It is found by its
 * name and shown as it is written: the code of a stranger is parsed in that stranger's process only.
 *
 * @module
 */
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment, type Item } from "./assignment.ts";
import { statementsOf } from "./statements.ts";

/** The most characters of a student's code that are shown beside one check. */
const MOST_SHOWN = 4_000;

/** The functions of the students that a check calls, by the item's id. */
export function functionsCalled({ notebook, items, functions }: Assignment): Map<string, string[]> {
  const used = ({ cell, kind }: Item) => {
    if (kind !== "check") return [];
    const names = statementsOf(sourceOf(notebook.cells[cell]), cell).flatMap((
      { uses },
    ) => [...uses]);
    return functions.filter((name) => names.includes(name));
  };
  return new Map(items.map((item) => [item.id, used(item)]));
}

/** The cells that declare one of the functions, the last declaration of each; empty if none does. */
export function calledCode(cells: Cell[], functions: string[]): string {
  const sources = cells.filter(({ cell_type }) => cell_type === "code").map(sourceOf);
  const found = functions.flatMap((name) => {
    const declares = new RegExp(`\\b(?:function\\s*\\*?|const|let|var)\\s+${name}\\b`);
    return sources.findLast((source) => declares.test(source)) ?? [];
  });
  const text = [...new Set(found)].join("\n\n").trim();
  return text.length > MOST_SHOWN
    ? `${text.slice(0, MOST_SHOWN)}\n… (the rest is in the notebook)`
    : text;
}
