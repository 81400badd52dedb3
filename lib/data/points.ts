/**
 * Points as data: those that somebody drew or measured, each blurred by a Gaussian, so that there is
 * a density and no two batches are alike.
 *
 * @module
 */
import { gaussian, mixture } from "@/math/density.ts";
import { readPoints, textOfPoints } from "./points_text.ts";
import { lineData, modesData, type Toy, TOY_NAMES, toyData, type ToyName } from "./toy.ts";

/** Points as the name of a distribution: `points:` and the text of `points_text.ts`. */
export type PointsName = `points:${string}`;

const POINTS = "points:";

/** The name of points as data. */
export function nameOfPoints(points: number[][], sigma: number): PointsName {
  return `${POINTS}${textOfPoints({ points, sigma })}`;
}

/** Whether a name is one of the library's, and not that of points. */
export function isToyName(name: ToyName | PointsName): name is ToyName {
  return (TOY_NAMES as readonly string[]).includes(name);
}

/** What a picture or a message calls a distribution: points have a name that is too long for that. */
export function shortName(name: ToyName | PointsName): string {
  return isToyName(name) ? name : distributionOf(name).source;
}

/**
 * The distribution of that name: one of the library's, or points.
 *
 * @throws {RangeError} If the name is neither, or points cannot be data.
 */
export function distributionOf(name: ToyName | PointsName): Toy {
  if (isToyName(name)) return toyData(name);
  const found = name.startsWith(POINTS) ? readPoints(name.slice(POINTS.length)) : undefined;
  if (!found) {
    throw new RangeError(
      `Cannot find the data ${name}: it must be one of ${
        TOY_NAMES.join(", ")
      }, or points:dimensions:sigma:list, such as points:2:0.05:.0,1,0.5,-1`,
    );
  }
  return pointsData(found.points, found.sigma);
}

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
