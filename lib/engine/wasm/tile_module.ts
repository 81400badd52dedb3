/**
 * The inner loops of the three matrix products of a dense layer, as a WebAssembly module. Each
 * computes tiles of `TILE_ROWS` × `PANEL` numbers that stay in registers while the inner side runs.
 * `layout.ts` says how the operands lie in memory: nothing is packed.
 *
 *   forward    h = Wᵀx:   rows are outputs of the layer, columns are rows of the batch;
 *   backward   g = W·u:   rows are inputs of the layer, columns are rows of the batch;
 *   gradient   dW = u·xᵀ: rows are outputs of the layer, columns are inputs.
 *
 * In each, one number of the left operand times `PANEL` neighbours of the right one is added to a
 * row of the tile. They differ in where the next number of the left operand lies, and that is
 * written into the instructions.
 *
 * A row of a tile is four vectors of four numbers. V8 pairs them into two registers of eight when
 * it is started with the flags of `wide_registers.ts` (x86-64 with AVX2): then a tile fills 12 of
 * 16 registers. 64-bit ARM has 32 registers of four. Without the flags an x86-64 has too few, and
 * takes twice as long or more; loops over half a panel would fit, and were slower still.
 *
 * @module
 */
import {
  assemble,
  countDown,
  f32x4,
  i32,
  type Instructions,
  local,
  type MemoryLimits,
  select,
  sequence,
  unrolled,
  untilZero,
  type WasmFunction,
} from "@/wasm/assembler.ts";
import { addProducts, clearSums, sumLocal, type Tile, tileLocals } from "@/wasm/tile_sums.ts";
import { BLOCK, PANEL, TILE_ROWS } from "../layout.ts";

/**
 * What a sweep of tiles is called with, all in bytes but for the counts: the tile at `c` of the
 * operands at `a` and `b`, then `count - 1` more, each `aStep`, `bStep`, `cStep` further.
 *
 * @param turns The inner side, divided by the steps of a turn (forward 4, backward 6, gradient 4).
 * @param jump From the end of a group of turns to the next in `a`.
 */
export type Sweep = (
  a: number,
  b: number,
  c: number,
  turns: number,
  jump: number,
  count: number,
  aStep: number,
  bStep: number,
  cStep: number,
) => void;

/** What the module exports. */
export interface TileExports {
  forward: Sweep;
  backward: Sweep;
  gradient: Sweep;
}

interface Shape {
  /** Bytes from a row of the left operand to the next, and from one inner step to the next. */
  rowStride: number;
  stepStride: number;
  /** Inner steps that are written out, and how many times they run before `a` jumps. */
  steps: number;
  turnsPerGroup: number;
  /** Bytes from a row of the result to the next. */
  resultStride: number;
}

const SHAPES: Record<keyof TileExports, Shape> = {
  forward: {
    rowStride: 4 * BLOCK,
    stepStride: 4,
    steps: 4,
    turnsPerGroup: BLOCK / 4,
    resultStride: 4 * PANEL,
  },
  backward: {
    rowStride: 4,
    stepStride: 4 * BLOCK,
    steps: TILE_ROWS,
    turnsPerGroup: 1,
    resultStride: 4 * PANEL,
  },
  gradient: {
    rowStride: 4 * PANEL,
    stepStride: 4,
    steps: 4,
    turnsPerGroup: PANEL / 4,
    resultStride: 4 * BLOCK,
  },
};

/** Locals of a sweep: its parameters, in the order of `Sweep`, and integers of its own. */
const [A, B, C, TURNS, JUMP, COUNT, A_STEP, B_STEP, C_STEP] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const [LEFT, RIGHT, REST, INNER, FIRST_OF_TILE] = [9, 10, 11, 12, 13];

/** One loop as a function. */
function sweep(name: keyof TileExports, relaxed: boolean): WasmFunction {
  const shape = SHAPES[name];
  const tile: Tile = { rows: TILE_ROWS, vectors: PANEL / 4, relaxed, first: FIRST_OF_TILE };
  const copy = (from: number, to: number) => sequence(local.get(from), local.set(to));
  return {
    name,
    parameters: 9,
    locals: { integers: FIRST_OF_TILE - 9, vectors: tileLocals(tile) },
    body: countDown(
      COUNT,
      clearSums(tile),
      copy(A, LEFT),
      copy(B, RIGHT),
      copy(TURNS, REST),
      untilZero(
        REST,
        takeGroup(shape.turnsPerGroup),
        countDown(INNER, turn(shape, tile)),
        local.advance(LEFT, local.get(JUMP)),
      ),
      storeTile(shape, tile),
      local.advance(A, local.get(A_STEP)),
      local.advance(B, local.get(B_STEP)),
      local.advance(C, local.get(C_STEP)),
    ),
  };
}

/** inner = min(rest, turns of a group); rest -= inner. */
function takeGroup(turns: number): Instructions {
  const [rest, group] = [local.get(REST), i32.constant(turns)];
  return sequence(
    ...[rest, group, rest, group, i32.lessThan, select, local.set(INNER)],
    ...[rest, local.get(INNER), i32.subtract, local.set(REST)],
  );
}

function turn(shape: Shape, tile: Tile): Instructions {
  const { rowStride, stepStride, steps, turnsPerGroup } = shape;
  return sequence(
    unrolled(steps, (step) =>
      addProducts(
        tile,
        (row) => [...local.get(LEFT), ...f32x4.loadSplat(row * rowStride + step * stepStride)],
        (vector) => [...local.get(RIGHT), ...f32x4.load(4 * PANEL * step + 16 * vector)],
      )),
    // A turn that is a group of its own jumps, and does nothing else.
    turnsPerGroup > 1 ? local.advance(LEFT, i32.constant(steps * stepStride)) : [],
    local.advance(RIGHT, i32.constant(4 * PANEL * steps)),
  );
}

function storeTile({ resultStride }: Shape, tile: Tile): Instructions {
  return unrolled(tile.rows, (row) =>
    unrolled(tile.vectors, (vector) =>
      sequence(
        local.get(C),
        local.get(sumLocal(tile, row, vector)),
        f32x4.store(row * resultStride + 16 * vector),
      )));
}

/** The module, which imports its memory as `env.memory`; `relaxed` as in `f32x4.multiplyAdd`. */
export function tileModule(
  { relaxed, ...memory }: MemoryLimits & { relaxed: boolean },
): Uint8Array<ArrayBuffer> {
  const names = Object.keys(SHAPES) as (keyof TileExports)[];
  return assemble(memory, names.map((name) => sweep(name, relaxed)));
}
