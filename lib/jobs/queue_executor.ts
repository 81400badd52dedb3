/**
 * Jobs done by whoever takes them from a queue (BullMQ on Redis or Valkey): the asking side.
 *
 * A job stays in the queue until its result is kept here, so the asking side may be killed and
 * started again: it asks for the same jobs, and finds those that wait, that are under way and that
 * are done. What the events of the queue do not tell, since they may come while nobody listens, is
 * looked up from time to time.
 *
 * @module
 */
import { Job as BullJob, Queue, QueueEvents } from "bullmq";
import { type Redis } from "ioredis";
import { type Executor, type JobStanding, type RunOptions } from "./executor.ts";
import { type Done, jobId, type JobOrder } from "./job.ts";
import { JobFailed, MACHINE_RETRIES, RETRY_PAUSE_MS } from "./job_errors.ts";
import { type QueueAddress } from "./queue_address.ts";
import { type ConnectionOptions, PREFIX, QUEUE, QueueConnection } from "./queue_connection.ts";
import { KEPT_S, type QueuedJob, removeTexts, sendTexts } from "./queue_inputs.ts";
import { cancelledKey } from "./queue_state.ts";
import { claimVersion } from "./queue_version.ts";
import { readWorkers } from "./worker_report.ts";

/** Jobs asked for at a time: enough for 64 workers with eight processes each. */
const WINDOW = 512;

/** How often jobs are looked up whose end may have been missed, in ms. */
const LOOK_EVERY_MS = 5000;

export interface QueueOptions extends ConnectionOptions {
  version: string;
  lookEveryMs?: number;
}

/** A job that somebody here waits for. */
interface Pending {
  order: JobOrder;
  promise: Promise<Done>;
  resolve(done: Done): void;
  reject(error: unknown): void;
  /** Whether it was in the queue when it was looked up last. */
  sent: boolean;
  hear: Set<(share: number) => void>;
}

export class QueueExecutor implements Executor {
  readonly window = WINDOW;
  private readonly redis: Redis;
  private readonly queue: Queue<QueuedJob>;
  private readonly events: QueueEvents;
  readonly #pending = new Map<string, Pending>();
  /** How often each job has been asked for here and not been forgotten. */
  readonly #users = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #failures = 0;
  #lost = 0;

  private constructor(
    private readonly connection: QueueConnection,
    { redis, queue, events }: { redis: Redis; queue: Queue<QueuedJob>; events: QueueEvents },
    private readonly options: QueueOptions,
  ) {
    this.redis = redis;
    this.queue = queue;
    this.events = events;
    events.on("completed", ({ jobId }) => this.#lookQuietly(jobId));
    events.on("failed", ({ jobId }) => this.#lookQuietly(jobId));
    events.on("progress", ({ jobId, data }) => this.#progress(jobId, data));
    events.on("stalled", ({ jobId }) => this.#wasLost(jobId));
    events.on("delayed", ({ jobId }) => this.#isRetried(jobId));
    connection.signal.addEventListener("abort", () => this.#giveUp(connection.signal.reason));
    this.#timer = setInterval(() => this.#lookAtAll(), options.lookEveryMs ?? LOOK_EVERY_MS);
  }

  /**
   * @throws {QueueGoneError} If the queue does not let us in, or is gone and is not waited for.
   * @throws {VersionError} If it has jobs of another version.
   */
  static async open(address: QueueAddress, options: QueueOptions): Promise<QueueExecutor> {
    const connection = new QueueConnection(address, options);
    try {
      const redis = await connection.ready();
      const queue = new Queue<QueuedJob>(QUEUE, { connection: redis, prefix: PREFIX });
      const events = new QueueEvents(QUEUE, { connection: connection.client(), prefix: PREFIX });
      // The connections themselves tell of their errors.
      queue.on("error", () => {});
      events.on("error", () => {});
      await connection.waitFor(claimVersion(queue, redis, { address, own: options.version }));
      await connection.waitFor(events.waitUntilReady());
      return new QueueExecutor(connection, { redis, queue, events }, options);
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  async run(order: JobOrder, { signal, onProgress }: RunOptions = {}): Promise<Done> {
    signal?.throwIfAborted();
    const id = jobId(order.job);
    this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
    const pending = this.#pending.get(id) ?? this.#ask(id, order);
    if (onProgress) pending.hear.add(onProgress);
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal!.reason);
    signal?.addEventListener("abort", stop);
    try {
      return await Promise.race([pending.promise, stopped.promise]);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #ask(id: string, order: JobOrder): Pending {
    const pending: Pending = {
      order,
      ...Promise.withResolvers<Done>(),
      sent: false,
      hear: new Set(),
    };
    pending.promise.catch(() => {}); // Where nobody waits any more.
    this.#pending.set(id, pending);
    this.#send(id, pending).catch((error) => this.#end(id, (p) => p.reject(error)));
    return pending;
  }

  /** Puts a job into the queue, unless it is there; one that was given up before is tried anew. */
  async #send(id: string, pending: Pending): Promise<void> {
    const { order } = pending;
    const known = await BullJob.fromId(this.queue, id);
    if (await known?.isFailed()) await known!.remove();
    await this.redis.del(cancelledKey(id));
    await sendTexts(this.redis, id, order);
    const { job, label, shared } = order;
    await this.queue.add(job.kind, { job, label, shared }, {
      jobId: id,
      attempts: 1 + MACHINE_RETRIES,
      backoff: { type: "exponential", delay: RETRY_PAUSE_MS },
      removeOnComplete: { age: KEPT_S },
      removeOnFail: { age: KEPT_S },
    });
    pending.sent = true;
    await this.#look(id);
  }

  /** Ends the waiting for a job that has ended. */
  async #look(id: string): Promise<void> {
    const pending = this.#pending.get(id);
    if (!pending?.sent) return;
    const job = await BullJob.fromId(this.queue, id);
    if (!job) {
      if (await this.redis.exists(cancelledKey(id))) {
        this.#end(id, ({ reject, order }) => reject(new JobFailed(`${order.label} was cancelled`)));
      } else {
        // Somebody else has asked for the same job and has taken its result.
        pending.sent = false;
        await this.#send(id, pending);
      }
    } else if (await job.isCompleted()) {
      // Read again: the job may have ended after it was read.
      const { returnvalue } = await BullJob.fromId(this.queue, id) ?? job;
      if (returnvalue) this.#end(id, ({ resolve }) => resolve(returnvalue as Done));
    } else if (await job.isFailed()) {
      const { failedReason } = await BullJob.fromId(this.queue, id) ?? job;
      this.#end(id, ({ reject, order }) => reject(new JobFailed(reasonOf(failedReason, order))));
    }
  }

  #lookQuietly(id: string): void {
    this.#look(id).catch(() => {}); // The connection has told why, and there is a next time.
  }

  #lookAtAll(): void {
    for (const id of this.#pending.keys()) this.#lookQuietly(id);
  }

  #end(id: string, settle: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    settle(pending);
  }

  #giveUp(reason: unknown): void {
    for (const id of [...this.#pending.keys()]) this.#end(id, ({ reject }) => reject(reason));
  }

  #progress(id: string, share: unknown): void {
    for (const hear of this.#pending.get(id)?.hear ?? []) hear(Number(share));
  }

  #wasLost(id: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#lost++;
    this.options.onNotice(`${pending.order.label}: its worker is gone, and another takes it`);
  }

  #isRetried(id: string): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#failures++;
    this.options.onNotice(
      `${pending.order.label}: it could not be done where it was, and is tried again`,
    );
  }

  /** The job goes from the queue when nobody here needs its result any more. */
  async forget(order: JobOrder): Promise<void> {
    const id = jobId(order.job);
    const users = (this.#users.get(id) ?? 1) - 1;
    if (users > 0) return void this.#users.set(id, users);
    this.#users.delete(id);
    await this.connection.waitFor(this.#remove(id, order));
  }

  async #remove(id: string, order: JobOrder): Promise<void> {
    await (await BullJob.fromId(this.queue, id))?.remove();
    await removeTexts(this.redis, id, order);
  }

  async standing(): Promise<JobStanding> {
    const { length: workers } = await this.connection.waitFor(readWorkers(this.redis));
    return { workers, failures: this.#failures, lost: this.#lost };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#pending.clear();
    // Where the queue is gone, there is nothing to wait for.
    await Promise.race([
      Promise.allSettled([this.events.close(), this.queue.close()]),
      new Promise((resolve) => setTimeout(resolve, 1000)),
    ]);
    this.connection[Symbol.dispose]();
  }
}

/** BullMQ's own words for a job whose workers were lost are no help. */
function reasonOf(reason: string, { label }: JobOrder): string {
  return /stalled more than allowable/.test(reason)
    ? `${label}: worker after worker was lost in the middle of it`
    : reason;
}
