/**
 * A matrix product of packed panels as a WebAssembly module.
 *
 * It multiplies `GEMM_ROWS` rows of A, stored column after column, with a few columns of B, stored
 * row after row. A tile of C stays in 12 registers while k runs; with a row of B in two more and
 * one number of A that makes 15, all that V8 has to give on x86-64. Registers have four numbers, or
 * eight with the flags of `wide_registers.ts`: hence two widths of a tile. Each is the fastest of
 * ten shapes where it is used, and the other one is slower there by a quarter and by a half
 * (`docs/performance.md`).
 *
 * @module
 */
import {
  assemble,
  call,
  countDown,
  f32x4,
  forever,
  i32,
  type Instructions,
  local,
  returnIf,
  sequence,
  unrolled,
  type WasmFunction,
} from "@/wasm/assembler.ts";
import { addProducts, clearSums, sumLocal, type Tile, tileLocals } from "@/wasm/tile_sums.ts";

/** Rows of a tile. */
export const GEMM_ROWS = 6;
/** Columns of a tile, by whether V8 was started with the flags for wide registers. */
export const GEMM_COLUMNS = { wide: 16, narrow: 8 };
/** k is padded to a multiple of this: as many steps of the loop are written out. */
export const UNROLL = 4;

/** How the module is built. */
export interface GemmBuild {
  /** As in `f32x4.multiplyAdd`. */
  relaxed: boolean;
  /** Columns of a tile: a multiple of 4. */
  columns: number;
}

/** What the module exports. Addresses are in bytes. */
export interface GemmExports {
  /**
   * C = A·B for one panel of B and `panels` panels of A, one after another.
   *
   * @param turns Length of the inner side divided by `UNROLL`.
   * @param rowBytes From one row of C to the next.
   */
  multiply(a: number, b: number, c: number, panels: number, turns: number, rowBytes: number): void;
  /**
   * A thread's part of a product: takes panels of B from a counter until none is left.
   *
   * @param next Address of the counter.
   */
  run(
    a: number,
    b: number,
    c: number,
    rowPanels: number,
    turns: number,
    columnPanels: number,
    next: number,
  ): void;
}

/** `multiply`. */
function multiplyFunction({ relaxed, columns }: GemmBuild): WasmFunction {
  const [a, b, c, panels, turns, rowBytes, pointer, left, firstOfTile] = [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
  ];
  const tile: Tile = { rows: GEMM_ROWS, vectors: columns / 4, relaxed, first: firstOfTile };
  const step = (index: number) =>
    addProducts(
      tile,
      (row) => [...local.get(a), ...f32x4.loadSplat(4 * (index * GEMM_ROWS + row))],
      (vector) => [...local.get(pointer), ...f32x4.load(4 * index * columns + 16 * vector)],
    );
  const storeRow = (row: number) =>
    sequence(
      unrolled(tile.vectors, (vector) =>
        sequence(
          local.get(c),
          local.get(sumLocal(tile, row, vector)),
          f32x4.store(16 * vector),
        )),
      local.advance(c, local.get(rowBytes)),
    );
  return {
    name: "multiply",
    parameters: 6,
    locals: { integers: 2, vectors: tileLocals(tile) },
    body: countDown(
      panels,
      clearSums(tile),
      ...[local.get(b), local.set(pointer), local.get(turns), local.set(left)],
      countDown(
        left,
        unrolled(UNROLL, step),
        local.advance(a, i32.constant(4 * UNROLL * GEMM_ROWS)),
        local.advance(pointer, i32.constant(4 * UNROLL * columns)),
      ),
      unrolled(GEMM_ROWS, storeRow),
    ),
  };
}

/** `run`; `multiply` is the function with this index. */
function runFunction(multiply: number, { columns }: GemmBuild): WasmFunction {
  const [a, b, c, rowPanels, turns, columnPanels, next, panel] = [0, 1, 2, 3, 4, 5, 6, 7];
  const times = (...factors: Instructions[]) =>
    sequence(factors[0], ...factors.slice(1).flatMap((factor) => [factor, i32.multiply]));
  const rowBytes = i32.constant(4 * columns);
  return {
    name: "run",
    parameters: 7,
    locals: { integers: 1, vectors: 0 },
    body: forever(
      ...[local.get(next), i32.constant(1), i32.atomicAdd, local.tee(panel)],
      ...[local.get(columnPanels), i32.atLeast, returnIf],
      local.get(a),
      ...[local.get(b), times(local.get(panel), local.get(turns), i32.constant(UNROLL), rowBytes)],
      i32.add,
      ...[local.get(c), times(local.get(panel), rowBytes), i32.add],
      ...[local.get(rowPanels), local.get(turns), times(local.get(columnPanels), rowBytes)],
      call(multiply),
    ),
  };
}

/** The module; its memory is imported as `env.memory`, `pages` of 64 KiB. */
export function gemmModule(pages: number, build: GemmBuild): Uint8Array<ArrayBuffer> {
  const functions = [multiplyFunction(build), runFunction(0, build)];
  return assemble({ pages, maximumPages: pages }, functions);
}
