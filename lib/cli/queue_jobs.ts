/**
 * What `deno task jobs` does with its arguments.
 *
 * @module
 */
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { type ConnectionOptions } from "@/jobs/queue_connection.ts";
import { ID_DIGITS, QueueKeeper, type QueueState, STATES } from "@/jobs/queue_state.ts";
import { type WorkerReport } from "@/jobs/worker_report.ts";
import { asRequestError } from "@/run/request_error.ts";
import { type QueueFlags } from "./queue_options.ts";

function connecting({ ifGone }: QueueFlags): ConnectionOptions {
  return { ifGone, onNotice: (line) => console.error(`warning: ${line}`) };
}

/** Lists what is in a queue; the exit code. */
export async function listJobs(
  queue: QueueAddress,
  flags: QueueFlags & { most: number; json?: boolean },
): Promise<number> {
  await using keeper = await QueueKeeper.open(queue, connecting(flags));
  const state = await keeper.state(flags.most);
  console.log(flags.json ? JSON.stringify(state, null, 2) : textOf(state).join("\n"));
  return 0;
}

function textOf({ version, counts, jobs, workers }: QueueState): string[] {
  return [
    `version  ${version ?? "none yet: nobody has asked for jobs"}`,
    `jobs     ${STATES.map((state) => `${counts[state]} ${state}`).join(", ")}`,
    `workers  ${workers.length}`,
    ...workers.map(describeWorker),
    ...jobs.length === 0 ? [] : [""],
    ...jobs.map(({ id, label, state, reason }) =>
      [id.slice(0, ID_DIGITS), state.padEnd(8), reason && state === "failed" ? reason : label]
        .join("  ")
    ),
  ];
}

function describeWorker({ id, cores, jobs, backend, done, inHand }: WorkerReport): string {
  const hand = inHand.length === 0 ? "idle" : `in hand: ${inHand.join(", ")}`;
  return `  ${id}: ${cores} cores, ${jobs} at a time, ${backend}, ${done} done, ${hand}`;
}

/** Tries jobs again or cancels them; the exit code. */
export async function changeJobs(
  queue: QueueAddress,
  flags: QueueFlags & { name: "retry" | "cancel"; ids: string[] },
): Promise<number> {
  const { name, ids } = flags;
  await using keeper = await QueueKeeper.open(queue, connecting(flags));
  const changed = await keeper[name](ids).catch((error) => {
    throw asRequestError(error);
  });
  const what = name === "retry" ? "to be done again" : "cancelled";
  console.error(`${changed.length} ${changed.length === 1 ? "job is" : "jobs are"} ${what}`);
  for (const label of changed) console.log(label);
  return 0;
}
