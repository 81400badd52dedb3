/**
 * The inner loop of a matrix product as a WebAssembly module, written byte by byte.
 *
 * It multiplies packed panels: `TILE_ROWS` rows of A, stored column after column, with `TILE_COLUMNS`
 * columns of B, stored row after row. A tile of C stays in 12 vector registers while k runs; with two
 * vectors of B and one number of A that makes 15, all that V8 has to give on x86-64. Other shapes
 * of a tile were measured and are slower.
 *
 * Where the engine has relaxed SIMD, product and sum are one instruction, fused or not as the processor
 * has it: the result is the same on one machine and may differ in the last bit on another.
 * Source of the opcodes: the WebAssembly specification, 3.0.
 *
 * @module
 */

export const TILE_ROWS = 6;
export const TILE_COLUMNS = 8;
/** k is padded to a multiple of this: so many turns of the loop are written out. */
export const UNROLL = 4;

/** What the module exports. Addresses are in bytes. */
export interface GemmExports {
  /**
   * C = A·B for one panel of B and `panels` panels of A, one after another.
   *
   * @param k Length of the inner side divided by `UNROLL`.
   * @param rowBytes From one row of C to the next.
   */
  multiply(a: number, b: number, c: number, panels: number, k: number, rowBytes: number): void;
}

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

const I32 = 0x7f, V128 = 0x7b;
const VOID = 0x40;
const END = [0x0b], ADD = [0x6a], SUBTRACT = [0x6b];
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

/** The module; its memory is imported as `gemm.memory`, shared, `pages` of 64 KiB. */
export function gemmModule(pages: number, relaxed: boolean): Uint8Array<ArrayBuffer> {
  const vectors = TILE_COLUMNS / 4;
  const [a, b, c, panels, k, rowBytes] = [0, 1, 2, 3, 4, 5];
  const [pointer, turns, number, firstB] = [6, 7, 8, 9];
  const sums = firstB + vectors;
  // Two groups of locals: so many of one type, so many of the other.
  const locals = [2, 2, I32, 1 + vectors + TILE_ROWS * vectors, V128];
  const code: number[] = [];
  const emit = (...instructions: number[][]) => {
    for (const instruction of instructions) code.push(...instruction);
  };
  const advance = (local: number, bytes: number) =>
    emit(get(local), constant(bytes), ADD, set(local));

  emit(LOOP);
  for (let i = 0; i < TILE_ROWS * vectors; i++) emit(ZERO_VECTOR, set(sums + i));
  emit(get(b), set(pointer), get(k), set(turns), LOOP);
  for (let turn = 0; turn < UNROLL; turn++) {
    for (let v = 0; v < vectors; v++) {
      emit(get(pointer), loadVector(4 * (turn * TILE_COLUMNS + 4 * v)), set(firstB + v));
    }
    for (let row = 0; row < TILE_ROWS; row++) {
      emit(get(a), loadSplat(4 * (turn * TILE_ROWS + row)), set(number));
      for (let v = 0; v < vectors; v++) {
        const sum = sums + row * vectors + v;
        if (relaxed) emit(get(number), get(firstB + v), get(sum), simd(0x105), set(sum));
        else emit(get(number), get(firstB + v), simd(0xe6), get(sum), simd(0xe4), set(sum));
      }
    }
  }
  advance(a, 4 * UNROLL * TILE_ROWS);
  advance(pointer, 4 * UNROLL * TILE_COLUMNS);
  emit(get(turns), constant(1), SUBTRACT, tee(turns), AGAIN_UNLESS_ZERO, END);
  for (let row = 0; row < TILE_ROWS; row++) {
    for (let v = 0; v < vectors; v++) {
      emit(get(c), get(sums + row * vectors + v), storeVector(16 * v));
    }
    emit(get(c), get(rowBytes), ADD, set(c));
  }
  emit(get(panels), constant(1), SUBTRACT, tee(panels), AGAIN_UNLESS_ZERO, END, END);

  const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const body = [...locals, ...code];
  const shared = [3, ...unsigned(pages), ...unsigned(pages)];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...name("gemm"), ...name("memory"), 2, ...shared]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("multiply"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  );
}
