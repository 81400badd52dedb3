/**
 * From the product of a layer forwards, and of the adjoint of its way back, to what the layer gives
 * out.
 */
import { ActivationCode, Word } from "../../operation_protocol";
import {
  activated,
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
import { splat } from "./vector";

/**
 * Bias, activation, and the mask of what follows, for a layer without batch norm. Rows are affine.
 */
export function forwardLines(op: usize, panel: i32, first: i32, end: i32): void {
  const kind = word(op, Word.Activation);
  if (kind == ActivationCode.Maxout) return maxoutLines(op, panel, first, end);
  if (kind == ActivationCode.Relu) activate(ActivationCode.Relu, false, op, panel, first, end);
  else if (kind == ActivationCode.LeakyRelu) {
    activate(ActivationCode.LeakyRelu, false, op, panel, first, end);
  } else if (kind == ActivationCode.Sigmoid) {
    activate(ActivationCode.Sigmoid, false, op, panel, first, end);
  } else if (kind == ActivationCode.Tanh) activate(ActivationCode.Tanh, false, op, panel, first, end);
  else activate(ActivationCode.Linear, false, op, panel, first, end);
  maskLines(op, panel, first, end);
}

/** The rows of a result times the mask of what follows, where there is one. */
// @ts-ignore: decorator
@inline
function maskLines(op: usize, panel: i32, first: i32, end: i32): void {
  if (!address(op, Word.Mask)) return;
  const mask = line(op, Word.Mask, Word.OutStride, panel, first);
  multiplyLines(line(op, Word.Out, Word.OutStride, panel, first), mask, end - first);
}

/**
 * `normed`: the lines are centred, and become normalised ones on their way; 1/deviation lies in the
 * second half of a row's sums.
 */
// @ts-ignore: decorator
@inline
function activate(
  kind: i32,
  normed: bool,
  op: usize,
  panel: i32,
  first: i32,
  end: i32,
): void {
  const slope = splat(number(op, Word.Slope));
  let from = line(op, Word.Raw, Word.RawStride, panel, first);
  let to = line(op, Word.Out, Word.OutStride, panel, first);
  for (let row = first; row < end; row++) {
    let a = v128.load(from);
    let b = v128.load(from, 16);
    let c = v128.load(from, 32);
    let d = v128.load(from, 48);
    if (normed) {
      const inverse = v128.load(sumsOf(op, row), 16);
      const gain = splat(load<f32>(ofRow(op, Word.Scale, row)));
      const shift = splat(load<f32>(ofRow(op, Word.Shift, row)));
      a = f32x4.mul(a, inverse);
      b = f32x4.mul(b, inverse);
      c = f32x4.mul(c, inverse);
      d = f32x4.mul(d, inverse);
      v128.store(from, a);
      v128.store(from, b, 16);
      v128.store(from, c, 32);
      v128.store(from, d, 48);
      a = f32x4.add(f32x4.mul(a, gain), shift);
      b = f32x4.add(f32x4.mul(b, gain), shift);
      c = f32x4.add(f32x4.mul(c, gain), shift);
      d = f32x4.add(f32x4.mul(d, gain), shift);
    } else {
      const bias = splat(load<f32>(ofRow(op, Word.Bias, row)));
      a = f32x4.add(a, bias);
      b = f32x4.add(b, bias);
      c = f32x4.add(c, bias);
      d = f32x4.add(d, bias);
    }
    a = activated(kind, slope, a);
    b = activated(kind, slope, b);
    c = activated(kind, slope, c);
    d = activated(kind, slope, d);
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    from += LINE;
    to += LINE;
  }
}

/** Adds the lines of a panel to the sums of their rows. */
export function sumLines(op: usize, panel: i32, first: i32, end: i32): void {
  const columns = columnsOf(op, panel);
  let at = line(op, Word.Raw, Word.RawStride, panel, first);
  for (let row = first; row < end; row++) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const sums = sumsOf(op, row);
    let sum = v128.load(sums);
    if (columns == PANEL) {
      sum = f32x4.add(f32x4.add(f32x4.add(f32x4.add(sum, a), b), c), d);
    } else {
      sum = f32x4.add(sum, valid(columns, 0, a));
      sum = f32x4.add(sum, valid(columns, 4, b));
      sum = f32x4.add(sum, valid(columns, 8, c));
      sum = f32x4.add(sum, valid(columns, 12, d));
    }
    v128.store(sums, sum);
    at += LINE;
  }
}

/**
 * Batch norm, once `sumLines` has seen all panels; then as `forwardLines`. Moves the running
 * statistics.
 */
export function normaliseLines(op: usize, first: i32, end: i32): void {
  const panels = word(op, Word.Panels);
  const count = number(op, Word.BatchRows);
  const share = number(op, Word.StatisticsShare);
  for (let row = first; row < end; row++) {
    const mean = sumOf(op, row, 0) / count;
    v128.store(sumsOf(op, row), splat(0));
    v128.store(sumsOf(op, row), splat(mean), 16);
    if (share > 0) {
      const running = ofRow(op, Word.RunningMean, row);
      const old = load<f32>(running);
      const bias = load<f32>(ofRow(op, Word.Bias, row));
      store<f32>(running, old + share * (mean + bias - old));
    }
  }
  for (let panel = 0; panel < panels; panel++) centreLines(op, panel, first, end);
  for (let row = first; row < end; row++) {
    const variance = sumOf(op, row, 0) / count;
    const inverse: f32 = 1 / sqrt<f32>(variance + number(op, Word.Epsilon));
    store<f32>(ofRow(op, Word.InverseDeviation, row), inverse);
    v128.store(sumsOf(op, row), splat(inverse), 16);
    if (share > 0) {
      const running = ofRow(op, Word.RunningVariance, row);
      const old = load<f32>(running);
      const unbiased = variance * (count / max<f32>(1, count - 1));
      store<f32>(running, old + share * (unbiased - old));
    }
  }
  const kind = word(op, Word.Activation);
  for (let panel = 0; panel < panels; panel++) {
    if (kind == ActivationCode.Relu) activate(ActivationCode.Relu, true, op, panel, first, end);
    else if (kind == ActivationCode.LeakyRelu) {
      activate(ActivationCode.LeakyRelu, true, op, panel, first, end);
    } else if (kind == ActivationCode.Sigmoid) {
      activate(ActivationCode.Sigmoid, true, op, panel, first, end);
    } else if (kind == ActivationCode.Tanh) activate(ActivationCode.Tanh, true, op, panel, first, end);
    else activate(ActivationCode.Linear, true, op, panel, first, end);
    maskLines(op, panel, first, end);
  }
}

/** Lines without the means of their rows; adds the squares to the sums. */
function centreLines(op: usize, panel: i32, first: i32, end: i32): void {
  const columns = columnsOf(op, panel);
  let at = line(op, Word.Raw, Word.RawStride, panel, first);
  for (let row = first; row < end; row++) {
    const sums = sumsOf(op, row);
    const mean = v128.load(sums, 16);
    let a = f32x4.sub(v128.load(at), mean);
    let b = f32x4.sub(v128.load(at, 16), mean);
    let c = f32x4.sub(v128.load(at, 32), mean);
    let d = f32x4.sub(v128.load(at, 48), mean);
    v128.store(at, a);
    v128.store(at, b, 16);
    v128.store(at, c, 32);
    v128.store(at, d, 48);
    if (columns < PANEL) {
      a = valid(columns, 0, a);
      b = valid(columns, 4, b);
      c = valid(columns, 8, c);
      d = valid(columns, 12, d);
    }
    let squares = f32x4.add(v128.load(sums), f32x4.mul(a, a));
    squares = f32x4.add(squares, f32x4.mul(b, b));
    squares = f32x4.add(squares, f32x4.mul(c, c));
    squares = f32x4.add(squares, f32x4.mul(d, d));
    v128.store(sums, squares);
    at += LINE;
  }
}

/** The largest piece of each unit; in place of the pieces, 1 where it was. */
function maxoutLines(op: usize, panel: i32, first: i32, end: i32): void {
  const pieces = word(op, Word.Pieces);
  const one = splat(1);
  let from = line(op, Word.Raw, Word.RawStride, panel, first);
  let to = line(op, Word.Out, Word.OutStride, panel, first / pieces);
  for (let row = first; row < end; row += pieces) {
    let a = splat(-Infinity);
    let b = a;
    let c = a;
    let d = a;
    let at = from;
    for (let piece = row; piece < row + pieces; piece++) {
      const bias = splat(load<f32>(ofRow(op, Word.Bias, piece)));
      a = f32x4.max(a, f32x4.add(v128.load(at), bias));
      b = f32x4.max(b, f32x4.add(v128.load(at, 16), bias));
      c = f32x4.max(c, f32x4.add(v128.load(at, 32), bias));
      d = f32x4.max(d, f32x4.add(v128.load(at, 48), bias));
      at += LINE;
    }
    for (let piece = row; piece < row + pieces; piece++) {
      const bias = splat(load<f32>(ofRow(op, Word.Bias, piece)));
      const e = v128.and(f32x4.eq(f32x4.add(v128.load(from), bias), a), one);
      const f = v128.and(f32x4.eq(f32x4.add(v128.load(from, 16), bias), b), one);
      const g = v128.and(f32x4.eq(f32x4.add(v128.load(from, 32), bias), c), one);
      const h = v128.and(f32x4.eq(f32x4.add(v128.load(from, 48), bias), d), one);
      v128.store(from, e);
      v128.store(from, f, 16);
      v128.store(from, g, 32);
      v128.store(from, h, 48);
      from += LINE;
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    to += LINE;
  }
  maskLines(op, panel, first / pieces, end / pieces);
}

/** The adjoint of `backward`: times the slopes, or the winning piece of each unit. */
export function adjointLines(op: usize, panel: i32, first: i32, end: i32): void {
  const kind = word(op, Word.Activation);
  if (kind == ActivationCode.Maxout) return adjointMaxoutLines(op, panel, first, end);
  if (kind == ActivationCode.Relu || kind == ActivationCode.LeakyRelu) {
    const slope = splat(number(op, Word.Slope));
    let from = line(op, Word.Raw, Word.RawStride, panel, first);
    let to = line(op, Word.Out, Word.OutStride, panel, first);
    let given = line(op, Word.Activated, Word.ActivatedStride, panel, first);
    for (let row = first; row < end; row++) {
      const a = sloped(ActivationCode.LeakyRelu, slope, v128.load(given), v128.load(from));
      const b = sloped(ActivationCode.LeakyRelu, slope, v128.load(given, 16), v128.load(from, 16));
      const c = sloped(ActivationCode.LeakyRelu, slope, v128.load(given, 32), v128.load(from, 32));
      const d = sloped(ActivationCode.LeakyRelu, slope, v128.load(given, 48), v128.load(from, 48));
      v128.store(to, a);
      v128.store(to, b, 16);
      v128.store(to, c, 32);
      v128.store(to, d, 48);
      from += LINE;
      to += LINE;
      given += LINE;
    }
  }
  maskLines(op, panel, first, end);
}

function adjointMaxoutLines(op: usize, panel: i32, first: i32, end: i32): void {
  const pieces = word(op, Word.Pieces);
  let from = line(op, Word.Raw, Word.RawStride, panel, first);
  let winners = line(op, Word.Winners, Word.WinnersStride, panel, first);
  let to = line(op, Word.Out, Word.OutStride, panel, first / pieces);
  for (let row = first; row < end; row += pieces) {
    let a = f32x4.mul(v128.load(from), v128.load(winners));
    let b = f32x4.mul(v128.load(from, 16), v128.load(winners, 16));
    let c = f32x4.mul(v128.load(from, 32), v128.load(winners, 32));
    let d = f32x4.mul(v128.load(from, 48), v128.load(winners, 48));
    from += LINE;
    winners += LINE;
    for (let piece = 1; piece < pieces; piece++) {
      a = f32x4.add(a, f32x4.mul(v128.load(from), v128.load(winners)));
      b = f32x4.add(b, f32x4.mul(v128.load(from, 16), v128.load(winners, 16)));
      c = f32x4.add(c, f32x4.mul(v128.load(from, 32), v128.load(winners, 32)));
      d = f32x4.add(d, f32x4.mul(v128.load(from, 48), v128.load(winners, 48)));
      from += LINE;
      winners += LINE;
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    to += LINE;
  }
  maskLines(op, panel, first / pieces, end / pieces);
}
