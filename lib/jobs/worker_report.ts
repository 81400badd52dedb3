/**
 * What a worker says of itself, kept beside the queue for as long as the worker is there.
 *
 * @module
 */
import { type Redis } from "ioredis";
import { PREFIX } from "./queue_connection.ts";

export interface WorkerReport {
  /** Its own name: host, process, and when it came. */
  id: string;
  host: string;
  cores: number;
  version: string;
  /** Jobs at a time. */
  jobs: number;
  /** The backend that trainings would take. */
  backend: string;
  /** Jobs that it has done. */
  done: number;
  /** Labels of the jobs in hand. */
  inHand: string[];
}

/** How often a report is renewed, and how long it stays without that, in seconds. */
export const REPORT_EVERY_S = 2;
const REPORT_KEPT_S = 10;

const KEY = `${PREFIX}:worker:`;

export async function writeReportOf(redis: Redis, report: WorkerReport): Promise<void> {
  await redis.set(`${KEY}${report.id}`, JSON.stringify(report), "EX", REPORT_KEPT_S);
}

export async function removeReportOf(redis: Redis, { id }: WorkerReport): Promise<void> {
  await redis.del(`${KEY}${id}`);
}

/** The workers that are there, sorted by their names. */
export async function readWorkers(redis: Redis): Promise<WorkerReport[]> {
  const keys: string[] = [];
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, "MATCH", `${KEY}*`, "COUNT", 1000);
    cursor = next;
    keys.push(...found);
  } while (cursor !== "0");
  const texts = keys.length === 0 ? [] : await redis.mget([...new Set(keys)].toSorted());
  return texts.flatMap((text) => text === null ? [] : [JSON.parse(text) as WorkerReport]);
}
