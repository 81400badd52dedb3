/**
 * A layer forwards, and the adjoint of its pass back: what is done to the product's rows.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { type LayerShader } from "./layer_shader.ts";
import { storeRaw } from "./product_shader.ts";
import { LANES } from "./shader_prelude.ts";

/** Times the dropout of the next layer. */
const storeOut = /* wgsl */ `
  let to = panel * at(${Word.OutStride}u) + ${LANES}u * row + lane;
  if (word(${Word.Mask}u) != 0u) { y *= memory[at(${Word.Mask}u) + to]; }
  memory[at(${Word.Out}u) + to] = y;
`;

/** A layer of which nothing is needed but the number itself. */
const plain = (store: string): LayerShader => ({
  product: "forward",
  rows: `word(${Word.Features}u)`,
  functions: "",
  store,
  finish: "",
});

/** A layer of which `finish` does the rest. */
const inRows = (functions: string): LayerShader => ({
  product: "forward",
  rows: `word(${Word.Features}u) * word(${Word.Pieces}u)`,
  functions,
  store: storeRaw,
  finish: "finish(thread, first, end);",
});

/** A layer forwards: bias, activation, dropout of the next layer. */
export const FORWARD = plain(/* wgsl */ `
  var y = activate(x + scalar(word(${Word.Bias}u) + 4u * row));
  ${storeOut}
`);

/** The adjoint of the pass back: times the slopes in place of the activation. */
export const ADJOINT = plain(/* wgsl */ `
  let given = at(${Word.Activated}u) + panel * at(${Word.ActivatedStride}u) + ${LANES}u * row + lane;
  var y = x * slopeOf(memory[given]);
  ${storeOut}
`);

/** A layer forwards with batch norm, which moves the running statistics. */
export const FORWARD_NORM = inRows(/* wgsl */ `
fn finish(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let start = panelOf(thread);
  let panels = word(${Word.Panels}u);
  let stride = at(${Word.RawStride}u);
  let count = number(${Word.BatchRows}u);
  for (var tile = first; tile < end; tile += crewRows) {
    let row = tile + rowOf(thread);
    // Nothing is counted of a row that is not there.
    let own = select(0u, panels, row < end);
    let raw = at(${Word.Raw}u) + ${LANES}u * row + lane;
    var sum = vec4f();
    for (var panel = start; panel < own; panel += panelStep) {
      sum += valid(panel, lane, memory[raw + panel * stride]);
    }
    let mean = rowTotal(thread, sum) / count;
    var squares = vec4f();
    for (var panel = start; panel < own; panel += panelStep) {
      let centred = valid(panel, lane, memory[raw + panel * stride] - mean);
      squares += centred * centred;
    }
    let variance = rowTotal(thread, squares) / count;
    let inverse = 1.0 / sqrt(variance + number(${Word.Epsilon}u));
    let gain = scalar(word(${Word.Scale}u) + 4u * row);
    let shift = scalar(word(${Word.Shift}u) + 4u * row);
    for (var panel = start; panel < own; panel += panelStep) {
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
`);

/** A maxout layer forwards. */
export const FORWARD_MAXOUT = inRows(/* wgsl */ `
// The largest piece of each unit; in place of the pieces, 1 where it was and 0 elsewhere.
fn finish(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let pieces = word(${Word.Pieces}u);
  for (var all = first + pieces * rowOf(thread); all < end; all += pieces * crewRows) {
    let row = all / pieces;
    let bias = word(${Word.Bias}u) + 4u * all;
    for (var panel = panelOf(thread); panel < word(${Word.Panels}u); panel += panelStep) {
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
`);

/** The adjoint of the pass back through a maxout layer: the winning piece of each unit. */
export const ADJOINT_MAXOUT = inRows(/* wgsl */ `
fn finish(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let pieces = word(${Word.Pieces}u);
  for (var all = first + pieces * rowOf(thread); all < end; all += pieces * crewRows) {
    let row = all / pieces;
    let offset = ${LANES}u * all + lane;
    for (var panel = panelOf(thread); panel < word(${Word.Panels}u); panel += panelStep) {
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
`);
