/**
 * Jobs of a command done by the workers of a queue.
 *
 * @module
 */
import { ownVersion } from "@/jobs/own_version.ts";
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { QueueExecutor } from "@/jobs/queue_executor.ts";
import { taskCommand } from "./place.ts";
import { type QueueFlags } from "./queue_options.ts";

/** Who does the jobs, and the version of the code that they must have. */
export interface Elsewhere extends AsyncDisposable {
  executor: QueueExecutor;
  version: string;
}

/** Opens a queue to ask for jobs, and says so if nobody is there to do them. */
export async function askElsewhere(
  queue: QueueAddress,
  { ifGone }: QueueFlags,
  onNotice: (line: string) => void,
): Promise<Elsewhere> {
  const version = await ownVersion();
  const executor = await QueueExecutor.open(queue, { version, ifGone, onNotice });
  const { workers } = await executor.standing();
  if (workers === 0) {
    const command = taskCommand("worker");
    onNotice(`no worker is there yet: start ${command} with the same queue, on any machine`);
  }
  return { executor, version, [Symbol.asyncDispose]: () => executor[Symbol.asyncDispose]() };
}
