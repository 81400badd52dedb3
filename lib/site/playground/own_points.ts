/**
 * Points of one's own, from a text of comma-separated values.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import papaparse from "papaparse";
import { sigmaFor } from "./drawn_points.ts";

/** Points, each of as many numbers, and the width of the Gaussian that is put around each. */
export interface OwnPoints {
  points: number[][];
  sigma: number;
}

/** More points make addresses that no chat takes. */
const MOST = 2000;

/**
 * Points of a CSV file: one column for the line, two for the plane; a line that names them may stand
 * above.
 *
 * @throws {RangeError} Naming the line that is no point.
 */
export function pointsOfCsv(text: string): OwnPoints {
  const { data } = papaparse.parse<string[]>(text.trim(), { skipEmptyLines: "greedy" });
  const rows = data.map((row) => row.map((cell) => cell.trim() === "" ? NaN : Number(cell)));
  const named = rows.length > 0 && rows[0].every(Number.isNaN);
  const points = named ? rows.slice(1) : rows;
  const columns = points[0]?.length;
  for (const [i, point] of points.entries()) {
    if (point.length === columns && columns <= 2 && point.every(Number.isFinite)) continue;
    throw new RangeError(
      `Cannot read the points: each line must have one number (a line) or two (a plane), got "${
        data[named ? i + 1 : i].join(",")
      }" in line ${named ? i + 2 : i + 1}`,
    );
  }
  if (points.length < 2 || points.length > MOST) {
    throw new RangeError(
      `Cannot read the points: a file must have 2 to ${MOST} of them, got ${points.length}`,
    );
  }
  return { points, sigma: sigmaFor(points) };
}
