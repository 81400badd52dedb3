/**
 * The cell of a notebook that runs this code: whether its reader has stopped it, and what must be
 * done before it ends.
 *
 * The workbook's kernel fills this in (`lib/jupyter/inside.ts`). In a plain program, and in Deno's
 * own kernel, there is no cell.
 *
 * @module
 */
import { host } from "./host.ts";

/** The reader has stopped the cell. */
export class Interrupted extends Error {
  override name = "Interrupted";
  constructor() {
    super("the cell was stopped");
  }
}

/** What the kernel offers to the code that runs in it. */
export interface CellHost {
  /**
   * The signal of the cell that has called, directly or through whatever it awaited. It belongs to
   * that cell for ever: code that a stopped cell has left running sees it aborted while the next
   * cell runs.
   */
  signal(): AbortSignal;
  /** What the kernel does before it says that a cell has ended. */
  readonly beforeIdle: Set<() => Promise<void>>;
}

const HOST = Symbol.for("workbook.cell");

/** The workbook's kernel, if this code runs in it. */
export function cellHost(): CellHost | undefined {
  return (globalThis as { [HOST]?: CellHost })[HOST];
}

/** For the kernel: says that it is there. */
export function offerCellHost(host: CellHost): void {
  Object.defineProperty(globalThis, HOST, { value: host, configurable: true });
}

/** Aborted when the cell that has called is stopped, with an `Interrupted` as the reason. */
function cellSignal(): AbortSignal | undefined {
  return cellHost()?.signal();
}

/** @throws {Interrupted} If the cell that has called was stopped. */
export function throwIfInterrupted(): void {
  cellSignal()?.throwIfAborted();
}

/**
 * Lets others in between two pieces of long work: signals, timers, the news that the cell is
 * stopped.
 *
 * @throws {Interrupted} If the cell that has called was stopped.
 */
export async function nextTurn(): Promise<void> {
  const inCell = cellHost() !== undefined;
  if (inCell && performance.now() - heard > HEAR_MS) {
    // In a cell Deno (2.9.6) learns nothing from outside between immediates, however many there
    // are.
    await host.pause(0);
    heard = performance.now();
  } else {
    await host.nextTurn();
  }
  throwIfInterrupted();
}

/** A timer costs a millisecond, which is more than many steps take. */
const HEAR_MS = 50;
let heard = performance.now();

/**
 * What the kernel does before it says that a cell has ended; `undefined` if there is no such
 * kernel.
 */
export function beforeIdle(): Set<() => Promise<void>> | undefined {
  return cellHost()?.beforeIdle;
}
