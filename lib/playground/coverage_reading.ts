/**
 * Coverage and precision of generated points: by the library's own metrics where the data have one,
 * and otherwise by the densities in cells.
 *
 * @module
 */
import { modeCoverage, spiralCoverage } from "@/eval/coverage.ts";
import { type Gan } from "@/gan/gan.ts";
import { ESTIMATED_FROM, modesOf } from "./densities.ts";
import { type DivergenceEstimate } from "./divergence_estimate.ts";
import { fixedDraws, toyOf } from "./scene.ts";
import { type PlaygroundData } from "./settings.ts";

/** Points that are measured, the number of PacGAN's tables. */
export const MEASURED = 2500;
/** A cell is covered with a tenth of its due share, as on the spiral. */
const LEAST = 0.1;
/** Real points that lie where p_data is lower than the level: what precision calls off the data. */
const OFF = 0.01;

/** How well generated points cover the data, and how many lie on them. */
export interface CoverageReading {
  coverage: number;
  precision: number;
  /** What real points have. */
  ofReal: { coverage: number; precision: number };
  /** What is counted: a clause. */
  how: string;
}

/**
 * Coverage and precision of generated points, on the line or in the plane.
 *
 * @param points The first `MEASURED` of what G makes.
 */
export function coverageReadingOf(
  gan: Gan,
  data: PlaygroundData,
  points: Float32Array,
  estimate: DivergenceEstimate,
): CoverageReading {
  if (data.kind === "toy" && data.name === "spiral") {
    const { coverage, precision } = spiralCoverage(points);
    const how = "40 parts of the spiral, and points within 0.06 of its middle";
    return { coverage, precision, ofReal: { coverage: 1, precision: 1 }, how };
  }
  const modes = data.kind === "points" ? undefined : modesOf(data);
  if (modes) {
    const { covered, highQuality } = modeCoverage(points, modes);
    const how = `${modes.centres.length} modes, and points within three sigmas of one`;
    const ofReal = { coverage: 1, precision: 1 - Math.exp(-9 / 2) };
    return { coverage: covered / modes.centres.length, precision: highQuality, ofReal, how };
  }
  return inCells(gan, points, estimate);
}

function inCells(
  gan: Gan,
  points: Float32Array,
  { pData, pG, cells }: DivergenceEstimate,
): CoverageReading {
  const { columns } = toyOf(gan);
  let [covered, all] = [0, 0];
  pData.values.forEach((p, i) => {
    all += p;
    if (pG.values[i] >= LEAST * p) covered += p;
  });
  const at = (rows: Float32Array) => densitiesAt(pData.values, rows, columns, cells);
  const { real } = fixedDraws(gan, ESTIMATED_FROM);
  const ofReal = at(real.subarray(0, MEASURED * columns)).sort();
  const level = ofReal[Math.floor(OFF * ofReal.length)];
  const on = at(points).filter((p) => p >= level).length;
  return {
    coverage: covered / all,
    precision: on / (points.length / columns),
    ofReal: { coverage: 1, precision: 1 - OFF },
    how: "the mass of p_data where p_g is at least a tenth of it, and points where p_data is no " +
      "lower than for 99 % of real points",
  };
}

/** The density in the cell of each row; 0 outside all cells. */
function densitiesAt(
  values: Float32Array,
  rows: Float32Array,
  columns: number,
  { range: [low, high], side }: DivergenceEstimate["cells"],
): Float32Array {
  const cellOf = (x: number) => Math.floor((x - low) / (high - low) * side);
  return Float32Array.from({ length: rows.length / columns }, (_, row) => {
    let cell = 0;
    for (let axis = columns - 1; axis >= 0; axis--) {
      const place = cellOf(rows[row * columns + axis]);
      // Written so that what is not a number is outside.
      if (!(place >= 0 && place < side)) return 0;
      cell = cell * side + place;
    }
    return values[cell];
  });
}
