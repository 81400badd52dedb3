/**
 * Takes jobs from a queue and has them done by a pool of processes on this machine.
 *
 * A worker that vanishes loses nothing: after some seconds without a sign of life its jobs go to
 * others. A job that ends its process a second time is set aside. A worker that is stopped ends
 * what it has in hand, or gives it back.
 *
 * @module
 */
import { type Job as BullJob, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { type Redis } from "ioredis";
import { availableParallelism, hostname } from "node:os";
import { oneLine } from "@/io/system_error.ts";
import { type Done } from "./job.ts";
import { isOfMachine, MACHINE_RETRIES, MOST_DEATHS, ProcessDied, setAside } from "./job_errors.ts";
import { type ProcessPool } from "./process_pool.ts";
import { type QueueAddress } from "./queue_address.ts";
import { type ConnectionOptions, PREFIX, QUEUE, QueueConnection } from "./queue_connection.ts";
import { fetchTexts, type QueuedJob } from "./queue_inputs.ts";
import { checkVersion, otherVersion } from "./queue_version.ts";
import {
  removeReportOf,
  REPORT_EVERY_S,
  type WorkerReport,
  writeReportOf,
} from "./worker_report.ts";

export interface WorkerOptions extends ConnectionOptions {
  version: string;
  backend: string;
  pool: Pick<ProcessPool, "run">;
  /** Jobs at a time. */
  jobs: number;
  /** Ends after one job. */
  once?: boolean;
  /** After so many milliseconds without a sign of life a worker counts as gone. */
  lostAfterMs: number;
  /** Is told of each job that has ended here. */
  onJob(label: string, how: string): void;
  /** No more jobs are taken. */
  stop: AbortSignal;
  /** Jobs in hand are given back. */
  giveBack: AbortSignal;
}

/**
 * Works until it is stopped.
 *
 * @returns The number of jobs done.
 * @throws {VersionError} If the jobs are of another version.
 * @throws {QueueGoneError} If the queue does not let us in, or is gone and is not waited for.
 */
export async function workForQueue(
  address: QueueAddress,
  options: WorkerOptions,
): Promise<number> {
  using connection = new QueueConnection(address, options);
  const { version: own, stop } = options;
  // A worker that waits for a queue has nothing in hand.
  const redis = await Promise.race([connection.ready(), aborted(stop)]);
  if (!redis) return 0;
  await connection.waitFor(checkVersion(redis, { address, own }));
  return await new QueueWorker(connection, redis, options).work();
}

/** Settles some time after a signal. */
function aborted(signal: AbortSignal, afterMs = 0): Promise<undefined> {
  return new Promise((resolve) => {
    const settle = () => setTimeout(() => resolve(undefined), afterMs);
    if (signal.aborted) settle();
    else signal.addEventListener("abort", settle);
  });
}

/** How long giving back may take; where the queue is gone, the jobs are lost and go to others. */
const PATIENCE_MS = 5000;

class QueueWorker {
  readonly #ended = Promise.withResolvers<void>();
  readonly #report: WorkerReport;
  #refusal: unknown;
  #taken = 0;

  constructor(
    private readonly connection: QueueConnection,
    private readonly redis: Redis,
    private readonly options: WorkerOptions,
  ) {
    const { version, jobs, backend } = options;
    const host = hostname();
    const id = `${host}-${Deno.pid}-${Date.now().toString(36)}`;
    const cores = availableParallelism();
    this.#report = { id, host, cores, version, jobs, backend, done: 0, inHand: [] };
  }

  async work(): Promise<number> {
    const { options: { jobs, once, lostAfterMs, stop, giveBack }, connection } = this;
    const worker = new Worker<QueuedJob, Done>(
      QUEUE,
      (job, token) => this.#do(job, token!),
      {
        connection: connection.client(),
        prefix: PREFIX,
        name: this.#report.id,
        concurrency: once ? 1 : jobs,
        lockDuration: lostAfterMs,
        stalledInterval: lostAfterMs,
        // A worker can be lost as often as a machine may fail.
        maxStalledCount: MACHINE_RETRIES,
        autorun: false,
      },
    );
    worker.on("error", () => {}); // The connections tell of theirs; what else there is comes again.
    const report = setInterval(() => this.#tell(), 1000 * REPORT_EVERY_S);
    const end = () => this.#ended.resolve();
    stop.addEventListener("abort", end);
    connection.signal.addEventListener("abort", end);
    try {
      if (stop.aborted) return 0;
      this.#tell();
      worker.run().catch(() => {});
      await this.#ended.promise;
      await connection.waitFor(Promise.race([worker.close(), aborted(giveBack, PATIENCE_MS)]));
      if (this.#refusal) throw this.#refusal;
      return this.#report.done;
    } finally {
      clearInterval(report);
      stop.removeEventListener("abort", end);
      // Without this it goes by itself after some seconds.
      const gone = removeReportOf(this.redis, this.#report).catch(() => {});
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 500))]);
    }
  }

  async #do(job: BullJob<QueuedJob, Done>, token: string): Promise<Done> {
    const { options: { version, stop, giveBack, once, onJob, pool }, connection } = this;
    const { data } = job;
    const { label } = data;
    if (data.job.version !== version) {
      this.#refusal = otherVersion(connection.address, version, data.job.version);
    }
    const isOver = stop.aborted || giveBack.aborted || (once && this.#taken > 0);
    if (this.#refusal || isOver) await this.#giveBack(job, token);
    this.#taken++;
    this.#report.inHand.push(label);
    this.#tell();
    try {
      const texts = await fetchTexts(this.redis, job.id!, data);
      const done = await pool.run({ ...data, texts }, {
        signal: giveBack,
        onProgress: (share) => void job.updateProgress(share).catch(() => {}),
      });
      this.#report.done++;
      onJob(label, `done in ${done.made.seconds.toFixed(1)} s`);
      return done;
    } catch (error) {
      if (giveBack.aborted) {
        onJob(label, "given back");
        await this.#giveBack(job, token);
      }
      onJob(label, oneLine(error));
      throw await this.#failure(job, error);
    } finally {
      this.#report.inHand.splice(this.#report.inHand.indexOf(label), 1);
      if (once) this.#ended.resolve();
    }
  }

  /** Lets another take a job. */
  async #giveBack(job: BullJob<QueuedJob, Done>, token: string): Promise<never> {
    await job.moveToWait(token);
    this.#ended.resolve();
    throw new WaitingError();
  }

  /** What BullMQ is told of a failure: it tries again unless it is told not to. */
  async #failure(job: BullJob<QueuedJob, Done>, error: unknown): Promise<Error> {
    const { data } = job;
    if (error instanceof ProcessDied) {
      const deaths = (data.deaths ?? 0) + 1;
      await job.updateData({ ...data, deaths });
      if (deaths < MOST_DEATHS) return error;
      return new UnrecoverableError(setAside(data.label, error).message);
    }
    const message = oneLine(error);
    return isOfMachine(error) ? new Error(message) : new UnrecoverableError(message);
  }

  #tell(): void {
    writeReportOf(this.redis, this.#report).catch(() => {}); // It is told of again.
  }
}
