/**
 * Errors of the operating system, told apart from those of a program.
 *
 * @module
 */

/** An error and what caused it, the outermost first. */
export function* chain(error: unknown): Generator<unknown> {
  // A chain can be a ring; nobody reads further than this.
  for (let i = 0; i < 10 && error !== undefined; i++) {
    error = firstError(error);
    yield error;
    error = error instanceof Error ? error.cause : undefined;
  }
}

/** The error that came first, if tidying up after it has failed as well. */
export function firstError(error: unknown): unknown {
  return error instanceof SuppressedError ? firstError(error.suppressed) : error;
}

/**
 * The system's code for an error, such as ENOSPC, or undefined if the error is not the system's.
 */
export function systemCode(error: unknown): string | undefined {
  for (const each of chain(error)) {
    const { code } = each as { code?: unknown };
    if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return code;
  }
  return undefined;
}

/** Codes of conditions that last until somebody changes them. */
const LASTING = ["EACCES", "EPERM", "EROFS", "EISDIR", "ENOTDIR", "ELOOP", "ENAMETOOLONG"];

/**
 * Whether what failed will fail however often it is tried, until somebody does something about it.
 */
export function isLasting(error: unknown): boolean {
  if (chain(error).some((each) => each instanceof Deno.errors.NotCapable)) return true;
  return LASTING.includes(systemCode(error) ?? "");
}

/** An error in one line: what it says, and what its causes add. */
export function oneLine(error: unknown): string {
  let text = "";
  for (const each of chain(error)) {
    const message = (each instanceof Error ? each.message || each.name : String(each))
      .split("\n").map((line) => line.trim()).filter(Boolean).join(" ");
    if (!text.includes(message)) text += (text && ": ") + message;
  }
  return text;
}
