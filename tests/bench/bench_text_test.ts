/** What a reader and a program get to see, from times that were made up. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { NO_TORCH } from "@/bench/find_torch.ts";
import { loadWarning } from "@/bench/computer.ts";
import { compare, type RowResult, type TimedRow } from "@/bench/measure.ts";
import {
  adapterOf,
  type GroupResult,
  growthText,
  reportText,
  verdictsText,
  versionsOf,
  workloadText,
} from "@/bench/bench_text.ts";
import { CUDA_WAYS, type CudaWay, type Row } from "@/bench/row.ts";
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
  gigaflop: 3,
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

const cuda = (way: CudaWay): Row => ({ variant: "cuda", way });
const webgpu: Row = { variant: "ours", backend: "webgpu" };
const adapter = { name: "Some GPU", software: false, limits: {}, features: [] };
const ON_GPU = compare([
  timed(webgpu, [2, 6, 4], { calls: { dispatches: 50, submits: 0.25 }, adapter }),
  timed(ours, [20, 60, 40]),
  timed(torch(1, 1), [40, 60, 80]),
  timed(cuda("eager"), [4, 6, 8]),
  timed(cuda("graph"), [1, 1, 2]),
  { status: "not run", row: cuda("compile"), reason: "no torch.compile" },
]);

Deno.test("a row on the GPU is set beside each way of PyTorch there; one on the processor is not", () => {
  const [gpu, wasm, , eager, graph] = ON_GPU as TimedRow[];
  // Of 2/4, 6/6 and 4/8; and of 2/1, 6/1 and 4/2.
  assertEquals(gpu.ofCuda, { eager: 0.5, graph: 2 });
  assertEquals(eager.ofCuda, { eager: 1, graph: 4 });
  assertEquals(graph.ofCuda!.graph, 1);
  assertEquals([wasm.ofCuda, eager.ofTorch], [undefined, undefined]);
  assertAlmostEquals(wasm.ofTorch!, 0.5);
});

Deno.test("the table of a GPU has the ratios, the arithmetic and the cost of a dispatch", () => {
  const lines = workloadText(group(ON_GPU)).split("\n");
  assertStringIncludes(lines[0], "/ PyTorch  / CUDA eager  / CUDA graph  stock / this");
  assertEquals(lines[1].split(/ {2,}/).slice(0, 6), [
    "ours webgpu",
    "4.00",
    "3.00–5.00",
    "0.05",
    "0.50",
    "2.00",
  ]);
  // 3 GFLOP in 4, 40, 6 and 1 ms; and 4 ms by 50.
  assertStringIncludes(
    lines.join("\n"),
    "the products of a step are 3.00 GFLOP: ours webgpu 750 GFLOP/s, ours wasm 75.0 GFLOP/s, " +
      "PyTorch CUDA, eager 500 GFLOP/s, PyTorch CUDA, graph 3.00 TFLOP/s\n" +
      "ours webgpu: 50 dispatches of 80.0 µs on average\n",
  );
  assertStringIncludes(lines.join("\n"), "the wait may return 10 ms late");
  assertEquals(lines.at(-1), "not run: PyTorch CUDA, torch.compile: no torch.compile");
});

Deno.test("times of a software adapter are said to be no times of a GPU", () => {
  const software = { ...adapter, name: "llvmpipe", software: true };
  const text = workloadText(group([timed(webgpu, [2], { adapter: software })]));
  assertStringIncludes(text, "ours webgpu (software)");
  assertStringIncludes(text, "WebGPU is software here (llvmpipe): its times say nothing");
  const real = workloadText(group([timed(webgpu, [2], { adapter })]));
  assertEquals(real.includes("software"), false);
  assertEquals(adapterOf([group([timed(ours, [1]), timed(webgpu, [2], { adapter })])]), adapter);
});

Deno.test("without CUDA its three rows are one line", () => {
  const missing = CUDA_WAYS.map((way): RowResult => ({
    status: "not run",
    row: cuda(way),
    reason: "no GPU",
  }));
  const lines = workloadText(group([timed(ours, [1]), ...missing])).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("not run")), [
    "not run: PyTorch CUDA: no GPU",
  ]);
});

Deno.test("growth on a GPU has the ratios and the speed, by the size of what is varied", () => {
  const text = growthText(
    [2048, 32].map((value) =>
      group(ON_GPU, { point: { vary: "batch", value }, gigaflop: value / 32 })
    ),
  );
  const rows = text.split("\n").filter((line) => line.includes("ours webgpu"));
  assertEquals(rows.map((line) => line.trim().split(/ {2,}/)), [
    ["32", "ours webgpu", "4.00", "0.05", "0.50", "2.00", "250 GFLOP/s"],
    ["2048", "ours webgpu", "4.00", "0.05", "0.50", "2.00", "16.0 TFLOP/s"],
  ]);
});

Deno.test("a profile is a table of operations and one of their kinds, with shares and speeds", () => {
  const lines = [
    { name: "forward 4 → 6, 16 rows", microseconds: 30, flop: 6e7, groups: 136 },
    { name: "forward 6 → 1, 16 rows", microseconds: 10, flop: 1e7, groups: 1 },
    { name: "adam of 9 numbers", microseconds: 10, bytes: 1e6, groups: 3 },
  ];
  const profile = { where: "webgpu", steps: 30, wholeMs: 0.25, emptyMicroseconds: 4, lines };
  const calls = { dispatches: 50 };
  const text = workloadText(group([timed(webgpu, [2], { adapter, calls, profile })]));
  assertStringIncludes(
    text,
    "50 dispatches of 40.0 µs on average; one that does next to nothing takes 4.0 µs",
  );
  const [, operations, kinds, clocks] = text.split("\n\n");
  const cells = (table: string) => table.split("\n").slice(1).map((line) => line.split(/ {2,}/));
  assertEquals(cells(operations), [
    ["forward 4 → 6, 16 rows", "136", "30.0", "60.0", "2.00 TFLOP/s"],
    ["forward 6 → 1, 16 rows", "1", "10.0", "20.0", "1.00 TFLOP/s"],
    ["adam of 9 numbers", "3", "10.0", "20.0", "100 GB/s"],
  ]);
  assertEquals(cells(kinds), [
    ["forward", "2", "40.0", "80.0", "1.75 TFLOP/s"],
    ["adam", "1", "10.0", "20.0", "100 GB/s"],
  ]);
  assertEquals(
    clocks,
    "0.050 ms in all, medians of 30 steps; 0.250 ms in one go; 4.0 µs for a dispatch " +
      "that does next to nothing.",
  );
  const failure = "this device has no timestamp-query";
  const without = workloadText(group([timed(webgpu, [2], { profile: { failure } })]));
  assertStringIncludes(without, `no profile of ours webgpu: ${failure}`);
});

Deno.test("what there was no time for is said", () => {
  const machine = { processor: "Some CPU", cores: 2, system: "linux x86_64", load: 0.1 };
  const leftOut = ["mlp with R1, batch 32", "mlp with R1, batch 4096"];
  const report = {
    machine,
    versions: {},
    settings: { rounds: 3 },
    workloads: [],
    growth: [],
    leftOut,
  };
  assertStringIncludes(reportText(report), `not run: ${leftOut.join("; ")}: no time left`);
});
