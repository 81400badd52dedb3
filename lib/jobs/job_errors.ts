/**
 * Why a job has no result: the job itself, the machine, or somebody's wish.
 *
 * Only what a machine does is tried again, since a job that fails by itself fails everywhere.
 *
 * @module
 */
import { oneLine, systemCode } from "@/io/system_error.ts";

/** Something that the job needs could not be had here and now; another time, or elsewhere, it may. */
export class MachineFailure extends Error {
  override name = "MachineFailure";
}

/** The process that did the job has ended in the middle of it. */
export class ProcessDied extends Error {
  override name = "ProcessDied";
}

/** A job has no result, and will not have one without somebody's help. */
export class JobFailed extends Error {
  override name = "JobFailed";
}

/** The queue does not answer, or will never let us in. */
export class QueueGoneError extends Error {
  override name = "QueueGoneError";
}

/** How often a job is tried again when a machine has failed; afterwards a person is told. */
export const MACHINE_RETRIES = 3;

/** How many processes a job may end; then it is set aside. */
export const MOST_DEATHS = 2;

/** The pause before a job is tried again, in ms; each later pause is twice as long. */
export const RETRY_PAUSE_MS = 1000;

/** Whether an error is a machine's and not the job's. */
export function isOfMachine(error: unknown): boolean {
  return error instanceof MachineFailure || systemCode(error) !== undefined;
}

/** What is said of a job that has ended its processes. */
export function setAside(label: string, error: unknown): JobFailed {
  return new JobFailed(
    `${label} is set aside, since it has ended the process that did it ${MOST_DEATHS} times: ${
      oneLine(error)
    }`,
  );
}
