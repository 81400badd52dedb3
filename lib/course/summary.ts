/**
 * What a run of `grade` says at its end, besides the tables: who has no points and why, and what
 * was left out.
 *
 * @module
 */
import { changeLines } from "./changes.ts";
import { type ClassSummary } from "./class.ts";
import { isGraded } from "./grade.ts";
import { type LeftOut } from "./notebook_choice.ts";

/** How many paths are named for one reason. */
const MOST_NAMED = 5;

/**
 * Lines for the instructor; `failed` are the submissions that the machine has kept from being
 * graded.
 */
export function summaryLines(summary: ClassSummary): string[] {
  const { grades, graded, ungraded, open, renamed, leftOut, byHand, changes } = summary;
  const { students } = grades;
  const failed = new Set(ungraded.map(({ student }) => student));
  const without = students.filter((row) => !isGraded(row) && !failed.has(row.student));
  const known = students.filter(isGraded).length - graded;
  return [
    `${graded} graded${known > 0 ? `, ${known} already known` : ""}`,
    ...firstOf(
      renamed.map(({ student, path }) =>
        grades.anonymous
          ? `${student}: ${path} was graded`
          : `${student}: the notebook that was graded is "${path}"`
      ),
      "notebooks of another name",
    ),
    ...firstOf(
      without.map(({ student, status }) => `${student}: ${status}`),
      "submissions with nothing to grade; grades.csv has all of them",
    ),
    ...without.length > 0
      ? [
        `${without.length} of ${
          counted(students.length, "submission")
        } without points: there was nothing to grade`,
      ]
      : [],
    ...leftOutLines(leftOut),
    ...changeLines(changes),
    ...byHand,
    ...open > 0
      ? [
        `To grade by hand: ${open} in by_hand.csv. Fill in its points and run the same command again, or use assignment mark.`,
      ]
      : [],
  ];
}

/** How many submissions have a line of their own. */
const MOST_LINES = 20;

function firstOf(lines: string[], what: string): string[] {
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more ${what}`] : lines;
}

function leftOutLines(leftOut: LeftOut[]): string[] {
  const byReason = Map.groupBy(leftOut, ({ reason }) => reason);
  const lines = [...byReason].map(([reason, all]) => {
    const more = all.length - MOST_NAMED;
    const named = all.slice(0, MOST_NAMED).map(({ path }) => path).join(", ");
    return `Left out (${reason}): ${named}${more > 0 ? ` and ${more} more` : ""}`;
  });
  return leftOut.length > 0
    ? [...lines, `${counted(leftOut.length, "file or folder", "files or folders")} left out`]
    : [];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
