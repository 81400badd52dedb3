/**
 * Who has handed in late: by the times of a roster, or else of the files.
 *
 * @module
 */
import { type Lateness } from "./lateness.ts";
import { type RosterRow } from "./roster.ts";

/** What the rule is for everybody whose row of the roster says nothing else. */
export interface LatePolicy {
  /** The end; undefined where only the roster has one. */
  due?: Date;
  /** Days that cost nothing. */
  freeDays: number;
  /** Percent of the points that each further day costs. */
  percent: number;
}

/** How many students are named. */
const MOST_NAMED = 5;

/**
 * The lateness of each submission.
 *
 * @param modified The times of the files, by student.
 * @param rows The rows of a roster, by student.
 */
export function latenessOf(
  students: string[],
  modified: Map<string, Date>,
  { due, freeDays, percent }: LatePolicy,
  rows: Map<string, RosterRow> = new Map(),
): { late: Map<string, Lateness>; told: string[] } {
  const late = new Map<string, Lateness>();
  const [byFile, unknown]: string[][] = [[], []];
  for (const student of students) {
    const row = rows.get(student);
    const end = row?.due ?? due;
    if (!end) continue;
    const submitted = row?.submitted ?? modified.get(student);
    if (!submitted) {
      unknown.push(student);
      continue;
    }
    if (!row?.submitted) byFile.push(student);
    late.set(student, {
      submitted: submitted.toISOString(),
      due: end.toISOString(),
      freeDays: row?.lateDays ?? freeDays,
      percent,
    });
  }
  const named = (names: string[]) => {
    const more = names.length - MOST_NAMED;
    return `${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  };
  return {
    late,
    told: [
      ...byFile.length > 0
        ? [
          `The times of ${
            named(byFile)
          } are those of the files, which downloads and archives can change; a roster with the column "submitted" is certain`,
        ]
        : [],
      ...unknown.length > 0
        ? [`It is not known when these were handed in, and they have no penalty: ${named(unknown)}`]
        : [],
    ],
  };
}
