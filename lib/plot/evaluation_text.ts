/**
 * An evaluation as tables: a line for each figure, beside the figures of the same number of real
 * images and of noise images, and what is known about each digit.
 *
 * The metrics' descriptors say how the lines are called and how their figures are written.
 *
 * @module
 */
import { type Against } from "@/eval/against.ts";
import { figuresOf, isSameFor10000, type Metric, METRIC_NAMES, METRICS } from "@/eval/metrics.ts";
import { type EndsOfCount } from "@/eval/reference.ts";
import { type Evaluation } from "@/eval/suite.ts";
import { tableText } from "./table.ts";

/** Shown where there is no figure for the same number of images. */
const NONE = "–";

/** The figures of samples, beside the ends of their scales where those are known. */
export function evaluationText(
  result: Evaluation,
  ends?: EndsOfCount,
  against: Against = "test",
): string {
  const measured = METRIC_NAMES.filter((name) => result[name] !== undefined);
  const parts = [
    words(
      ["", "samples", ...(ends ? ["real", "noise"] : []), "better"],
      measured.flatMap((name) => figureRows(name, result, ends)),
    ),
  ];
  const digits = measured.flatMap((name) => digitRows(name, result, ends));
  if (digits.length > 0) {
    parts.push(words(["digit", ...digits[0].slice(1).map((_, digit) => String(digit))], digits));
  }
  if (ends) parts.push(legend(result, measured, { ends, against }));
  return parts.join("\n\n");
}

function figureRows<K extends Metric>(
  name: K,
  result: Evaluation,
  ends?: EndsOfCount,
): string[][] {
  const { rows, needs } = METRICS[name];
  return rows.map(({ name: title, of, better }) => {
    const text = (evaluation: Evaluation) => {
      const own = figuresOf(name, evaluation);
      if (own !== undefined) return of(own);
      // Real images and noise were not asked for any label.
      return needs.labels ? "" : NONE;
    };
    return [title, ...[result, ...(ends ? [ends.real, ends.noise] : [])].map(text), better];
  });
}

function digitRows<K extends Metric>(
  name: K,
  result: Evaluation,
  ends?: EndsOfCount,
): string[][] {
  const rows = METRICS[name].digitRows ?? [];
  return rows.flatMap(({ name: title, of }) => {
    const row = (title: string, evaluation: Evaluation) => {
      const own = figuresOf(name, evaluation);
      return own === undefined ? [] : [[title, ...of(own).map(share)]];
    };
    return [...row(title, result), ...(ends ? row("  of real", ends.real) : [])];
  });
}

/** A dash for a digit that has none. */
function share(value: number | null): string {
  return value?.toFixed(3) ?? "-";
}

/** What the columns are, and why a figure is missing there. */
function legend(
  { samples }: Evaluation,
  measured: readonly Metric[],
  { ends: { missing }, against }: { ends: EndsOfCount; against: Against },
): string {
  const count = samples.toLocaleString("en-US");
  const [images, noise] = samples === 1
    ? ["first training image", "1 image"]
    : [`first ${count} training images`, `${count} images`];
  const titles = (names: readonly Metric[]) => names.map((name) => METRICS[name].title).join(", ");
  const byTest = measured.filter((name) => METRICS[name].realAreTestImages);
  const fixed = measured.filter((name) => samples !== 10_000 && isSameFor10000(name, samples));
  return [
    `real:   the ${images} of MNIST instead of samples`,
    ...(byTest.length > 0 ? [`        (${titles(byTest)}: the ${against} images)`] : []),
    `noise:  ${noise} of uniform noise`,
    ...(fixed.length > 0
      ? [
        `        (${
          titles(fixed)
        }: for 10,000 images, which these figures always take or do not depend on)`,
      ]
      : []),
    ...(missing ? [`${NONE}       ${missing}`] : []),
  ].join("\n");
}

/** The first column to the left, the others to the right. */
function words(headings: string[], rows: string[][]): string {
  return tableText({ headings, rows, numeric: headings.map((_, i) => i > 0) });
}
