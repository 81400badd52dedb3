/**
 * What somebody can do about an error, apart from the error's own words.
 *
 * The library says what is wrong with folders, options and steps. How to mend it depends on where
 * the user is: on the command line they type an option, in a notebook they change an argument. So
 * an error carries its remedies as data, and what shows it puts them into words, as `cli/advice.ts`
 * does.
 *
 * @module
 */

/** One thing to do. A setting has its name in the library, such as `run` or `batchSize`. */
export type Remedy =
  /** Do without a setting that was given. */
  | { do: "leave out"; setting: string }
  /** Give a setting, or give it another value. */
  | { do: "give"; setting: string }
  /** Wait until another process has ended. */
  | { do: "wait" }
  /**
   * Go on with a run from where it is safe; there may be something that makes it more likely to
   * succeed.
   */
  | { do: "resume"; run: string; give?: { setting: string; value: string } };

const remediesByError = new WeakMap<object, readonly Remedy[]>();

/**
 * The same error, with its remedies: alternatives, the likeliest first.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { remediesOf, withRemedies } from "@/remedy.ts";
 *
 * const error = withRemedies(new Error("there is a run already"), { do: "give", setting: "run" });
 * assertEquals(remediesOf(error), [{ do: "give", setting: "run" }]);
 * ```
 */
export function withRemedies<E extends Error>(error: E, ...remedies: Remedy[]): E {
  remediesByError.set(error, remedies);
  return error;
}

/** The remedies of an error; none where it was given none. */
export function remediesOf(error: unknown): readonly Remedy[] {
  return error instanceof Error ? remediesByError.get(error) ?? [] : [];
}
