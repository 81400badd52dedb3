/** What a reader and a program get to see, from times that were made up. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_TORCH } from "@/bench/find_torch.ts";
import { loadWarning } from "@/bench/computer.ts";
import { compare, type RowResult, type TimedRow } from "@/bench/measure.ts";
import {
  type GroupResult,
  growthText,
  reportText,
  verdictsText,
  versionsOf,
  workloadText,
} from "@/bench/bench_text.ts";
import { type Row } from "@/bench/row.ts";
import { spreadOf } from "@/bench/statistics.ts";

function timed(row: Row, ms: number[], rest: Partial<TimedRow> = {}): TimedRow {
  return { status: "timed", row, steps: 1, ...spreadOf(ms), ms, calls: {}, ready: {}, ...rest };
}

const torch = (omp: number, openblas: number): Row => ({
  variant: "torch",
  threads: { omp, openblas },
});
const ours: Row = { variant: "ours", backend: "wasm" };
const stock: Row = { variant: "stock", backend: "wasm" };

const RESULTS = compare([
  timed(ours, [10, 30, 80], {
    calls: { programs: 1, operations: 55, kernels: 0 },
    peakBytes: 200 * 2 ** 20,
    ready: { "@tensorflow/tfjs": "4.22.0" },
  }),
  timed(stock, [400, 900, 1600], { calls: { kernels: 1413 } }),
  timed({ variant: "stock", backend: "cpu" }, [1, 1, 1]),
  timed(torch(1, 1), [40, 20, 160], { ready: { torch: "1.13.0", blas: "OpenBLAS" } }),
  timed(torch(1, 2), [20, 15, 40], { calls: { operations: 633 } }),
  { status: "not run", row: { variant: "ours", backend: "webgpu" }, reason: "no adapter" },
]);

const group = (rows: RowResult[], rest: Partial<GroupResult> = {}): GroupResult => ({
  workload: "mlp",
  penalty: false,
  batchSize: 128,
  rows,
  ...rest,
});

const find = (row: Row) => RESULTS.find((result) => result.row === row) as TimedRow;

Deno.test("a row is set beside PyTorch's best setting: the one with the lowest median", () => {
  const best = RESULTS.filter((r) => r.status === "timed" && r.best).map((r) => r.row);
  assertEquals(best, [torch(1, 2)]);
  // Of 10/20, 30/15 and 80/40.
  assertAlmostEquals(find(ours).ofTorch!, 2);
});

Deno.test("a row is set beside stock TensorFlow.js on its own backend", () => {
  // Of 400/10, 900/30 and 1600/80.
  assertAlmostEquals(find(ours).timesFasterThanStock!, 30);
  assertAlmostEquals(find(stock).timesFasterThanStock!, 1);
});

Deno.test("without PyTorch and stock there are no ratios, and nothing fails", () => {
  const [only] = compare([timed(ours, [1, 2])]) as TimedRow[];
  assertEquals([only.ofTorch, only.timesFasterThanStock], [undefined, undefined]);
});

Deno.test("the table has our rows, stock and the best of PyTorch, and says what was not run", () => {
  const text = workloadText(group(RESULTS));
  const lines = text.split("\n");
  assertEquals(lines[0].split(/ {2,}/), [
    "mlp without R1, batch 128",
    "ms per step",
    "quartiles",
    "/ PyTorch",
    "stock / this",
    "calls per step",
    "peak MiB",
  ]);
  assertEquals(lines[1].split(/ {2,}/), [
    "ours wasm",
    "30.0",
    "20.0–55.0",
    "2.00",
    "30.0",
    "1 call, 55 operations",
    "200",
  ]);
  assertStringIncludes(text, "stock TensorFlow.js wasm");
  assertStringIncludes(text, "1,413 kernels");
  assertStringIncludes(text, "PyTorch, OMP 1, BLAS 2");
  assertEquals(text.includes("PyTorch, OMP 1, BLAS 1"), false);
  assertEquals(lines.at(-1), "not run: ours webgpu: no adapter");
});

Deno.test("a missing PyTorch is one line, not one for each setting", () => {
  const missing = [torch(1, 1), torch(1, 2)].map((row): RowResult => ({
    status: "not run",
    row,
    reason: NO_TORCH,
  }));
  const lines = workloadText(group([timed(ours, [1]), ...missing])).split("\n");
  assertEquals(lines.filter((line) => line.includes("PyTorch:")).length, 1);
  assertStringIncludes(lines.at(-1)!, "not run: PyTorch: no PyTorch");
});

Deno.test("growth is a table for each thing that is varied, a line for each point and row", () => {
  const rows = RESULTS.filter((result) => result.row === ours || result.row.variant === "torch");
  const text = growthText([
    group(rows, { point: { vary: "batch", value: 32 } }),
    group(rows, { point: { vary: "batch", value: 2048 } }),
    group([timed(ours, [3], { hostMs: 1.25 })], { point: { vary: "hidden width", value: 8 } }),
  ]);
  const tables = text.split("\n\n");
  assertEquals(tables.length, 3);
  assertEquals(tables[0], "Growth of mlp without R1");
  assertEquals(tables[1].split("\n").slice(1).map((line) => line.trim().split(/ {2,}/)), [
    ["32", "ours wasm", "30.0", "2.00"],
    ["32", "PyTorch, OMP 1, BLAS 2", "20.0", "1.00"],
    ["2048", "ours wasm", "30.0", "2.00"],
    ["2048", "PyTorch, OMP 1, BLAS 2", "20.0", "1.00"],
  ]);
  assertStringIncludes(tables[2], "ms of the main thread");
  assertStringIncludes(tables[2], "1.25");
});

Deno.test("the report names the machine, the versions and every round", () => {
  const workloads = [group(RESULTS)];
  const versions = versionsOf(workloads);
  assertEquals(versions, {
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    "@tensorflow/tfjs": "4.22.0",
    torch: "1.13.0",
    blas: "OpenBLAS",
  });
  const machine = { processor: "Some CPU", cores: 2, system: "linux x86_64", load: 0.1 };
  const report = { machine, versions, settings: { rounds: 3 }, workloads, growth: [] };
  const text = reportText(report);
  assertStringIncludes(text, "Some CPU, 2 cores, linux x86_64, load 0.10 at the start");
  assertStringIncludes(text, "torch 1.13.0");
  const copy = JSON.parse(JSON.stringify(report));
  assertEquals(copy.workloads[0].rows.map((row: TimedRow) => row.ms ?? row.status), [
    [10, 30, 80],
    [400, 900, 1600],
    [1, 1, 1],
    [40, 20, 160],
    [20, 15, 40],
    "not run",
  ]);
});

Deno.test("verdicts say which rows agree, and which were not run", () => {
  const text = verdictsText("mlp with R1", [
    { row: ours, status: "agrees", largest: 0 },
    { row: stock, status: "differs", largest: NaN },
    { row: torch(1, 1), status: "not run", reason: NO_TORCH },
  ]);
  assertStringIncludes(text, "agrees");
  assertStringIncludes(text, "NaN  differs");
  assertStringIncludes(text, "not run: PyTorch:");
});

Deno.test("a machine at work is not quiet", () => {
  const machine = { processor: "Some CPU", cores: 2, system: "linux x86_64", load: 0.2 };
  assertEquals(loadWarning(machine), undefined);
  assertStringIncludes(loadWarning({ ...machine, load: 1.4 })!, "1.4 of 2 cores");
});
