/**
 * JSD(p_data, p_g) and KL(p_data‖p_g) of a run, with the errors of the estimates.
 *
 * On the line, where p_g is counted through G, it is a sum over bins and as good as exact. In the
 * plane both densities are seen through the same kernel. What is seen through one and the same
 * channel is never farther apart than what goes in, so the estimate is at most the true divergence,
 * but for the noise of the points, which adds a little: `floor` is what as many real points read.
 *
 * @module
 */
import { type Gan } from "@/gan/gan.ts";
import { jsDivergence, klDivergence } from "@/math/divergences.ts";
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
export interface EstimatedNats {
  value: number;
  /** Its standard error: the jackknife over eight blocks of points; 0 on the line. */
  error: number;
  /** What fresh real points read, as many as the generated ones; 0 on the line. */
  floor: number;
}

/** Both divergences, and what they are estimated from. */
export interface DivergenceEstimate {
  jsd: EstimatedNats;
  /** Infinite where G makes nothing of more than a hundredth of the data. */
  kl: EstimatedNats;
  /** Both densities in the cells that it is a sum over. */
  pData: LookField;
  pG: LookField;
  cells: CellSquare;
}

/**
 * The divergences of a GAN on the line or in the plane, as it is now.
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
  const between = (measure: Measure) => (pG: LookField) =>
    MEASURES[measure](...massesOf([pData, pG], columns, cells));
  const exact = counted(gan, cells);
  if (exact) {
    const ofLine = (measure: Measure): EstimatedNats => ({
      value: between(measure)(exact),
      error: 0,
      floor: 0,
    });
    return { jsd: ofLine("jsd"), kl: ofLine("kl"), pData, pG: exact, cells };
  }
  const { values, blocks } = estimatedInBlocks(gan, points, cells);
  const pG = {
    values,
    how: `a kernel estimate from ${ESTIMATED_FROM.toLocaleString("en-US")} points`,
  };
  const without = blocks.map((block) => ({
    ...pG,
    values: values.map((p, i) => (BLOCKS * p - block[i]) / (BLOCKS - 1)),
  }));
  const ofReal = floorsOf(gan, data, between);
  const inPlane = (measure: Measure): EstimatedNats => ({
    value: between(measure)(pG),
    error: jackknifeError(without.map(between(measure))),
    floor: ofReal[measure],
  });
  return { jsd: inPlane("jsd"), kl: inPlane("kl"), pData, pG, cells };
}

/** The jackknife's standard error, from what is estimated without each block. */
function jackknifeError(without: number[]): number {
  const mean = without.reduce((sum, one) => sum + one, 0) / BLOCKS;
  const squares = without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return Math.sqrt((BLOCKS - 1) / BLOCKS * squares);
}

type Measure = "jsd" | "kl";
const MEASURES: Readonly<Record<Measure, (p: Float64Array, q: Float64Array) => number>> = {
  jsd: jsDivergence,
  kl: klOfCovered,
};

/** So much of the data may lie where G makes nothing and is left out: no number of points reaches
 * the far ends of a density. */
const LEFT_OUT = 1e-2;

/** KL(p‖q) over the cells where q has mass; infinite if these hold too little of p. */
function klOfCovered(p: Float64Array, q: Float64Array): number {
  const held = p.reduce((sum, mass, i) => q[i] > 0 ? sum + mass : sum, 0);
  if (held < 1 - LEFT_OUT) return Infinity;
  return klDivergence(p.map((mass, i) => q[i] > 0 ? mass / held : 0), q);
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

const floors = new Map<string, Record<Measure, number>>();
/** Somebody who draws makes new data with every stroke. */
const MOST_FLOORS = 20;

/** What real points read; computed once for the same data. */
function floorsOf(
  gan: Gan,
  data: PlaygroundData,
  between: (measure: Measure) => (pG: LookField) => number,
): Record<Measure, number> {
  const key = JSON.stringify(data);
  let found = floors.get(key);
  if (found === undefined) {
    const { range, columns } = toyOf(gan);
    const { real } = fixedDraws(gan, ESTIMATED_FROM);
    const seen = estimated(gan, real, { range, side: CELLS[columns as 1 | 2] });
    found = { jsd: between("jsd")(seen), kl: between("kl")(seen) };
    if (floors.size >= MOST_FLOORS) floors.delete(floors.keys().next().value!);
    floors.set(key, found);
  }
  return found;
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
