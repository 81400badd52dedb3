/**
 * How numbers lie in the memory of the engine. Nothing is ever packed for a product: each array
 * is kept in the order in which the inner loops read it.
 *
 * - **Panels of a batch.** Activations and their gradients, n features of m rows of the batch, lie
 *   as [m / PANEL][n][PANEL]: `PANEL` rows of the batch side by side, feature after feature. The
 *   columns of a last panel that are not rows of the batch hold numbers that nobody uses.
 * - **Weights**, n outputs of k inputs, lie as [n / TILE_ROWS][k / BLOCK][TILE_ROWS][BLOCK]. What
 *   is beyond n and k is zero, and stays zero: its gradient is zero.
 * - **Panels of features**, the right operand of a weight's gradient: [k / PANEL][m][PANEL], m
 *   padded as above.
 *
 * @module
 */

import { BLOCK, PANEL, TILE_ROWS } from "./sizes.ts";

export { BLOCK, PANEL, TILE_ROWS };

/** `n` rounded up to a multiple of `unit`. */
export function padded(n: number, unit: number): number {
  return Math.ceil(n / unit) * unit;
}

/** Features that an array of activations has room for: the inner loops take 4 or 6 at a time. */
export function paddedFeatures(features: number): number {
  return padded(features, 12);
}

/** Panels that `rows` rows of a batch fill. */
export function panelsOf(rows: number): number {
  return Math.ceil(rows / PANEL);
}

/** Numbers in an array of weights, padding included. */
export function weightSize(inputs: number, outputs: number): number {
  return padded(outputs, TILE_ROWS) * padded(inputs, BLOCK);
}

/** Where the weight from input `k` to output `n` lies. */
export function weightIndex(inputs: number, k: number, n: number): number {
  const panel = Math.floor(n / TILE_ROWS) * TILE_ROWS * padded(inputs, BLOCK);
  const block = Math.floor(k / BLOCK) * TILE_ROWS * BLOCK;
  return panel + block + (n % TILE_ROWS) * BLOCK + (k % BLOCK);
}

/**
 * A matrix [inputs, outputs], row by row, to the order of weights, or back; what is beyond its sides
 * is left as it is.
 */
export function copyWeights(
  [inputs, outputs]: number[],
  { rows, weights, to }: { rows: Float32Array; weights: Float32Array; to: "rows" | "weights" },
): void {
  const panelSize = TILE_ROWS * padded(inputs, BLOCK);
  const back = to === "rows";
  for (let first = 0; first < outputs; first += TILE_ROWS) {
    const count = Math.min(TILE_ROWS, outputs - first);
    const panel = (first / TILE_ROWS) * panelSize;
    for (let k = 0; k < inputs; k++) {
      const inBlock = k % BLOCK;
      const index = panel + (k - inBlock) * TILE_ROWS + inBlock;
      const at = k * outputs + first;
      for (let row = 0; row < count; row++) {
        if (back) rows[at + row] = weights[index + row * BLOCK];
        else weights[index + row * BLOCK] = rows[at + row];
      }
    }
  }
}
