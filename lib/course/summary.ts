/**
 * What a run of `grade` says at its end, besides the tables: who has no points and why, and what
 * was left out.
 *
 * @module
 */
import { changeLines } from "./changes.ts";
import { type ClassSummary } from "./class.ts";
import { type LeftOut } from "./notebook_choice.ts";
import { MOST_SUBMISSIONS } from "./publish.ts";

/** How many paths are named for one reason. */
const MOST_NAMED = 5;

/** Lines for the instructor. */
export function summaryLines(summary: ClassSummary): string[] {
  const { tally, anonymous, graded, renamed, leftOut, byHand, changes } = summary;
  const known = tally.graded - graded;
  const { empty, open, students } = tally;
  return [
    `${graded} graded${known > 0 ? `, ${known} already known` : ""}`,
    ...firstOf(
      renamed.map(({ student, path }) =>
        anonymous
          ? `${student}: ${path} was graded`
          : `${student}: the notebook that was graded is "${path}"`
      ),
      renamed.length,
      "notebooks of another name",
    ),
    ...firstOf(
      tally.firstEmpty.map(({ student, status }) => `${student}: ${status}`),
      empty,
      "submissions with nothing to grade; grades.csv has all of them",
    ),
    ...empty > 0
      ? [
        `${empty} of ${counted(students, "submission")} without points: there was nothing to grade`,
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

/** The first of so many lines, and how many more there are. */
function firstOf(lines: string[], count: number, what: string): string[] {
  const shown = lines.slice(0, MOST_SUBMISSIONS);
  const more = count - shown.length;
  return more > 0 ? [...shown, `and ${more} more ${what}`] : shown;
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
