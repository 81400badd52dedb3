/**
 * The inside of a process that does jobs, one after another: requests come as lines over its input,
 * and answers leave over its output. It ends when its input does, and so with whoever started it.
 *
 * @module
 */
import { oneLine } from "@/io/system_error.ts";
import { type Json } from "./job.ts";
import { isOfMachine } from "./job_errors.ts";
import { type JobAnswer, type JobRequest, linesOf } from "./job_protocol.ts";

/** What a kind of job is given. */
export interface Work extends Omit<JobRequest, "kind"> {
  /** Tells how much is done, from 0 to 1. */
  report(share: number): void;
}

/** Does jobs of one kind. What it throws as a `MachineFailure`, or from the system, is tried again. */
export type DoJob = (work: Work) => Promise<{ result: Json; backend?: string }>;

/** Does jobs until the input ends. */
export async function answerJobs(
  kinds: Record<string, () => Promise<DoJob>>,
): Promise<void> {
  // What a job prints must not stand among the answers.
  console.log = console.info = console.error;
  const output = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  const say = (answer: JobAnswer) => output.write(encoder.encode(`${JSON.stringify(answer)}\n`));
  const lines = linesOf(Deno.stdin.readable);
  let line = await lines.next();
  while (!line.done) {
    let working = true;
    const next = lines.next();
    // Where the input ends in the middle of a job, nobody waits for the answer.
    next.then(({ done }) => done && working && Deno.exit(0));
    const { kind, ...request } = JSON.parse(line.value) as JobRequest;
    await say(await answerTo(kinds, kind, { ...request, report: (share) => void say({ share }) }));
    working = false;
    line = await next;
  }
}

async function answerTo(
  kinds: Record<string, () => Promise<DoJob>>,
  kind: string,
  work: Work,
): Promise<JobAnswer> {
  try {
    if (!Object.hasOwn(kinds, kind)) {
      throw new RangeError(
        `Cannot do a job of the kind ${kind}: it must be one of ${Object.keys(kinds).join(", ")}`,
      );
    }
    return await (await kinds[kind]())(work);
  } catch (error) {
    return { error: oneLine(error), machine: isOfMachine(error) };
  }
}
