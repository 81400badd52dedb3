/**
 * Points as a short text: for an address, and for an option of a training.
 *
 * `2:0.05:n0dqvpj6` are two points of two numbers each and a sigma of 0.05. Points on a grid of
 * 1/500 within ±4 are two letters for each number; others are decimals, behind a point:
 * `1:0.1:.0.25,17`.
 *
 * @module
 */

/** Steps of the grid in a unit. */
const PER_UNIT = 500;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The middle of what two digits can say. */
const MIDDLE = DIGITS.length ** 2 / 2;

/** Points, each of one or two numbers, and the width that each is blurred by. */
export interface BlurredPoints {
  points: number[][];
  sigma: number;
}

/**
 * Points moved to the nearest places of the grid, so that a text can hold many of them. Those beyond
 * ±4 stay where they are, but for less than a step: they make a longer text.
 */
export function onGrid(points: readonly (readonly number[])[]): number[][] {
  const nearest = (x: number) => {
    // Without + 0 a step of −0 would be another number than the 0 of a text.
    return Math.round(x * PER_UNIT) / PER_UNIT + 0;
  };
  return points.map((point) => point.map(nearest));
}

/** The text of some points. */
export function textOfPoints({ points, sigma }: BlurredPoints): string {
  const flat = points.flat();
  const list = flat.every((x) => isShort(x) && Object.is(x, onGrid([[x]])[0][0]))
    ? flat.map(digitsOf).join("")
    : `.${flat.join(",")}`;
  return `${points[0]?.length ?? 0}:${sigma}:${list}`;
}

/** Whether two digits have room for a number. */
function isShort(x: number): boolean {
  const step = Math.round(x * PER_UNIT);
  return step >= -MIDDLE && step < MIDDLE;
}

function digitsOf(x: number): string {
  const step = Math.round(x * PER_UNIT) + MIDDLE;
  return DIGITS[Math.floor(step / DIGITS.length)] + DIGITS[step % DIGITS.length];
}

/** The points of such a text; undefined if it is none. */
export function readPoints(text: string): BlurredPoints | undefined {
  const [found, dimensions, sigma, list] = /^([12]):([^:]+):(.*)$/.exec(text) ?? [];
  if (found === undefined || !Number.isFinite(Number(sigma))) return undefined;
  const flat = list.startsWith(".")
    ? list.slice(1).split(",").map(Number)
    : Array.from({ length: Math.floor(list.length / 2) }, (_, i) => {
      const [high, low] = [DIGITS.indexOf(list[2 * i]), DIGITS.indexOf(list[2 * i + 1])];
      return high < 0 || low < 0 ? NaN : (high * DIGITS.length + low - MIDDLE) / PER_UNIT;
    });
  const length = Number(dimensions);
  if (flat.length === 0 || flat.length % length > 0 || flat.some(Number.isNaN)) return undefined;
  const points = Array.from(
    { length: flat.length / length },
    (_, i) => flat.slice(i * length, (i + 1) * length),
  );
  return { points, sigma: Number(sigma) };
}
