/** What is timed is the preset, and what is varied is only what the name says. */
import { assertEquals } from "@std/assert";
import { benchRows, cardGroups, growthGroups, torchSettings } from "@/bench/group.ts";
import { BENCH_BACKENDS, rowName } from "@/bench/row.ts";
import {
  createWorkload,
  forComparison,
  hasPenalty,
  withBatch,
  withWidths,
  WORKLOADS,
} from "@/bench/workload.ts";
import { checkOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";

const widths = ({ layers }: { layers: { width: number }[] }) => layers.map(({ width }) => width);

Deno.test("a workload is its preset, but for the penalty", () => {
  for (const name of WORKLOADS) {
    const { gradientPenalty: own, ...preset } = findPreset(name).options;
    for (const penalty of [true, false]) {
      const { gradientPenalty, seed: _, ...options } = createWorkload(name, penalty).options;
      assertEquals(options, preset, name);
      assertEquals(gradientPenalty > 0, penalty);
      // Where the preset has a penalty, it is the one that is timed.
      if (penalty && own > 0) assertEquals(gradientPenalty, own);
    }
    assertEquals(hasPenalty(name), own > 0);
  }
});

Deno.test("another batch size keeps the share of G's batch", () => {
  const { options } = withBatch(createWorkload("spiral", false), 32);
  assertEquals([options.batchSize, options.generatorBatchSize], [32, 64]);
  const mlp = withBatch(createWorkload("mlp", true), 2048).options;
  assertEquals([mlp.batchSize, "generatorBatchSize" in mlp], [2048, false]);
});

Deno.test("other widths are those of hidden layers, whole numbers of at least 1", () => {
  const { options } = withWidths(createWorkload("mlp", false), (width) => width / 4);
  assertEquals(widths(options.generator), [32, 64, 128, 256, 784]);
  assertEquals(widths(options.discriminator), [128, 64, 32, 1]);
  assertEquals([options.generator.inputs, options.discriminator.inputs], [64, 784]);
  const thin = withWidths(createWorkload("mlp", false), () => 0.01).options;
  assertEquals(widths(thin.generator), [1, 1, 1, 1, 784]);
});

Deno.test("every workload, every size of it and every comparison has options of a GAN", () => {
  for (const name of WORKLOADS) {
    const workload = createWorkload(name, true);
    const choice = { backends: BENCH_BACKENDS.slice(), torch: true };
    for (const { workload: sized } of growthGroups(workload, choice, 2)) {
      checkOptions(sized.options);
    }
    checkOptions(forComparison(workload).options);
  }
});

Deno.test("PyTorch is tried with each kind of thread on one core and on all of them", () => {
  assertEquals(torchSettings(2), [
    { omp: 1, openblas: 1 },
    { omp: 1, openblas: 2 },
    { omp: 2, openblas: 1 },
    { omp: 2, openblas: 2 },
  ]);
  assertEquals(torchSettings(1), [{ omp: 1, openblas: 1 }]);
});

Deno.test("the rows are those that were chosen", () => {
  const names = (choice: Partial<Parameters<typeof benchRows>[0]>) =>
    benchRows({ backends: ["wasm"], autodiff: true, stock: true, torch: true, ...choice }, 1)
      .map(rowName);
  const torch = "PyTorch, OMP 1, BLAS 1";
  assertEquals(names({}), ["ours wasm", "ours wasm, autodiff", "stock TensorFlow.js wasm", torch]);
  assertEquals(names({ backends: ["cpu"], torch: false }), [
    "ours cpu",
    "stock TensorFlow.js cpu",
  ]);
  assertEquals(names({ stock: false, autodiff: false }), ["ours wasm", torch]);
});

const CUDA_ROWS = ["PyTorch CUDA, eager", "PyTorch CUDA, torch.compile", "PyTorch CUDA, graph"];

Deno.test("beside WebGPU there is PyTorch on the GPU, and beside WebGPU alone no other", () => {
  const choice = { autodiff: false, stock: false, torch: true };
  const names = (backends: ("webgpu" | "wasm")[], torch = true) =>
    benchRows({ ...choice, backends, torch }, 1).map(rowName);
  assertEquals(names(["webgpu"]), ["ours webgpu", ...CUDA_ROWS]);
  assertEquals(names(["webgpu", "wasm"]), [
    ...["ours webgpu", "ours wasm", "PyTorch, OMP 1, BLAS 1"],
    ...CUDA_ROWS,
  ]);
  assertEquals(names(["webgpu"], false), ["ours webgpu"]);
});

Deno.test("tiles are rows of WebGPU, and of no other backend", () => {
  const choice = {
    backends: ["webgpu" as const, "wasm" as const],
    tiles: ["auto", "64x64,split=4"],
  };
  const wanted = ["ours webgpu, tiles auto", "ours webgpu, tiles 64x64,split=4", "ours wasm"];
  const others = { autodiff: false, stock: false, torch: false };
  assertEquals(benchRows({ ...choice, ...others }, 1).map(rowName), wanted);
  const [{ rows }] = growthGroups(createWorkload("mlp", true), { ...choice, torch: false }, 1);
  assertEquals(rows.map(rowName), wanted);
});

Deno.test("growth on a GPU goes to batches of 4,096, and asks for nothing of the processor", () => {
  const choice = { backends: ["webgpu" as const], torch: true };
  const groups = growthGroups(createWorkload("mlp", true), choice, 2);
  const batches = groups.filter(({ point }) => point!.vary === "batch");
  assertEquals(batches.map(({ workload }) => workload.options.batchSize), [
    ...[32, 128, 512, 2048, 4096],
  ]);
  const rows = ["ours webgpu", "PyTorch CUDA, eager", "PyTorch CUDA, graph"];
  for (const group of groups) assertEquals(group.rows.map(rowName), rows);
});

Deno.test("a card has both tables first, then the batches by their weight", () => {
  const workloads = [createWorkload("mlp", true), createWorkload("mlp", false)];
  const choice = {
    backends: ["webgpu" as const, "wasm" as const],
    autodiff: false,
    stock: true,
    torch: true,
  };
  const { groups, growth } = cardGroups(workloads, workloads[0], choice, 16);
  assertEquals(groups.map(({ workload }) => workload), workloads);
  assertEquals(groups[0].rows.map(rowName), [
    ...["ours webgpu", "ours wasm", "stock TensorFlow.js webgpu"],
    ...CUDA_ROWS,
  ]);
  assertEquals(growth.map(({ point }) => point!.value), [2048, 512, 4096, 32]);
  assertEquals(growth[0].rows.length, 3);
});

Deno.test("growth shows batches, widths and threads, and what is left at width 8", () => {
  const groups = growthGroups(
    createWorkload("mlp", true),
    { backends: ["wasm"], torch: true },
    2,
  );
  const points = Object.groupBy(groups, ({ point }) => point!.vary);
  const values = (vary: keyof typeof points) => points[vary]!.map(({ point }) => point!.value);
  assertEquals(values("batch"), [32, 128, 512, 2048]);
  assertEquals(values("width"), [0.25, 0.5, 1, 2, 4]);
  assertEquals(values("threads"), [1, 2]);
  assertEquals(points.threads!.map(({ rows }) => rows.map(rowName)), [
    ["ours wasm, 1 thread", "PyTorch, OMP 1, BLAS 1"],
    [
      "ours wasm, 2 threads",
      "PyTorch, OMP 1, BLAS 1",
      "PyTorch, OMP 1, BLAS 2",
      "PyTorch, OMP 2, BLAS 1",
      "PyTorch, OMP 2, BLAS 2",
    ],
  ]);
  const [narrow] = points["hidden width"]!;
  assertEquals(widths(narrow.workload.options.generator), [8, 8, 8, 8, 784]);
  assertEquals(narrow.rows.slice(0, 2).map(rowName), ["ours wasm", "ours webgpu"]);
});
