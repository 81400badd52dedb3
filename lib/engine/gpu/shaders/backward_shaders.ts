/**
 * A layer backwards: the product, and what is done to its rows on the way to the affine map of the
 * layer below. The second half is there by itself as well.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { BLOCK, TILE_ROWS } from "../../layout.ts";
import { BLOCK_VECTORS, entryPoint, product, ROW_VECTORS, storeRaw } from "./product_shader.ts";
import { LANES, PRELUDE, ROWS } from "./shader_prelude.ts";

const backwardTile = /* wgsl */ `
      var u = at(${Word.In}u) + panel * at(${Word.InStride}u) + lane;
      var w = at(${Word.Weights}u) + (row / ${BLOCK}u) * ${BLOCK_VECTORS}u + (row % ${BLOCK}u) / 4u;
      for (var turn = 0u; turn < word(${Word.Turns}u); turn++) {
        for (var i = 0u; i < ${TILE_ROWS}u; i++) {
          let a = memory[w + i * ${ROW_VECTORS}u];
          let g = memory[u + i * ${LANES}u];
          sum[0] += a.x * g;
          sum[1] += a.y * g;
          sum[2] += a.z * g;
          sum[3] += a.w * g;
        }
        w += at(${Word.WeightStep}u);
        u += ${TILE_ROWS * LANES}u;
      }
`;

/**
 * From the gradient at a layer's output, rows of `Raw`, to the one at its activation's input, rows
 * of `Out`.
 */
const toAffine = /* wgsl */ `
fn toAffine(thread: u32, tile: u32, end: u32) {
  let lane = thread & 3u;
  let mask = at(${Word.Mask}u);
  let seeds = at(${Word.Seeds}u);
  let given = at(${Word.Activated}u);
  let squaresOf = word(${Word.Squares}u);
  let row = tile + (thread >> 3u);
  let offset = ${LANES}u * row + lane;
  let own = select(0u, word(${Word.Panels}u), row < end);
  var squares = vec4f();
  for (var panel = (thread >> 2u) & 1u; panel < own; panel += 2u) {
    let raw = offset + panel * at(${Word.RawStride}u);
    var g = memory[at(${Word.Raw}u) + raw];
    if (mask != 0u) { g *= memory[mask + raw]; }
    if (squaresOf != 0u) {
      let counted = valid(panel, lane, g);
      squares += counted * counted;
      g *= number(${Word.Factor}u);
      if (mask != 0u) { g *= memory[mask + raw]; }
    }
    if (seeds != 0u) { g *= memory[seeds + ${LANES}u * panel + lane]; }
    if (given != 0u) { g *= slopeOf(memory[given + offset + panel * at(${Word.ActivatedStride}u)]); }
    memory[at(${Word.Out}u) + offset + panel * at(${Word.OutStride}u)] = g;
  }
  if (squaresOf != 0u) { storeRow(thread, tile, end, squaresOf, rowTotal(thread, squares)); }
}
`;

/** The sum over the batch of rows of `Out`, each column times its seed where there are any. */
const biasGradient = /* wgsl */ `
fn biasGradient(thread: u32, tile: u32, end: u32) {
  let address = word(${Word.BiasGradient}u);
  if (address == 0u) { return; }
  let lane = thread & 3u;
  let seeds = at(${Word.BiasSeeds}u);
  let row = tile + (thread >> 3u);
  let out = at(${Word.Out}u) + ${LANES}u * row + lane;
  let own = select(0u, word(${Word.Panels}u), row < end);
  var sum = vec4f();
  for (var panel = (thread >> 2u) & 1u; panel < own; panel += 2u) {
    var g = memory[out + panel * at(${Word.OutStride}u)];
    if (seeds != 0u) { g *= memory[seeds + ${LANES}u * panel + lane]; }
    sum += valid(panel, lane, g);
  }
  storeRow(thread, tile, end, address, rowTotal(thread, sum));
}
`;

/** Back through batch norm, rows of `Out` in place: dh = gain/σ (g - mean g - x̂ mean(g x̂)). */
const normBack = /* wgsl */ `
fn normBack(thread: u32, tile: u32, end: u32) {
  let lane = thread & 3u;
  let start = (thread >> 2u) & 1u;
  let stride = at(${Word.OutStride}u);
  let row = tile + (thread >> 3u);
  let own = select(0u, word(${Word.Panels}u), row < end);
  let out = at(${Word.Out}u) + ${LANES}u * row + lane;
  let normalised = at(${Word.Normalised}u) + ${LANES}u * row + lane;
  let normalisedStride = at(${Word.NormalisedStride}u);
  var sum = vec4f();
  var products = vec4f();
  for (var panel = start; panel < own; panel += 2u) {
    let g = valid(panel, lane, memory[out + panel * stride]);
    sum += g;
    products += valid(panel, lane, g * memory[normalised + panel * normalisedStride]);
  }
  let shiftGradient = rowTotal(thread, sum);
  let scaleGradient = rowTotal(thread, products);
  let count = number(${Word.BatchRows}u);
  let gain = scalar(word(${Word.Scale}u) + 4u * row) *
    scalar(word(${Word.InverseDeviation}u) + 4u * row);
  for (var panel = start; panel < own; panel += 2u) {
    let g = memory[out + panel * stride];
    let x = memory[normalised + panel * normalisedStride];
    let centred = g - shiftGradient / count - x * (scaleGradient / count);
    memory[out + panel * stride] = valid(panel, lane, gain * centred);
  }
  storeRow(thread, tile, end, word(${Word.ShiftGradient}u), shiftGradient);
  storeRow(thread, tile, end, word(${Word.ScaleGradient}u), scaleGradient);
}
`;

/** Maxout: the gradient of a unit goes to its winning pieces. */
const spread = /* wgsl */ `
fn spread(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  let pieces = word(${Word.Pieces}u);
  let mask = at(${Word.Mask}u);
  let seeds = at(${Word.Seeds}u);
  for (var unit = first + (thread >> 3u); unit < end; unit += ${ROWS}u) {
    for (var panel = (thread >> 2u) & 1u; panel < word(${Word.Panels}u); panel += 2u) {
      let raw = ${LANES}u * unit + lane + panel * at(${Word.RawStride}u);
      var g = memory[at(${Word.Raw}u) + raw];
      if (mask != 0u) { g *= memory[mask + raw]; }
      if (seeds != 0u) { g *= memory[seeds + ${LANES}u * panel + lane]; }
      for (var piece = 0u; piece < pieces; piece++) {
        let row = ${LANES}u * (unit * pieces + piece) + lane;
        let winner = memory[at(${Word.Winners}u) + row + panel * at(${Word.WinnersStride}u)];
        memory[at(${Word.Out}u) + row + panel * at(${Word.OutStride}u)] = g * winner;
      }
    }
  }
  // The rows that are summed next may be another thread's.
  storageBarrier();
}
`;

const tiles = (body: string, pieces = "1u") => /* wgsl */ `
  for (var tile = first * ${pieces}; tile < end * ${pieces}; tile += ${ROWS}u) {
    ${body}
  }
`;

/**
 * The second half of the pass back, by what the layer below is: its functions, and how they are
 * called.
 */
const HALVES = {
  plain: [
    toAffine + biasGradient,
    tiles("toAffine(thread, tile, end); biasGradient(thread, tile, end);"),
  ],
  norm: [
    toAffine + normBack + biasGradient,
    tiles(
      "toAffine(thread, tile, end); normBack(thread, tile, end); biasGradient(thread, tile, end);",
    ),
  ],
  maxout: [
    spread + biasGradient,
    "spread(thread, first, end);" +
    tiles(
      `biasGradient(thread, tile, end * word(${Word.Pieces}u));`,
      `word(${Word.Pieces}u)`,
    ),
  ],
};

function backward([functions, calls]: string[]): string {
  return PRELUDE + product(backwardTile, storeRaw) + functions +
    entryPoint(`word(${Word.Features}u)`, `product(thread, first, end); storageBarrier();` + calls);
}

function secondHalf([functions, calls]: string[]): string {
  return PRELUDE + functions + entryPoint(`word(${Word.Features}u)`, calls);
}

/** From the gradient at the affine map of a layer to the one at the affine map below. */
export const BACKWARD = backward(HALVES.plain);
export const BACKWARD_NORM = backward(HALVES.norm);
export const BACKWARD_MAXOUT = backward(HALVES.maxout);

/** The second half alone. */
export const TO_AFFINE = secondHalf(HALVES.plain);
export const TO_AFFINE_NORM = secondHalf(HALVES.norm);
export const TO_AFFINE_MAXOUT = secondHalf(HALVES.maxout);
