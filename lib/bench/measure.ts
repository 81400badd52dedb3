/**
 * Times rows in turns.
 *
 * Each row is a process of its own. After a warm-up they take turns, round by round, so that a
 * machine that slows down slows all of them; each round begins with another row. A turn begins with
 * a step that is not timed, which brings the row's numbers back into the caches.
 *
 * A GPU is waited for once in a turn, at its end, and that wait may return some 10 ms late. Its
 * turns are long enough that this is 1 % of them.
 *
 * @module
 */
import { type Group } from "./group.ts";
import { NO_TORCH } from "./find_torch.ts";
import { type Profile } from "./profile.ts";
import {
  type AdapterReport,
  type Calls,
  CUDA_WAYS,
  type CudaWay,
  isOnGpu,
  type Ready,
  type Row,
  rowName,
  type RowTask,
} from "./row.ts";
import { rowCommand, RowProcess, UnavailableError } from "./row_process.ts";
import { medianRatio, type Spread, spreadOf } from "./statistics.ts";
import { type TaskFiles } from "./task_files.ts";

export interface Settings {
  rounds: number;
  /** Timed steps in a turn; undefined means as many as fill half a second, on a GPU a second. */
  steps?: number;
  /** The Python that has PyTorch, if there is one. */
  python?: string;
  /** Whether a WebGPU adapter that is software is timed. */
  software?: boolean;
  /** Whether our own rows also tell where the time of their step goes. */
  profile?: boolean;
}

/** Milliseconds of a step, and all else that is known about a row. */
export interface TimedRow extends Spread {
  status: "timed";
  row: Row;
  /** Timed steps in each turn. */
  steps: number;
  /** Milliseconds of a step in each round. */
  ms: number[];
  /** Median over the rounds of the time for which the main thread itself was at work. */
  hostMs?: number;
  /** Median over the rounds of this row's time divided by that of PyTorch's best setting. */
  ofTorch?: number;
  /** Whether this is PyTorch's best setting. */
  best?: boolean;
  /**
   * Median over the rounds of the time of stock TensorFlow.js on the same backend, divided by this
   * row's.
   */
  timesFasterThanStock?: number;
  /** Of a row on a GPU: the median over the rounds of its time divided by that of PyTorch there. */
  ofCuda?: Partial<Record<CudaWay, number>>;
  calls: Calls;
  peakBytes?: number;
  ready: Ready;
  adapter?: AdapterReport;
  profile?: Profile | { failure: string };
}

/** A row that this machine, or the program itself, cannot run. */
export interface RowNotRun {
  status: "not run";
  row: Row;
  reason: string;
  /** Whether its process ended where it should not. */
  failed?: true;
}

export type RowResult = TimedRow | RowNotRun;

/** By then V8 has compiled what is hot, and a GPU its shaders. */
const WARM_UP_MS = { processor: 2_000, gpu: 1_000 };
const TURN_MS = { processor: 500, gpu: 1_000 };
/** Threads of OpenBLAS and OpenMP look for work that long, on cores that the next row needs. */
const PAUSE_MS = 100;
/** PyTorch that is not ready by then, mostly for compiling, is left out. */
const CUDA_START_MS = 90_000;
/** Steps of a profile, and the time that they may take. */
const PROFILE = { steps: 30, ms: 3_000 };

const NO_SECOND_DERIVATIVE =
  "TensorFlow.js 4.22 cannot differentiate twice, as the penalty asks for";

/** How often `timeRows` reports what it is about to do. */
export function turnsOf({ rows }: Group, { rounds }: Settings): number {
  return rows.length * (rounds + 1);
}

interface Entry extends Pick<TimedRow, "steps" | "ms"> {
  row: Row;
  process: RowProcess;
  hostMs: number[];
  /** What ended it. */
  failure?: string;
}

/**
 * Times the rows of a group. One whose process ends is left out, and the others go on.
 *
 * @param onTurn Told what comes next: a warm-up or a turn.
 */
export async function timeRows(
  group: Group,
  settings: Settings,
  files: TaskFiles,
  onTurn: (what: string) => void,
): Promise<RowResult[]> {
  const started = await startAll(group, settings, files);
  const results: RowResult[] = [];
  const entries: Entry[] = [];
  for (const { row, process } of started) {
    if (typeof process === "string") results.push({ status: "not run", row, reason: process });
    else entries.push({ row, process, steps: 0, ms: [], hostMs: [] });
  }
  try {
    for (const entry of entries) {
      onTurn(`${rowName(entry.row)}: warm-up`);
      await unlessItEnds(entry, () => warmUp(entry, settings));
    }
    await takeTurns(entries, settings, onTurn);
    for (const entry of entries) {
      const { row } = entry;
      const timed = await unlessItEnds(entry, () => resultOf(entry, settings));
      results.push(
        timed ?? { status: "not run", row, reason: entry.failure!, failed: true },
      );
    }
  } finally {
    await Promise.all(entries.map(({ process }) => process.stop()));
  }
  const place = ({ row }: RowResult) => group.rows.indexOf(row);
  return compare(results.toSorted((a, b) => place(a) - place(b)));
}

/** What is asked of a row; undefined once its process has ended. */
async function unlessItEnds<T>(entry: Entry, ask: () => Promise<T>): Promise<T | undefined> {
  if (entry.failure !== undefined) return undefined;
  try {
    return await ask();
  } catch (error) {
    entry.failure = (error as Error).message;
  }
}

/** Round by round, each of which begins with another row. */
async function takeTurns(
  entries: Entry[],
  { rounds }: Settings,
  onTurn: (what: string) => void,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const entry = entries[(round + turn) % entries.length];
      onTurn(`${rowName(entry.row)}: round ${round + 1} of ${rounds}`);
      await unlessItEnds(entry, async () => {
        const { process, steps, ms, hostMs } = entry;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        await process.time(1);
        const timing = await process.time(steps);
        ms.push(timing.msPerStep);
        if (timing.hostMsPerStep !== undefined) hostMs.push(timing.hostMsPerStep);
      });
    }
  }
}

function forRow<T>(row: Row, { processor, gpu }: { processor: T; gpu: T }): T {
  return isOnGpu(row) ? gpu : processor;
}

/** A row that was timed, and what else its process tells. */
async function resultOf(
  { row, process, steps, ms, hostMs }: Entry,
  settings: Settings,
): Promise<TimedRow> {
  const { ready } = process;
  const spread = spreadOf(ms);
  const ours = row.variant === "ours";
  const profiled = Math.min(PROFILE.steps, Math.ceil(PROFILE.ms / spread.median));
  return {
    status: "timed",
    row,
    steps,
    ...spread,
    ms,
    hostMs: hostMs.length === 0 ? undefined : spreadOf(hostMs).median,
    // Before the calls are counted: counting takes memory as well.
    peakBytes: await process.peakBytes(),
    calls: await process.calls(),
    ready,
    adapter: ours && row.backend === "webgpu" ? await process.adapter() : undefined,
    profile: ours && settings.profile ? await process.profile(profiled) : undefined,
  };
}

/** A row with its process, or with why there is none. */
type Started = { row: Row; process: RowProcess | string };

/** Starts all rows: side by side those that try out nothing of their own while they start. */
async function startAll(
  group: Group,
  settings: Settings,
  files: TaskFiles,
): Promise<Started[]> {
  const starting: Promise<Started>[] = [];
  for (const row of group.rows) {
    const started = start(row, group, settings, files).then((process) => ({ row, process }));
    starting.push(started);
    // PyTorch on the processor measures which of its optimisers is the fastest.
    if (row.variant === "torch") await Promise.allSettled(starting);
  }
  const ends = await Promise.allSettled(starting);
  const failed = ends.find(({ status }) => status === "rejected");
  const started = ends.filter((end) => end.status === "fulfilled").map(({ value }) => value);
  if (!failed) return started;
  for (const { process } of started) if (typeof process !== "string") await process.stop();
  throw (failed as PromiseRejectedResult).reason;
}

/** The process of a row, or why there is none. */
async function start(
  row: Row,
  { workload }: Group,
  { python, software }: Settings,
  files: TaskFiles,
): Promise<RowProcess | string> {
  const reason = whyNotRun(row, workload.penalty, python);
  if (reason !== undefined) return reason;
  const { options } = workload;
  const task: RowTask = row.variant === "cuda"
    ? { options, cuda: row.way }
    : row.variant === "torch"
    ? { options }
    : { options, threads: row.threads, tiles: row.tiles, software };
  const command = rowCommand(row, await files.write(task), python ?? "");
  try {
    return await RowProcess.start(row, command, row.variant === "cuda" ? CUDA_START_MS : undefined);
  } catch (error) {
    if (error instanceof UnavailableError) return error.message;
    throw error;
  }
}

/** Why a row is not even started. */
export function whyNotRun(row: Row, penalty: boolean, python?: string): string | undefined {
  if (row.variant === "stock" && penalty) return NO_SECOND_DERIVATIVE;
  const torch = row.variant === "torch" || row.variant === "cuda";
  return torch && python === undefined ? NO_TORCH : undefined;
}

/** Takes steps until the row is warm, and decides how many a turn has. */
async function warmUp(entry: Entry, settings: Settings): Promise<void> {
  const { row, process } = entry;
  const wanted = forRow(row, WARM_UP_MS);
  let spent = 0, steps = 1;
  for (let call = 1;; call++) {
    const { msPerStep } = await process.time(steps);
    spent += steps * msPerStep;
    if (spent >= wanted && call > 1) {
      entry.steps = settings.steps ?? Math.max(1, Math.round(forRow(row, TURN_MS) / msPerStep));
      return;
    }
    const missing = Math.ceil((wanted - spent) / msPerStep);
    steps = Math.max(1, Math.min(call === 1 ? 1 : 2 * steps, missing));
  }
}

/**
 * Sets each row beside PyTorch's best setting, beside stock TensorFlow.js on its backend, and on a
 * GPU beside the ways of PyTorch there.
 */
export function compare(results: RowResult[]): RowResult[] {
  const timed = results.filter((result) => result.status === "timed");
  const torch = timed.filter(({ row }) => row.variant === "torch")
    .toSorted((a, b) => a.median - b.median).at(0);
  const cuda = CUDA_WAYS.flatMap((way) => {
    const found = timed.find(({ row }) => row.variant === "cuda" && row.way === way);
    return found ? [{ way, ms: found.ms }] : [];
  });
  return results.map((result) => {
    if (result.status !== "timed") return result;
    const { row, ms } = result;
    const compared: TimedRow = { ...result };
    if (isOnGpu(row) && cuda.length > 0) {
      compared.ofCuda = Object.fromEntries(cuda.map((it) => [it.way, medianRatio(ms, it.ms)]));
    }
    if (row.variant === "cuda") return compared;
    if (torch) compared.ofTorch = medianRatio(ms, torch.ms);
    if (row.variant === "torch") return { ...compared, best: result === torch };
    const stock = timed.find((other) =>
      other.row.variant === "stock" && other.row.backend === row.backend
    );
    if (stock) compared.timesFasterThanStock = medianRatio(stock.ms, ms);
    return compared;
  });
}
