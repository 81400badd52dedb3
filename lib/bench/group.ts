/**
 * Rows that are timed in turn, on one workload.
 *
 * @module
 */
import { type BenchBackend, CUDA_WAYS, type CudaWay, type Row, type TorchThreads } from "./row.ts";
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
  /** PyTorch on the processor, where WASM is among the backends. */
  torchOnProcessor?: boolean;
  /** The tiles of our products on a GPU: a row for each. */
  tiles?: string[];
}

/** Batch sizes, the largest of which only a GPU is asked for; factors of all hidden widths, and the width at which a step is only calls. */
const BATCHES = [32, 128, 512, 2048];
const LARGEST_BATCH = 4096;
const CARD_BATCHES = [2048, 512, 4096, 32];
/** Compiling for every size would take longer than all else. */
const GROWING_WAYS: CudaWay[] = ["eager", "graph"];
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
  const { backends, autodiff, stock } = choice;
  return [
    ...ourRows(choice),
    ...(autodiff && backends.includes("wasm")
      ? [{ variant: "autodiff", backend: "wasm" } as const]
      : []),
    ...(stock ? backends.map((backend): Row => ({ variant: "stock", backend })) : []),
    ...torchRows(choice, cores),
    ...cudaRows(choice, CUDA_WAYS),
  ];
}

/**
 * How a step grows with the batch, the widths and the threads; and what is left of it at width 8.
 *
 * Batches and widths are those of the engine's backends among the chosen ones, WASM if there is
 * none; threads and width 8 are WASM's.
 */
export function growthGroups(
  workload: Workload,
  choice: Pick<RowChoice, "backends" | "torch" | "torchOnProcessor" | "tiles">,
  cores: number,
): Group[] {
  const chosen = choice.backends.filter((backend) => backend !== "cpu");
  const backends = chosen.length === 0 ? ["wasm" as const] : chosen;
  const peers = torchRows({ ...choice, backends }, cores);
  const rows: Row[] = [
    ...ourRows({ ...choice, backends }),
    ...peers,
    ...cudaRows({ ...choice, backends }, GROWING_WAYS),
  ];
  const batches = backends.includes("webgpu") ? [...BATCHES, LARGEST_BATCH] : BATCHES;
  return [
    ...batches.map((value): Group => ({
      workload: withBatch(workload, value),
      rows,
      point: { vary: "batch", value },
    })),
    ...FACTORS.map((value): Group => ({
      workload: withWidths(workload, (width) => width * value),
      rows,
      point: { vary: "width", value },
    })),
    ...(backends.includes("wasm") ? growthOnProcessor(workload, peers, cores) : []),
  ];
}

/**
 * The rows and groups of `--card`: what can be measured of a GPU in four minutes, the most
 * important first.
 */
export function cardGroups(
  workloads: Workload[],
  preset: Workload,
  choice: RowChoice,
  cores: number,
): { groups: Group[]; growth: Group[] } {
  const rows = benchRows({ ...choice, torchOnProcessor: false }, cores)
    .filter((row) => row.variant !== "stock" || row.backend === "webgpu");
  // The preset's own batch is in the first table.
  const place = ({ point }: Group) => CARD_BATCHES.indexOf(point!.value);
  const growth = growthGroups(preset, { ...choice, backends: ["webgpu"] }, cores)
    .filter((group) => group.point!.vary === "batch" && place(group) >= 0)
    .toSorted((a, b) => place(a) - place(b));
  return { groups: workloads.map((workload) => ({ workload, rows })), growth };
}

/** What only WASM is asked for. */
function growthOnProcessor(workload: Workload, peers: Row[], cores: number): Group[] {
  const threadCounts = cores === 1 ? [1] : [1, cores];
  return [
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
      rows: [
        { variant: "ours", backend: "wasm" },
        { variant: "ours", backend: "webgpu" },
        ...peers,
      ],
      point: { vary: "hidden width", value: NARROW },
    },
  ];
}

/** A name for a reader: `mlp with R1`. */
export function workloadName({ name, penalty }: { name: WorkloadName; penalty: boolean }): string {
  return `${name} ${penalty ? "with" : "without"} R1`;
}

function ourRows({ backends, tiles }: Pick<RowChoice, "backends" | "tiles">): Row[] {
  return backends.flatMap((backend): Row[] =>
    backend === "webgpu" && tiles
      ? tiles.map((name) => ({ variant: "ours", backend, tiles: name }))
      : [{ variant: "ours", backend }]
  );
}

/** PyTorch on the processor: a peer of the backends there, so not where WebGPU is alone. */
function torchRows(
  { backends, torch, torchOnProcessor = true }: Pick<
    RowChoice,
    "backends" | "torch" | "torchOnProcessor"
  >,
  cores: number,
): Row[] {
  if (!torch || !torchOnProcessor || backends.every((backend) => backend === "webgpu")) return [];
  return torchSettings(cores).map((threads) => ({ variant: "torch", threads }));
}

/** PyTorch on the GPU: a peer of WebGPU. */
function cudaRows(
  { backends, torch }: Pick<RowChoice, "backends" | "torch">,
  ways: readonly CudaWay[],
): Row[] {
  if (!torch || !backends.includes("webgpu")) return [];
  return ways.map((way) => ({ variant: "cuda", way }));
}
