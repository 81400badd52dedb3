/**
 * Open experiments: a table of what the reader has tried in this session, the best one marked.
 *
 * @module
 */
import { type Table, table } from "@/plot/table.ts";
import { show } from "@/notebook/show.ts";
import { QUESTIONS } from "./exercises/mod.ts";
import { type Experiment } from "./questions.ts";
import { session, type Try, type Values } from "./record.ts";

/**
 * Adds a try to those of this session and shows them all. The same settings again replace the try
 * that had them.
 *
 * @param notebook The notebook's number, such as "07".
 * @param settings What was chosen.
 * @param outcome What was measured.
 * @throws {RangeError} If the notebook has no open experiment.
 */
export async function recordTry(
  notebook: string,
  settings: Values,
  outcome: Values,
): Promise<void> {
  const experiment = QUESTIONS[notebook]?.experiment;
  if (!experiment) {
    throw new RangeError(`Cannot record a try: notebook "${notebook}" has no open experiment`);
  }
  const same = (one: Try) => JSON.stringify(one.settings) === JSON.stringify(settings);
  const before = session.tries.get(notebook) ?? [];
  const at = before.findIndex(same);
  const all = at < 0 ? [...before, { settings, outcome }] : before.with(at, { settings, outcome });
  session.tries.set(notebook, all);
  await show(experiment.asks);
  await show(tableOfTries(experiment, all));
}

/** The tries in their order. */
export function tableOfTries(experiment: Experiment, all: readonly Try[]): Table {
  const best = bestOf(experiment, all);
  const columns = (part: "settings" | "outcome") =>
    Object.fromEntries(
      [...new Set(all.flatMap((one) => Object.keys(one[part])))]
        .map((name) => [name, all.map((one) => one[part][name] ?? "")]),
    );
  return table({
    try: all.map((_, i) => i + 1),
    ...columns("settings"),
    ...columns("outcome"),
    "": all.map((_, i) => i === best ? "best so far" : ""),
  });
}

/** The place of the best try that counts; −1 if none does. The first of equals is the best. */
export function bestOf(
  { best: { outcome, sense, if: needed = {} } }: Experiment,
  all: readonly Try[],
): number {
  const counts = (one: Try) =>
    Object.entries(needed).every(([name, wanted]) =>
      typeof wanted === "number"
        ? Number(one.outcome[name]) >= wanted
        : one.outcome[name] === wanted
    );
  const scores = all.map((one) => {
    const value = one.outcome[outcome];
    if (typeof value !== "number" || !counts(one)) return NaN;
    return sense === "most" ? value : -value;
  });
  const highest = Math.max(...scores.filter((score) => !Number.isNaN(score)));
  return scores.indexOf(highest);
}
