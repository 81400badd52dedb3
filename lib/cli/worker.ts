/**
 * `deno task worker`: its arguments. What is done with them, `queue_work.ts`, is loaded when they
 * are known, so that help and a wrong argument load no package but commander.
 *
 * @module
 */
import { type QueueAddress } from "@/jobs/queue_address.ts";
import { createProgram, integerArgument, main, path } from "./program.ts";
import { addQueueOptions, type QueueFlags, queueNeeded } from "./queue_options.ts";

export interface WorkerFlags extends QueueFlags {
  jobs: number;
  once?: boolean;
  lostAfter: number;
  dir?: string;
}

function parse(args: string[]): { flags: WorkerFlags; queue: QueueAddress } {
  const program = addQueueOptions(createProgram(
    "worker",
    "Does jobs that others ask for: takes them from a queue until it is told to stop.",
  ))
    .option(
      "--jobs <n>",
      "how many jobs at a time",
      integerArgument(1, 64),
      navigator.hardwareConcurrency,
    )
    .option("--once", "end after one job")
    .option(
      "--lost-after <seconds>",
      "a worker that gives no sign of life for so long is taken for lost, and its jobs go to others",
      integerArgument(1, 3600),
      30,
    )
    .option("--dir <dir>", "folder for temporary files (default: the system's)", path)
    .addHelpText(
      "after",
      "\nCtrl-C ends it after the jobs in hand, and a second one gives them back to the queue.",
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<WorkerFlags>();
  return { flags, queue: queueNeeded(flags, program) };
}

export async function run(args: string[]): Promise<number> {
  const { flags, queue } = parse(args);
  const { workAsAsked } = await import("./queue_work.ts");
  return await workAsAsked(queue, flags);
}

if (import.meta.main) await main(() => run(Deno.args));
