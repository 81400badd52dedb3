/**
 * Tools of the system that bound a process from outside.
 *
 * @module
 */
import { GraderFailure } from "./failure.ts";

/** What the system cannot do here to bound a process, beyond what Deno does: one line each. */
export async function unenforced(): Promise<string[]> {
  const lacking: string[] = [];
  if (!await available("prlimit")) {
    lacking.push(
      "memory, processor time and file size of a submission have no limit: prlimit is missing",
    );
  }
  if (!await available("setpriv")) {
    lacking.push("a submission in a loop outlives a grader that is killed: setpriv is missing");
  }
  return lacking;
}

const tools = new Map<string, boolean>();

/**
 * Whether a tool of util-linux is here.
 *
 * @throws {GraderFailure} If that cannot be told.
 */
export async function available(tool: string): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  let known = tools.get(tool);
  if (known === undefined) tools.set(tool, known = await answers(tool));
  return known;
}

async function answers(tool: string): Promise<boolean> {
  try {
    const command = new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch (error) {
    // That it cannot be started just now does not mean that it is not there.
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new GraderFailure(`see whether ${tool} is here`, error);
    }
    return false;
  }
}
