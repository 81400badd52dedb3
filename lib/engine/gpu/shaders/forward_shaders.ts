/**
 * A layer forwards, and the adjoint of its pass back: the product, and what is done to its rows.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { TILE_ROWS } from "../../layout.ts";
import { BLOCK_VECTORS, entryPoint, product, ROW_VECTORS, storeRaw } from "./product_shader.ts";
import { LANES, PRELUDE, ROWS } from "./shader_prelude.ts";

const weightRow = /* wgsl */ `
// Where the weights of output n begin.
fn weightRow(n: u32) -> u32 {
  return at(${Word.Weights}u) + (n / ${TILE_ROWS}u) * at(${Word.WeightStep}u) +
    (n % ${TILE_ROWS}u) * ${ROW_VECTORS}u;
}
`;

/** Times the dropout of the next layer. */
const storeOut = /* wgsl */ `
  let to = panel * at(${Word.OutStride}u) + ${LANES}u * row + lane;
  if (word(${Word.Mask}u) != 0u) { y *= memory[at(${Word.Mask}u) + to]; }
  memory[at(${Word.Out}u) + to] = y;
`;

const forwardTile = /* wgsl */ `
      var x = at(${Word.In}u) + panel * at(${Word.InStride}u) + lane;
      var w0 = weightRow(row);
      var w1 = weightRow(row + 1u);
      var w2 = weightRow(row + 2u);
      var w3 = weightRow(row + 3u);
      var left = word(${Word.Turns}u);
      while (left > 0u) {
        let count = min(left, ${ROW_VECTORS}u);
        for (var i = 0u; i < count; i++) {
          let x0 = memory[x];
          let x1 = memory[x + ${LANES}u];
          let x2 = memory[x + ${2 * LANES}u];
          let x3 = memory[x + ${3 * LANES}u];
          let a = memory[w0 + i];
          let b = memory[w1 + i];
          let c = memory[w2 + i];
          let d = memory[w3 + i];
          sum[0] += (a.x * x0 + a.y * x1) + (a.z * x2 + a.w * x3);
          sum[1] += (b.x * x0 + b.y * x1) + (b.z * x2 + b.w * x3);
          sum[2] += (c.x * x0 + c.y * x1) + (c.z * x2 + c.w * x3);
          sum[3] += (d.x * x0 + d.y * x1) + (d.z * x2 + d.w * x3);
          x += ${4 * LANES}u;
        }
        w0 += ${BLOCK_VECTORS}u;
        w1 += ${BLOCK_VECTORS}u;
        w2 += ${BLOCK_VECTORS}u;
        w3 += ${BLOCK_VECTORS}u;
        left -= count;
      }
`;

const forward = (store: string, rows = "") =>
  PRELUDE + weightRow + product(forwardTile, store) + rows + entryPoint(
    `word(${Word.Features}u) * word(${Word.Pieces}u)`,
    rows
      ? "product(thread, first, end); storageBarrier(); rows(thread, first, end);"
      : "product(thread, first, end);",
  );

/** A layer forwards: bias, activation, dropout of the next layer. */
export const FORWARD = forward(/* wgsl */ `
  var y = activate(x + scalar(word(${Word.Bias}u) + 4u * row));
  ${storeOut}
`);

/** The adjoint of the pass back: times the slopes in place of the activation. */
export const ADJOINT = forward(/* wgsl */ `
  let given = at(${Word.Activated}u) + panel * at(${Word.ActivatedStride}u) + ${LANES}u * row + lane;
  var y = x * slopeOf(memory[given]);
  ${storeOut}
`);

/** A layer forwards with batch norm, which moves the running statistics. */
export const FORWARD_NORM = forward(
  storeRaw,
  /* wgsl */ `
fn rows(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let start = (thread >> 2u) & 1u;
  let panels = word(${Word.Panels}u);
  let stride = at(${Word.RawStride}u);
  let count = number(${Word.BatchRows}u);
  for (var tile = first; tile < end; tile += ${ROWS}u) {
    let row = tile + (thread >> 3u);
    // Nothing is counted of a row that is not there.
    let own = select(0u, panels, row < end);
    let raw = at(${Word.Raw}u) + ${LANES}u * row + lane;
    var sum = vec4f();
    for (var panel = start; panel < own; panel += 2u) {
      sum += valid(panel, lane, memory[raw + panel * stride]);
    }
    let mean = rowTotal(thread, sum) / count;
    var squares = vec4f();
    for (var panel = start; panel < own; panel += 2u) {
      let centred = valid(panel, lane, memory[raw + panel * stride] - mean);
      squares += centred * centred;
    }
    let variance = rowTotal(thread, squares) / count;
    let inverse = 1.0 / sqrt(variance + number(${Word.Epsilon}u));
    let gain = scalar(word(${Word.Scale}u) + 4u * row);
    let shift = scalar(word(${Word.Shift}u) + 4u * row);
    for (var panel = start; panel < own; panel += 2u) {
      let h = (memory[raw + panel * stride] - mean) * inverse;
      memory[raw + panel * stride] = h;
      var y = activate(h * gain + shift);
      ${storeOut}
    }
    let oldMean = scalar(word(${Word.RunningMean}u) + 4u * row);
    let bias = scalar(word(${Word.Bias}u) + 4u * row);
    let oldVariance = scalar(word(${Word.RunningVariance}u) + 4u * row);
    let unbiased = variance * (count / max(1.0, count - 1.0));
    let share = select(0.0, number(${Word.StatisticsShare}u), row < end);
    let newMean = oldMean + share * (mean + bias - oldMean);
    let newVariance = oldVariance + share * (unbiased - oldVariance);
    storeRows(thread, tile, end, vec3u(word(${Word.InverseDeviation}u), word(${Word.RunningMean}u),
      word(${Word.RunningVariance}u)), vec3f(inverse, newMean, newVariance));
  }
}
`,
);

/** A maxout layer forwards. */
export const FORWARD_MAXOUT = forward(
  storeRaw,
  /* wgsl */ `
// The largest piece of each unit; in place of the pieces, 1 where it was and 0 elsewhere.
fn rows(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let pieces = word(${Word.Pieces}u);
  for (var all = first + pieces * (thread >> 3u); all < end; all += pieces * ${ROWS}u) {
    let row = all / pieces;
    let bias = word(${Word.Bias}u) + 4u * all;
    for (var panel = (thread >> 2u) & 1u; panel < word(${Word.Panels}u); panel += 2u) {
      let raw = at(${Word.Raw}u) + ${LANES}u * all + lane + panel * at(${Word.RawStride}u);
      var y = memory[raw] + scalar(bias);
      for (var piece = 1u; piece < pieces; piece++) {
        let h = memory[raw + ${LANES}u * piece] + scalar(bias + 4u * piece);
        y = larger(y, h);
      }
      for (var piece = 0u; piece < pieces; piece++) {
        let h = memory[raw + ${LANES}u * piece] + scalar(bias + 4u * piece);
        memory[raw + ${LANES}u * piece] = select(vec4f(), vec4f(1.0), h == y);
      }
      ${storeOut}
    }
  }
}
`,
);

/** The adjoint of the pass back through a maxout layer: the winning piece of each unit. */
export const ADJOINT_MAXOUT = forward(
  storeRaw,
  /* wgsl */ `
fn rows(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let pieces = word(${Word.Pieces}u);
  for (var all = first + pieces * (thread >> 3u); all < end; all += pieces * ${ROWS}u) {
    let row = all / pieces;
    let offset = ${LANES}u * all + lane;
    for (var panel = (thread >> 2u) & 1u; panel < word(${Word.Panels}u); panel += 2u) {
      let raw = at(${Word.Raw}u) + offset + panel * at(${Word.RawStride}u);
      let winners = at(${Word.Winners}u) + offset + panel * at(${Word.WinnersStride}u);
      var y = vec4f();
      for (var piece = 0u; piece < pieces; piece++) {
        y += memory[raw + ${LANES}u * piece] * memory[winners + ${LANES}u * piece];
      }
      ${storeOut}
    }
  }
}
`,
);
