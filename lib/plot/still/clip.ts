/**
 * The rectangle of a pair of axes, and drawings that are cut to it.
 *
 * @module
 */
import { type StillAxis } from "./axis.ts";
import { element } from "./svg.ts";

/** The axes of a drawing, across and up. */
export interface AxisPair {
  x: StillAxis;
  y: StillAxis;
}

/** The rectangle within a pair of axes, in pixels. */
export function boxOf({ x, y }: AxisPair) {
  const [left, right] = [Math.min(...x.ends), Math.max(...x.ends)];
  const [top, bottom] = [Math.min(...y.ends), Math.max(...y.ends)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The definition that `clipped` refers to; each pair of axes needs one. */
export function clipSvg(frame: AxisPair): string {
  return element("clipPath", { id: idOf(frame) }, element("rect", boxOf(frame)));
}

/**
 * What is drawn, cut to a pair of axes.
 *
 * resvg fails on a cut group that lies off the page as a whole, as a guess far from its axis does.
 * So each group has something within: a rectangle that cannot be seen.
 */
export function clipped(frame: AxisPair, svg: string): string {
  const within = element("rect", { ...boxOf(frame), "fill-opacity": 0 });
  return element("g", { "clip-path": `url(#${idOf(frame)})` }, within + svg);
}

function idOf({ x, y }: AxisPair): string {
  return `clip-${x.id}-${y.id}`;
}
