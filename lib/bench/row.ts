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

/** The ways in which PyTorch takes a step on a GPU: see torch_cuda.py. */
export const CUDA_WAYS = ["eager", "compile", "graph"] as const;
export type CudaWay = typeof CUDA_WAYS[number];

/**
 * `ours`: `trainAhead`, as `deno task train` uses it. `autodiff`: the readable reference, `trainStep`.
 * `stock`: TensorFlow.js's own layers, optimisers and kernels. `torch`: PyTorch on the processor.
 * `cuda`: PyTorch on a GPU.
 */
export type Row =
  | {
    variant: "ours" | "autodiff" | "stock";
    backend: BenchBackend;
    threads?: number;
    /** Of our products on a GPU: as in `RowTask`. */
    tiles?: string;
  }
  | { variant: "torch"; threads: TorchThreads }
  | { variant: "cuda"; way: CudaWay };

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
  /** The tiles of our products on a GPU, by name; by their shapes where it is undefined. */
  tiles?: string;
  /** How PyTorch takes the step on a GPU. */
  cuda?: CudaWay;
  /** Whether a WebGPU adapter that is software may be timed. */
  software?: boolean;
}

/** The GPU of a row. */
export interface AdapterReport {
  name: string;
  /** Whether it draws on the processor: its times say nothing about a GPU. */
  software: boolean;
  /** What the device of the row allows. */
  limits: Record<string, number>;
  features: string[];
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
  if (row.variant === "cuda") {
    return `PyTorch CUDA, ${row.way === "compile" ? "torch.compile" : row.way}`;
  }
  const threads = row.threads === undefined ? "" : `, ${plural(row.threads, "thread")}`;
  if (row.variant === "stock") return `stock TensorFlow.js ${row.backend}`;
  const tiles = row.tiles === undefined ? "" : `, tiles ${row.tiles}`;
  return `ours ${row.backend}${row.variant === "autodiff" ? ", autodiff" : ""}${threads}${tiles}`;
}

/** Whether a GPU takes the step. */
export function isOnGpu(row: Row): boolean {
  return row.variant === "cuda" || (row.variant !== "torch" && row.backend === "webgpu");
}

/** `1 thread`, `2 threads`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : nouns}`;
}
