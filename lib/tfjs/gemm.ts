/**
 * Matrix products on the processor, on several threads: about four times the stock kernel of the WASM
 * backend on two cores.
 *
 * A and B are packed into panels in a memory that all threads share (`gemm_module.ts` says how), and
 * the threads take panels of B from a counter until none is left. Whoever computes a panel, its numbers
 * are the same. The calling thread works as well, and never waits for a thread that has not begun: a
 * thread that is late, missing or could not be started costs time and nothing else.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { type GemmExports, gemmModule, TILE_COLUMNS, TILE_ROWS, UNROLL } from "./gemm_module.ts";

/** Words of control at the start of the shared memory. */
export const CONTROL = {
  /** Rises with each job: what sleeping threads watch. */
  generation: 0,
  /** The next panel of B that nobody has taken. */
  next: 1,
  /** Addresses and sizes of the job. */
  job: 2,
  /** One word for each thread. */
  states: 16,
} as const;

/** What a thread's word says. One that failed is gone, and its panels are not all computed. */
export const STATE = { absent: 0, idle: 1, invited: 2, busy: 3, failed: 4 } as const;

/** A job as its words in the shared memory. */
export interface Job {
  a: number;
  b: number;
  c: number;
  /** Panels of A, and of B. */
  rowPanels: number;
  columnPanels: number;
  /** The inner side, padded. */
  inner: number;
}

/** What a thread is started with. */
export interface ThreadData {
  module: Uint8Array<ArrayBuffer>;
  memory: WebAssembly.Memory;
  /** Its word. */
  state: number;
}

/** Numbers in each of the three regions of the shared memory: A, B and C. */
const REGION = 4 * 2 ** 20;
const HEADER_BYTES = 1024;
const PAGES = (HEADER_BYTES + 3 * 4 * REGION) / 2 ** 16 + 1 | 0;
/** More threads than this would wait for memory more than compute. */
const MAX_THREADS = 4;
/** Below this many multiplications, about .2 ms, waking a thread is not worth it. */
const WORTH_SHARING = 2 ** 23;
/** A product with a side shorter than this fills the tiles badly. */
const SHORTEST_SIDE = 12;

/** Runs panels of a job until none is left. */
export function work(control: Int32Array, { multiply }: GemmExports): void {
  const [a, b, c, rowPanels, columnPanels, inner] = control.subarray(
    CONTROL.job,
    CONTROL.job + 6,
  );
  const rowBytes = 4 * TILE_COLUMNS * columnPanels;
  while (true) {
    const panel = Atomics.add(control, CONTROL.next, 1);
    if (panel >= columnPanels) return;
    const from = b + 4 * TILE_COLUMNS * panel * inner;
    multiply(a, from, c + 4 * TILE_COLUMNS * panel, rowPanels, inner / UNROLL, rowBytes);
  }
}

export function instantiate(module: BufferSource, memory: WebAssembly.Memory): GemmExports {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module), { gemm: { memory } });
  return instance.exports as unknown as GemmExports;
}

/** One factor: its numbers row by row, and whether its transpose is meant. */
export interface Factor {
  data: Float32Array;
  /** Sides of the factor as it enters the product, after transposing. */
  rows: number;
  columns: number;
  transposed: boolean;
}

export class Gemm {
  readonly #memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  readonly #control = new Int32Array(this.#memory.buffer, 0, HEADER_BYTES / 4);
  readonly #a = new Float32Array(this.#memory.buffer, HEADER_BYTES, REGION);
  readonly #b = new Float32Array(this.#memory.buffer, HEADER_BYTES + 4 * REGION, REGION);
  readonly #c = new Float32Array(this.#memory.buffer, HEADER_BYTES + 8 * REGION, REGION);
  readonly #module: Uint8Array<ArrayBuffer>;
  readonly #exports: GemmExports;
  readonly #states: number[] = [];
  #threads: number;

  /** @param threads In all, this one included; by default one for each core, at most four. */
  constructor(threads = Math.min(MAX_THREADS, navigator.hardwareConcurrency)) {
    const relaxed = gemmModule(PAGES, true);
    this.#module = WebAssembly.validate(relaxed) ? relaxed : gemmModule(PAGES, false);
    this.#exports = instantiate(this.#module, this.#memory);
    this.#threads = threads;
  }

  /** Threads at work, this one included: 1 until another has come up. */
  get threads(): number {
    const up = this.#states.filter((state) => Atomics.load(this.#control, state) !== STATE.absent);
    return 1 + up.length;
  }

  /** Whether this product gains by coming here: no short side, and a B that fits. */
  suits(rows: number, inner: number, columns: number): boolean {
    const b = (inner + UNROLL) * (columns + TILE_COLUMNS);
    return Math.min(rows, inner, columns) >= SHORTEST_SIDE && b <= REGION;
  }

  /**
   * out = a·b, [a.rows, b.columns].
   *
   * @throws {RangeError} If B does not fit (`suits`), or an array is shorter than its sides say.
   */
  multiply(a: Factor, b: Factor, out: Float32Array): void {
    refuse(a, b, out);
    const inner = Math.ceil(a.columns / UNROLL) * UNROLL;
    const columnPanels = Math.ceil(b.columns / TILE_COLUMNS);
    const width = columnPanels * TILE_COLUMNS;
    packColumns(b, inner, this.#b);
    // As many rows of A at once as fit beside their part of C.
    const most = Math.floor(REGION / Math.max(inner, width) / TILE_ROWS) * TILE_ROWS;
    for (let first = 0; first < a.rows; first += most) {
      const rows = Math.min(most, a.rows - first);
      packRows(a, first, rows, inner, this.#a);
      this.#run({
        a: this.#a.byteOffset,
        b: this.#b.byteOffset,
        c: this.#c.byteOffset,
        rowPanels: Math.ceil(rows / TILE_ROWS),
        columnPanels,
        inner,
      }, rows * inner * width);
      if (width === b.columns) {
        out.set(this.#c.subarray(0, rows * width), first * width);
      } else {
        for (let row = 0; row < rows; row++) {
          const from = row * width;
          out.set(this.#c.subarray(from, from + b.columns), (first + row) * b.columns);
        }
      }
    }
  }

  #run(job: Job, multiplications: number): void {
    const control = this.#control;
    const { a, b, c, rowPanels, columnPanels, inner } = job;
    control.set([a, b, c, rowPanels, columnPanels, inner], CONTROL.job);
    Atomics.store(control, CONTROL.next, 0);
    const shared = multiplications >= WORTH_SHARING;
    if (shared) {
      this.#start();
      for (const state of this.#states) {
        Atomics.compareExchange(control, state, STATE.idle, STATE.invited);
      }
      Atomics.add(control, CONTROL.generation, 1);
      Atomics.notify(control, CONTROL.generation);
    }
    let failed = false;
    try {
      work(control, this.#exports);
    } finally {
      if (shared) failed = this.#join();
    }
    if (failed) {
      throw new Error(
        "Cannot finish a matrix product: one of its threads failed in the middle of it. " +
          "Try again: it goes on without that thread",
      );
    }
  }

  /** Waits for the threads that are at the job; whether one of them has failed. Those are gone. */
  #join(): boolean {
    const control = this.#control;
    for (const state of this.#states) {
      // A thread that has not begun is no longer invited; one that is at it finishes its panel.
      Atomics.compareExchange(control, state, STATE.invited, STATE.idle);
      while (Atomics.load(control, state) === STATE.busy) {
        Atomics.wait(control, state, STATE.busy, 10);
      }
    }
    const all = this.#states.splice(0);
    this.#states.push(...all.filter((state) => Atomics.load(control, state) !== STATE.failed));
    return this.#states.length < all.length;
  }

  /** Starts the other threads at the first product that is worth it. */
  #start(): void {
    for (; this.#threads > 1; this.#threads--) {
      const state = CONTROL.states + this.#states.length;
      this.#states.push(state);
      const data: ThreadData = { module: this.#module, memory: this.#memory, state };
      // Where it cannot be started, its word stays "absent": the work is done without it.
      host.startThread("products", data);
    }
  }
}

/** The kernel does not look where its arrays end. */
function refuse(a: Factor, b: Factor, out: Float32Array): void {
  const size = Math.ceil(b.rows / UNROLL) * UNROLL *
    Math.ceil(b.columns / TILE_COLUMNS) * TILE_COLUMNS;
  const wanted = [a.rows * a.columns, b.rows * b.columns, a.rows * b.columns];
  const found = [a.data.length, b.data.length, out.length];
  if (a.columns === b.rows && size <= REGION && wanted.every((count, i) => found[i] >= count)) {
    return;
  }
  throw new RangeError(
    `Cannot multiply ${a.rows}×${a.columns} by ${b.rows}×${b.columns}: the inner sides must be equal, ` +
      `B must have at most ${REGION} numbers with its padding (it has ${size}), and the arrays as many as ` +
      `${wanted.join(", ")}, got ${found.join(", ")}`,
  );
}

/** A's panels: `TILE_ROWS` rows, column after column; the rest is filled with zeros. */
function packRows(a: Factor, first: number, rows: number, inner: number, to: Float32Array): void {
  const { data, columns, transposed } = a;
  const stride = transposed ? a.rows : columns;
  let at = 0;
  for (let top = 0; top < rows; top += TILE_ROWS) {
    const height = Math.min(TILE_ROWS, rows - top);
    if (height < TILE_ROWS || columns < inner) to.fill(0, at, at + TILE_ROWS * inner);
    if (transposed) {
      for (let k = 0; k < columns; k++) {
        const from = k * stride + first + top;
        for (let i = 0; i < height; i++) to[at + k * TILE_ROWS + i] = data[from + i];
      }
    } else {
      for (let i = 0; i < height; i++) {
        const from = (first + top + i) * stride;
        for (let k = 0; k < columns; k++) to[at + k * TILE_ROWS + i] = data[from + k];
      }
    }
    at += TILE_ROWS * inner;
  }
}

/** B's panels: `TILE_COLUMNS` columns, row after row; the rest is filled with zeros. */
function packColumns(b: Factor, inner: number, to: Float32Array): void {
  const { data, rows, columns, transposed } = b;
  let at = 0;
  for (let left = 0; left < columns; left += TILE_COLUMNS) {
    const width = Math.min(TILE_COLUMNS, columns - left);
    if (width < TILE_COLUMNS || rows < inner) to.fill(0, at, at + TILE_COLUMNS * inner);
    if (transposed) {
      for (let j = 0; j < width; j++) {
        const from = (left + j) * rows;
        for (let k = 0; k < rows; k++) to[at + k * TILE_COLUMNS + j] = data[from + k];
      }
    } else {
      for (let k = 0; k < rows; k++) {
        const from = k * columns + left;
        for (let j = 0; j < width; j++) to[at + k * TILE_COLUMNS + j] = data[from + j];
      }
    }
    at += TILE_COLUMNS * inner;
  }
}
