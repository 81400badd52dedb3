/**
 * The arguments that say which queue is meant.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { type IfGone } from "@/jobs/queue_connection.ts";
import { parseQueueAddress, QUEUE_VARIABLE, type QueueAddress } from "@/jobs/queue_address.ts";
import { choiceArgument } from "./program.ts";

export interface QueueFlags {
  queue?: QueueAddress;
  ifGone: IfGone;
}

/** Adds `--queue` and `--if-gone`. */
export function addQueueOptions(program: Command): Command {
  return program
    .option(
      "--queue <url>",
      `a queue: redis://[name:password@]host[:port], or rediss:// for TLS (default: ${QUEUE_VARIABLE})`,
      queueArgument,
    )
    .option(
      "--if-gone <what>",
      "what to do while the queue does not answer: wait or end",
      choiceArgument(["wait", "end"] satisfies IfGone[]),
      "wait",
    );
}

function queueArgument(text: string): QueueAddress {
  try {
    return parseQueueAddress(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** The queue that is asked for, by the option or by the environment. */
export function queueOf({ queue }: QueueFlags, program: Command): QueueAddress | undefined {
  const text = Deno.env.get(QUEUE_VARIABLE);
  if (queue || !text) return queue;
  try {
    return parseQueueAddress(text);
  } catch (error) {
    return program.error(`error: ${QUEUE_VARIABLE}: ${(error as Error).message}`);
  }
}

/** The queue that is asked for; without one the program ends. */
export function queueNeeded(flags: QueueFlags, program: Command): QueueAddress {
  return queueOf(flags, program) ??
    program.error(
      `error: name the queue with --queue redis://host, or in the variable ${QUEUE_VARIABLE}`,
    );
}
