/**
 * A weight's gradient: the product of a layer that sums over the batch.
 *
 * @module
 */
import { GradientWord, Word } from "../../operation_protocol.ts";
import { BLOCK, TILE_ROWS } from "../../layout.ts";
import { BLOCK_VECTORS, ROW_VECTORS } from "./product_shader.ts";
import { LANES, PRELUDE, THREADS } from "./shader_prelude.ts";

/** Outputs and inputs of the tile of a workgroup of `GRADIENT`: a thread makes four times four. */
export const GRADIENT_TILE = { outputs: 32, inputs: 64 };

/**
 * A weight's gradient: Σ u (seed x + added)ᵀ over the rows of the batch. It reads x in panels of
 * the batch: its words are those of `Transpose` and of `Gradient` together.
 */
export const GRADIENT = PRELUDE + /* wgsl */ `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let n = group.x * ${GRADIENT_TILE.outputs}u + 4u * (thread >> 4u);
  let k = group.y * ${GRADIENT_TILE.inputs}u + 4u * (thread & 15u);
  let outputs = ${TILE_ROWS}u * word(${GradientWord.OutputTiles}u);
  if (n >= outputs || k >= word(${Word.Features}u)) { return; }
  let seeds = at(${Word.Seeds}u);
  let panels = word(${Word.Panels}u);
  let addedPanels = word(${Word.AddedPanels}u);
  var sum = array<vec4f, 4>();
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
      let rows = at(${GradientWord.U}u) + panel * at(${GradientWord.UStride}u) + ${LANES}u * n + lane;
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
  let block = at(${GradientWord.Out}u) + (k / ${BLOCK}u) * ${BLOCK_VECTORS}u + (k % ${BLOCK}u) / 4u;
  for (var i = 0u; i < 4u; i++) {
    let row = n + i;
    if (row < outputs) {
      let to = block + (row / ${TILE_ROWS}u) * at(${GradientWord.WeightStep}u) +
        (row % ${TILE_ROWS}u) * ${ROW_VECTORS}u;
      memory[to] = sum[i];
    }
  }
}
`;
