/**
 * Child processes that do not outlive a signal to this one.
 *
 * @module
 */
import { undoneBySignal } from "./signals.ts";

/** A child process that ends when a signal ends this one, until this is disposed of. */
export interface StartedChild extends Disposable {
  child: Deno.ChildProcess;
}

/**
 * Starts a program. If a signal ends this process before it is disposed of, the child is ended and
 * waited for: it may have something to clean up itself.
 */
export function startChild(program: string | URL, options: Deno.CommandOptions): StartedChild {
  let child: Deno.ChildProcess | undefined;
  // Before it starts: a signal that came between the two would leave it behind.
  const undo = undoneBySignal(async () => {
    child?.kill("SIGTERM");
    await child?.status;
  });
  try {
    child = new Deno.Command(program, options).spawn();
  } catch (error) {
    undo[Symbol.dispose]();
    throw error;
  }
  return { child, [Symbol.dispose]: () => undo[Symbol.dispose]() };
}

/**
 * Whether a program did not start because this user has none to run: other errors are the
 * machine's.
 */
export function isNoProgram(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied;
}

/** Runs a program to its end and reads what it printed, as `Deno.Command.output` does. */
export async function outputOf(
  program: string | URL,
  options: Deno.CommandOptions,
): Promise<Deno.CommandOutput> {
  using started = startChild(program, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
  return await started.child.output();
}
