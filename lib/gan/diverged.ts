/**
 * What is said of a training whose numbers are no longer numbers: the same by `train` and by every
 * loop that a notebook writes itself.
 *
 * @module
 */

/** Training diverged: a loss or a weight is NaN or infinite. */
export class DivergedError extends Error {
  /** Tells it from other errors. */
  override name = "DivergedError";
}

/**
 * Stops a training at the first step with a number that is NaN or infinite. Without it a loop goes
 * on, and its figure is empty.
 *
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkFinite, DivergedError } from "@/gan/diverged.ts";
 *
 * let x = 1;
 * const run = () => {
 *   for (let step = 1; step <= 2000; step++) {
 *     x -= 3 * x; // descent on x²/2, with a rate that is too high
 *     checkFinite(step, { x });
 *   }
 * };
 * assertThrows(run, DivergedError, "Training diverged at step 1024: x must be finite");
 * ```
 *
 * @param numbers What must be finite, by the name that a reader knows it by.
 * @throws {DivergedError} If one of them is not.
 */
export function checkFinite(step: number, numbers: object): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) {
      throw new DivergedError(
        `Training diverged at step ${step}: ${name} must be finite, got ${value}; a smaller ` +
          "learning rate is the first thing to try",
      );
    }
  }
}
