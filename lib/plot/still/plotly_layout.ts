/**
 * The parts of plotly's layouts that a still picture reads, and the numbers of its traces.
 *
 * @module
 */
import { type Figure, type Trace } from "../figure.ts";

export interface FontLook {
  size?: number;
  color?: string;
}

export interface AxisLayout {
  type?: string;
  title?: { text?: string; standoff?: number; font?: FontLook } | string;
  range?: (number | null)[];
  autorange?: boolean | string;
  rangemode?: string;
  domain?: [number, number];
  anchor?: string;
  side?: string;
  overlaying?: string;
  matches?: string;
  scaleanchor?: string;
  scaleratio?: number;
  constrain?: string;
  constraintoward?: string;
  visible?: boolean;
  automargin?: boolean;
  showgrid?: boolean;
  gridcolor?: string;
  zeroline?: boolean;
  showline?: boolean;
  linecolor?: string;
  linewidth?: number;
  showticklabels?: boolean;
  ticks?: string;
  ticklen?: number;
  tickangle?: number | "auto";
  ticklabelstandoff?: number;
  autotickangles?: number[];
  tickfont?: FontLook;
  tickmode?: string;
  tick0?: number;
  dtick?: number | string;
  nticks?: number;
  tickvals?: number[];
  ticktext?: string[];
  tickprefix?: string;
  ticksuffix?: string;
  tickformat?: string;
  exponentformat?: string;
  minexponent?: number;
  minor?: { showgrid?: boolean; gridcolor?: string; ticks?: string };
}

export interface Margin {
  l: number;
  r: number;
  t: number;
  b: number;
}

/** plotly's own margins. */
const MARGIN: Margin = { l: 80, r: 80, t: 100, b: 80 };

/** A layout with what every picture needs. */
export interface FigureSheet {
  width: number;
  height: number;
  margin: Margin;
  /** The font of all texts that have no size or colour of their own. */
  font: Required<FontLook>;
  layout: Record<string, unknown>;
}

const HEIGHT = 400;
const INK = "#222";

/** @param width The width if the figure is as wide as its page. */
export function sheetOf({ layout }: Figure, width: number): FigureSheet {
  const font = layout.font as FontLook | undefined;
  return {
    width: Math.round(Number(layout.width ?? width)),
    height: Math.round(Number(layout.height ?? HEIGHT)),
    margin: { ...MARGIN, ...layout.margin as Partial<Margin> },
    font: { size: font?.size ?? 12, color: INK },
    layout,
  };
}

/** "x2" as "xaxis2". */
function axisKey(id: string): string {
  return `${id[0]}axis${id.slice(1)}`;
}

export function axisLayout(layout: Record<string, unknown>, id: string): AxisLayout {
  return (layout[axisKey(id)] ?? {}) as AxisLayout;
}

export function titleText(title: AxisLayout["title"]): string {
  return typeof title === "string" ? title : title?.text ?? "";
}

/** The pair of axes that a trace, an image or a shape is on. */
export interface Pair {
  x: string;
  y: string;
}

export function pairOf({ xaxis = "x", yaxis = "y" }: Trace): Pair {
  return { x: String(xaxis), y: String(yaxis) };
}

/** The values of a trace on an axis; plotly counts them where there are none. */
export function valuesOf(trace: Trace, letter: "x" | "y"): unknown[] {
  const own = trace[letter];
  if (own !== undefined && own !== null) return Array.from(own as ArrayLike<unknown>);
  const other = trace[letter === "x" ? "y" : "x"] as ArrayLike<unknown> | undefined;
  return Array.from({ length: other?.length ?? 0 }, (_, i) => i);
}

export function isVisible({ visible }: Trace): boolean {
  return visible !== false && visible !== "legendonly";
}

/** plotly's rule: markers are drawn if there are few points. */
export function modeOf(trace: Trace): string {
  if (typeof trace.mode === "string") return trace.mode;
  return valuesOf(trace, "y").length < 20 ? "lines+markers" : "lines";
}
