/**
 * Rows that are timed in turn, on one workload.
 *
 * @module
 */
import { type BenchBackend, type Row, type TorchThreads } from "./row.ts";
import { withBatch, withWidths, type Workload, type WorkloadName } from "./workload.ts";

/** What a series of groups varies. */
export type Dimension = "batch" | "width" | "threads" | "hidden width";

export interface Group {
  workload: Workload;
  rows: Row[];
  /** Its place in a series that shows how a step grows. */
  point?: { vary: Dimension; value: number };
}

/** Which rows are wanted. */
export interface RowChoice {
  backends: BenchBackend[];
  autodiff: boolean;
  stock: boolean;
  torch: boolean;
}

/** Batch sizes, factors of all hidden widths, and the width at which a step is only calls. */
const BATCHES = [32, 128, 512, 2048];
const FACTORS = [1 / 4, 1 / 2, 1, 2, 4];
const NARROW = 8;

/** PyTorch's settings: each of its two kinds of threads once alone and once on every core. */
export function torchSettings(cores: number): TorchThreads[] {
  const counts = cores === 1 ? [1] : [1, cores];
  return counts.flatMap((omp) => counts.map((openblas) => ({ omp, openblas })));
}

/**
 * The rows of a workload; with R1 too stock TensorFlow.js is among them, to say why it is not run.
 */
export function benchRows(choice: RowChoice, cores: number): Row[] {
  const { backends, autodiff, stock, torch } = choice;
  return [
    ...backends.map((backend): Row => ({ variant: "ours", backend })),
    ...(autodiff && backends.includes("wasm")
      ? [{ variant: "autodiff", backend: "wasm" } as const]
      : []),
    ...(stock ? backends.map((backend): Row => ({ variant: "stock", backend })) : []),
    ...(torch ? torchRows(cores) : []),
  ];
}

/**
 * How a step grows with the batch, the widths and the threads; and what is left of it at width 8.
 */
export function growthGroups(workload: Workload, torch: boolean, cores: number): Group[] {
  const peers = torch ? torchRows(cores) : [];
  const rows: Row[] = [{ variant: "ours", backend: "wasm" }, ...peers];
  const threadCounts = cores === 1 ? [1] : [1, cores];
  return [
    ...BATCHES.map((value): Group => ({
      workload: withBatch(workload, value),
      rows,
      point: { vary: "batch", value },
    })),
    ...FACTORS.map((value): Group => ({
      workload: withWidths(workload, (width) => width * value),
      rows,
      point: { vary: "width", value },
    })),
    ...threadCounts.map((value): Group => ({
      workload,
      rows: [
        { variant: "ours", backend: "wasm", threads: value },
        ...peers.filter((row) =>
          row.variant === "torch" && Math.max(row.threads.omp, row.threads.openblas) <= value
        ),
      ],
      point: { vary: "threads", value },
    })),
    {
      workload: withWidths(workload, () => NARROW),
      rows: [rows[0], { variant: "ours", backend: "webgpu" }, ...peers],
      point: { vary: "hidden width", value: NARROW },
    },
  ];
}

/** A name for a reader: `mlp with R1`. */
export function workloadName({ name, penalty }: { name: WorkloadName; penalty: boolean }): string {
  return `${name} ${penalty ? "with" : "without"} R1`;
}

function torchRows(cores: number): Row[] {
  return torchSettings(cores).map((threads) => ({ variant: "torch", threads }));
}
