/**
 * How a training went: losses and accuracies by step.
 *
 * @module
 */
import { type Reading } from "@/gan/losses.ts";

/** Losses and accuracies, one number per recorded step; accuracies only if they were recorded. */
export interface History {
  /** Steps that were recorded. */
  steps: number[];
  /** D's loss at each. */
  dLoss: number[];
  /** G's loss at each. */
  gLoss: number[];
  /** Share of rows that D takes for what they are. */
  dAccuracy?: number[];
  /** Share of generated rows that pass for real. */
  gAccuracy?: number[];
  /** What the losses read where p_g = p_data and D is the best answer. */
  rest: readonly Reading[];
  /** Of the losses: nats, or none. */
  unit: "nats" | "";
}

const LOG_2: Reading = { value: Math.LN2, text: "log 2" };

/** A step that was recorded; the event of a training is one. */
export interface RecordedStep {
  /** Updates of G so far. */
  step: number;
  /** D's loss. */
  dLoss: number;
  /** G's loss. */
  gLoss: number;
  /** Share of rows that D takes for what they are. */
  dAccuracy?: number;
  /** Share of generated rows that pass for real. */
  gAccuracy?: number;
}

/**
 * The history that the events of a training tell.
 *
 * @param losses What they read where p_g = p_data and D is the best answer, and their unit; by
 *   default those of the original game.
 */
export function historyOf(
  events: readonly RecordedStep[],
  losses: Pick<History, "rest" | "unit"> = { rest: [LOG_2], unit: "nats" },
): History {
  const column = (name: "dAccuracy" | "gAccuracy") =>
    events.some((event) => event[name] !== undefined)
      ? events.map((event) => event[name] ?? NaN)
      : undefined;
  return {
    steps: events.map(({ step }) => step),
    dLoss: events.map(({ dLoss }) => dLoss),
    gLoss: events.map(({ gLoss }) => gLoss),
    dAccuracy: column("dAccuracy"),
    gAccuracy: column("gAccuracy"),
    ...losses,
  };
}
