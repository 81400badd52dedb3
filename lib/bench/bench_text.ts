/**
 * What `deno task bench` prints: takes results, and makes tables or plain data.
 *
 * @module
 */
import { tableText } from "@/plot/table.ts";
import { type Dimension, type Group, workloadName } from "./group.ts";
import { type Computer } from "./computer.ts";
import { type RowResult, type Settings, type TimedRow } from "./measure.ts";
import { flopText, profileText } from "./profile_text.ts";
import {
  type AdapterReport,
  type Calls,
  CUDA_WAYS,
  type CudaWay,
  isOnGpu,
  plural,
  rowName,
} from "./row.ts";
import { stepFlop } from "./step_flop.ts";
import { type LossVerdict } from "./verify.ts";
import { type WorkloadName } from "./workload.ts";

/** The results of a group. */
export interface GroupResult {
  workload: WorkloadName;
  penalty: boolean;
  batchSize: number;
  point?: Group["point"];
  /** Multiplications and additions of a step as our engine plans it, in 10⁹. */
  gigaflop: number;
  rows: RowResult[];
}

/** Everything that `--json` prints. */
export interface Report {
  machine: Computer;
  /** Whether the machine was not quiet. */
  warning?: string;
  versions: Record<string, string>;
  /** The GPU of our rows, with what it allows. */
  adapter?: AdapterReport;
  settings: Settings;
  workloads: GroupResult[];
  growth: GroupResult[];
  /** What there was no time for. */
  leftOut?: string[];
}

/** Results with what they belong to. */
export function groupResult({ workload, point }: Group, rows: RowResult[]): GroupResult {
  const { name, penalty, options } = workload;
  const gigaflop = stepFlop(options) / 1e9;
  return { workload: name, penalty, batchSize: options.batchSize, point, gigaflop, rows };
}

/** The GPU that our rows had, if one of them did. */
export function adapterOf(groups: GroupResult[]): AdapterReport | undefined {
  return groups.flatMap(({ rows }) => timedOf(rows)).find(({ adapter }) => adapter)?.adapter;
}

/** Versions and device names, from this process and from those of the rows. */
export function versionsOf(groups: GroupResult[]): Record<string, string> {
  const versions: Record<string, string> = { deno: Deno.version.deno, v8: Deno.version.v8 };
  const told = ["@tensorflow/tfjs", "adapter", "python", "torch", "blas", "cuda"];
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
    ...(report.leftOut?.length ? [`not run: ${report.leftOut.join("; ")}: no time left`] : []),
  ].join("\n\n");
}

/** One workload as a table: PyTorch on the processor by its best setting alone; then the profiles. */
export function workloadText(result: GroupResult): string {
  const shown = shownOf(result.rows);
  const ways = waysOf(shown);
  const lines = shown.map((row) => [
    nameOf(row),
    format(row.median),
    row.quartiles.map(format).join("–"),
    ratio(row.ofTorch),
    ...ways.map((way) => ratio(row.ofCuda?.[way])),
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
      ...ways.map((way) => `/ CUDA ${way}`),
      "stock / this",
      "calls per step",
      "peak MiB",
    ],
    rows: lines,
    numeric: [false, true, true, true, ...ways.map(() => true), true, false, true],
  });
  const notes = [
    ...roofline(result, shown),
    ...gpuNotes(shown),
    ...warnings(result.rows),
    ...notRun(result.rows),
  ];
  return [[table, ...notes].join("\n"), ...profiles(shown)].join("\n\n");
}

/** How much arithmetic there is in a step, and how fast it is done. */
function roofline({ gigaflop }: GroupResult, rows: TimedRow[]): string[] {
  const counted = rows.filter(({ row }) => row.variant === "ours" || row.variant === "cuda");
  if (counted.length === 0) return [];
  const speeds = counted.map((row) => `${nameOf(row)} ${flopText(1000 * gigaflop / row.median)}`);
  const dispatches = counted.filter(({ calls }) => calls.dispatches).map((row) => {
    const { calls, profile } = row;
    const each = (1000 * row.median / calls.dispatches!).toFixed(1);
    const empty = profile && "lines" in profile ? profile.emptyMicroseconds : undefined;
    const price = empty === undefined
      ? ""
      : `; one that does next to nothing takes ${empty.toFixed(1)} µs by the GPU's clock`;
    const count = plural(calls.dispatches!, "dispatch", "dispatches");
    return `${nameOf(row)}: ${count} of ${each} µs on average${price}`;
  });
  return [
    `the products of a step are ${gigaflop.toPrecision(3)} GFLOP: ${speeds.join(", ")}`,
    ...dispatches,
  ];
}

/** How to read the times of a GPU. */
function gpuNotes(rows: TimedRow[]): string[] {
  const software = rows.find(({ adapter }) => adapter?.software)?.adapter;
  return [
    ...(software
      ? [`note: WebGPU is software here (${software.name}): its times say nothing about a GPU`]
      : []),
    ...(rows.some(({ row }) => isOnGpu(row))
      ? [
        "note: a GPU is waited for once in a round, at its end; the wait may return 10 ms late, " +
        "and a round lasts about a second",
      ]
      : []),
  ];
}

function profiles(rows: TimedRow[]): string[] {
  return rows.flatMap((row) => {
    const { profile } = row;
    if (!profile) return [];
    return "failure" in profile
      ? [`no profile of ${nameOf(row)}: ${profile.failure}`]
      : [profileText(profile)];
  });
}

function timedOf(rows: RowResult[]): TimedRow[] {
  return rows.filter((row) => row.status === "timed");
}

/** The rows of a table. */
function shownOf(rows: RowResult[]): TimedRow[] {
  return timedOf(rows).filter(({ row, best }) => row.variant !== "torch" || best);
}

function nameOf({ row, adapter }: TimedRow): string {
  return rowName(row) + (adapter?.software ? " (software)" : "");
}

/** The ways of PyTorch on a GPU that rows are set beside. */
function waysOf(rows: TimedRow[]): CudaWay[] {
  return CUDA_WAYS.filter((way) => rows.some(({ ofCuda }) => ofCuda?.[way] !== undefined));
}

function ratio(value?: number): string {
  return value === undefined ? "" : value.toFixed(2);
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
    const points = groups.filter(({ point }) => point?.vary === dimension)
      .toSorted((a, b) => a.point!.value - b.point!.value);
    if (points.length === 0) return [];
    const host = dimension === "hidden width";
    const ways = waysOf(points.flatMap(({ rows }) => shownOf(rows)));
    const onGpu = points.some(({ rows }) => timedOf(rows).some(({ row }) => isOnGpu(row)));
    const lines = points.flatMap(({ point, rows, gigaflop }) =>
      shownOf(rows).map((row) => [
        String(point!.value),
        nameOf(row),
        format(row.median),
        ...(host ? [row.hostMs === undefined ? "not told" : format(row.hostMs)] : []),
        ratio(row.ofTorch),
        ...ways.map((way) => ratio(row.ofCuda?.[way])),
        ...(onGpu ? [flopText(1000 * gigaflop / row.median)] : []),
      ])
    );
    const table = tableText({
      headings: [
        title,
        "row",
        "ms per step",
        ...(host ? ["ms of the main thread"] : []),
        "/ PyTorch",
        ...ways.map((way) => `/ CUDA ${way}`),
        ...(onGpu ? ["speed"] : []),
      ],
      rows: lines,
      numeric: [true, false, true, ...(host ? [true] : []), true, ...ways.map(() => true), true],
    });
    const rows = points.flatMap(({ rows }) => rows);
    return [[table, ...gpuNotes(shownOf(rows)), ...notRun(rows)].join("\n")];
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
    const { row } = result;
    const name = row.variant === "torch"
      ? "PyTorch"
      : row.variant === "cuda" && among(rows, result.reason) > 1
      ? "PyTorch CUDA"
      : rowName(row);
    names.set(result.reason, (names.get(result.reason) ?? new Set()).add(name));
  }
  return [...names].map(([reason, rows]) =>
    `not run: ${[...rows].join(", ")}: ${reason.split("\n")[0]}`
  );
}

/** How many ways of PyTorch on a GPU were not run for this reason. */
function among(rows: (RowResult | LossVerdict)[], reason: string): number {
  return rows.filter((other) =>
    other.status === "not run" && other.row.variant === "cuda" && other.reason === reason
  ).length;
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
