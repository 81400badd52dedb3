/**
 * Times rows in turns.
 *
 * Each row is a process of its own. After a warm-up they take turns, round by round, so that a
 * machine that slows down slows all of them; each round begins with another row. A turn begins with
 * a step that is not timed, which brings the row's numbers back into the caches.
 *
 * @module
 */
import { type Group } from "./group.ts";
import { NO_TORCH } from "./find_torch.ts";
import { type Calls, type Ready, type Row, rowName } from "./row.ts";
import { rowCommand, RowProcess, UnavailableError } from "./row_process.ts";
import { medianRatio, type Spread, spreadOf } from "./statistics.ts";
import { type TaskFiles } from "./task_files.ts";

export interface Settings {
  rounds: number;
  /** Timed steps in a turn; undefined means as many as fill half a second. */
  steps?: number;
  /** The Python that has PyTorch, if there is one. */
  python?: string;
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
  calls: Calls;
  peakBytes?: number;
  ready: Ready;
}

/** A row that this machine, or the program itself, cannot run. */
export interface RowNotRun {
  status: "not run";
  row: Row;
  reason: string;
}

export type RowResult = TimedRow | RowNotRun;

/** By then V8 has compiled what is hot, and a GPU its shaders. */
const WARM_UP_MS = 2_000;
const TURN_MS = 500;
/** Threads of OpenBLAS and OpenMP look for work that long, on cores that the next row needs. */
const PAUSE_MS = 100;

const NO_SECOND_DERIVATIVE =
  "TensorFlow.js 4.22 cannot differentiate twice, as the penalty asks for";

/** How often `timeRows` reports what it is about to do. */
export function turnsOf({ rows }: Group, { rounds }: Settings): number {
  return rows.length * (rounds + 1);
}

/**
 * Times the rows of a group.
 *
 * @param onTurn Told what comes next: a warm-up or a turn.
 * @throws {Error} If the process of a row ends.
 */
export async function timeRows(
  group: Group,
  settings: Settings,
  files: TaskFiles,
  onTurn: (what: string) => void,
): Promise<RowResult[]> {
  const { rounds } = settings;
  const results: RowResult[] = [];
  const timed: { process: RowProcess; steps: number; ms: number[]; hostMs: number[] }[] = [];
  try {
    for (const row of group.rows) {
      onTurn(`${rowName(row)}: warm-up`);
      const started = await start(row, group, settings, files);
      if (typeof started === "string") {
        results.push({ status: "not run", row, reason: started });
        continue;
      }
      const entry = { process: started, steps: 0, ms: [], hostMs: [] };
      timed.push(entry);
      const msPerStep = await warmUp(started);
      entry.steps = settings.steps ?? Math.max(1, Math.round(TURN_MS / msPerStep));
    }
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < timed.length; turn++) {
        const { process, steps, ms, hostMs } = timed[(round + turn) % timed.length];
        onTurn(`${rowName(process.row)}: round ${round + 1} of ${rounds}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        await process.time(1);
        const timing = await process.time(steps);
        ms.push(timing.msPerStep);
        if (timing.hostMsPerStep !== undefined) hostMs.push(timing.hostMsPerStep);
      }
    }
    for (const { process, steps, ms, hostMs } of timed) {
      results.push({
        status: "timed",
        row: process.row,
        steps,
        ...spreadOf(ms),
        ms,
        hostMs: hostMs.length === 0 ? undefined : spreadOf(hostMs).median,
        // Before the calls are counted: counting takes memory as well.
        peakBytes: await process.peakBytes(),
        calls: await process.calls(),
        ready: process.ready,
      });
    }
  } finally {
    await Promise.all(timed.map(({ process }) => process.stop()));
  }
  const place = ({ row }: RowResult) => group.rows.indexOf(row);
  return compare(results.toSorted((a, b) => place(a) - place(b)));
}

/** The process of a row, or why there is none. */
async function start(
  row: Row,
  { workload }: Group,
  { python }: Settings,
  files: TaskFiles,
): Promise<RowProcess | string> {
  if (row.variant === "stock" && workload.penalty) return NO_SECOND_DERIVATIVE;
  if (row.variant === "torch" && python === undefined) return NO_TORCH;
  const threads = row.variant === "torch" ? undefined : row.threads;
  const task = await files.write({ options: workload.options, threads });
  try {
    return await RowProcess.start(row, rowCommand(row, task, python ?? ""));
  } catch (error) {
    if (error instanceof UnavailableError) return error.message;
    throw error;
  }
}

/** Takes steps until the row is warm; milliseconds of a step at the end. */
async function warmUp(process: RowProcess): Promise<number> {
  let spent = 0, steps = 1;
  for (let call = 1;; call++) {
    const { msPerStep } = await process.time(steps);
    spent += steps * msPerStep;
    if (spent >= WARM_UP_MS && call > 1) return msPerStep;
    const missing = Math.ceil((WARM_UP_MS - spent) / msPerStep);
    steps = Math.max(1, Math.min(call === 1 ? 1 : 2 * steps, missing));
  }
}

/** Sets each row beside PyTorch's best setting and beside stock TensorFlow.js on its backend. */
export function compare(results: RowResult[]): RowResult[] {
  const timed = results.filter((result) => result.status === "timed");
  const torch = timed.filter(({ row }) => row.variant === "torch")
    .toSorted((a, b) => a.median - b.median).at(0);
  return results.map((result) => {
    if (result.status !== "timed") return result;
    const { row, ms } = result;
    const compared: TimedRow = { ...result };
    if (torch) compared.ofTorch = medianRatio(ms, torch.ms);
    if (row.variant === "torch") return { ...compared, best: result === torch };
    const stock = timed.find((other) =>
      other.row.variant === "stock" && other.row.backend === row.backend
    );
    if (stock) compared.timesFasterThanStock = medianRatio(stock.ms, ms);
    return compared;
  });
}
