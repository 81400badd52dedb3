/**
 * One version at a time in a queue: results of two would not be the same.
 *
 * @module
 */
import { type Queue } from "bullmq";
import { type Redis } from "ioredis";
import { type QueueAddress } from "./queue_address.ts";
import { VERSION_KEY } from "./queue_connection.ts";

/** Who asks and who works must have the same code, Deno, system and processor. */
export class VersionError extends Error {
  override name = "VersionError";
}

interface Claim {
  address: QueueAddress;
  own: string;
}

/**
 * Makes a queue one of our version.
 *
 * @throws {VersionError} If it has jobs of another one.
 */
export async function claimVersion(queue: Queue, redis: Redis, claim: Claim): Promise<void> {
  const { address: { shown }, own } = claim;
  const there = await redis.get(VERSION_KEY);
  if (there !== null && there !== own) {
    const counts = await queue.getJobCounts("wait", "active", "delayed");
    const open = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (open > 0) {
      throw new VersionError(
        `Cannot ask for jobs at ${shown}: all in it must be of one version; ${open} ${
          open === 1 ? "is" : "are"
        } of ${there}, and this is ${own}. Let them end first, or cancel them`,
      );
    }
  }
  await redis.set(VERSION_KEY, own);
}

/**
 * Refuses a worker that would do the jobs otherwise than those who ask for them expect.
 *
 * @throws {VersionError} If the queue is of another version.
 */
export async function checkVersion(redis: Redis, { address, own }: Claim): Promise<void> {
  const there = await redis.get(VERSION_KEY);
  if (there !== null && there !== own) throw otherVersion(address, own, there);
}

export function otherVersion(
  { shown }: QueueAddress,
  own: string,
  asked: string,
): VersionError {
  return new VersionError(
    `Cannot work for ${shown}: a worker must have the version of those who ask, ${asked}; this is ${own}. Give both the same files, Deno and kind of machine`,
  );
}
