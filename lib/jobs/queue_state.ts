/**
 * What is in a queue, for a person who looks after it: jobs that wait, are under way or have
 * failed; what failed is tried again, or jobs are cancelled.
 *
 * @module
 */
import { type Job as BullJob, Queue } from "bullmq";
import { type QueueAddress } from "./queue_address.ts";
import {
  type ConnectionOptions,
  PREFIX,
  QUEUE,
  QueueConnection,
  VERSION_KEY,
} from "./queue_connection.ts";
import { KEPT_S, type QueuedJob, removeTexts } from "./queue_inputs.ts";
import { readWorkers, type WorkerReport } from "./worker_report.ts";

/** Tells the one who asks that a job was cancelled and is not merely missing. */
export function cancelledKey(id: string): string {
  return `${PREFIX}:cancelled:${id}`;
}

/** A job as a person sees it. */
export interface ListedJob {
  id: string;
  label: string;
  state: JobState;
  /** Why it has failed. */
  reason?: string;
}

export const STATES = ["active", "waiting", "delayed", "failed", "completed"] as const;
export type JobState = (typeof STATES)[number];

export interface QueueState {
  version?: string;
  counts: Record<JobState, number>;
  /** The first of each state, but for those that are done. */
  jobs: ListedJob[];
  workers: WorkerReport[];
}

/** Digits of an id that tell jobs apart. */
export const ID_DIGITS = 12;

/** A queue that is looked after. */
export class QueueKeeper implements AsyncDisposable {
  private constructor(
    private readonly connection: QueueConnection,
    private readonly queue: Queue<QueuedJob>,
  ) {}

  /** @throws {QueueGoneError} If the queue does not answer. */
  static async open(address: QueueAddress, options: ConnectionOptions): Promise<QueueKeeper> {
    const connection = new QueueConnection(address, options);
    try {
      const queue = new Queue<QueuedJob>(QUEUE, {
        connection: await connection.ready(),
        prefix: PREFIX,
      });
      queue.on("error", () => {});
      return new QueueKeeper(connection, queue);
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  get #redis() {
    return this.connection.client();
  }

  /** @param most How many jobs of each state are listed. */
  async state(most: number): Promise<QueueState> {
    const redis = this.#redis;
    const found = await this.queue.getJobCounts(...STATES);
    const counts = Object.fromEntries(STATES.map((state) => [state, found[state] ?? 0]));
    const jobs: ListedJob[] = [];
    for (const state of STATES.filter((state) => state !== "completed")) {
      for (const job of await this.queue.getJobs([state], 0, most - 1)) {
        jobs.push({ id: job.id!, label: job.data.label, state, reason: job.failedReason });
      }
    }
    const version = await redis.get(VERSION_KEY) ?? undefined;
    const workers = await readWorkers(redis);
    return { version, counts: counts as Record<JobState, number>, jobs, workers };
  }

  /**
   * Has jobs that failed done again.
   *
   * @param wanted Beginnings of their ids; all jobs that failed if there are none.
   * @throws {RangeError} If there is no such job.
   */
  async retry(wanted: string[]): Promise<string[]> {
    return await this.#each(["failed"], wanted, async (job) => {
      await job.updateData({ ...job.data, deaths: 0 });
      await job.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
    });
  }

  /**
   * Cancels jobs that wait or have failed; what is under way is ended by its worker.
   *
   * @param wanted Beginnings of their ids; all of these jobs if there are none.
   * @throws {RangeError} If there is no such job.
   */
  async cancel(wanted: string[]): Promise<string[]> {
    const redis = this.#redis;
    return await this.#each(["waiting", "delayed", "failed"], wanted, async (job) => {
      await redis.set(cancelledKey(job.id!), "1", "EX", KEPT_S);
      await job.remove();
      await removeTexts(redis, job.id!, job.data);
    });
  }

  async #each(
    states: JobState[],
    wanted: string[],
    act: (job: BullJob<QueuedJob>) => Promise<void>,
  ): Promise<string[]> {
    const all = await this.queue.getJobs(states);
    const chosen = wanted.length === 0
      ? all
      : [...new Set(wanted.flatMap((begin) => matching(all, begin, states)))];
    for (const job of chosen) await act(job);
    return chosen.map(({ data }) => data.label);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.queue.close();
    this.connection[Symbol.dispose]();
  }
}

function matching(
  jobs: BullJob<QueuedJob>[],
  begin: string,
  states: JobState[],
): BullJob<QueuedJob>[] {
  const found = jobs.filter(({ id }) => id!.startsWith(begin));
  if (found.length === 1) return found;
  const kinds = new Intl.ListFormat("en", { type: "disjunction" }).format(states);
  throw new RangeError(
    `Cannot find the job ${begin}: one job that is ${kinds} must have an id that begins like this, ${
      found.length === 0 ? "none does" : `${found.length} do`
    }`,
  );
}
