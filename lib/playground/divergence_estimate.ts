/**
 * JSD(p_data, p_g) of a run, with the error of the estimate.
 *
 * On the line, where p_g is counted through G, it is a sum over bins and as good as exact. In the
 * plane both densities are seen through the same kernel. What is seen through one and the same
 * channel is never farther apart than what goes in, so the estimate is at most the true JSD, but
 * for the noise of the points, which adds a little: `floor` is what as many real points read.
 *
 * @module
 */
import { type Gan } from "@/gan/gan.ts";
import { jsDivergence } from "@/math/divergences.ts";
import { counted, dataField, estimated, ESTIMATED_FROM } from "./densities.ts";
import { type CellSquare } from "./kernel_field.ts";
import { type LookField } from "./playground_messages.ts";
import { fixedDraws, toyOf } from "./scene.ts";
import { type PlaygroundData } from "./settings.ts";

/** Blocks of points that are left out one at a time. */
const BLOCKS = 8;
/** Cells along the line, and along each side of the plane. */
const CELLS = { 1: 240, 2: 48 } as const;

/** A divergence in nats. */
export interface DivergenceEstimate {
  value: number;
  /** Its standard error: the jackknife over eight blocks of points; 0 on the line. */
  error: number;
  /** What fresh real points read, as many as the generated ones; 0 on the line. */
  floor: number;
  /** Both densities in the cells that it is a sum over. */
  pData: LookField;
  pG: LookField;
  cells: CellSquare;
}

/**
 * The JSD of a GAN on the line or in the plane, as it is now.
 *
 * @param points What G makes of the first `ESTIMATED_FROM` z.
 */
export function divergenceOf(
  gan: Gan,
  data: PlaygroundData,
  points: Float32Array,
): DivergenceEstimate {
  const { range, columns } = toyOf(gan);
  const cells = { range, side: CELLS[columns as 1 | 2] };
  const pData = dataField(gan, data, cells);
  const jsd = (pG: LookField) => jsDivergence(...massesOf([pData, pG], columns, cells));
  const exact = counted(gan, cells);
  if (exact) return { value: jsd(exact), error: 0, floor: 0, pData, pG: exact, cells };
  const { values, blocks } = estimatedInBlocks(gan, points, cells);
  const pG = {
    values,
    how: `a kernel estimate from ${ESTIMATED_FROM.toLocaleString("en-US")} points`,
  };
  const without = blocks.map((block) =>
    jsd({ ...pG, values: values.map((p, i) => (BLOCKS * p - block[i]) / (BLOCKS - 1)) })
  );
  const mean = without.reduce((sum, one) => sum + one, 0) / BLOCKS;
  const squares = without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const error = Math.sqrt((BLOCKS - 1) / BLOCKS * squares);
  return { value: jsd(pG), error, floor: floorOf(gan, data, jsd), pData, pG, cells };
}

/** The density of points, and that of each block of them. */
function estimatedInBlocks(gan: Gan, points: Float32Array, cells: CellSquare) {
  const length = points.length / BLOCKS;
  const blocks = Array.from(
    { length: BLOCKS },
    (_, i) => estimated(gan, points.subarray(i * length, (i + 1) * length), cells).values,
  );
  const values = blocks[0].map((_, i) => blocks.reduce((sum, block) => sum + block[i], 0) / BLOCKS);
  return { values, blocks };
}

const floors = new Map<string, number>();
/** Somebody who draws makes new data with every stroke. */
const MOST_FLOORS = 20;

/** What real points read; computed once for the same data. */
function floorOf(gan: Gan, data: PlaygroundData, jsd: (pG: LookField) => number): number {
  const key = JSON.stringify(data);
  let floor = floors.get(key);
  if (floor === undefined) {
    const { range, columns } = toyOf(gan);
    const { real } = fixedDraws(gan, ESTIMATED_FROM);
    floor = jsd(estimated(gan, real, { range, side: CELLS[columns as 1 | 2] }));
    if (floors.size >= MOST_FLOORS) floors.delete(floors.keys().next().value!);
    floors.set(key, floor);
  }
  return floor;
}

/** The mass in each cell, and at the end what is outside, of two densities. */
function massesOf(
  fields: readonly [LookField, LookField],
  columns: number,
  { range, side }: CellSquare,
): [Float64Array, Float64Array] {
  const cell = ((range[1] - range[0]) / side) ** columns;
  return fields.map(({ values }) => {
    const masses = new Float64Array(values.length + 1);
    let sum = 0;
    values.forEach((p, i) => sum += masses[i] = p * cell);
    masses[values.length] = Math.max(0, 1 - sum);
    // The middle of a cell is not its mean: what is more than 1 by that is taken off everywhere.
    const all = Math.max(1, sum);
    return masses.map((mass) => mass / all);
  }) as [Float64Array, Float64Array];
}
