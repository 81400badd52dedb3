/**
 * Flags in the report of a step: whether a number of the networks is NaN or infinite after it.
 *
 * Every operation that stores numbers of a network looks at what it stores, and each of its chunks
 * (on a GPU, each of its workgroups) writes a flag of its own, so that no two threads write to the
 * same place. A NaN in a weight stays there whatever its gradient is, so the flags do not depend on
 * what an activation makes of a NaN on its way to the losses: WGSL allows `max` to drop one.
 *
 * @module
 */
import { FLAG_STEP, MOST_FLAGS, ReportWord } from "./operation_protocol.ts";

/** Numbers for which there is a flag: what a workgroup of a GPU takes at once. */
const FLAG_NUMBERS = 512;

/** Flags of one operation: the first of them as a number of the report, and how many. */
export interface Flags {
  first: number;
  count: number;
}

/**
 * Room for the flags of operations over so many numbers each, one after another.
 *
 * @returns The flags of each, and how many numbers the report has.
 */
export function placeFlags(sizes: number[]): { flags: Flags[]; numbers: number } {
  let first: number = ReportWord.Flags;
  const flags = sizes.map((size) => {
    const own = { first, count: Math.min(MOST_FLAGS, Math.ceil(size / FLAG_NUMBERS)) };
    first += FLAG_STEP * own.count;
    return own;
  });
  return { flags, numbers: first };
}

/** Whether any flag of a report is set. */
export function isFlagged(report: ArrayLike<number>): boolean {
  if (report[ReportWord.DLogits] !== 0 || report[ReportWord.GLogits] !== 0) return true;
  for (let i: number = ReportWord.Flags; i < report.length; i += FLAG_STEP) {
    if (report[i] !== 0) return true;
  }
  return false;
}
