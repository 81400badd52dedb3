/** Operations that move numbers from one order to another. */
import { MoveWord, Word } from "../../operation_protocol";
import { PANEL } from "../../sizes";
import { LINE } from "./lines";
import { address, chunkEnd, chunkStart, word } from "./op";
import { laneMask, splat } from "./vector";

/** Transposes 4×4 numbers; rows of both sides lie `fromStride` and `toStride` bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromStride);
  const c = v128.load(from + 2 * fromStride);
  const d = v128.load(from + 3 * fromStride);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to + toStride, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(to + 2 * toStride, v128.shuffle<f64>(ab2, cd2, 0, 2));
  v128.store(to + 3 * toStride, v128.shuffle<f64>(ab2, cd2, 1, 3));
}

/**
 * Panels of a batch to panels of features, each column times its seed, with `Added` added. Columns
 * that are no rows of the batch become zero, and so do features that are not there.
 */
export function transpose(op: usize, chunk: i32): void {
  const end = chunkEnd(op, chunk, (word(op, Word.Features) + PANEL - 1) / PANEL);
  for (let tile = chunkStart(op, chunk); tile < end; tile++) transposeTile(op, tile);
}

/** One panel of features. */
export function transposeTile(op: usize, tile: i32): void {
  const rows = word(op, Word.Features);
  const panels = word(op, Word.Panels);
  const groupPanels = word(op, Word.GroupPanels);
  const seeds = address(op, Word.Seeds);
  const added = address(op, Word.Added);
  const addedPanels = word(op, Word.AddedPanels);
  const first = tile * PANEL;
  const height = min(PANEL, rows - first);
  for (let panel = 0; panel < panels; panel++) {
    const from = address(op, Word.In) + <usize> panel * word(op, Word.InStride) +
      <usize> first * LINE;
    const to = address(op, Word.Out) + <usize> tile * word(op, Word.OutStride) +
      <usize> panel * PANEL * LINE;
    const last = (panel + 1) % groupPanels == 0;
    const count = last ? word(op, Word.LastColumns) : PANEL;
    const plus = panel < addedPanels
      ? added + <usize> panel * word(op, Word.AddedStride) + <usize> first * LINE
      : 0;
    for (let column = 0; column < PANEL; column += 4) {
      const seed = seeds
        ? v128.load(seeds + <usize> panel * LINE + 4 * <usize> column)
        : splat(1);
      const mask = laneMask(column, count);
      for (let row = 0; row < PANEL; row += 4) {
        const at = <usize> row * LINE + 4 * <usize> column;
        const a = row < height ? one(from, plus, at, seed, mask) : splat(0);
        const b = row + 1 < height ? one(from, plus, at + LINE, seed, mask) : splat(0);
        const c = row + 2 < height ? one(from, plus, at + 2 * LINE, seed, mask) : splat(0);
        const d = row + 3 < height ? one(from, plus, at + 3 * LINE, seed, mask) : splat(0);
        const target = to + <usize> column * LINE + 4 * <usize> row;
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        v128.store(target, v128.shuffle<f64>(ab, cd, 0, 2));
        v128.store(target + LINE, v128.shuffle<f64>(ab, cd, 1, 3));
        v128.store(target + 2 * LINE, v128.shuffle<f64>(ab2, cd2, 0, 2));
        v128.store(target + 3 * LINE, v128.shuffle<f64>(ab2, cd2, 1, 3));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function one(from: usize, plus: usize, at: usize, seed: v128, mask: v128): v128 {
  let x = f32x4.mul(v128.load(from + at), seed);
  if (plus) x = f32x4.add(x, v128.load(plus + at));
  return v128.and(x, mask);
}

/** Rows of a batch, one after another, to panels; times a mask of the same order. */
export function loadRows(op: usize, chunk: i32): void {
  const features = word(op, Word.Features);
  const count = word(op, MoveWord.Count);
  const rowBytes = <usize> word(op, MoveWord.RowBytes);
  const mask = address(op, Word.Mask);
  const end = chunkEnd(op, chunk, word(op, Word.Panels));
  for (let panel = chunkStart(op, chunk); panel < end; panel++) {
    const to = address(op, Word.Out) + <usize> panel * word(op, Word.OutStride);
    const first = panel * PANEL;
    const whole = features & ~3;
    for (let column = 0; column < PANEL; column += 4) {
      const offset = <usize> (first + column) * rowBytes;
      const from = address(op, Word.In) + offset;
      const target = to + 4 * <usize> column;
      let feature = 0;
      if (first + column + 4 <= count) {
        for (; feature < whole; feature += 4) {
          transpose4(
            from + 4 * <usize> feature,
            rowBytes,
            target + <usize> feature * LINE,
            LINE,
          );
        }
      }
      for (; feature < features; feature++) {
        for (let row = 0; row < 4; row++) {
          let x: f32 = 0;
          if (first + column + row < count) {
            x = load<f32>(from + <usize> row * rowBytes + 4 * <usize> feature);
          }
          store<f32>(target + <usize> feature * LINE + 4 * <usize> row, x);
        }
      }
    }
    if (mask) {
      const size = <usize> features * LINE;
      const factors = mask + <usize> panel * word(op, Word.OutStride);
      for (let byte: usize = 0; byte < size; byte += 16) {
        v128.store(
          to + byte,
          f32x4.mul(v128.load(to + byte), v128.load(factors + byte)),
        );
      }
    }
  }
}

/** Where sample `sample` of a panelled array has its number `feature`. */
// @ts-ignore: decorator
@inline
function place(base: usize, stride: i32, sample: i32, feature: i32): usize {
  return base + <usize> (sample / PANEL) * stride + <usize> feature * LINE +
    4 * <usize> (sample % PANEL);
}

/** Samples end to end in packs, times D's mask of its input. A chunk is a panel of packs. */
export function pack(op: usize, chunk: i32): void {
  const packing = word(op, MoveWord.Packing);
  const width = word(op, MoveWord.Width);
  const count = word(op, MoveWord.Count);
  const mask = address(op, Word.Mask);
  const outStride = word(op, Word.OutStride);
  if (packing == 1 && mask) {
    const from = address(op, Word.In) + <usize> chunk * word(op, Word.InStride);
    const to = <usize> chunk * outStride;
    for (let byte: usize = 0; byte < <usize> width * LINE; byte += 16) {
      const factor = v128.load(mask + to + byte);
      v128.store(address(op, Word.Out) + to + byte, f32x4.mul(v128.load(from + byte), factor));
    }
    return;
  }
  for (let column = chunk * PANEL; column < (chunk + 1) * PANEL; column++) {
    for (let part = 0; part < packing; part++) {
      for (let feature = 0; feature < width; feature++) {
        let x: f32 = 0;
        if (column < count) {
          x = load<f32>(place(
            address(op, Word.In),
            word(op, Word.InStride),
            column * packing + part,
            feature,
          ));
        }
        const to = part * width + feature;
        if (mask) x *= load<f32>(place(mask, outStride, column, to));
        store<f32>(place(address(op, Word.Out), outStride, column, to), x);
      }
    }
  }
}

/**
 * The way back. A chunk is a panel of packs; the columns of a sample's last panel are left at zero.
 */
export function unpack(op: usize, chunk: i32): void {
  const packing = word(op, MoveWord.Packing);
  const width = word(op, MoveWord.Width);
  const count = word(op, MoveWord.Count);
  for (let column = chunk * PANEL; column < (chunk + 1) * PANEL; column++) {
    if (column >= count) return;
    for (let part = 0; part < packing; part++) {
      for (let feature = 0; feature < width; feature++) {
        const from = place(
          address(op, Word.In),
          word(op, Word.InStride),
          column,
          part * width + feature,
        );
        const to = place(
          address(op, Word.Out),
          word(op, Word.OutStride),
          column * packing + part,
          feature,
        );
        store<f32>(to, load<f32>(from));
      }
    }
  }
}
