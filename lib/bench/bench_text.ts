/**
 * What `deno task bench` prints: takes results, and makes tables or plain data.
 *
 * @module
 */
import { tableText } from "@/plot/table.ts";
import { type Dimension, type Group, workloadName } from "./group.ts";
import { type Computer } from "./computer.ts";
import { type RowResult, type Settings } from "./measure.ts";
import { type Calls, plural, rowName } from "./row.ts";
import { type LossVerdict } from "./verify.ts";
import { type WorkloadName } from "./workload.ts";

/** The results of a group. */
export interface GroupResult {
  workload: WorkloadName;
  penalty: boolean;
  batchSize: number;
  point?: Group["point"];
  rows: RowResult[];
}

/** Everything that `--json` prints. */
export interface Report {
  machine: Computer;
  /** Whether the machine was not quiet. */
  warning?: string;
  versions: Record<string, string>;
  settings: Settings;
  workloads: GroupResult[];
  growth: GroupResult[];
}

/** Results with what they belong to. */
export function groupResult({ workload, point }: Group, rows: RowResult[]): GroupResult {
  const { name, penalty, options: { batchSize } } = workload;
  return { workload: name, penalty, batchSize, point, rows };
}

/** Versions and device names, from this process and from those of the rows. */
export function versionsOf(groups: GroupResult[]): Record<string, string> {
  const versions: Record<string, string> = { deno: Deno.version.deno, v8: Deno.version.v8 };
  const told = ["@tensorflow/tfjs", "adapter", "python", "torch", "blas"];
  for (const result of groups.flatMap(({ rows }) => rows)) {
    if (result.status !== "timed") continue;
    for (const name of told) versions[name] ??= result.ready[name]!;
  }
  // JSON and tables leave out what is undefined.
  return Object.fromEntries(Object.entries(versions).filter(([, value]) => value !== undefined));
}

/** The whole report for a reader. */
export function reportText(report: Report): string {
  const { machine, versions } = report;
  const heading = [
    `${machine.processor}, ${plural(machine.cores, "core")}, ${machine.system}, load ${
      machine.load.toFixed(2)
    } at the start`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", "),
  ].join("\n");
  return [
    heading,
    ...report.workloads.map(workloadText),
    ...(report.growth.length > 0 ? [growthText(report.growth)] : []),
  ].join("\n\n");
}

/** One workload as a table: PyTorch by its best setting alone. */
export function workloadText(result: GroupResult): string {
  const shown = result.rows.filter((row) => row.status === "timed")
    .filter((row) => row.row.variant !== "torch" || row.best);
  const lines = shown.map((row) => [
    rowName(row.row),
    format(row.median),
    row.quartiles.map(format).join("–"),
    row.ofTorch === undefined ? "" : row.ofTorch.toFixed(2),
    row.timesFasterThanStock === undefined ? "" : row.timesFasterThanStock.toFixed(1),
    callsText(row.calls),
    row.peakBytes === undefined ? "not told" : (row.peakBytes / 2 ** 20).toFixed(0),
  ]);
  const table = tableText({
    headings: [
      `${
        workloadName({ name: result.workload, penalty: result.penalty })
      }, batch ${result.batchSize}`,
      "ms per step",
      "quartiles",
      "/ PyTorch",
      "stock / this",
      "calls per step",
      "peak MiB",
    ],
    rows: lines,
    numeric: [false, true, true, true, true, false, true],
  });
  return [table, ...warnings(result.rows), ...notRun(result.rows)].join("\n");
}

const GROWS_WITH: Record<Dimension, string> = {
  batch: "batch",
  width: "all hidden widths, times",
  threads: "threads, at most",
  "hidden width": "all hidden widths",
};

/** How a step grows, one line per point; PyTorch by its best setting. */
export function growthText(groups: GroupResult[]): string {
  const sections = Object.entries(GROWS_WITH).flatMap(([dimension, title]) => {
    const points = groups.filter(({ point }) => point?.vary === dimension);
    if (points.length === 0) return [];
    const host = dimension === "hidden width";
    const lines = points.flatMap(({ point, rows }) =>
      rows.filter((row) => row.status === "timed")
        .filter((row) => row.row.variant !== "torch" || row.best)
        .map((row) => [
          String(point!.value),
          rowName(row.row),
          format(row.median),
          ...(host ? [row.hostMs === undefined ? "not told" : format(row.hostMs)] : []),
          row.ofTorch === undefined ? "" : row.ofTorch.toFixed(2),
        ])
    );
    const table = tableText({
      headings: [
        title,
        "row",
        "ms per step",
        ...(host ? ["ms of the main thread"] : []),
        "/ PyTorch",
      ],
      rows: lines,
      numeric: [true, false, true, ...(host ? [true] : []), true],
    });
    return [[table, ...notRun(points.flatMap(({ rows }) => rows))].join("\n")];
  });
  const [{ workload, penalty }] = groups;
  const title = `Growth of ${workloadName({ name: workload, penalty })}`;
  return [title, ...sections].join("\n\n");
}

/** Verdicts as a table, and what was not run. */
export function verdictsText(name: string, verdicts: LossVerdict[]): string {
  const compared = verdicts.filter((verdict) => verdict.status !== "not run");
  const table = tableText({
    headings: [name, "largest difference of a loss, nats", ""],
    rows: compared.map(({ row, status, largest }) => [
      rowName(row),
      largest.toExponential(1),
      status,
    ]),
    numeric: [false, true, false],
  });
  return [table, ...notRun(verdicts)].join("\n");
}

/** Warnings from the rows. */
function warnings(rows: RowResult[]): string[] {
  return rows.filter((row) => row.status === "timed").filter(({ ready }) => ready.warning)
    .map(({ row, ready }) => `warning: ${rowName(row)}: ${ready.warning}`);
}

/** One line for each reason why rows were not run. */
function notRun(rows: (RowResult | LossVerdict)[]): string[] {
  const names = new Map<string, Set<string>>();
  for (const result of rows) {
    if (result.status !== "not run") continue;
    const name = result.row.variant === "torch" ? "PyTorch" : rowName(result.row);
    names.set(result.reason, (names.get(result.reason) ?? new Set()).add(name));
  }
  return [...names].map(([reason, rows]) => `not run: ${[...rows].join(", ")}: ${reason}`);
}

function callsText({ kernels, dispatches, submits, programs, operations }: Calls): string {
  const parts: string[] = [];
  if (programs !== undefined) parts.push(plural(programs, "call"));
  if (operations !== undefined) parts.push(plural(operations, "operation"));
  if (kernels !== undefined && programs === undefined) parts.push(plural(kernels, "kernel"));
  if (dispatches !== undefined) parts.push(`${dispatches.toLocaleString("en-US")} dispatches`);
  if (submits !== undefined) parts.push(plural(submits, "submit"));
  return parts.join(", ");
}

/** Three significant digits, without an exponent. */
function format(ms: number): string {
  return ms >= 99.95 ? ms.toFixed(0) : ms >= 9.995 ? ms.toFixed(1) : ms.toFixed(2);
}
