/**
 * Sizes that the planner, the kernels (AssemblyScript) and the shaders have in common. `layout.ts`
 * says what lies where.
 */

/**
 * Rows of the batch that lie side by side; columns of a tile. A line is that many numbers: four
 * vectors.
 */
export const PANEL = 16;
/** Rows of a tile. With two registers of eight for a row of the right operand, 15 are in use. */
export const TILE_ROWS = 6;
/** Inputs of a weight that lie side by side: a multiple of both. */
export const BLOCK = 48;
