/**
 * A job that sleeps, and fails or ends its process if it is told to: for tests, and to measure the
 * queue with more workers than there are machines.
 *
 * @module
 */
import { MachineFailure } from "./job_errors.ts";
import { type DoJob } from "./job_process.ts";

/** What such a job is told. */
export interface SimulatedSettings {
  /** How long it takes, in milliseconds. */
  ms: number;
  /** How it ends; well if this is left out. */
  end?: "fails" | "machine fails" | "process ends";
}

/** Does the job. The result is made of its seed. */
export const sleepAsJob: DoJob = async ({ seed, settings, report }) => {
  const { ms, end } = settings as unknown as SimulatedSettings;
  await new Promise((resolve) => setTimeout(resolve, ms / 2));
  report(0.5);
  await new Promise((resolve) => setTimeout(resolve, ms / 2));
  if (end === "process ends") Deno.exit(9);
  if (end === "machine fails") throw new MachineFailure("Cannot sleep: there is no bed");
  if (end === "fails") throw new RangeError(`Cannot sleep: the seed must be lucky, got ${seed}`);
  return { result: { twice: 2 * seed } };
};
