/**
 * The function whose graph is a line through given points.
 *
 * @module
 */

/**
 * Straight from point to point, and level outside of the first and the last. Points may come in any
 * order.
 *
 * ```ts
 * import { polyline } from "@/math/polyline.ts";
 *
 * const roof = polyline([[-1, 0], [0, 2], [1, 0]]);
 * console.assert(roof(0.5) === 1 && roof(7) === 0);
 * ```
 *
 * @param points [x, y] each.
 * @throws {TypeError} If there is no point, or one is not two finite numbers.
 * @throws {RangeError} If two points have the same x.
 */
export function polyline(points: readonly (readonly number[])[]): (x: number) => number {
  const wrong = points.findIndex((point) =>
    !Array.isArray(point) || point.length !== 2 || !point.every(Number.isFinite)
  );
  if (points.length === 0 || wrong !== -1) {
    throw new TypeError(
      `Cannot draw a line through points: each must be two finite numbers, [x, y], got ${
        wrong === -1 ? "no points" : written(points[wrong])
      }`,
    );
  }
  const sorted = points.toSorted(([a], [b]) => a - b);
  const same = sorted.findIndex(([x], i) => i > 0 && x === sorted[i - 1][0]);
  if (same !== -1) {
    throw new RangeError(
      `Cannot draw a line through points: each must have an x of its own, got two at ${
        sorted[same][0]
      }`,
    );
  }
  return (x) => {
    if (Number.isNaN(x)) return NaN;
    const right = sorted.findIndex(([own]) => own >= x);
    if (right === -1) return sorted.at(-1)![1];
    if (right === 0) return sorted[0][1];
    const [[x0, y0], [x1, y1]] = sorted.slice(right - 1, right + 1);
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
  };
}

function written(point: unknown): string {
  return Array.isArray(point) ? `[${point.join(", ")}]` : String(point);
}
