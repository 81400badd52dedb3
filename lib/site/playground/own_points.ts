/**
 * Points of one's own, from a text of comma-separated values.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import papaparse from "papaparse";
import { sigmaFor } from "./drawn_points.ts";

/** A column of a file as it stands, where shift is 0 and scale 1. */
export interface Fit {
  shift: number;
  scale: number;
}

/** Points, each of as many numbers, and the width of the Gaussian that is put around each. */
export interface OwnPoints {
  points: number[][];
  sigma: number;
  /** How the numbers of each column were fitted to the stage: (x − shift) / scale. */
  fits: Fit[];
}

/** The numbers of points lie between this and its negative: the stage and an address have no more room. */
const ROOM = 4;
/** Points that are all nearer to 0 than this would lie on few places of the grid of an address. */
const SMALL = 0.5;
/** A column that is so many times as narrow as another would be a line beside it. */
const NARROW = 10;
/** More points make addresses that no chat takes. */
const MOST = 2000;

/**
 * Points of a CSV file: one column for the line, two for the plane; a line that names them may stand
 * above. Numbers beyond ±4, or all of them within ±0.5, are fitted to the stage: divided by one number,
 * or by one for each column where their widths are of other orders, and moved to the middle where
 * they lie far from 0.
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
  const fits = fitsOf(points);
  const fitted = points.map((point) => point.map((x, i) => (x - fits[i].shift) / fits[i].scale));
  return { points: fitted, sigma: sigmaFor(fitted), fits };
}

/** What was done to the numbers, in a sentence; "" where they are as they were. */
export function fitsText(fits: readonly Fit[]): string {
  const names = fits.length === 1 ? ["x"] : ["x₁", "x₂"];
  const parts = fits.flatMap(({ shift, scale }, i) => {
    if (shift === 0 && scale === 1) return [];
    const moved = shift === 0 ? names[i] : `(${names[i]} − ${numberOf(shift)})`;
    return [`${names[i]} is ${moved}${scale === 1 ? "" : ` / ${numberOf(scale)}`}`];
  });
  return parts.length === 0 ? "" : `To fit the stage, ${parts.join(" and ")} of the file.`;
}

function numberOf(value: number): string {
  return Number(value.toPrecision(6)).toString().replaceAll("-", "−");
}

function fitsOf(points: number[][]): Fit[] {
  const columns = points[0].map((_, i) => points.map((point) => point[i]));
  const shifts = columns.map((values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const [middle, width] = [(low + high) / 2, high - low];
    return Math.abs(middle) > Math.max(2 * width, ROOM) ? middle : 0;
  });
  const reaches = columns.map((values, i) =>
    Math.max(...values.map((x) => Math.abs(x - shifts[i])))
  );
  const widest = Math.max(...reaches);
  return reaches.map((reach, i) => {
    const own = reach > 0 && reach * NARROW < widest ? reach : widest;
    const fits = own <= ROOM && own >= SMALL && widest <= ROOM || own === 0;
    return { shift: shifts[i], scale: fits ? 1 : own / ROOM };
  });
}

/** The lines that are not blank, as they stand in the file, and where. */
function linesOf(text: string): { line: string; at: number }[] {
  return text.split(/\r?\n/).map((line, i) => ({ line, at: i + 1 }))
    .filter(({ line }) => /[^\s,;]/.test(line));
}
