/**
 * From the gradient at a layer's output, lines of `Raw`, to the one at its affine map, lines of
 * `Out`.
 */
import { ActivationCode, Word } from "../../operation_protocol";
import {
  clearSums,
  columnsOf,
  LINE,
  line,
  multiplyLines,
  ofRow,
  sloped,
  sumOf,
  sumsOf,
  valid,
} from "./lines";
import { PANEL } from "../../sizes";
import { address, number, word } from "./op";
import { splat, total } from "./vector";

/** Affine rows of a row of the output. */
// @ts-ignore: decorator
@inline
function piecesOf(op: usize): i32 {
  return word(op, Word.Activation) == ActivationCode.Maxout ? word(op, Word.Pieces) : 1;
}

/** To be called before the first panel. */
export function beginAffine(op: usize, first: i32, end: i32): void {
  const pieces = piecesOf(op);
  if (address(op, Word.Sums)) clearSums(op, first * pieces, end * pieces);
}

export function affineLines(op: usize, panel: i32, first: i32, end: i32): void {
  if (address(op, Word.Mask)) maskLines(op, panel, first, end);
  if (address(op, Word.Squares)) squareLines(op, panel, first, end);
  if (word(op, Word.Activation) == ActivationCode.Maxout) spreadLines(op, panel, first, end);
  else throughLines(op, panel, first, end);
  const pieces = piecesOf(op);
  if (word(op, Word.Norm)) sumNormLines(op, panel, first, end);
  else if (address(op, Word.BiasGradient)) {
    sumBiasLines(op, panel, first * pieces, end * pieces);
  }
}

/** To be called after the last panel. */
export function endAffine(op: usize, first: i32, end: i32): void {
  const pieces = piecesOf(op);
  if (word(op, Word.Norm)) normBackwardLines(op, first, end);
  if (address(op, Word.Squares)) {
    for (let row = first; row < end; row++) {
      store<f32>(ofRow(op, Word.Squares, row), sumOf(op, row, 0));
    }
  }
  if (!address(op, Word.BiasGradient)) return;
  for (let row = first * pieces; row < end * pieces; row++) {
    store<f32>(ofRow(op, Word.BiasGradient, row), sumOf(op, row, 16));
  }
}

/** Lines of `Raw` times the mask of the layer's output, in place. */
function maskLines(op: usize, panel: i32, first: i32, end: i32): void {
  const mask = line(op, Word.Mask, Word.RawStride, panel, first);
  multiplyLines(line(op, Word.Raw, Word.RawStride, panel, first), mask, end - first);
}

/** Adds the squares of lines to the sums, for the penalty; then its factor, and the mask again. */
function squareLines(op: usize, panel: i32, first: i32, end: i32): void {
  const columns = columnsOf(op, panel);
  const factor = splat(number(op, Word.Factor));
  let at = line(op, Word.Raw, Word.RawStride, panel, first);
  for (let row = first; row < end; row++) {
    const sums = sumsOf(op, row);
    let sum = v128.load(sums);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    if (columns == PANEL) {
      sum = f32x4.add(sum, f32x4.mul(a, a));
      sum = f32x4.add(sum, f32x4.mul(b, b));
      sum = f32x4.add(sum, f32x4.mul(c, c));
      sum = f32x4.add(sum, f32x4.mul(d, d));
    } else {
      sum = f32x4.add(sum, valid(columns, 0, f32x4.mul(a, a)));
      sum = f32x4.add(sum, valid(columns, 4, f32x4.mul(b, b)));
      sum = f32x4.add(sum, valid(columns, 8, f32x4.mul(c, c)));
      sum = f32x4.add(sum, valid(columns, 12, f32x4.mul(d, d)));
    }
    v128.store(sums, sum);
    v128.store(at, f32x4.mul(a, factor));
    v128.store(at, f32x4.mul(b, factor), 16);
    v128.store(at, f32x4.mul(c, factor), 32);
    v128.store(at, f32x4.mul(d, factor), 48);
    at += LINE;
  }
  if (address(op, Word.Mask)) maskLines(op, panel, first, end);
}

/** Lines times their seeds and the slopes of the activation. */
function throughLines(op: usize, panel: i32, first: i32, end: i32): void {
  const kind = address(op, Word.Activated) ? word(op, Word.Activation) : ActivationCode.Linear;
  if (kind == ActivationCode.Relu || kind == ActivationCode.LeakyRelu) {
    through(ActivationCode.LeakyRelu, op, panel, first, end);
  } else if (kind == ActivationCode.Sigmoid) through(ActivationCode.Sigmoid, op, panel, first, end);
  else if (kind == ActivationCode.Tanh) through(ActivationCode.Tanh, op, panel, first, end);
  else through(ActivationCode.Linear, op, panel, first, end);
}

// @ts-ignore: decorator
@inline
function through(kind: i32, op: usize, panel: i32, first: i32, end: i32): void {
  const slope = splat(number(op, Word.Slope));
  const seeds = address(op, Word.Seeds);
  let from = line(op, Word.Raw, Word.RawStride, panel, first);
  let to = line(op, Word.Out, Word.OutStride, panel, first);
  let given = line(op, Word.Activated, Word.ActivatedStride, panel, first);
  if (kind == ActivationCode.Linear && !seeds && from == to) return;
  let e = splat(1);
  let f = e;
  let g = e;
  let h = e;
  if (seeds) {
    const own = seeds + <usize> panel * LINE;
    e = v128.load(own);
    f = v128.load(own, 16);
    g = v128.load(own, 32);
    h = v128.load(own, 48);
  }
  for (let row = first; row < end; row++) {
    let a = f32x4.mul(v128.load(from), e);
    let b = f32x4.mul(v128.load(from, 16), f);
    let c = f32x4.mul(v128.load(from, 32), g);
    let d = f32x4.mul(v128.load(from, 48), h);
    if (kind != ActivationCode.Linear) {
      a = sloped(kind, slope, v128.load(given), a);
      b = sloped(kind, slope, v128.load(given, 16), b);
      c = sloped(kind, slope, v128.load(given, 32), c);
      d = sloped(kind, slope, v128.load(given, 48), d);
      given += LINE;
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    from += LINE;
    to += LINE;
  }
}

/** Maxout: the gradient of a unit goes to its winning pieces. */
function spreadLines(op: usize, panel: i32, first: i32, end: i32): void {
  const pieces = word(op, Word.Pieces);
  const seeds = address(op, Word.Seeds) + <usize> panel * LINE;
  let from = line(op, Word.Raw, Word.RawStride, panel, first);
  let to = line(op, Word.Out, Word.OutStride, panel, first * pieces);
  let winners = line(op, Word.Winners, Word.WinnersStride, panel, first * pieces);
  for (let unit = first; unit < end; unit++) {
    let a = v128.load(from);
    let b = v128.load(from, 16);
    let c = v128.load(from, 32);
    let d = v128.load(from, 48);
    if (address(op, Word.Seeds)) {
      a = f32x4.mul(a, v128.load(seeds));
      b = f32x4.mul(b, v128.load(seeds, 16));
      c = f32x4.mul(c, v128.load(seeds, 32));
      d = f32x4.mul(d, v128.load(seeds, 48));
    }
    for (let piece = 0; piece < pieces; piece++) {
      const e = f32x4.mul(a, v128.load(winners));
      const f = f32x4.mul(b, v128.load(winners, 16));
      const g = f32x4.mul(c, v128.load(winners, 32));
      const h = f32x4.mul(d, v128.load(winners, 48));
      v128.store(to, e);
      v128.store(to, f, 16);
      v128.store(to, g, 32);
      v128.store(to, h, 48);
      to += LINE;
      winners += LINE;
    }
    from += LINE;
  }
}

/**
 * Adds the lines of `Out`, each column times its seed where there are any, to the sums. Columns
 * that are no rows of the batch have a gradient, or a seed, of zero.
 */
function sumBiasLines(op: usize, panel: i32, first: i32, end: i32): void {
  const seeds = address(op, Word.BiasSeeds);
  let e = splat(1);
  let f = e;
  let g = e;
  let h = e;
  if (seeds) {
    const own = seeds + <usize> panel * LINE;
    e = v128.load(own);
    f = v128.load(own, 16);
    g = v128.load(own, 32);
    h = v128.load(own, 48);
  }
  let at = line(op, Word.Out, Word.OutStride, panel, first);
  for (let row = first; row < end; row++) {
    const sums = sumsOf(op, row);
    let sum = f32x4.add(v128.load(sums, 16), f32x4.mul(v128.load(at), e));
    sum = f32x4.add(sum, f32x4.mul(v128.load(at, 16), f));
    sum = f32x4.add(sum, f32x4.mul(v128.load(at, 32), g));
    sum = f32x4.add(sum, f32x4.mul(v128.load(at, 48), h));
    v128.store(sums, sum, 16);
    at += LINE;
  }
}

/** Adds lines g of `Out`, and g x̂, to the sums. */
function sumNormLines(op: usize, panel: i32, first: i32, end: i32): void {
  const columns = columnsOf(op, panel);
  let at = line(op, Word.Out, Word.OutStride, panel, first);
  let normalised = line(op, Word.Normalised, Word.NormalisedStride, panel, first);
  for (let row = first; row < end; row++) {
    let a = v128.load(at);
    let b = v128.load(at, 16);
    let c = v128.load(at, 32);
    let d = v128.load(at, 48);
    let ax = f32x4.mul(a, v128.load(normalised));
    let bx = f32x4.mul(b, v128.load(normalised, 16));
    let cx = f32x4.mul(c, v128.load(normalised, 32));
    let dx = f32x4.mul(d, v128.load(normalised, 48));
    if (columns < PANEL) {
      a = valid(columns, 0, a);
      b = valid(columns, 4, b);
      c = valid(columns, 8, c);
      d = valid(columns, 12, d);
      ax = valid(columns, 0, ax);
      bx = valid(columns, 4, bx);
      cx = valid(columns, 8, cx);
      dx = valid(columns, 12, dx);
    }
    const sums = sumsOf(op, row);
    const sum = v128.load(sums);
    const product = v128.load(sums, 16);
    v128.store(sums, f32x4.add(f32x4.add(f32x4.add(f32x4.add(sum, a), b), c), d));
    v128.store(sums, f32x4.add(f32x4.add(f32x4.add(f32x4.add(product, ax), bx), cx), dx), 16);
    at += LINE;
    normalised += LINE;
  }
}

/**
 * Through batch norm, in place, once `sumNormLines` has seen all panels: dh = gain/σ (g - mean
 * g - x̂ mean(g x̂)). Also sums dh, the gradient of the bias.
 */
function normBackwardLines(op: usize, first: i32, end: i32): void {
  const panels = word(op, Word.Panels);
  const count = number(op, Word.BatchRows);
  for (let row = first; row < end; row++) {
    const sums = sumsOf(op, row);
    const shiftGradient = total(v128.load(sums));
    const scaleGradient = total(v128.load(sums, 16));
    store<f32>(ofRow(op, Word.ShiftGradient, row), shiftGradient);
    store<f32>(ofRow(op, Word.ScaleGradient, row), scaleGradient);
    store<f32>(sums, shiftGradient / count);
    store<f32>(sums, scaleGradient / count, 4);
    const gain = load<f32>(ofRow(op, Word.Scale, row)) *
      load<f32>(ofRow(op, Word.InverseDeviation, row));
    store<f32>(sums, gain, 8);
    v128.store(sums, splat(0), 16);
  }
  for (let panel = 0; panel < panels; panel++) {
    const columns = columnsOf(op, panel);
    let at = line(op, Word.Out, Word.OutStride, panel, first);
    let normalised = line(op, Word.Normalised, Word.NormalisedStride, panel, first);
    for (let row = first; row < end; row++) {
      const sums = sumsOf(op, row);
      const mean = splat(load<f32>(sums));
      const product = splat(load<f32>(sums, 4));
      const gain = splat(load<f32>(sums, 8));
      let a = throughNorm(v128.load(at), v128.load(normalised), mean, product, gain);
      let b = throughNorm(v128.load(at, 16), v128.load(normalised, 16), mean, product, gain);
      let c = throughNorm(v128.load(at, 32), v128.load(normalised, 32), mean, product, gain);
      let d = throughNorm(v128.load(at, 48), v128.load(normalised, 48), mean, product, gain);
      if (columns < PANEL) {
        a = valid(columns, 0, a);
        b = valid(columns, 4, b);
        c = valid(columns, 8, c);
        d = valid(columns, 12, d);
      }
      v128.store(at, a);
      v128.store(at, b, 16);
      v128.store(at, c, 32);
      v128.store(at, d, 48);
      const sum = v128.load(sums, 16);
      v128.store(sums, f32x4.add(f32x4.add(f32x4.add(f32x4.add(sum, a), b), c), d), 16);
      at += LINE;
      normalised += LINE;
    }
  }
}

// @ts-ignore: decorator
@inline
function throughNorm(g: v128, x: v128, mean: v128, product: v128, gain: v128): v128 {
  return f32x4.mul(gain, f32x4.sub(f32x4.sub(g, mean), f32x4.mul(x, product)));
}
