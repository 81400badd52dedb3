/**
 * Work that the machine may refuse: it is tried again, later and with fewer items at a time, before
 * it is given up.
 *
 * @module
 */
import { isLasting, oneLine, systemCode } from "@/io/system_error.ts";
import { GraderFailure } from "./failure.ts";

/**
 * Each round does a quarter as many items at a time as the one before; the last does one by one.
 */
const ROUNDS = 4;

/** The pause before the second round, in ms; each later pause is twice as long. */
const PAUSE_MS = 500;

/**
 * This many failures without a success between them end a round: the cause is then not in the
 * items.
 */
const MOST_IN_A_ROW = 4;

export interface AttemptOptions {
  /** Items at a time. */
  jobs: number;
  signal?: AbortSignal;
  /** The pause before the second round, in milliseconds. */
  pauseMs?: number;
  /** Is told, in one line, that the machine has refused something and what is done about it. */
  onTrouble?(line: string): void;
}

/** An error that ends all the work. */
export class EndOfWork extends Error {
  override name = "EndOfWork";
}

/**
 * Does `work` for each item. What fails is tried again where the machine can have been the reason.
 *
 * @returns The items that were given up, each with its reason. After `signal` it means nothing.
 * @throws {EndOfWork} What `work` throws of this kind, once all that was under way has ended.
 */
export async function workThrough<T>(
  items: T[],
  work: (item: T) => Promise<void>,
  options: AttemptOptions,
): Promise<Map<T, unknown>> {
  const { jobs, signal, pauseMs = PAUSE_MS, onTrouble } = options;
  const failed = new Map<T, unknown>();
  let waiting = items;
  for (let round = 0; waiting.length > 0 && round < ROUNDS && !signal?.aborted; round++) {
    const most = round === ROUNDS - 1 ? 1 : Math.max(1, Math.floor(jobs / 4 ** round));
    if (round > 0) {
      const those = waiting.length === 1 ? "a submission" : `${waiting.length} submissions`;
      const cause = oneLine(failed.get(waiting[0]));
      onTrouble?.(`${those} could not be graded: ${cause}. Trying again, ${most} at a time`);
      await pause(pauseMs * 2 ** (round - 1), signal);
    }
    waiting = await oneRound(waiting, work, failed, { jobs: most, signal });
  }
  // What was not tried in the last round was kept back by the failures before it.
  const last = failed.get(waiting[0]);
  for (const item of waiting) if (!failed.has(item)) failed.set(item, last);
  return failed;
}

/** Goes over the items once; returns those worth another try and those that were not reached. */
async function oneRound<T>(
  items: T[],
  work: (item: T) => Promise<void>,
  failed: Map<T, unknown>,
  { jobs, signal }: Pick<AttemptOptions, "jobs" | "signal">,
): Promise<T[]> {
  const queue = [...items];
  const again: T[] = [];
  const most = Math.max(MOST_IN_A_ROW, jobs);
  let [atATime, inARow] = [jobs, 0];
  let end: EndOfWork | undefined;
  const worker = async (number: number) => {
    while (number < atATime && inARow < most && !end && !signal?.aborted) {
      const item = queue.shift();
      if (item === undefined) return;
      const before = atATime;
      try {
        await work(item);
        failed.delete(item);
        inARow = 0;
      } catch (error) {
        failed.set(item, error);
        if (error instanceof EndOfWork) end ??= error;
        if (!isWorthAnotherTry(error)) continue;
        again.push(item);
        inARow++;
        // Those that began together fail together: that counts once.
        if (before === atATime) atATime = Math.max(1, atATime >> 1);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, number) => worker(number)));
  if (end) throw end;
  return [...again, ...queue];
}

/**
 * A shortage on the machine passes; what somebody must change does not, nor does a fault of ours.
 */
function isWorthAnotherTry(error: unknown): boolean {
  if (isLasting(error)) return false;
  return error instanceof GraderFailure || systemCode(error) !== undefined;
}

/** Waits for some time, or until the signal. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
  });
}
