/**
 * The two reasons why there is no answer, which must never be confused.
 *
 * `NoAnswer` is of the student's making and becomes a mark. `GraderFailure` is the machine's or the
 * grader's own: it ends the grading of a submission, and no mark is made of it.
 *
 * @module
 */

/** A call had no answer, or one that cannot be used. The message says why, to the student. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
  /** @param own Whether the words come from the student's own code. */
  constructor(message: string, readonly own = false) {
    super(message);
  }
}

/** Something that grading needs could not be done here and now; another time it may work. */
export class GraderFailure extends Error {
  override name = "GraderFailure";
  /**
   * @param action What could not be done, after "Cannot".
   * @param cause The error behind it, or what is known of it; its first line is told.
   */
  constructor(action: string, cause: unknown) {
    super(`Cannot ${action}: ${firstLine(cause)}`, { cause });
  }
}

/** What V8 and the C library say when there is no memory left. */
export const OUT_OF_MEMORY =
  /allocation failed|out of memory|could not allocate|cannot allocate|resource temporarily unavailable/i;

/**
 * Whether an error comes from the system (a file, a pipe, a process, memory) and not from a
 * computation. Deno's errors of this kind are classes of `Deno.errors`; Node's have a code.
 */
export function isOfTheSystem(error: unknown): boolean {
  if (error instanceof GraderFailure) return true;
  if (!(error instanceof Error)) return false;
  return Object.values(Deno.errors).some((type) => error instanceof type) ||
    typeof (error as { code?: unknown }).code === "string" || OUT_OF_MEMORY.test(error.message);
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message || cause.name : String(cause);
  return text.trim().split("\n")[0];
}
