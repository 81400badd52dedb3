/**
 * How a training went: losses and accuracies by step.
 *
 * @module
 */

/** Losses and accuracies, one number a recorded step; accuracies where they were recorded. */
export interface History {
  steps: number[];
  dLoss: number[];
  gLoss: number[];
  dAccuracy?: number[];
  gAccuracy?: number[];
}

/** A step that was recorded; the event of a training is one. */
export interface RecordedStep {
  step: number;
  dLoss: number;
  gLoss: number;
  dAccuracy?: number;
  gAccuracy?: number;
}

/** The history that the events of a training tell. */
export function historyOf(events: readonly RecordedStep[]): History {
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
  };
}
