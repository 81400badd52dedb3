/**
 * Arrows in a chart, as one trace: from the noise to what G makes of it, or along a gradient.
 *
 * @module
 */
import { type Figure, GREY } from "./figure.ts";

/** From a point of the plane to another. */
export interface Arrow {
  from: readonly [x: number, y: number];
  to: readonly [x: number, y: number];
}

/** A figure of one pair of axes with arrows on it, named in its legend. */
export function withArrows(
  figure: Figure,
  name: string,
  arrows: readonly Arrow[],
  color = GREY,
): Figure {
  const trace = {
    type: "scatter",
    mode: "lines+markers",
    name,
    hoverinfo: "skip",
    // NaN lifts the pen.
    x: arrows.flatMap(({ from, to }) => [from[0], to[0], NaN]),
    y: arrows.flatMap(({ from, to }) => [from[1], to[1], NaN]),
    line: { color, width: 1 },
    marker: {
      color,
      symbol: "arrow",
      angleref: "previous",
      size: arrows.flatMap(() => [0, 8, 0]),
    },
  };
  return { ...figure, data: [...figure.data, trace] };
}
