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
  /** What the numbers of the file were divided by; 1 where they are as they were. */
  scale: number;
}

/** The numbers of points lie between this and its negative: the stage and an address have no more room. */
const ROOM = 4;
/** Points that are all nearer to 0 than this would lie on few places of the grid of an address. */
const SMALL = 0.5;
/** More points make addresses that no chat takes. */
const MOST = 2000;

/**
 * Points of a CSV file: one column for the line, two for the plane; a line that names them may stand
 * above. Numbers beyond ±4, or all of them within ±0.5, are divided by one number, so that they fill
 * the stage.
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
    const { line, at } = linesOf(text)[named ? i + 1 : i];
    throw new RangeError(
      `Cannot read the points: each line must have one number (a line) or two (a plane), with a point before decimals, got "${line}" in line ${at}`,
    );
  }
  if (points.length < 2 || points.length > MOST) {
    throw new RangeError(
      `Cannot read the points: a file must have 2 to ${MOST} of them, got ${points.length}`,
    );
  }
  const largest = Math.max(...points.flat().map(Math.abs));
  const scale = largest > ROOM || largest > 0 && largest < SMALL ? largest / ROOM : 1;
  const scaled = points.map((point) => point.map((x) => x / scale));
  return { points: scaled, sigma: sigmaFor(scaled), scale };
}

/** The lines that are not blank, as they stand in the file, and where. */
function linesOf(text: string): { line: string; at: number }[] {
  return text.split(/\r?\n/).map((line, i) => ({ line, at: i + 1 }))
    .filter(({ line }) => /[^\s,;]/.test(line));
}
