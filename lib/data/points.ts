/**
 * Points as data: those that somebody drew or measured, each blurred by a Gaussian, so that there is
 * a density and no two batches are alike.
 *
 * @module
 */
import { gaussian, mixture } from "@/math/density.ts";
import { lineData, modesData, type Toy } from "./toy.ts";

/** What a picture leaves free around the points, as a share of their extent. */
const MARGIN = 0.15;

/**
 * Equal shares of N(point, sigma² I), one for each point: on the line or in the plane.
 *
 * ```ts
 * import { pointsData } from "@/data/points.ts";
 *
 * const data = pointsData([[0, 0], [1, 0], [1, 1]], 0.05);
 * console.assert(data.columns === 2);
 * ```
 *
 * @param points Of one or two numbers each.
 * @param sigma In each coordinate.
 * @param source A line for a reader.
 * @throws {RangeError} If there are no points, they are not of one or two finite numbers each, or
 * sigma is not positive.
 */
export function pointsData(
  points: readonly (readonly number[])[],
  sigma: number,
  source = `${points.length} points, sigma ${sigma}`,
): Toy {
  checkPoints(points, sigma);
  const range = rangeOf(points, sigma);
  if (points[0].length === 1) {
    const components = points.map(([mean]) => gaussian({ mean, sigma }));
    return { ...lineData(mixture({ components }), range), source };
  }
  const centres = points.map(([x, y]) => [x, y] as const);
  return modesData({ centres, sigma }, source, range);
}

function checkPoints(points: readonly (readonly number[])[], sigma: number): void {
  const refuse = (rule: string, value: unknown) => {
    throw new RangeError(`Cannot learn from points: ${rule}, got ${value}`);
  };
  if (points.length === 0) refuse("there must be at least one", "none");
  const { length } = points[0];
  if (length !== 1 && length !== 2) refuse("each must have one or two numbers", length);
  const odd = points.find((point) => point.length !== length || !point.every(Number.isFinite));
  if (odd) refuse(`each must have ${length} finite numbers`, `[${odd}]`);
  if (!(sigma > 0 && sigma < Infinity)) refuse("sigma must be positive and finite", sigma);
}

/** The same ends for both axes, so that a circle stays one. */
function rangeOf(points: readonly (readonly number[])[], sigma: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const point of points) {
    for (const x of point) [low, high] = [Math.min(low, x), Math.max(high, x)];
  }
  const free = MARGIN * (high - low) + 4 * sigma;
  return [low - free, high + free];
}
