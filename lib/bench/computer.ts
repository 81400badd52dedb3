/**
 * The machine that a benchmark ran on, and whether it was quiet.
 *
 * @module
 */
import { availableParallelism, cpus } from "node:os";

export interface Computer {
  /** The processor's own name. */
  processor: string;
  cores: number;
  system: string;
  /**
   * Processes that ran or wanted to, on average over the minute before the start; zeros where
   * unknown.
   */
  load: number;
}

/** If a larger share of the cores was at work before the start, times are not of the step alone. */
const QUIET = 0.25;

export function describeComputer(): Computer {
  return {
    processor: cpus()[0]?.model.trim() || "unknown processor",
    cores: availableParallelism(),
    system: `${Deno.build.os} ${Deno.build.arch}`,
    load: Deno.loadavg()[0],
  };
}

/** What the reader should know before believing a time from a busy machine. */
export function loadWarning({ cores, load }: Computer): string | undefined {
  if (load <= QUIET * cores) return undefined;
  return `the machine is not quiet: ${
    load.toFixed(1)
  } of ${cores} cores were at work in the last minute. Times will be too long, and ratios uncertain`;
}
