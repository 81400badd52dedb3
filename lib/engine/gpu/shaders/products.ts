/**
 * The three products of a dense layer, and what is done to their rows.
 *
 * A workgroup makes whole rows of the result, for all of the batch, so that batch norm and sums over the
 * batch are its own: an operation is one dispatch. A thread makes tiles of four rows times four columns.
 *
 * @module
 */
import { Word } from "../../fields.ts";
import { BLOCK, TILE_ROWS } from "../../layout.ts";
import { LANES, PRELUDE, ROWS, THREADS } from "./prelude.ts";

/** Panels that the threads have in hand at a time: 4 rows of threads, 32 columns of four numbers. */
const PANELS = 8;
/** Vectors of a row of weights in a block, and of a block. */
const ROW_VECTORS = BLOCK / 4;
const BLOCK_VECTORS = TILE_ROWS * ROW_VECTORS;

const weightRow = /* wgsl */ `
// Where the weights of output n begin.
fn weightRow(n: u32) -> u32 {
  return at(${Word.Weights}u) + (n / ${TILE_ROWS}u) * at(${Word.WeightStep}u) +
    (n % ${TILE_ROWS}u) * ${ROW_VECTORS}u;
}
`;

/**
 * Rows `first` to `end` of a product. `tile` computes `sum` from `row`, `panel` and `lane`; `store`, the
 * body of a function, puts four numbers `x` of a row away.
 */
const product = (tile: string, store: string) => /* wgsl */ `
fn store(row: u32, panel: u32, lane: u32, x: vec4f) {
  ${store}
}

fn product(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  for (var row = first + 4u * (thread >> 5u); row < end; row += ${ROWS}u) {
    let start = (thread >> 2u) & ${PANELS - 1}u;
    for (var panel = start; panel < word(${Word.Panels}u); panel += ${PANELS}u) {
      var sum: array<vec4f, 4>;
      ${tile}
      store(row, panel, lane, sum[0]);
      if (row + 1u < end) { store(row + 1u, panel, lane, sum[1]); }
      if (row + 2u < end) { store(row + 2u, panel, lane, sum[2]); }
      if (row + 3u < end) { store(row + 3u, panel, lane, sum[3]); }
    }
  }
}
`;

/** As it is, for what is done to whole rows. */
const storeRaw = /* wgsl */ `
  memory[at(${Word.Raw}u) + panel * at(${Word.RawStride}u) + ${LANES}u * row + lane] = x;
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

const main = (rows: string, body: string) => /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = group.x * word(${Word.ChunkSize}u);
  let end = min(first + word(${Word.ChunkSize}u), ${rows});
  ${body}
}
`;

const forward = (store: string, rows = "") =>
  PRELUDE + weightRow + product(forwardTile, store) + rows + main(
    `word(${Word.Rows}u) * word(${Word.Pieces}u)`,
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
  let below = at(${Word.Below}u) + panel * at(${Word.BelowStride}u) + ${LANES}u * row + lane;
  var y = x * slopeOf(memory[below]);
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
  let count = number(${Word.Count}u);
  for (var tile = first; tile < end; tile += ${ROWS}u) {
    let row = tile + (thread >> 3u);
    // Of a row that is not there nothing is counted.
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
    let share = select(0.0, number(${Word.Share}u), row < end);
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
        // NaN is kept, whichever piece has it.
        y = select(y, h, (h > y) | (h != h));
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

/** From the gradient at a layer's output, rows of `Raw`, to the one at its activation's input, rows of `Out`. */
const below = /* wgsl */ `
fn below(thread: u32, tile: u32, end: u32) {
  let lane = thread & 3u;
  let mask = at(${Word.Mask}u);
  let seeds = at(${Word.Seeds}u);
  let given = at(${Word.Below}u);
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
    if (given != 0u) { g *= slopeOf(memory[given + offset + panel * at(${Word.BelowStride}u)]); }
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
  let count = number(${Word.Count}u);
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

/** The second half of the pass back, by what the layer below is: its functions, and how they are called. */
const HALVES = {
  plain: [
    below + biasGradient,
    tiles("below(thread, tile, end); biasGradient(thread, tile, end);"),
  ],
  norm: [
    below + normBack + biasGradient,
    tiles(
      "below(thread, tile, end); normBack(thread, tile, end); biasGradient(thread, tile, end);",
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
    main(`word(${Word.Rows}u)`, `product(thread, first, end); storageBarrier();` + calls);
}

function half([functions, calls]: string[]): string {
  return PRELUDE + functions + main(`word(${Word.Rows}u)`, calls);
}

/** From the gradient at the affine map of a layer to the one at the affine map below. */
export const BACKWARD = backward(HALVES.plain);
export const BACKWARD_NORM = backward(HALVES.norm);
export const BACKWARD_MAXOUT = backward(HALVES.maxout);

/** The second half alone. */
export const BELOW = half(HALVES.plain);
export const BELOW_NORM = half(HALVES.norm);
export const BELOW_MAXOUT = half(HALVES.maxout);

/** Outputs and inputs of the tile of a workgroup of `GRADIENT`: a thread makes four times four. */
export const GRADIENT_TILE = { outputs: 32, inputs: 64 };

/**
 * A weight's gradient: Σ u (seed x + added)ᵀ over the rows of the batch. It reads x in panels of the
 * batch: its words are those of `Features`, with `Raw`, `Out` and `WeightStep` of `Gradient`, whose
 * `Panels` are here `Turns`.
 */
export const GRADIENT = PRELUDE + /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let n = group.x * ${GRADIENT_TILE.outputs}u + 4u * (thread >> 4u);
  let k = group.y * ${GRADIENT_TILE.inputs}u + 4u * (thread & 15u);
  let outputs = ${TILE_ROWS}u * word(${Word.Turns}u);
  if (n >= outputs || k >= word(${Word.Rows}u)) { return; }
  let seeds = at(${Word.Seeds}u);
  let panels = word(${Word.Panels}u);
  let addedPanels = word(${Word.AddedPanels}u);
  var sum: array<vec4f, 4>;
  for (var panel = 0u; panel < panels; panel++) {
    for (var lane = 0u; lane < ${LANES}u; lane++) {
      let source = at(${Word.In}u) + panel * at(${Word.InStride}u) + ${LANES}u * k + lane;
      var x0 = memory[source];
      var x1 = memory[source + ${LANES}u];
      var x2 = memory[source + ${2 * LANES}u];
      var x3 = memory[source + ${3 * LANES}u];
      if (seeds != 0u) {
        let seed = memory[seeds + ${LANES}u * panel + lane];
        x0 *= seed;
        x1 *= seed;
        x2 *= seed;
        x3 *= seed;
      }
      if (panel < addedPanels) {
        let added = at(${Word.Added}u) + panel * at(${Word.AddedStride}u) + ${LANES}u * k + lane;
        x0 += memory[added];
        x1 += memory[added + ${LANES}u];
        x2 += memory[added + ${2 * LANES}u];
        x3 += memory[added + ${3 * LANES}u];
      }
      x0 = valid(panel, lane, x0);
      x1 = valid(panel, lane, x1);
      x2 = valid(panel, lane, x2);
      x3 = valid(panel, lane, x3);
      let rows = at(${Word.Raw}u) + panel * at(${Word.RawStride}u) + ${LANES}u * n + lane;
      let u0 = memory[rows];
      let u1 = memory[rows + ${LANES}u];
      let u2 = memory[rows + ${2 * LANES}u];
      let u3 = memory[rows + ${3 * LANES}u];
      sum[0] += vec4f(dot(u0, x0), dot(u0, x1), dot(u0, x2), dot(u0, x3));
      sum[1] += vec4f(dot(u1, x0), dot(u1, x1), dot(u1, x2), dot(u1, x3));
      sum[2] += vec4f(dot(u2, x0), dot(u2, x1), dot(u2, x2), dot(u2, x3));
      sum[3] += vec4f(dot(u3, x0), dot(u3, x1), dot(u3, x2), dot(u3, x3));
    }
  }
  let block = at(${Word.Out}u) + (k / ${BLOCK}u) * ${BLOCK_VECTORS}u + (k % ${BLOCK}u) / 4u;
  for (var i = 0u; i < 4u; i++) {
    let row = n + i;
    if (row < outputs) {
      let to = block + (row / ${TILE_ROWS}u) * at(${Word.WeightStep}u) +
        (row % ${TILE_ROWS}u) * ${ROW_VECTORS}u;
      memory[to] = sum[i];
    }
  }
}
`;
