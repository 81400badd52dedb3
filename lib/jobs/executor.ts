/**
 * What does jobs: this machine, or whoever takes them from a queue.
 *
 * @module
 */
import { type Done, type JobOrder } from "./job.ts";
import { type KeptWork } from "./job_protocol.ts";

/** What can be told of the jobs that are asked for. */
export interface JobStanding {
  /** Processes, here or elsewhere, that take these jobs. */
  workers: number;
  /** Tries that a machine has failed. */
  failures: number;
  /** Jobs that were lost with their worker and given to another. */
  lost: number;
}

export interface Executor extends AsyncDisposable {
  /** So many jobs should be asked for at a time: fewer leave workers idle. */
  readonly window: number;
  /**
   * Has a job done. Asking for the same job again, from here or after a restart, does not have it
   * done twice while its result is kept.
   *
   * @param onProgress Hears how much of it is done, from 0 to 1, if the job tells.
   * @throws {JobFailed} If it has no result and nothing more is tried.
   * @throws {QueueGoneError} If there is no queue any more.
   */
  run(order: JobOrder, options?: RunOptions): Promise<Done>;
  /** To be called when the result is kept: it need not be kept anywhere else. */
  forget(order: JobOrder): Promise<void>;
  standing(): Promise<JobStanding>;
}

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?(share: number): void;
  /**
   * Where the job may keep what it needs to go on if it is asked for again. Only this machine can:
   * a queue leaves it alone.
   */
  keep?: KeptWork;
}
