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

/** Who is late. */
export interface LateWork {
  /** Undefined where there is no end, or nobody knows when the work was handed in. */
  late(student: string): Lateness | undefined;
  /** What the instructor should know, a line each. */
  told: string[];
}

/**
 * The lateness of each submission.
 *
 * @param modified The time of a student's file.
 * @param rows The rows of a roster, by student.
 */
export function latenessOf(
  students: string[],
  modified: (student: string) => Date | undefined,
  { due, freeDays, percent }: LatePolicy,
  rows: Map<string, RosterRow> = new Map(),
): LateWork {
  const late = (student: string): Lateness | undefined => {
    const row = rows.get(student);
    const end = row?.due ?? due;
    const submitted = row?.submitted ?? modified(student);
    return end && submitted && {
      submitted: submitted.toISOString(),
      due: end.toISOString(),
      freeDays: row?.lateDays ?? freeDays,
      percent,
    };
  };
  const withEnd = students.filter((student) => rows.get(student)?.due ?? due);
  const byRoster = (student: string) => rows.get(student)?.submitted;
  const byFile = withEnd.filter((student) => !byRoster(student) && modified(student));
  const unknown = withEnd.filter((student) => !byRoster(student) && !modified(student));
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
