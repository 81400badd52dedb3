/**
 * Flags of a step: whether a number of the networks is NaN or infinite after it.
 *
 * An optimiser looks at what it stores, and each of its chunks (on a GPU, each of its workgroups)
 * writes a flag of its own, so that no two threads write to the same place. `Check` puts into the
 * report whether one of them is set; G's running statistics, which are few, it looks at itself. A
 * NaN in a weight stays there whatever its gradient is, so the flags do not depend on what an
 * activation makes of a NaN on its way to the losses: WGSL allows `max` to drop one.
 *
 * @module
 */
import { type PlacedNetwork } from "./buffers.ts";
import { CheckWord, Code, FLAG_BYTES, MOST_FLAGS, ReportWord } from "./operation_protocol.ts";
import { type Operation, operation } from "./operation.ts";

/** Numbers for which there is a flag: what a workgroup of a GPU takes at once. */
const FLAG_NUMBERS = 512;

/** Flags of an operation over `size` numbers. */
export function flagsOf(size: number): number {
  return Math.min(MOST_FLAGS, Math.ceil(size / FLAG_NUMBERS));
}

/** Flags of several operations, one after another. */
export interface Flags {
  address: number;
  count: number;
  /** Where those of each operation begin. */
  of: number[];
}

/** Makes room for the flags of operations over so many numbers each. */
export function placeFlags(allocate: (count: number) => number, sizes: number[]): Flags {
  const counts = sizes.map(flagsOf);
  const count = counts.reduce((sum, own) => sum + own, 0);
  const address = allocate(count * FLAG_BYTES / 4);
  let at = address;
  const of = counts.map((own) => {
    const first = at;
    at += own * FLAG_BYTES;
    return first;
  });
  return { address, count, of };
}

/** Puts together what there is to report of both networks. */
export function checkNetworks(
  { address, count }: Flags,
  { running, averageRunning, statistics }: PlacedNetwork,
  report: number,
): Operation {
  return operation(Code.Check, {
    [CheckWord.Flags]: address,
    [CheckWord.Count]: count,
    [CheckWord.Running]: running,
    [CheckWord.Average]: averageRunning,
    [CheckWord.Numbers]: statistics.size,
    [CheckWord.Report]: report,
  });
}

/** Whether a report tells of a number that is NaN or infinite, of a network or a logit. */
export function isFlagged(report: ArrayLike<number>): boolean {
  return [ReportWord.DLogits, ReportWord.GLogits, ReportWord.Networks].some((word) =>
    report[word] !== 0
  );
}
