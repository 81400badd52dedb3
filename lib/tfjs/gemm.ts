/**
 * Matrix products on the processor, on several threads: about four times the stock kernel of the
 * WASM backend on two cores.
 *
 * A and B are packed into panels in a memory that all threads share (`gemm_module.ts` says how),
 * and the threads take panels of B from a counter until none is left. A panel's numbers are the
 * same, whichever thread computes it. The calling thread works as well, and never waits for a
 * thread that has not begun: a thread that is late, missing or could not be started costs time and
 * nothing else.
 *
 * @module
 */
import { CONTROL_BYTES, ThreadPool, threadsUpTo } from "@/wasm/pool.ts";
import { startedWide } from "@/wasm/started_wide.ts";
import { GEMM_COLUMNS, GEMM_ROWS, gemmModule, UNROLL } from "./gemm_module.ts";

/** Numbers in each of the three regions of the shared memory: A, B and C. */
const REGION = 4 * 2 ** 20;
/** Before them: the pool's words, and the counter of panels. */
const HEADER_BYTES = CONTROL_BYTES + 1024;
const PAGES = Math.ceil((HEADER_BYTES + 3 * 4 * REGION) / 2 ** 16);
/** More threads than this would wait for memory more than compute. */
const MAX_THREADS = 4;
/** Below this many multiplications, about 0.2 ms, waking a thread is not worth it. */
const WORTH_SHARING = 2 ** 23;
/** A product with a side shorter than this fills the tiles badly. */
const SHORTEST_SIDE = 12;

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
  /** The next panel of B that nobody has taken. */
  readonly #next = new Int32Array(this.#memory.buffer, CONTROL_BYTES, 1);
  readonly #a = new Float32Array(this.#memory.buffer, HEADER_BYTES, REGION);
  readonly #b = new Float32Array(this.#memory.buffer, HEADER_BYTES + 4 * REGION, REGION);
  readonly #c = new Float32Array(this.#memory.buffer, HEADER_BYTES + 8 * REGION, REGION);
  readonly #pool: ThreadPool;

  /**
   * @param threads In all, this one included; by default one for each core, at most four.
   * @param columns Columns of a tile: they change the speed, not the numbers.
   */
  constructor(
    threads = threadsUpTo(MAX_THREADS),
    readonly columns = startedWide() ? GEMM_COLUMNS.wide : GEMM_COLUMNS.narrow,
  ) {
    const relaxed = gemmModule(PAGES, { relaxed: true, columns });
    const bytes = WebAssembly.validate(relaxed)
      ? relaxed
      : gemmModule(PAGES, { relaxed: false, columns });
    this.#pool = new ThreadPool(this.#memory, { gemm: new WebAssembly.Module(bytes) }, threads);
  }

  /** Threads at work, this one included: 1 until another has come up. */
  get threads(): number {
    return this.#pool.threads;
  }

  /** Whether this product gains by coming here: no short side, and a B that fits. */
  suits(rows: number, inner: number, columns: number): boolean {
    // The wide tile's padding, whatever the tile: the same products come here with V8's flags and
    // without.
    const b = (inner + UNROLL) * (columns + GEMM_COLUMNS.wide);
    return Math.min(rows, inner, columns) >= SHORTEST_SIDE && b <= REGION;
  }

  /**
   * out = a·b, [a.rows, b.columns].
   *
   * @throws {RangeError} If B does not fit (`suits`), or an array is shorter than its sides say.
   */
  multiply(a: Factor, b: Factor, out: Float32Array): void {
    refuse(a, b, out, this.columns);
    const inner = Math.ceil(a.columns / UNROLL) * UNROLL;
    const columnPanels = Math.ceil(b.columns / this.columns);
    const width = columnPanels * this.columns;
    packColumns(b, inner, this.columns, this.#b);
    // As many rows of A at once as fit beside their part of C.
    const most = Math.floor(REGION / Math.max(inner, width) / GEMM_ROWS) * GEMM_ROWS;
    for (let first = 0; first < a.rows; first += most) {
      const rows = Math.min(most, a.rows - first);
      packRows(a, first, rows, inner, this.#a);
      this.#run(Math.ceil(rows / GEMM_ROWS), inner, columnPanels);
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

  /** Multiplies what is packed. */
  #run(rowPanels: number, inner: number, columnPanels: number): void {
    const [a, b, c] = [this.#a, this.#b, this.#c].map(({ byteOffset }) => byteOffset);
    const job = [a, b, c, rowPanels, inner / UNROLL, columnPanels, this.#next.byteOffset];
    Atomics.store(this.#next, 0, 0);
    const multiplications = rowPanels * GEMM_ROWS * inner * columnPanels * this.columns;
    if (multiplications < WORTH_SHARING) return this.#pool.run(job);
    if (this.#pool.share(job)) return;
    throw new Error(
      "Cannot finish a matrix product: one of its threads failed in the middle of it. " +
        "Try again: it goes on without that thread",
    );
  }
}

let shared: Gemm | undefined;

/** The one that all code in this thread shares: its threads and its memory exist once. */
export function sharedGemm(): Gemm {
  return shared ??= new Gemm();
}

/** Checks the arrays, since the kernel does not look where they end. */
function refuse(a: Factor, b: Factor, out: Float32Array, tile: number): void {
  const size = Math.ceil(b.rows / UNROLL) * UNROLL * Math.ceil(b.columns / tile) * tile;
  const wanted = [a.rows * a.columns, b.rows * b.columns, a.rows * b.columns];
  const found = [a.data.length, b.data.length, out.length];
  if (a.columns === b.rows && size <= REGION && wanted.every((count, i) => found[i] >= count)) {
    return;
  }
  throw new RangeError(
    `Cannot multiply ${a.rows}×${a.columns} by ${b.rows}×${b.columns}: the inner sides must be equal, ` +
      `B must have at most ${REGION} numbers with its padding (it has ${size}), and the arrays at least ` +
      `${wanted.join(", ")} numbers, got ${found.join(", ")}`,
  );
}

/** A's panels: `GEMM_ROWS` rows, column after column; the rest is filled with zeros. */
function packRows(a: Factor, first: number, rows: number, inner: number, to: Float32Array): void {
  const { data, columns, transposed } = a;
  const stride = transposed ? a.rows : columns;
  let at = 0;
  for (let top = 0; top < rows; top += GEMM_ROWS) {
    const height = Math.min(GEMM_ROWS, rows - top);
    if (height < GEMM_ROWS || columns < inner) to.fill(0, at, at + GEMM_ROWS * inner);
    if (transposed) {
      for (let k = 0; k < columns; k++) {
        const from = k * stride + first + top;
        for (let i = 0; i < height; i++) to[at + k * GEMM_ROWS + i] = data[from + i];
      }
    } else {
      for (let i = 0; i < height; i++) {
        const from = (first + top + i) * stride;
        for (let k = 0; k < columns; k++) to[at + k * GEMM_ROWS + i] = data[from + k];
      }
    }
    at += GEMM_ROWS * inner;
  }
}

/** B's panels: `tile` columns, row after row; the rest is filled with zeros. */
function packColumns(b: Factor, inner: number, tile: number, to: Float32Array): void {
  const { data, rows, columns, transposed } = b;
  let at = 0;
  for (let left = 0; left < columns; left += tile) {
    const width = Math.min(tile, columns - left);
    if (width < tile || rows < inner) to.fill(0, at, at + tile * inner);
    if (transposed) {
      for (let j = 0; j < width; j++) {
        const from = (left + j) * rows;
        for (let k = 0; k < rows; k++) to[at + k * tile + j] = data[from + k];
      }
    } else {
      for (let k = 0; k < rows; k++) {
        const from = k * columns + left;
        for (let j = 0; j < width; j++) to[at + k * tile + j] = data[from + j];
      }
    }
    at += tile * inner;
  }
}
