/**
 * A tile of sums that stays in vector registers while the inner side of a matrix product runs: the
 * code that all our products have in common.
 *
 * In each inner step, one number of the left operand for each row of the tile times a few vectors
 * of the right operand is added to that row.
 *
 * @module
 */
import { f32x4, type Instructions, local, sequence, unrolled } from "./assembler.ts";

export interface Tile {
  rows: number;
  /** Vectors of four numbers in a row. */
  vectors: number;
  /** See `f32x4.multiplyAdd`. */
  relaxed: boolean;
  /** The first of `tileLocals` locals. */
  first: number;
}

/**
 * How many local vectors a tile takes: one number of the left operand, a row of the right one, the
 * sums.
 */
export function tileLocals({ rows, vectors }: Omit<Tile, "first">): number {
  return 1 + vectors + rows * vectors;
}

/** The local that has vector `vector` of row `row`. */
export function sumLocal({ vectors, first }: Tile, row: number, vector: number): number {
  return first + 1 + vectors + row * vectors + vector;
}

/** All sums become 0. */
export function clearSums(tile: Tile): Instructions {
  const { rows, vectors } = tile;
  return unrolled(
    rows * vectors,
    (i) => sequence(f32x4.zero, local.set(sumLocal(tile, 0, i))),
  );
}

/**
 * One inner step.
 *
 * @param left Loads the number of a row, four times.
 * @param right Loads a vector of the right operand.
 */
export function addProducts(
  tile: Tile,
  left: (row: number) => Instructions,
  right: (vector: number) => Instructions,
): Instructions {
  const { rows, vectors, relaxed, first: number } = tile;
  const rightLocal = (vector: number) => number + 1 + vector;
  return sequence(
    unrolled(vectors, (vector) => sequence(right(vector), local.set(rightLocal(vector)))),
    unrolled(rows, (row) =>
      sequence(
        left(row),
        local.set(number),
        unrolled(vectors, (vector) =>
          f32x4.multiplyAdd(number, rightLocal(vector), sumLocal(tile, row, vector), relaxed)),
      )),
  );
}
