/**
 * A row of the benchmark: the program that takes the step, and its backend.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";

export const BENCH_BACKENDS = ["wasm", "cpu", "webgpu"] as const;
export type BenchBackend = typeof BENCH_BACKENDS[number];

/** Environment variables of a PyTorch process. */
export interface TorchThreads {
  /** OMP_NUM_THREADS. */
  omp: number;
  /** OPENBLAS_NUM_THREADS. */
  openblas: number;
}

/**
 * `ours`: `train`, as `deno task train` uses it. `autodiff`: the readable reference, `trainStep`.
 * `stock`: TensorFlow.js's own layers, optimisers and kernels. `torch`: PyTorch on the processor.
 */
export type Row =
  | { variant: "ours" | "autodiff" | "stock"; backend: BenchBackend; threads?: number }
  | { variant: "torch"; threads: TorchThreads };

/** What a row's process reads at its start. */
export interface RowTask {
  options: GanOptions;
  /** A file of rows of 784 bytes; absent if the options name toy data. */
  images?: string;
  /**
   * A safetensors file with weights, batches, noise and masks for PyTorch, which else draws its
   * own.
   */
  tape?: string;
  /** Threads of our own row; undefined leaves the number to it. */
  threads?: number;
}

/** What a row's process says once it can take steps. */
export interface Ready {
  /** The GPU's own name. */
  adapter?: string;
  /** A warning. */
  warning?: string;
  /** Versions and choices of the program, by name. */
  [name: string]: string | undefined;
}

/** Calls in one step, as far as they can be counted where it runs. */
export interface Calls {
  /** Kernels of TensorFlow.js. */
  kernels?: number;
  /** `dispatchWorkgroups` of WebGPU, and submits to its queue. */
  dispatches?: number;
  submits?: number;
  /** Lists of operations that our engine ran. */
  programs?: number;
  /** Operations in these lists; or PyTorch's operations, including those of its backward pass. */
  operations?: number;
}

/** The losses of one step, in nats. */
export interface StepLosses {
  dLoss: number;
  gLoss: number;
  penalty?: number;
}

/** A short name for a reader: `ours wasm`, `PyTorch, OMP 1, BLAS 2`. */
export function rowName(row: Row): string {
  if (row.variant === "torch") {
    return `PyTorch, OMP ${row.threads.omp}, BLAS ${row.threads.openblas}`;
  }
  const threads = row.threads === undefined ? "" : `, ${plural(row.threads, "thread")}`;
  if (row.variant === "stock") return `stock TensorFlow.js ${row.backend}`;
  return `ours ${row.backend}${row.variant === "autodiff" ? ", autodiff" : ""}${threads}`;
}

/** `1 thread`, `2 threads`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
