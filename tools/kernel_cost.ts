/**
 * What our kernel costs compared with Deno's own, for the start and for a cell: the figures of
 * docs/experiments.md, section 9.
 *
 *     deno run -A tools/kernel_cost.ts
 *
 * @module
 */
import { cost } from "../tests/jupyter/real/support/kernel_cost.ts";

const ROUNDS = 5;
const CELLS = 200;

const { start, cell } = await cost(ROUNDS, CELLS);
const line = (what: string, { plain, ours }: { plain: number; ours: number }) =>
  `${what}  Deno's ${plain.toFixed(1)} ms, ours ${ours.toFixed(1)} ms, difference ${
    (ours - plain).toFixed(1)
  } ms`;
console.log(line(`start, median of ${ROUNDS}`, start));
console.log(line(`cell, median of ${ROUNDS * CELLS}`, cell));
