/**
 * Child processes that do not outlive a signal to this one.
 *
 * @module
 */
import { undoneBySignal } from "./signals.ts";

/**
 * Ends a child process if a signal ends this one, and waits for it: it may have something to clean
 * up itself.
 */
export function endedBySignal(child: Deno.ChildProcess): Disposable {
  return undoneBySignal(async () => {
    child.kill("SIGTERM");
    await child.status;
  });
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
  const child = new Deno.Command(program, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  })
    .spawn();
  using _end = endedBySignal(child);
  return await child.output();
}
