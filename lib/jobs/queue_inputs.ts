/**
 * The texts that jobs in a queue read, kept beside it in Redis, compressed.
 *
 * A text of one job goes with the job. One that many jobs share is kept once, by its digest, for
 * some days after it was last asked for.
 *
 * @module
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { Buffer } from "node:buffer";
import { type Redis } from "ioredis";
import { digestOf, type JobOrder } from "./job.ts";
import { MachineFailure } from "./job_errors.ts";
import { PREFIX } from "./queue_connection.ts";

/** How long what nobody fetches is kept, in seconds. */
export const KEPT_S = 7 * 24 * 3600;

/** What a job in the queue says of itself. */
export interface QueuedJob extends Pick<JobOrder, "job" | "label" | "shared"> {
  /** Processes that have ended in the middle of it. */
  deaths?: number;
}

function keyOfText(id: string, name: string, { job, shared }: QueuedJob): string {
  return shared.includes(name) ? `${PREFIX}:shared:${job.inputs[name]}` : ownKey(id, name);
}

function ownKey(id: string, name: string): string {
  return `${PREFIX}:input:${id}:${name}`;
}

/** Keeps the texts of a job where workers find them. */
export async function sendTexts(redis: Redis, id: string, order: JobOrder): Promise<void> {
  for (const [name, text] of Object.entries(order.texts)) {
    const key = keyOfText(id, name, order);
    if (order.shared.includes(name) && await redis.expire(key, KEPT_S) === 1) continue;
    await redis.set(key, Buffer.from(gzipSync(text)), "EX", KEPT_S);
  }
}

/**
 * The texts of a job, as they were sent.
 *
 * @throws {MachineFailure} If one is missing or is another.
 */
export async function fetchTexts(
  redis: Redis,
  id: string,
  queued: QueuedJob,
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, digest] of Object.entries(queued.job.inputs)) {
    const packed = await redis.getBuffer(keyOfText(id, name, queued));
    if (!packed) {
      throw new MachineFailure(`Cannot do ${queued.label}: its ${name} is not in the queue`);
    }
    const text = new TextDecoder().decode(gunzipSync(packed));
    if (digestOf(text) !== digest) {
      throw new MachineFailure(`Cannot do ${queued.label}: its ${name} is not what was sent`);
    }
    texts[name] = text;
  }
  return texts;
}

/** Removes the texts that are this job's alone. */
export async function removeTexts(redis: Redis, id: string, queued: QueuedJob): Promise<void> {
  const own = Object.keys(queued.job.inputs).filter((name) => !queued.shared.includes(name));
  if (own.length > 0) await redis.del(own.map((name) => ownKey(id, name)));
}
