/**
 * What the products of a dense layer have in common, forwards and backwards.
 *
 * A workgroup makes whole rows of the result, for all of the batch, so that batch norm and sums
 * over the batch are its own: an operation is one dispatch. A thread makes tiles of four rows times
 * four columns.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { BLOCK, TILE_ROWS } from "../../layout.ts";
import { LANES, ROWS, THREADS } from "./shader_prelude.ts";

/**
 * Panels that the threads have in hand at a time: 4 rows of threads, 32 columns of four numbers.
 */
const PANELS = 8;
/** Vectors of a row of weights in a block, and of a block. */
export const ROW_VECTORS = BLOCK / 4;
export const BLOCK_VECTORS = TILE_ROWS * ROW_VECTORS;

/**
 * Rows `first` to `end` of a product. `tile` computes `sum` from `row`, `panel` and `lane`;
 * `store`, the body of a function, puts four numbers `x` of a row away.
 */
export const product = (tile: string, store: string) => /* wgsl */ `
fn store(row: u32, panel: u32, lane: u32, x: vec4f) {
  ${store}
}

fn product(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  for (var row = first + 4u * (thread >> 5u); row < end; row += ${ROWS}u) {
    let start = (thread >> 2u) & ${PANELS - 1}u;
    for (var panel = start; panel < word(${Word.Panels}u); panel += ${PANELS}u) {
      // Without a first value, some compilers set it to 0 once, and not in each turn.
      var sum = array<vec4f, 4>();
      ${tile}
      store(row, panel, lane, sum[0]);
      if (row + 1u < end) { store(row + 1u, panel, lane, sum[1]); }
      if (row + 2u < end) { store(row + 2u, panel, lane, sum[2]); }
      if (row + 3u < end) { store(row + 3u, panel, lane, sum[3]); }
    }
  }
}
`;

/** Stores it as it is, for what is done to whole rows. */
export const storeRaw = /* wgsl */ `
  memory[at(${Word.Raw}u) + panel * at(${Word.RawStride}u) + ${LANES}u * row + lane] = x;
`;

/** A workgroup has the rows from `first` to `end`, of as many as `rows` says. */
export const entryPoint = (rows: string, body: string) => /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = group.x * word(${Word.ChunkSize}u);
  let end = min(first + word(${Word.ChunkSize}u), ${rows});
  ${body}
}
`;
