/**
 * What is said of a training whose numbers are no longer numbers: the same by `train` and by every
 * loop that a notebook writes itself.
 *
 * @module
 */
import { type StepReport } from "./custody.ts";

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

/**
 * The report of a step that leaves a number of the networks, or makes a logit, that is NaN or
 * infinite: both losses are NaN. What else becomes of the losses differs from one backend to
 * another.
 */
export function divergedReport(report: StepReport): StepReport {
  return { ...report, dLoss: NaN, gLoss: NaN };
}

/**
 * Stops a training at a step whose report is not finite. The text is the same on every backend, and
 * so it does not say which number was the first.
 *
 * @throws {DivergedError} If a number of the report is NaN or infinite.
 */
export function checkReport(step: number, report: StepReport): void {
  if (Object.values(report).every(Number.isFinite)) return;
  throw new DivergedError(
    `Training diverged at step ${step}: the losses and every number of both networks must be finite, ` +
      "and one is NaN or infinite; a smaller learning rate is the first thing to try",
  );
}
