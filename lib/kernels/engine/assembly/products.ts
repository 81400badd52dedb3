/**
 * The three products of a dense layer, and what is done to their rows while these are still in the cache.
 *
 * A chunk is a range of panels of the result: its rows for all of the batch, so that batch norm,
 * sums over the batch and everything else that belongs to a feature is there.
 */
import { Activation, Word } from "../fields";
import { address, chunkEnd, chunkStart, number, word } from "./op";
import { laneMask, sigmoid, splat, tanh, total } from "./vector";

const PANEL_BYTES: usize = 64;
const TILE_ROWS: i32 = 6;
const BLOCK: i32 = 48;

// @ts-ignore: decorator
@external("tiles", "forward")
declare function forwardTiles(
  a: usize,
  b: usize,
  c: usize,
  turns: i32,
  jump: i32,
  count: i32,
  aStep: i32,
  bStep: i32,
  cStep: i32,
): void;

// @ts-ignore: decorator
@external("tiles", "backward")
declare function backwardTiles(
  a: usize,
  b: usize,
  c: usize,
  turns: i32,
  jump: i32,
  count: i32,
  aStep: i32,
  bStep: i32,
  cStep: i32,
): void;

// @ts-ignore: decorator
@external("tiles", "gradient")
declare function gradientTiles(
  a: usize,
  b: usize,
  c: usize,
  turns: i32,
  jump: i32,
  count: i32,
  aStep: i32,
  bStep: i32,
  cStep: i32,
): void;

/** Whether panel `panel` is the last of its group, where columns may be no rows of the batch. */
// @ts-ignore: decorator
@inline
function isLast(op: usize, panel: i32): bool {
  return (panel + 1) % word(op, Word.GroupPanels) == 0;
}

/** x, with zeros in the columns that are no rows of the batch. */
// @ts-ignore: decorator
@inline
function valid(op: usize, panel: i32, lane: i32, x: v128): v128 {
  if (!isLast(op, panel)) return x;
  return v128.and(x, laneMask(lane, word(op, Word.LastColumns)));
}

export function forward(op: usize, chunk: i32): void {
  const panels = word(op, Word.Panels);
  const affine = word(op, Word.Rows) * word(op, Word.Pieces);
  const all = (affine + TILE_ROWS - 1) / TILE_ROWS;
  const first = chunkStart(op, chunk);
  const end = chunkEnd(op, chunk, all);
  const raw = address(op, Word.Raw);
  const rawStride = word(op, Word.RawStride);
  for (let panel = first; panel < end; panel++) {
    forwardTiles(
      address(op, Word.Weights) + <usize> panel * word(op, Word.WeightStep),
      address(op, Word.In),
      raw + <usize> panel * TILE_ROWS * PANEL_BYTES,
      word(op, Word.Turns),
      4 * BLOCK * (TILE_ROWS - 1),
      panels,
      0,
      word(op, Word.InStride),
      rawStride,
    );
  }
  const firstRow = first * TILE_ROWS;
  const endRow = min(end * TILE_ROWS, affine);
  if (word(op, Word.Adjoint)) adjointRows(op, firstRow, endRow);
  else if (word(op, Word.Activation) == Activation.Maxout) maxoutRows(op, firstRow, endRow);
  else forwardRows(op, firstRow, endRow);
}

function forwardRows(op: usize, firstRow: i32, endRow: i32): void {
  const panels = word(op, Word.Panels);
  const rawStride = <usize> word(op, Word.RawStride);
  const outStride = <usize> word(op, Word.OutStride);
  const kind = word(op, Word.Activation);
  const slope = splat(number(op, Word.Slope));
  const zero = splat(0);
  const mask = address(op, Word.Mask);
  for (let row = firstRow; row < endRow; row++) {
    const offset = <usize> row * PANEL_BYTES;
    const from = address(op, Word.Raw) + offset;
    let shift = splat(load<f32>(address(op, Word.Bias) + (<usize> row << 2)));
    let gain = splat(1);
    if (word(op, Word.Norm)) {
      normaliseRow(op, row, from, rawStride);
      gain = splat(load<f32>(address(op, Word.Scale) + (<usize> row << 2)));
      shift = splat(load<f32>(address(op, Word.Shift) + (<usize> row << 2)));
    }
    const to = address(op, Word.Out) + offset;
    for (let panel = 0; panel < panels; panel++) {
      const source = from + <usize> panel * rawStride;
      const target = to + <usize> panel * outStride;
      for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
        const h = f32x4.add(f32x4.mul(v128.load(source + lane), gain), shift);
        let y = h;
        if (kind == Activation.Relu) y = f32x4.max(h, zero);
        else if (kind == Activation.LeakyRelu) {
          y = v128.bitselect(h, f32x4.mul(slope, h), f32x4.gt(h, zero));
        } else if (kind == Activation.Sigmoid) y = sigmoid(h);
        else if (kind == Activation.Tanh) y = tanh(h);
        if (mask) y = f32x4.mul(y, v128.load(mask + offset + <usize> panel * outStride + lane));
        v128.store(target + lane, y);
      }
    }
  }
}

/** Batch norm of a row without its gain and shift, in place; moves the running statistics. */
function normaliseRow(op: usize, row: i32, from: usize, stride: usize): void {
  const panels = word(op, Word.Panels);
  const count = number(op, Word.Count);
  let sum = splat(0);
  for (let panel = 0; panel < panels; panel++) {
    const source = from + <usize> panel * stride;
    for (let lane: i32 = 0; lane < 4; lane++) {
      sum = f32x4.add(sum, valid(op, panel, 4 * lane, v128.load(source + 16 * <usize> lane)));
    }
  }
  const mean = total(sum) / count;
  let squares = splat(0);
  for (let panel = 0; panel < panels; panel++) {
    const source = from + <usize> panel * stride;
    for (let lane: i32 = 0; lane < 4; lane++) {
      const at = source + 16 * <usize> lane;
      const centred = f32x4.sub(v128.load(at), splat(mean));
      v128.store(at, centred);
      const counted = valid(op, panel, 4 * lane, centred);
      squares = f32x4.add(squares, f32x4.mul(counted, counted));
    }
  }
  const variance = total(squares) / count;
  const inverse: f32 = 1 / sqrt<f32>(variance + number(op, Word.Epsilon));
  for (let panel = 0; panel < panels; panel++) {
    const source = from + <usize> panel * stride;
    for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
      v128.store(source + lane, f32x4.mul(v128.load(source + lane), splat(inverse)));
    }
  }
  const index = <usize> row << 2;
  store<f32>(address(op, Word.InverseDeviation) + index, inverse);
  const share = number(op, Word.Share);
  if (share > 0) {
    const bias = load<f32>(address(op, Word.Bias) + index);
    const runningMean = address(op, Word.RunningMean) + index;
    const oldMean = load<f32>(runningMean);
    store<f32>(runningMean, oldMean + share * (mean + bias - oldMean));
    const runningVariance = address(op, Word.RunningVariance) + index;
    const old = load<f32>(runningVariance);
    const unbiased = variance * (count / max<f32>(1, count - 1));
    store<f32>(runningVariance, old + share * (unbiased - old));
  }
}

/** The largest piece of each unit; in place of the pieces stays where it was. */
function maxoutRows(op: usize, firstRow: i32, endRow: i32): void {
  const panels = word(op, Word.Panels);
  const pieces = word(op, Word.Pieces);
  const rawStride = <usize> word(op, Word.RawStride);
  const outStride = <usize> word(op, Word.OutStride);
  const mask = address(op, Word.Mask);
  const bias = address(op, Word.Bias);
  for (let row = firstRow; row < endRow; row += pieces) {
    const unit = <usize> (row / pieces) * PANEL_BYTES;
    for (let panel = 0; panel < panels; panel++) {
      const from = address(op, Word.Raw) + <usize> row * PANEL_BYTES + <usize> panel * rawStride;
      const to = unit + <usize> panel * outStride;
      for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
        let best = f32x4.add(v128.load(from + lane), splat(load<f32>(bias + (<usize> row << 2))));
        for (let piece = 1; piece < pieces; piece++) {
          const h = f32x4.add(
            v128.load(from + lane + <usize> piece * PANEL_BYTES),
            splat(load<f32>(bias + (<usize> (row + piece) << 2))),
          );
          best = f32x4.max(best, h);
        }
        for (let piece = 0; piece < pieces; piece++) {
          const at = from + lane + <usize> piece * PANEL_BYTES;
          const h = f32x4.add(v128.load(at), splat(load<f32>(bias + (<usize> (row + piece) << 2))));
          v128.store(at, v128.and(f32x4.eq(h, best), splat(1)));
        }
        if (mask) best = f32x4.mul(best, v128.load(mask + to + lane));
        v128.store(address(op, Word.Out) + to + lane, best);
      }
    }
  }
}

/** dy/dh from what came out. */
// @ts-ignore: decorator
@inline
function slopeOf(kind: i32, slope: v128, y: v128): v128 {
  const one = splat(1);
  if (kind == Activation.Relu || kind == Activation.LeakyRelu) {
    return v128.bitselect(one, slope, f32x4.gt(y, splat(0)));
  }
  if (kind == Activation.Sigmoid) return f32x4.mul(y, f32x4.sub(one, y));
  if (kind == Activation.Tanh) return f32x4.sub(one, f32x4.mul(y, y));
  return one;
}

/** Rows of the adjoint of `backward`: times the slopes, or the winning piece of each unit. */
function adjointRows(op: usize, firstRow: i32, endRow: i32): void {
  const panels = word(op, Word.Panels);
  const pieces = word(op, Word.Pieces);
  const rawStride = <usize> word(op, Word.RawStride);
  const outStride = <usize> word(op, Word.OutStride);
  const mask = address(op, Word.Mask);
  const kind = word(op, Word.Activation);
  const slope = splat(number(op, Word.Slope));
  for (let row = firstRow; row < endRow; row += pieces) {
    const unit = <usize> (row / pieces) * PANEL_BYTES;
    for (let panel = 0; panel < panels; panel++) {
      const rows = <usize> row * PANEL_BYTES;
      const from = address(op, Word.Raw) + rows + <usize> panel * rawStride;
      const to = unit + <usize> panel * outStride;
      for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
        let t = v128.load(from + lane);
        if (kind == Activation.Maxout) {
          const winners = address(op, Word.Winners) + rows +
            <usize> panel * word(op, Word.WinnersStride) + lane;
          t = f32x4.mul(t, v128.load(winners));
          for (let piece = 1; piece < pieces; piece++) {
            const next = <usize> piece * PANEL_BYTES;
            t = f32x4.add(
              t,
              f32x4.mul(v128.load(from + lane + next), v128.load(winners + next)),
            );
          }
        } else {
          const y = v128.load(
            address(op, Word.Below) + unit + <usize> panel * word(op, Word.BelowStride) + lane,
          );
          t = f32x4.mul(t, slopeOf(kind, slope, y));
        }
        if (mask) t = f32x4.mul(t, v128.load(mask + to + lane));
        v128.store(address(op, Word.Out) + to + lane, t);
      }
    }
  }
}

export function backward(op: usize, chunk: i32): void {
  const rows = word(op, Word.Rows);
  const first = chunkStart(op, chunk);
  const end = chunkEnd(op, chunk, (rows + TILE_ROWS - 1) / TILE_ROWS);
  const weights = address(op, Word.Weights);
  for (let panel = first; panel < end; panel++) {
    const k = panel * TILE_ROWS;
    backwardTiles(
      weights + 4 * <usize> ((k / BLOCK) * TILE_ROWS * BLOCK + k % BLOCK),
      address(op, Word.In),
      address(op, Word.Raw) + <usize> k * PANEL_BYTES,
      word(op, Word.Turns),
      word(op, Word.WeightStep),
      word(op, Word.Panels),
      0,
      word(op, Word.InStride),
      word(op, Word.RawStride),
    );
  }
  belowRows(op, first * TILE_ROWS, min(end * TILE_ROWS, rows));
  clearRows(op, rows, end * TILE_ROWS);
}

/**
 * Zeros in the rows of the last tile that are beyond the result. Where the result is only the first inputs of
 * a layer, they have been given the next ones, and the gradients of padding must stay zero.
 */
function clearRows(op: usize, from: i32, to: i32): void {
  const panels = word(op, Word.Panels);
  const stride = <usize> word(op, Word.RawStride);
  for (let row = from; row < to; row++) {
    const at = address(op, Word.Raw) + <usize> row * PANEL_BYTES;
    for (let panel = 0; panel < panels; panel++) {
      for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
        v128.store(at + <usize> panel * stride + lane, splat(0));
      }
    }
  }
}

export function below(op: usize, chunk: i32): void {
  belowRows(op, chunkStart(op, chunk), chunkEnd(op, chunk, word(op, Word.Rows)));
}

/** From the gradient at a layer's output, rows of `Raw`, to the one at its affine map, rows of `Out`. */
function belowRows(op: usize, firstRow: i32, endRow: i32): void {
  const panels = word(op, Word.Panels);
  const rawStride = <usize> word(op, Word.RawStride);
  const outStride = <usize> word(op, Word.OutStride);
  const mask = address(op, Word.Mask);
  const seeds = address(op, Word.Seeds);
  const below = address(op, Word.Below);
  const belowStride = <usize> word(op, Word.BelowStride);
  const kind = word(op, Word.Activation);
  const slope = splat(number(op, Word.Slope));
  const factor = splat(number(op, Word.Factor));
  const squaresOf = address(op, Word.Squares);
  for (let row = firstRow; row < endRow; row++) {
    const offset = <usize> row * PANEL_BYTES;
    const from = address(op, Word.Raw) + offset;
    if (kind == Activation.Maxout) {
      spreadRow(op, row, from);
      continue;
    }
    const to = address(op, Word.Out) + offset;
    let squares = splat(0);
    for (let panel = 0; panel < panels; panel++) {
      const source = from + <usize> panel * rawStride;
      const target = to + <usize> panel * outStride;
      for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
        let g = v128.load(source + lane);
        if (mask) g = f32x4.mul(g, v128.load(mask + offset + <usize> panel * rawStride + lane));
        if (squaresOf) {
          const counted = valid(op, panel, <i32> (lane >> 2), g);
          squares = f32x4.add(squares, f32x4.mul(counted, counted));
          g = f32x4.mul(g, factor);
          if (mask) g = f32x4.mul(g, v128.load(mask + offset + <usize> panel * rawStride + lane));
        }
        if (seeds) g = f32x4.mul(g, v128.load(seeds + <usize> panel * PANEL_BYTES + lane));
        if (below) {
          const y = v128.load(below + offset + <usize> panel * belowStride + lane);
          g = f32x4.mul(g, slopeOf(kind, slope, y));
        }
        v128.store(target + lane, g);
      }
    }
    if (squaresOf) store<f32>(squaresOf + (<usize> row << 2), total(squares));
    if (word(op, Word.Norm)) normBackwardRow(op, row, to, outStride);
    if (word(op, Word.BiasGradient)) biasGradient(op, row, to, outStride);
  }
}

/**
 * Sum over the batch of a row, each column times its seed where there are any. Columns that are no rows
 * of the batch have a gradient, or a seed, of zero.
 */
function biasGradient(op: usize, row: i32, from: usize, stride: usize): void {
  const panels = word(op, Word.Panels);
  const seeds = address(op, Word.BiasSeeds);
  let sum = splat(0);
  for (let panel = 0; panel < panels; panel++) {
    for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
      let g = v128.load(from + <usize> panel * stride + lane);
      if (seeds) g = f32x4.mul(g, v128.load(seeds + <usize> panel * PANEL_BYTES + lane));
      sum = f32x4.add(sum, g);
    }
  }
  store<f32>(address(op, Word.BiasGradient) + (<usize> row << 2), total(sum));
}

/** Maxout: the gradient of a unit goes to its winning pieces. */
function spreadRow(op: usize, unit: i32, from: usize): void {
  const panels = word(op, Word.Panels);
  const pieces = word(op, Word.Pieces);
  const rawStride = <usize> word(op, Word.RawStride);
  const outStride = <usize> word(op, Word.OutStride);
  const winnersStride = <usize> word(op, Word.WinnersStride);
  const mask = address(op, Word.Mask);
  const seeds = address(op, Word.Seeds);
  const row = unit * pieces;
  const rows = <usize> row * PANEL_BYTES;
  for (let panel = 0; panel < panels; panel++) {
    for (let lane: usize = 0; lane < PANEL_BYTES; lane += 16) {
      let g = v128.load(from + <usize> panel * rawStride + lane);
      if (mask) {
        const at = <usize> unit * PANEL_BYTES + <usize> panel * rawStride + lane;
        g = f32x4.mul(g, v128.load(mask + at));
      }
      if (seeds) g = f32x4.mul(g, v128.load(seeds + <usize> panel * PANEL_BYTES + lane));
      for (let piece = 0; piece < pieces; piece++) {
        const at = rows + <usize> piece * PANEL_BYTES + lane;
        const winner = v128.load(address(op, Word.Winners) + at + <usize> panel * winnersStride);
        v128.store(
          address(op, Word.Out) + at + <usize> panel * outStride,
          f32x4.mul(g, winner),
        );
      }
    }
  }
  for (let piece = 0; piece < pieces; piece++) {
    const to = address(op, Word.Out) + rows + <usize> piece * PANEL_BYTES;
    if (word(op, Word.Norm)) normBackwardRow(op, row + piece, to, outStride);
    if (word(op, Word.BiasGradient)) biasGradient(op, row + piece, to, outStride);
  }
}

/** Through batch norm, in place: dh = gain/σ (g - mean g - x̂ mean(g x̂)). */
function normBackwardRow(op: usize, row: i32, at: usize, stride: usize): void {
  const panels = word(op, Word.Panels);
  const normalised = address(op, Word.Normalised) + <usize> row * PANEL_BYTES;
  const normalisedStride = <usize> word(op, Word.NormalisedStride);
  let sum = splat(0);
  let product = splat(0);
  for (let panel = 0; panel < panels; panel++) {
    for (let lane: i32 = 0; lane < 4; lane++) {
      const byte: usize = 16 * <usize> lane;
      const g = valid(op, panel, 4 * lane, v128.load(at + <usize> panel * stride + byte));
      const x = v128.load(normalised + <usize> panel * normalisedStride + byte);
      sum = f32x4.add(sum, g);
      product = f32x4.add(product, valid(op, panel, 4 * lane, f32x4.mul(g, x)));
    }
  }
  const index = <usize> row << 2;
  const shiftGradient = total(sum);
  const scaleGradient = total(product);
  store<f32>(address(op, Word.ShiftGradient) + index, shiftGradient);
  store<f32>(address(op, Word.ScaleGradient) + index, scaleGradient);
  const count = number(op, Word.Count);
  const gain = splat(
    load<f32>(address(op, Word.Scale) + index) *
      load<f32>(address(op, Word.InverseDeviation) + index),
  );
  const meanG = splat(shiftGradient / count);
  const meanProduct = splat(scaleGradient / count);
  for (let panel = 0; panel < panels; panel++) {
    for (let lane: i32 = 0; lane < 4; lane++) {
      const byte: usize = 16 * <usize> lane;
      const g = v128.load(at + <usize> panel * stride + byte);
      const x = v128.load(normalised + <usize> panel * normalisedStride + byte);
      const centred = f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(x, meanProduct));
      v128.store(
        at + <usize> panel * stride + byte,
        valid(op, panel, 4 * lane, f32x4.mul(gain, centred)),
      );
    }
  }
}

/** Tiles of a weight's gradient: a chunk is a range of panels of inputs, for all outputs. */
export function gradient(op: usize, chunk: i32): void {
  const inputPanels = word(op, Word.Rows);
  const end = chunkEnd(op, chunk, inputPanels);
  for (let tile = chunkStart(op, chunk); tile < end; tile++) {
    const k = tile * 16;
    gradientTiles(
      address(op, Word.Raw),
      address(op, Word.In) + <usize> tile * word(op, Word.InStride),
      address(op, Word.Out) + 4 * <usize> ((k / BLOCK) * TILE_ROWS * BLOCK + k % BLOCK),
      word(op, Word.Turns),
      word(op, Word.RawStride) - <i32> PANEL_BYTES,
      word(op, Word.Panels),
      TILE_ROWS * <i32> PANEL_BYTES,
      0,
      word(op, Word.WeightStep),
    );
  }
}
