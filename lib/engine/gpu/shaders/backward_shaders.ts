/**
 * A layer backwards: what is done to the product's rows on the way to the affine map of the layer
 * below. The second half is there by itself as well.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { type LayerShader } from "./layer_shader.ts";
import { storeRaw } from "./product_shader.ts";
import { LANES } from "./shader_prelude.ts";

/**
 * From the gradient at a layer's output to the one at its activation's input: mask, seed, slope.
 */
const through = /* wgsl */ `
fn masked(row: u32, panel: u32, lane: u32, g: vec4f) -> vec4f {
  if (word(${Word.Mask}u) == 0u) { return g; }
  return g * memory[at(${Word.Mask}u) + panel * at(${Word.RawStride}u) + ${LANES}u * row + lane];
}

fn seeded(panel: u32, lane: u32, g: vec4f) -> vec4f {
  if (word(${Word.Seeds}u) == 0u) { return g; }
  return g * memory[at(${Word.Seeds}u) + ${LANES}u * panel + lane];
}

fn through(row: u32, panel: u32, lane: u32, gradient: vec4f) -> vec4f {
  let g = seeded(panel, lane, masked(row, panel, lane, gradient));
  if (word(${Word.Activated}u) == 0u) { return g; }
  let given = at(${Word.Activated}u) + panel * at(${Word.ActivatedStride}u);
  return g * slopeOf(memory[given + ${LANES}u * row + lane]);
}
`;

/** Rows of `Raw` to rows of `Out`. */
const toAffine = through + /* wgsl */ `
fn toAffine(thread: u32, tile: u32, end: u32) {
  let lane = thread & 3u;
  let squaresOf = word(${Word.Squares}u);
  let row = tile + rowOf(thread);
  let offset = ${LANES}u * row + lane;
  let own = select(0u, word(${Word.Panels}u), row < end);
  var squares = vec4f();
  for (var panel = panelOf(thread); panel < own; panel += panelStep) {
    var g = memory[at(${Word.Raw}u) + offset + panel * at(${Word.RawStride}u)];
    if (squaresOf != 0u) {
      g = masked(row, panel, lane, g);
      let counted = valid(panel, lane, g);
      squares += counted * counted;
      g *= number(${Word.Factor}u);
    }
    memory[at(${Word.Out}u) + offset + panel * at(${Word.OutStride}u)] = through(row, panel, lane, g);
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
  let row = tile + rowOf(thread);
  let out = at(${Word.Out}u) + ${LANES}u * row + lane;
  let own = select(0u, word(${Word.Panels}u), row < end);
  var sum = vec4f();
  for (var panel = panelOf(thread); panel < own; panel += panelStep) {
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
  let start = panelOf(thread);
  let stride = at(${Word.OutStride}u);
  let row = tile + rowOf(thread);
  let own = select(0u, word(${Word.Panels}u), row < end);
  let out = at(${Word.Out}u) + ${LANES}u * row + lane;
  let normalised = at(${Word.Normalised}u) + ${LANES}u * row + lane;
  let normalisedStride = at(${Word.NormalisedStride}u);
  var sum = vec4f();
  var products = vec4f();
  for (var panel = start; panel < own; panel += panelStep) {
    let g = valid(panel, lane, memory[out + panel * stride]);
    sum += g;
    products += valid(panel, lane, g * memory[normalised + panel * normalisedStride]);
  }
  let shiftGradient = rowTotal(thread, sum);
  let scaleGradient = rowTotal(thread, products);
  let count = number(${Word.BatchRows}u);
  let gain = scalar(word(${Word.Scale}u) + 4u * row) *
    scalar(word(${Word.InverseDeviation}u) + 4u * row);
  for (var panel = start; panel < own; panel += panelStep) {
    let g = memory[out + panel * stride];
    let x = memory[normalised + panel * normalisedStride];
    let centred = g - shiftGradient / count - x * (scaleGradient / count);
    memory[out + panel * stride] = valid(panel, lane, gain * centred);
  }
  storeRow(thread, tile, end, word(${Word.ShiftGradient}u), shiftGradient);
  storeRow(thread, tile, end, word(${Word.ScaleGradient}u), scaleGradient);
}
`;

/** Maxout: four numbers `x` of a unit's gradient go to its winning pieces. */
const spread = /* wgsl */ `
  let g = through(row, panel, lane, x);
  let pieces = word(${Word.Pieces}u);
  for (var piece = 0u; piece < pieces; piece++) {
    let own = ${LANES}u * (row * pieces + piece) + lane;
    let winner = memory[at(${Word.Winners}u) + own + panel * at(${Word.WinnersStride}u)];
    memory[at(${Word.Out}u) + own + panel * at(${Word.OutStride}u)] = g * winner;
  }
`;

const spreadRows = through + /* wgsl */ `
fn spread(row: u32, panel: u32, lane: u32, x: vec4f) {
  ${spread}
}

fn spreadRows(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  for (var unit = first + rowOf(thread); unit < end; unit += crewRows) {
    for (var panel = panelOf(thread); panel < word(${Word.Panels}u); panel += panelStep) {
      let raw = ${LANES}u * unit + lane + panel * at(${Word.RawStride}u);
      spread(unit, panel, lane, memory[at(${Word.Raw}u) + raw]);
    }
  }
  // The rows that are summed next may be another thread's.
  storageBarrier();
}
`;

const tiles = (body: string, pieces = "1u") => /* wgsl */ `
  for (var tile = first * ${pieces}; tile < end * ${pieces}; tile += crewRows) {
    ${body}
  }
`;

const backward = (functions: string, store: string, finish = ""): LayerShader => ({
  product: "backward",
  rows: `word(${Word.Features}u)`,
  functions,
  store,
  finish,
});

/**
 * From the gradient at the affine map of a layer to the one at the affine map below, where nothing
 * is summed over the batch.
 */
export const BACKWARD = backward(
  through,
  /* wgsl */ `
  memory[at(${Word.Out}u) + panel * at(${Word.OutStride}u) + ${LANES}u * row + lane] =
    through(row, panel, lane, x);
`,
);
export const BACKWARD_MAXOUT = backward(through, spread);

/** The same with a bias's gradient, or squares for the penalty. */
export const BACKWARD_SUMS = backward(
  toAffine + biasGradient,
  storeRaw,
  tiles("toAffine(thread, tile, end); biasGradient(thread, tile, end);"),
);
export const BACKWARD_NORM = backward(
  toAffine + normBack + biasGradient,
  storeRaw,
  tiles(
    "toAffine(thread, tile, end); normBack(thread, tile, end); biasGradient(thread, tile, end);",
  ),
);
export const BACKWARD_MAXOUT_SUMS = backward(
  spreadRows + biasGradient,
  storeRaw,
  "spreadRows(thread, first, end);" +
    tiles(
      `biasGradient(thread, tile, end * word(${Word.Pieces}u));`,
      `word(${Word.Pieces}u)`,
    ),
);
