/**
 * The documentation's table of the metrics, from their descriptors and the recorded ends of their
 * scales.
 *
 *   deno run -R tools/metrics_table.ts
 *
 * @module
 */
import { figuresOf, type Metric, METRIC_NAMES, METRICS } from "@/eval/metrics.ts";
import { loadReference, type Reference } from "@/eval/reference.ts";
import { type Evaluation } from "@/eval/suite.ts";

/** The first cell of the table's heading. */
export const METRICS_HEADING = "`--metrics`";

/** The table in Markdown, one line for each figure. */
export function metricsTable(reference: Reference): string {
  const head = [METRICS_HEADING, "figure", "better", "real images", "noise"];
  const rows = METRIC_NAMES.flatMap((name) => rowsOf(name, reference));
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function rowsOf<K extends Metric>(name: K, { real, noise }: Reference): string[][] {
  return METRICS[name].rows.map(({ name: figure, of, better }, i) => {
    const text = (evaluation: Evaluation) => {
      const own = figuresOf(name, evaluation);
      return own === undefined ? "–" : of(own).replace(/^-/, "−");
    };
    return [i === 0 ? `\`${name}\`` : "", figure.trim(), better, text(real), text(noise)];
  });
}

if (import.meta.main) console.log(metricsTable(await loadReference()));
