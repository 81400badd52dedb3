/**
 * A training step operation by operation, with times.
 *
 * @module
 */
import { createGan, type Gan } from "@/gan/gan.ts";
import { type RowTask } from "./row.ts";
import { median } from "./statistics.ts";
import { readTaskData } from "./task_files.ts";

/** An operation of the step, or on a GPU a dispatch, by its sides. */
export interface ProfileLine {
  name: string;
  /** Multiplications and additions of its products. */
  flop?: number;
  /** Bytes that it reads and writes, cached or not. */
  bytes?: number;
  /** Workgroups, on a GPU. */
  groups?: number;
  /** Median over the steps. */
  microseconds: number;
}

/** A line before it is timed. */
export type UntimedLine = Omit<ProfileLine, "microseconds">;

export interface Profile {
  /** `webgpu`, with tiles where they are chosen, or `wasm, 2 threads`. */
  where: string;
  /** Steps that the medians are taken over. */
  steps: number;
  /** Milliseconds of a step in one go: on a GPU by its own clock, without what is around it. */
  wholeMs: number;
  /** Microseconds of a dispatch that does next to nothing, behind others like it. */
  emptyMicroseconds?: number;
  /** Nanoseconds of a tick of the GPU's clock, by the processor's. */
  nanosecondsPerTick?: number;
  /** In the order of the step. */
  lines: ProfileLine[];
}

/** A new GAN of the row's task: what is profiled is not the GAN that was timed. */
export async function ganOf(task: RowTask): Promise<Gan> {
  return createGan(task.options, await readTaskData(task));
}

/**
 * The lines of a step with the medians of their times, which are those of one step after another.
 *
 * @throws {RangeError} If there are not as many as so many steps have.
 */
export function withTimes(
  lines: UntimedLine[],
  microseconds: number[],
  steps: number,
): ProfileLine[] {
  if (steps < 1 || microseconds.length !== steps * lines.length) {
    throw new RangeError(
      `Cannot profile a step: the times must be those of ${steps} steps of ${lines.length} operations, got ${microseconds.length}`,
    );
  }
  return lines.map((line, i) => ({
    ...line,
    microseconds: median(microseconds.filter((_, at) => at % lines.length === i)),
  }));
}
