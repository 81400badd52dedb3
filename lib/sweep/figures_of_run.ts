/**
 * The figures of a run by which it is compared: a flat list of numbers, each with what is better.
 *
 * Those of an evaluation have the names of its results, such as `classifier.score`. Those that are
 * measured after each epoch begin with `epoch.`; the last ones count.
 *
 * @module
 */
import { METRIC_NAMES } from "@/eval/metrics.ts";
import { type Quality, QUALITY_FIGURES } from "@/eval/quality.ts";
import { type Evaluation } from "@/eval/suite.ts";

export type RunFigures = Record<string, number>;

/** Before the name of a figure that is measured after each epoch. */
const EPOCH = "epoch.";

/** Numbers of an evaluation that are no figures of the samples. */
const ASIDE = /\.(k|pairs|sigma|standardError|median|unseenMedian|threshold)$/;

const HIGHER = [
  "parzen.mean",
  "classifier.score",
  "classifier.confidence",
  "classifier.covered",
  "conditional.accuracy",
  "precisionRecall.precision",
  "precisionRecall.recall",
];
const LOWER = ["frechet", "classifier.klToTrain"];

/** The numbers of an evaluation. */
export function figuresOfEvaluation(evaluation: Evaluation): RunFigures {
  const figures: RunFigures = {};
  for (const metric of METRIC_NAMES) {
    for (const [field, value] of Object.entries(evaluation[metric] ?? {})) {
      const name = field === "value" ? metric : `${metric}.${field}`;
      if (typeof value === "number" && !ASIDE.test(name)) figures[name] = value;
    }
  }
  return figures;
}

/** The numbers of the last measurement. */
export function figuresOfQuality(entries: Quality[]): RunFigures {
  const figures = entries.at(-1)?.figures ?? {};
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`${EPOCH}${name}`, value]),
  );
}

/** Which end of a figure is better; undefined if neither is. */
export function betterEnd(name: string): "higher" | "lower" | undefined {
  if (HIGHER.includes(name)) return "higher";
  if (LOWER.includes(name)) return "lower";
  if (!name.startsWith(EPOCH)) return undefined;
  const { better } = QUALITY_FIGURES[name.slice(EPOCH.length)] ?? { better: "" };
  return /^higher/.test(better) ? "higher" : /^lower/.test(better) ? "lower" : undefined;
}
