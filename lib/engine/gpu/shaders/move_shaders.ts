/**
 * Operations that move numbers from one order to another. A thread makes whole vectors of four
 * numbers.
 *
 * @module
 */
import { MoveWord, TileWord, Word } from "../../operation_protocol.ts";
import { BLOCK, PANEL, TILE_ROWS } from "../../layout.ts";
import { LANES, PRELUDE, THREADS } from "./shader_prelude.ts";

/** Calls `body` with each `i` below `count`, on as many threads as there are. */
export const each = (count: string, body: string) => /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let count = ${count};
  for (var i = id.x; i < count; i += ${THREADS}u * groups.x) {
    ${body}
  }
}
`;

/** Where a panelled array has its number `feature` of sample `sample`, in bytes. */
const place = /* wgsl */ `
fn place(base: u32, stride: u32, sample: u32, feature: u32) -> u32 {
  return base + (sample / ${PANEL}u) * stride + ${4 * PANEL}u * feature + 4u * (sample % ${PANEL}u);
}
`;

/** Rows of a batch, one after another, to panels; times a mask of the same order. */
export const LOAD = PRELUDE + each(
  `word(${Word.Features}u) * word(${Word.Panels}u) * ${LANES}u`,
  /* wgsl */ `
    // Neighbouring threads read neighbouring numbers: features are counted first.
    let features = word(${Word.Features}u);
    let feature = i % features;
    let lane = (i / features) % ${LANES}u;
    let panel = i / features / ${LANES}u;
    let bytes = word(${MoveWord.RowBytes}u);
    let row = panel * ${PANEL}u + 4u * lane;
    let source = word(${Word.In}u) + row * bytes + 4u * feature;
    var x = vec4f(scalar(source), scalar(source + bytes), scalar(source + 2u * bytes),
      scalar(source + 3u * bytes));
    x = select(vec4f(), x, vec4u(row) + vec4u(0u, 1u, 2u, 3u) < vec4u(word(${MoveWord.Count}u)));
    let offset = panel * at(${Word.OutStride}u) + ${LANES}u * feature + lane;
    if (word(${Word.Mask}u) != 0u) { x *= memory[at(${Word.Mask}u) + offset]; }
    memory[at(${Word.Out}u) + offset] = x;`,
);

/** Samples end to end in packs, times D's mask of its input. */
export const PACK = PRELUDE + place + each(
  `((word(${MoveWord.Count}u) + ${PANEL - 1}u) / ${PANEL}u) * ${LANES}u *
    word(${MoveWord.Packing}u) * word(${MoveWord.Width}u)`,
  /* wgsl */ `
    let lane = i % ${LANES}u;
    let packing = word(${MoveWord.Packing}u);
    let width = word(${MoveWord.Width}u);
    let to = (i / ${LANES}u) % (packing * width);
    let panel = i / ${LANES}u / (packing * width);
    var x = vec4f();
    for (var j = 0u; j < 4u; j++) {
      let column = panel * ${PANEL}u + 4u * lane + j;
      if (column < word(${MoveWord.Count}u)) {
        let sample = column * packing + to / width;
        x[j] = scalar(place(word(${Word.In}u), word(${Word.InStride}u), sample, to % width));
      }
    }
    let offset = panel * at(${Word.OutStride}u) + ${LANES}u * to + lane;
    if (word(${Word.Mask}u) != 0u) { x *= memory[at(${Word.Mask}u) + offset]; }
    memory[at(${Word.Out}u) + offset] = x;`,
);

/** The way back; the columns of a sample's last panel are left at zero. */
export const UNPACK = PRELUDE + place + each(
  `((word(${MoveWord.Count}u) * word(${MoveWord.Packing}u) + ${PANEL - 1}u) / ${PANEL}u) *
    ${LANES}u * word(${MoveWord.Width}u)`,
  /* wgsl */ `
    let lane = i % ${LANES}u;
    let packing = word(${MoveWord.Packing}u);
    let width = word(${MoveWord.Width}u);
    let feature = (i / ${LANES}u) % width;
    let panel = i / ${LANES}u / width;
    var x = vec4f();
    for (var j = 0u; j < 4u; j++) {
      let sample = panel * ${PANEL}u + 4u * lane + j;
      if (sample < word(${MoveWord.Count}u) * packing) {
        let source = (sample % packing) * width + feature;
        x[j] = scalar(place(word(${Word.In}u), word(${Word.InStride}u), sample / packing, source));
      }
    }
    memory[at(${Word.Out}u) + panel * at(${Word.OutStride}u) + ${LANES}u * feature + lane] = x;`,
);

/** A matrix, row by row, to the order of weights. */
export const TILE = PRELUDE + each(
  `((word(${TileWord.Inputs}u) + 3u) / 4u) * word(${TileWord.Outputs}u)`,
  /* wgsl */ `
    let outputs = word(${TileWord.Outputs}u);
    let n = i % outputs;
    let k = 4u * (i / outputs);
    let panel = ${BLOCK}u * ((word(${TileWord.Inputs}u) + ${
    BLOCK - 1
  }u) / ${BLOCK}u) * ${TILE_ROWS}u;
    var w = vec4f();
    for (var j = 0u; j < 4u; j++) {
      if (k + j < word(${TileWord.Inputs}u)) {
        w[j] = scalar(word(${TileWord.Source}u) + 4u * ((k + j) * outputs + n));
      }
    }
    let to = (n / ${TILE_ROWS}u) * panel + (k / ${BLOCK}u) * ${TILE_ROWS * BLOCK}u +
      (n % ${TILE_ROWS}u) * ${BLOCK}u + k % ${BLOCK}u;
    memory[at(${TileWord.Target}u) + to / 4u] = w;`,
);

/** The way back. */
export const UNTILE = PRELUDE + each(
  `(word(${TileWord.Inputs}u) * word(${TileWord.Outputs}u) + 3u) / 4u`,
  /* wgsl */ `
    let outputs = word(${TileWord.Outputs}u);
    let panel = ${BLOCK}u * ((word(${TileWord.Inputs}u) + ${
    BLOCK - 1
  }u) / ${BLOCK}u) * ${TILE_ROWS}u;
    var w = vec4f();
    for (var j = 0u; j < 4u; j++) {
      let n = (4u * i + j) % outputs;
      let k = (4u * i + j) / outputs;
      if (k < word(${TileWord.Inputs}u)) {
        let source = (n / ${TILE_ROWS}u) * panel + (k / ${BLOCK}u) * ${TILE_ROWS * BLOCK}u +
          (n % ${TILE_ROWS}u) * ${BLOCK}u + k % ${BLOCK}u;
        w[j] = scalar(word(${TileWord.Source}u) + 4u * source);
      }
    }
    memory[at(${TileWord.Target}u) + i] = w;`,
);
