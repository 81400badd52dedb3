/**
 * The inner loops of the three matrix products of a dense layer, as a WebAssembly module that is
 * written byte by byte. Each computes tiles of `TILE_ROWS` × `PANEL` numbers that stay in registers while
 * the inner side runs. `layout.ts` says how the operands lie in memory: nothing is packed.
 *
 *   forward    h = Wᵀx:   rows are outputs of the layer, columns are rows of the batch;
 *   backward   g = W·u:   rows are inputs of the layer, columns are rows of the batch;
 *   gradient   dW = u·xᵀ: rows are outputs of the layer, columns are inputs.
 *
 * In each, one number of the left operand times `PANEL` neighbours of the right one is added to a row of
 * the tile. They differ in where the next number of the left operand lies, and that is written into
 * the instructions.
 *
 * A row of a tile is four vectors of four numbers. V8 pairs them into two registers of eight when it is
 * started with the flags of `v8_flags.ts` (x86-64 with AVX2): then a tile fills 12 of 16 registers. 64-bit
 * ARM has 32 registers of four. Without the flags an x86-64 has too few, and takes twice as long or more;
 * loops over half a panel would fit, and were slower still.
 *
 * Where the engine has relaxed SIMD, product and sum are one instruction, fused or not as the processor
 * has it: the result is the same on one machine and may differ in the last bit on another.
 * Source of the opcodes: the WebAssembly specification, 3.0.
 *
 * @module
 */
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

/** An unsigned number in LEB128. */
function unsigned(n: number): number[] {
  const bytes: number[] = [];
  do {
    bytes.push((n & 127) | (n > 127 ? 128 : 0));
    n >>>= 7;
  } while (n > 0);
  return bytes;
}

/** A number that is not negative in signed LEB128: bit 6 of the last byte must be 0. */
function signed(n: number): number[] {
  const bytes = unsigned(n);
  if (bytes.at(-1)! < 64) return bytes;
  return [...bytes.slice(0, -1), bytes.at(-1)! | 128, 0];
}

const I32 = 0x7f, V128 = 0x7b, VOID = 0x40;
const END = [0x0b], ADD = [0x6a], SUBTRACT = [0x6b], LESS = [0x48], SELECT = [0x1b];
const LOOP = [0x03, VOID], AGAIN_UNLESS_ZERO = [0x0d, 0];
const simd = (opcode: number, ...rest: number[]) => [0xfd, ...unsigned(opcode), ...rest];
const get = (local: number) => [0x20, ...unsigned(local)];
const set = (local: number) => [0x21, ...unsigned(local)];
const tee = (local: number) => [0x22, ...unsigned(local)];
const constant = (n: number) => [0x41, ...signed(n)];
const loadVector = (offset: number) => simd(0x00, 2, ...unsigned(offset));
const loadSplat = (offset: number) => simd(0x09, 2, ...unsigned(offset));
const storeVector = (offset: number) => simd(0x0b, 2, ...unsigned(offset));
const ZERO_VECTOR = simd(0x0c, ...Array(16).fill(0));

/** One loop as the body of a function. */
function body(shape: Shape, relaxed: boolean): number[] {
  const vectors = PANEL / 4;
  const [a, b, c, turns, jump, count, aStep, bStep, cStep] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [left, right, rest, inner, number, firstB] = [9, 10, 11, 12, 13, 14];
  const sums = firstB + vectors;
  const locals = [2, 4, I32, 1 + vectors + TILE_ROWS * vectors, V128];
  const code: number[] = [];
  const emit = (...instructions: number[][]) => {
    for (const instruction of instructions) code.push(...instruction);
  };
  const advance = (local: number, ...by: number[][]) => emit(get(local), ...by, ADD, set(local));

  emit(LOOP);
  for (let i = 0; i < TILE_ROWS * vectors; i++) emit(ZERO_VECTOR, set(sums + i));
  emit(get(a), set(left), get(b), set(right), get(turns), set(rest), LOOP);
  // inner = min(rest, turns of a group); rest -= inner.
  emit(get(rest), constant(shape.turnsPerGroup), get(rest), constant(shape.turnsPerGroup));
  emit(LESS, SELECT, set(inner), get(rest), get(inner), SUBTRACT, set(rest), LOOP);
  for (let step = 0; step < shape.steps; step++) {
    for (let v = 0; v < vectors; v++) {
      emit(get(right), loadVector(4 * PANEL * step + 16 * v), set(firstB + v));
    }
    for (let row = 0; row < TILE_ROWS; row++) {
      emit(get(left), loadSplat(row * shape.rowStride + step * shape.stepStride), set(number));
      for (let v = 0; v < vectors; v++) {
        const sum = sums + row * vectors + v;
        if (relaxed) emit(get(number), get(firstB + v), get(sum), simd(0x105), set(sum));
        else emit(get(number), get(firstB + v), simd(0xe6), get(sum), simd(0xe4), set(sum));
      }
    }
  }
  // A turn that is a group of its own jumps, and does nothing else.
  if (shape.turnsPerGroup > 1) advance(left, constant(shape.steps * shape.stepStride));
  advance(right, constant(4 * PANEL * shape.steps));
  emit(get(inner), constant(1), SUBTRACT, tee(inner), AGAIN_UNLESS_ZERO, END);
  advance(left, get(jump));
  emit(get(rest), AGAIN_UNLESS_ZERO, END);
  for (let row = 0; row < TILE_ROWS; row++) {
    for (let v = 0; v < vectors; v++) {
      const offset = row * shape.resultStride + 16 * v;
      emit(get(c), get(sums + row * vectors + v), storeVector(offset));
    }
  }
  advance(a, get(aStep));
  advance(b, get(bStep));
  advance(c, get(cStep));
  emit(get(count), constant(1), SUBTRACT, tee(count), AGAIN_UNLESS_ZERO, END, END);
  return [...locals, ...code];
}

/**
 * The module. It imports its memory as `env.memory`: shared, of at most `maximumPages`.
 *
 * @param relaxed Whether relaxed SIMD is used.
 */
export function tileModule(
  options: { relaxed: boolean; pages: number; maximumPages: number },
): Uint8Array<ArrayBuffer> {
  const names = Object.keys(SHAPES) as (keyof TileExports)[];
  const bodies = names.map((name) => body(SHAPES[name], options.relaxed));
  const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const shared = [3, ...unsigned(options.pages), ...unsigned(options.maximumPages)];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 9, ...Array(9).fill(I32), 0]),
    ...section(2, [1, ...name("env"), ...name("memory"), 2, ...shared]),
    ...section(3, [names.length, ...names.map(() => 0)]),
    ...section(7, [names.length, ...names.flatMap((text, i) => [...name(text), 0, i])]),
    ...section(10, [
      names.length,
      ...bodies.flatMap((bytes) => [...unsigned(bytes.length), ...bytes]),
    ]),
  );
}
