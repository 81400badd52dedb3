/**
 * Where a run is, in words.
 *
 * @module
 */
import { type RunState } from "@/playground/playground_messages.ts";

/** Such as "A, step 1,200"; the run's letter where there are two. */
export function whereRunIs({ settings, step }: RunState, run: number, runs: number): string {
  // With several updates of G in a step, these are what is counted.
  const count = step.toLocaleString("en");
  const text = settings.generatorSteps === undefined ? `step ${count}` : `${count} updates of G`;
  return runs === 1 ? `${text[0].toUpperCase()}${text.slice(1)}` : `${"AB"[run]}, ${text}`;
}
