/**
 * Does the runs of a sweep that are not done yet, and keeps each result as it comes.
 *
 * @module
 */
import { FolderLock } from "@/io/lock.ts";
import { type Executor } from "@/jobs/executor.ts";
import { jobId, type JobOrder, jobOrder, type Json } from "@/jobs/job.ts";
import { JobFailed } from "@/jobs/job_errors.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type SweepRun } from "./combinations.ts";
import {
  readRun,
  removeUnfinished,
  type SweptRun,
  unfinishedFolder,
  writeRun,
} from "./sweep_folder.ts";
import { type TrainingWish } from "./training_job.ts";

/** A run with all that it depends on. */
export interface PlannedRun extends SweepRun, TrainingWish {
  options: GanOptions;
}

export interface SweepOptions {
  folder: string;
  executor: Executor;
  version: string;
  signal?: AbortSignal;
  /** How often a training that is under way is kept at most, in milliseconds. */
  keepEveryMs?: number;
  /** @param done May have a fraction: what is done of the runs under way. */
  onProgress?(done: number, of: number): void;
}

/** A checkpoint of `mlp` is 31 MB. */
const KEEP_EVERY_MS = 30_000;

/** What became of a sweep. */
export interface SweepOutcome {
  /** The runs that have a result, in the order of the plan. */
  runs: SweptRun[];
  /** Why the others have none, by their names. */
  failed: Map<string, string>;
}

/**
 * Does what is not done.
 *
 * @throws {FolderLockedError} If another sweep works in the folder.
 * @throws What `signal` is aborted with.
 */
export async function runSweep(
  plan: PlannedRun[],
  { folder, executor, version, signal, keepEveryMs = KEEP_EVERY_MS, onProgress }: SweepOptions,
): Promise<SweepOutcome> {
  using _lock = await FolderLock.take(folder);
  const found = new Map<string, SweptRun>();
  const waiting: { run: PlannedRun; order: JobOrder }[] = [];
  for (const run of plan) {
    const order = orderFor(run, version);
    const known = await readRun(folder, run.name, jobId(order.job));
    if (known) found.set(run.name, known);
    else waiting.push({ run, order });
  }
  const failed = new Map<string, string>();
  const shares = new Map<string, number>();
  const tell = () => {
    const under = [...shares.values()].reduce((sum, share) => sum + share, 0);
    onProgress?.(found.size + failed.size + under, plan.length);
  };
  tell();
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { run: { name }, run, order } = next;
      signal?.throwIfAborted();
      try {
        const done = await executor.run(order, {
          signal,
          keep: { folder: unfinishedFolder(folder, order), everyMs: keepEveryMs },
          onProgress: (share) => {
            shares.set(name, share);
            tell();
          },
        });
        await writeRun(folder, run, order, done);
        found.set(name, (await readRun(folder, name))!);
        await executor.forget(order);
        await removeUnfinished(folder, order);
      } catch (error) {
        if (!(error instanceof JobFailed)) throw error;
        failed.set(name, error.message);
      } finally {
        shares.delete(name);
      }
      tell();
    }
  };
  await Promise.all(Array.from({ length: Math.min(waiting.length, executor.window) }, work));
  if (failed.size === 0) await removeUnfinished(folder);
  return { runs: plan.flatMap(({ name }) => found.get(name) ?? []), failed };
}

function orderFor({ name, options, ...run }: PlannedRun, version: string): JobOrder {
  const { steps, epochs, logEvery, backend, metrics, count, against, quality } = run;
  const wish: TrainingWish = { steps, epochs, logEvery, backend, metrics, count, against, quality };
  return jobOrder({
    kind: "train",
    version,
    seed: options.seed,
    settings: JSON.parse(JSON.stringify({ ...wish, options })) as { [name: string]: Json },
    label: name,
  });
}
