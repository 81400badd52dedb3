/**
 * One axis of a still picture, and where a value is on it.
 *
 * @module
 */
import { type AxisLayout } from "./plotly_layout.ts";
import { type Text } from "./text_svg.ts";
import { type Tick } from "./ticks.ts";

/** An axis in its place. */
export interface StillAxis {
  id: string;
  letter: "x" | "y";
  type: "linear" | "log" | "category";
  layout: AxisLayout;
  /** In coordinates: logarithms on a logarithmic axis. */
  range: [number, number];
  /** Pixels of the picture at both ends of the range: of a y axis, the lower end first. */
  ends: [number, number];
  categories: string[];
  ticks: Tick[];
  /** The texts of the ticks; with an angle where they would overlap. */
  labels: Text[];
  angle: number;
  /** Pixels that the labels take across the axis. */
  depth: number;
  title: Text;
}

/** Pixels between a line of the frame and the numbers beside it. */
export const LABEL_GAP = 4;

/** The coordinate of a value. */
export function coordinate({ type, categories }: StillAxis, value: unknown): number {
  if (value === null || value === undefined) return NaN;
  if (type === "category") {
    const place = categories.indexOf(String(value));
    return place === -1 ? Number(value) : place;
  }
  const number = Number(value);
  return type === "log" ? (number > 0 ? Math.log10(number) : NaN) : number;
}

/** The pixel of a coordinate. */
export function pixel({ range, ends }: StillAxis, at: number): number {
  return ends[0] + (at - range[0]) / (range[1] - range[0]) * (ends[1] - ends[0]);
}

export function lengthOf({ ends }: StillAxis): number {
  return Math.abs(ends[1] - ends[0]);
}

/** True where a coordinate is on the axis. */
export function isOn({ range }: StillAxis, at: number): boolean {
  const slack = 1e-6 * Math.abs(range[1] - range[0]);
  return at >= Math.min(...range) - slack && at <= Math.max(...range) + slack;
}
