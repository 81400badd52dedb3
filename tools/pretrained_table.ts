/**
 * The table of the pretrained generators in docs/evaluation.md.
 *
 * @module
 */
import { type Pretrained } from "@/run/pretrained.ts";

/** The table in Markdown, one line for each generator. */
export function pretrainedTable(all: Pick<Pretrained, "name" | "record">[]): string {
  const head = [
    "`--pretrained`",
    "steps, seed",
    "time",
    "Parzen, nats",
    "Fréchet",
    "score",
    "digits",
  ];
  const rows = all.map(({ name, record: { steps, seed, seconds, metrics } }) => [
    `\`${name}\``,
    `${steps.toLocaleString("en-US")}, ${seed}`,
    `${Math.round(seconds / 60)} min`,
    metrics.parzen
      ? `${metrics.parzen.mean.toFixed(1)} ± ${metrics.parzen.standardError.toFixed(1)}`
      : "–",
    metrics.frechet?.value.toFixed(1) ?? "–",
    metrics.classifier?.score.toFixed(2) ?? "–",
    metrics.classifier
      ? `${metrics.classifier.covered}, each ${least(metrics.classifier.shares)} to ${
        most(metrics.classifier.shares)
      } %`
      : "–",
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const percent = (share: number) => (100 * share).toFixed(1);
const least = (shares: number[]) => percent(Math.min(...shares));
const most = (shares: number[]) => percent(Math.max(...shares));
