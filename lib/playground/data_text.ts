/**
 * The data of a playground as a short text of an address.
 *
 * Points on a grid of 1/500 within ±4 are two letters for each coordinate; others are decimals.
 *
 * @module
 */
import { type ToyName } from "@/data/toy.ts";
import { type PlaygroundData } from "./settings.ts";

/** Steps of the grid in a unit. */
const PER_UNIT = 500;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The middle of what two digits can say. */
const MIDDLE = DIGITS.length ** 2 / 2;
const MARKS = { hand: "h", file: "f", gaussians: "g" } as const;

/** Points moved to the nearest places of the grid, so that an address can hold many of them. */
export function onGrid(points: readonly (readonly number[])[]): number[][] {
  const nearest = (x: number) => {
    const step = Math.round(x * PER_UNIT);
    // Without + 0 a step of −0 would be another number than the 0 of an address.
    return Math.min(MIDDLE - 1, Math.max(-MIDDLE, step)) / PER_UNIT + 0;
  };
  return points.map((point) => point.map(nearest));
}

/** The text of some data. */
export function dataText(data: PlaygroundData): string {
  if (data.kind === "mnist") return "mnist";
  if (data.kind === "toy") return data.name;
  const points = data.kind === "points" ? data.points : data.centres;
  const mark = data.kind === "points" ? MARKS[data.from] : MARKS.gaussians;
  return `${mark}${points[0]?.length ?? 0}:${data.sigma}:${pointsText(points)}`;
}

function pointsText(points: readonly (readonly number[])[]): string {
  const flat = points.flat();
  if (!flat.every((x, i) => Object.is(x, onGrid([[flat[i]]])[0][0]))) return `.${flat.join(",")}`;
  return flat.map((x) => {
    const step = Math.round(x * PER_UNIT) + MIDDLE;
    return DIGITS[Math.floor(step / DIGITS.length)] + DIGITS[step % DIGITS.length];
  }).join("");
}

/** The data of such a text; undefined if it is none. */
export function readData(text: string): PlaygroundData | undefined {
  if (text === "mnist") return { kind: "mnist" };
  // Whether there is such a name is checked with all settings.
  if (/^[a-z]+$/.test(text)) return { kind: "toy", name: text as ToyName };
  const [, mark, dimensions, sigma, list] = /^([hfg])([12]):([^:]+):(.*)$/.exec(text) ?? [];
  if (mark === undefined) return undefined;
  const points = readPoints(list, Number(dimensions));
  if (!points || !Number.isFinite(Number(sigma))) return undefined;
  if (mark === MARKS.gaussians) {
    return { kind: "gaussians", centres: points, sigma: Number(sigma) };
  }
  const from = mark === MARKS.hand ? "hand" : "file";
  return { kind: "points", from, points, sigma: Number(sigma) };
}

function readPoints(text: string, dimensions: number): number[][] | undefined {
  const flat = text.startsWith(".")
    ? text.slice(1).split(",").map(Number)
    : Array.from({ length: Math.floor(text.length / 2) }, (_, i) => {
      const [high, low] = [DIGITS.indexOf(text[2 * i]), DIGITS.indexOf(text[2 * i + 1])];
      return high < 0 || low < 0 ? NaN : (high * DIGITS.length + low - MIDDLE) / PER_UNIT;
    });
  if (flat.length === 0 || flat.length % dimensions > 0 || flat.some(Number.isNaN)) {
    return undefined;
  }
  return Array.from(
    { length: flat.length / dimensions },
    (_, i) => flat.slice(i * dimensions, (i + 1) * dimensions),
  );
}
