/**
 * Whose marks have changed from one run to the next, and why. `changes.json` beside the grades has
 * all that have, the oldest first.
 *
 * @module
 */
import { join } from "node:path";
import * as v from "valibot";
import { shaped } from "@/formats/shaped.ts";
import { readIfFile } from "@/io/files.ts";
import { type Mark } from "./grade.ts";
import { type GradeRow, type GradesHead } from "./grades.ts";
import { writeJson } from "./tables.ts";

/** Its name, in the folder of the grades. */
export const CHANGES = "changes.json";

/** A mark, or a whole submission, that is not what it was. */
export interface Change {
  /** When it was found, in ISO 8601 and UTC. */
  at: string;
  student: string;
  /** Empty where all of a submission has changed. */
  item: string;
  /** Points; null where there were or are none. */
  before: number | null;
  after: number | null;
  /** The totals. */
  totals: [before: number | null, after: number | null];
  why: string;
}

const CHANGE = v.strictObject({
  at: v.string(),
  student: v.string(),
  item: v.string(),
  before: v.nullable(v.number()),
  after: v.nullable(v.number()),
  totals: v.tuple([v.nullable(v.number()), v.nullable(v.number())]),
  why: v.string(),
});

/** What is the same for all rows, in the last run and in this one. */
interface Heads {
  before: GradesHead;
  now: GradesHead;
}

/** What is not as it was in the row of a student; undefined stands for no row any more. */
export function changesOf(
  old: GradeRow,
  row: GradeRow | undefined,
  heads: Heads,
  at = new Date(),
): Change[] {
  const change = (item: string, points: Pick<Change, "before" | "after">, why: string) => ({
    at: at.toISOString(),
    student: old.student,
    item,
    ...points,
    totals: [old.total ?? null, row?.total ?? null] as [number | null, number | null],
    why,
  });
  const total = (each?: GradeRow) => each?.total ?? null;
  if (!row) {
    const why = "the student is not among the submissions any more";
    return old.marks.length === 0 ? [] : [change("", { before: total(old), after: null }, why)];
  }
  if (old.marks.length === 0 || row.marks.length === 0) {
    if (old.marks.length === row.marks.length) return [];
    const why = row.marks.length === 0 ? row.status : "it could be graded now";
    return [change("", { before: total(old), after: total(row) }, why)];
  }
  const changes: Change[] = [];
  if (old.penalty !== row.penalty) {
    const why = `lateness costs ${row.penalty ?? 0} and did ${old.penalty ?? 0}`;
    changes.push(change("", { before: total(old), after: total(row) }, why));
  }
  const ids = new Set([...old.marks, ...row.marks].map(({ id }) => id));
  return changes.concat([...ids].flatMap((id) => {
    const marks = [old, row].map(({ marks }) => marks.find((mark) => mark.id === id));
    const [earlier, later] = marks.map((mark) => mark?.points ?? null);
    if (earlier === later) return [];
    const why = reasonFor(id, { ...heads, old, row });
    return [change(id, { before: earlier, after: later }, why)];
  }));
}

/** Why the points of an item are others. */
function reasonFor(
  id: string,
  { before, now, old, row }: Heads & Record<"old" | "row", GradeRow>,
): string {
  const mark = (of: GradeRow): Mark | undefined => of.marks.find((each) => each.id === id);
  const item = (of: GradesHead) => of.items.find((each) => each.id === id);
  const [was, is] = [mark(old), mark(row)];
  const isSame = old.submission?.digest === row.submission?.digest;
  if (is?.graders) {
    return `by hand: ${is.graders.join(" and ")}${is.reason ? `, ${is.reason}` : ""}`;
  }
  if (was?.graders) {
    const whose = `the points by ${was.graders.join(" and ")} no longer count`;
    return isSame ? `${whose}: taken back or in dispute` : `${whose}: another answer`;
  }
  if (!item(now)) return "the item is gone";
  if (!item(before)) return "the item is new";
  if (!isSame) return "another submission";
  if (item(before)!.points !== item(now)!.points) {
    return `the item has ${item(now)!.points} points and had ${item(before)!.points}`;
  }
  if (item(before)!.digest !== item(now)!.digest) return "the check was changed";
  if (before.seed !== now.seed) return `the seed is ${now.seed} and was ${before.seed}`;
  return before.digest === now.digest ? "graded again" : "the assignment was changed";
}

/**
 * Adds changes to the file.
 *
 * A run that is killed after it finds the same ones again the next time: those are kept once.
 *
 * @throws {RangeError} If the file is not what this writes.
 */
export async function keepChanges(out: string, changes: Change[]): Promise<void> {
  if (changes.length === 0) return;
  const kept = await readChanges(out);
  const key = ({ student, item }: Change) => `${student}\n${item}`;
  const what = ({ before, after, totals, why }: Change) =>
    JSON.stringify([before, after, totals, why]);
  const last = new Map(kept.map((each) => [key(each), what(each)]));
  const fresh = changes.filter((each) => last.get(key(each)) !== what(each));
  if (fresh.length > 0) await writeJson(join(out, CHANGES), [...kept, ...fresh]);
}

/**
 * All changes so far.
 *
 * @throws {RangeError} If the file is not what `keepChanges` writes.
 */
export async function readChanges(out: string): Promise<Change[]> {
  const path = join(out, CHANGES);
  const bytes = await readIfFile(path);
  if (!bytes) return [];
  const action = `Cannot read ${path}`;
  return shaped(v.array(CHANGE), new TextDecoder().decode(bytes), action);
}

/** How many changes a run names one by one. */
const MOST_NAMED = 20;

/** Lines for the instructor; points that were only given by hand are counted. */
export function changeLines(changes: Change[]): string[] {
  if (changes.length === 0) return [];
  const byStudent = [...Map.groupBy(changes, ({ student }) => student)];
  const changed = byStudent.filter(([, [{ totals: [a, b] }]]) => a !== b).length;
  const reasons = [
    ...Map.groupBy(changes, ({ why, item }) => [item, why].filter(Boolean).join(": ")),
  ]
    .sort(([, a], [, b]) => b.length - a.length);
  const more = byStudent.length - MOST_NAMED;
  const points = (value: number | null) => value ?? "–";
  return [
    `${changed} ${changed === 1 ? "total" : "totals"} changed:`,
    ...reasons.slice(0, MOST_NAMED).map(([why, all]) => `  ${all.length} × ${why}`),
    ...byStudent.slice(0, MOST_NAMED).map(([student, [{ totals: [before, after] }, ...rest]]) =>
      `  ${student}: ${points(before)} → ${points(after)}${
        rest.length > 0 ? ` (${rest.length + 1} items)` : ""
      }`
    ),
    ...more > 0 ? [`  and ${more} more; ${CHANGES} and the report have all of them`] : [],
  ];
}
