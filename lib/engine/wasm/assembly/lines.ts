/**
 * What is done to lines. A row of a result has one line in each panel, and the rows of a chunk lie
 * one after another in a panel: they are dealt with panel by panel, as soon as their product is
 * there.
 *
 * The four vectors of a line are loaded together, computed together and stored together, so that V8
 * can pair them into registers of eight. Sums over the batch go vector by vector, panel by panel,
 * in this order, whichever thread computes them; on their way they lie in `Sums`.
 */
import { ActivationCode, SUM_BYTES, Word } from "../../operation_protocol";
import { PANEL } from "../../sizes";
import { address, word } from "./op";
import { laneMask, sigmoid, splat, tanh, total } from "./vector";

/** Bytes of a line. */
export const LINE: usize = 4 * PANEL;

/** The line of row `row` in panel `panel` of the array whose address and stride are these words. */
// @ts-ignore: decorator
@inline
export function line(op: usize, array: i32, stride: i32, panel: i32, row: i32): usize {
  return address(op, array) + <usize> panel * word(op, stride) + <usize> row * LINE;
}

/** The number of row `row` in an array of one for each row. */
// @ts-ignore: decorator
@inline
export function ofRow(op: usize, array: i32, row: i32): usize {
  return address(op, array) + (<usize> row << 2);
}

/** Where the sums of row `row` lie. */
// @ts-ignore: decorator
@inline
export function sumsOf(op: usize, row: i32): usize {
  return address(op, Word.Sums) + <usize> row * SUM_BYTES;
}

export function clearSums(op: usize, first: i32, end: i32): void {
  memory.fill(sumsOf(op, first), 0, <usize> (end - first) * SUM_BYTES);
}

/** The sum at `byte` of `sumsOf(row)`. */
// @ts-ignore: decorator
@inline
export function sumOf(op: usize, row: i32, byte: usize): f32 {
  return total(v128.load(sumsOf(op, row) + byte));
}

/** Columns of panel `panel` that are rows of the batch: all, but in the last panel of a group. */
// @ts-ignore: decorator
@inline
export function columnsOf(op: usize, panel: i32): i32 {
  return (panel + 1) % word(op, Word.GroupPanels) == 0 ? word(op, Word.LastColumns) : PANEL;
}

/** x, the vector from column `first` of a line, with zeros from column `columns` on. */
// @ts-ignore: decorator
@inline
export function valid(columns: i32, first: i32, x: v128): v128 {
  return v128.and(x, laneMask(first, columns));
}

/** `kind` of h. */
// @ts-ignore: decorator
@inline
export function activated(kind: i32, slope: v128, h: v128): v128 {
  if (kind == ActivationCode.Relu) return f32x4.max(h, splat(0));
  if (kind == ActivationCode.LeakyRelu) {
    return v128.bitselect(h, f32x4.mul(slope, h), f32x4.gt(h, splat(0)));
  }
  if (kind == ActivationCode.Sigmoid) return sigmoid(h);
  if (kind == ActivationCode.Tanh) return tanh(h);
  return h;
}

/** g times dy/dh, from what came out. ReLU is the leaky one with a slope of 0. */
// @ts-ignore: decorator
@inline
export function sloped(kind: i32, slope: v128, y: v128, g: v128): v128 {
  const one = splat(1);
  if (kind == ActivationCode.LeakyRelu) {
    return f32x4.mul(g, v128.bitselect(one, slope, f32x4.gt(y, splat(0))));
  }
  if (kind == ActivationCode.Sigmoid) return f32x4.mul(g, f32x4.mul(y, f32x4.sub(one, y)));
  if (kind == ActivationCode.Tanh) return f32x4.mul(g, f32x4.sub(one, f32x4.mul(y, y)));
  return g;
}

/** `count` lines from `at` on times those from `by` on, in place. */
export function multiplyLines(at: usize, by: usize, count: i32): void {
  for (; count > 0; count--) {
    const a = f32x4.mul(v128.load(at), v128.load(by));
    const b = f32x4.mul(v128.load(at, 16), v128.load(by, 16));
    const c = f32x4.mul(v128.load(at, 32), v128.load(by, 32));
    const d = f32x4.mul(v128.load(at, 48), v128.load(by, 48));
    v128.store(at, a);
    v128.store(at, b, 16);
    v128.store(at, c, 32);
    v128.store(at, d, 48);
    at += LINE;
    by += LINE;
  }
}
