/**
 * The symbols of points.
 *
 * @module
 */
import { element, number } from "./svg.ts";

/** Corners of symbols whose circle has radius 1, y downwards; plotly's proportions. */
const CORNERS: Record<string, [number, number][]> = {
  square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  cross: plus(0.4, 1.2, 0),
  x: plus(0.4, 1.2, 45),
  "triangle-up": [[-1.155, 0.577], [1.155, 0.577], [0, -1.155]],
  "triangle-down": [[-1.155, -0.577], [1.155, -0.577], [0, 1.155]],
  arrow: [[0, 0], [0.5, 1.2], [-0.5, 1.2]],
};

/** A plus sign turned by an angle in degrees. */
function plus(half: number, arm: number, degrees: number): [number, number][] {
  const corners: [number, number][] = [
    [half, -arm],
    [half, -half],
    [arm, -half],
    [arm, half],
    [half, half],
    [half, arm],
    [-half, arm],
    [-half, half],
    [-arm, half],
    [-arm, -half],
    [-half, -half],
    [-half, -arm],
  ];
  return corners.map((corner) => turned(corner, degrees));
}

function turned([x, y]: [number, number], degrees: number): [number, number] {
  const angle = degrees * Math.PI / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x * cos - y * sin, x * sin + y * cos];
}

/** One symbol of a size in pixels; unknown ones are circles. `angle` is in degrees clockwise. */
export function markerSvg(
  symbol: string,
  [x, y]: readonly [number, number],
  size: number,
  angle = 0,
): string {
  const corners = CORNERS[symbol.replace(/-open$/, "")];
  if (!corners) return element("circle", { cx: x, cy: y, r: size / 2 });
  const points = corners.map((corner) => {
    const [dx, dy] = turned(corner, angle);
    return `${number(x + dx * size / 2)},${number(y + dy * size / 2)}`;
  });
  return element("polygon", { points: points.join(" ") });
}
