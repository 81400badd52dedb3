/** Jobs for tests. */
import { type JobOrder, jobOrder } from "@/jobs/job.ts";
import { type SimulatedSettings } from "@/jobs/simulated_job.ts";

/** The program of the processes of tests. */
export const TEST_PROGRAM = new URL("./job_kinds.ts", import.meta.url);

/** A job that sleeps. */
export function sleepOrder(
  seed: number,
  { version = "v", ...settings }: Partial<SimulatedSettings> & { version?: string } = {},
): JobOrder {
  return jobOrder({
    kind: "sleep",
    version,
    seed,
    settings: { ms: 0, ...settings },
    label: `nap ${seed}`,
  });
}

export function orderOfKind(kind: string): JobOrder {
  return jobOrder({ kind, version: "v", seed: 1, settings: {}, label: kind });
}
