/**
 * What is graded again although it is known.
 *
 * @module
 */
import { type Assignment } from "./assignment.ts";

/** Of these students or all, these items or all; nothing if both are empty. */
export interface Regrade {
  students: string[];
  /** Ids of items; a part stands for all of its items. */
  items: string[];
}

/** How many names are offered for one that is not there. */
const MOST_OFFERED = 5;

/**
 * What is meant, with the items of each part.
 *
 * @throws {RangeError} If somebody or something of it is not there.
 */
export function regradeMeant(
  { items }: Assignment,
  students: string[],
  { students: named, items: ids }: Regrade = { students: [], items: [] },
): Regrade {
  const stranger = named.find((name) => !students.includes(name));
  if (stranger !== undefined) {
    const alike = students.filter((name) => name.startsWith(stranger)).slice(0, MOST_OFFERED);
    const offer = alike.length > 0 ? `; ${alike.join(", ")} may be meant` : "";
    throw new RangeError(`Cannot grade again: no submission is called ${stranger}${offer}`);
  }
  const all = items.map(({ id }) => id);
  const meant = ids.flatMap((id) => {
    if (all.includes(id)) return [id];
    const own = items.filter(({ part }) => part === id).map(({ id }) => id);
    if (own.length > 0) return own;
    throw new RangeError(
      `Cannot grade again: no item or part is called ${id}; the items are ${all.join(", ")}`,
    );
  });
  return { students: named, items: [...new Set(meant)] };
}
