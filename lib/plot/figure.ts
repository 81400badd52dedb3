/**
 * Figures as plotly takes them: plain data, with what all figures here have in common. Nothing is
 * drawn here.
 *
 * Lines are told apart by colour and by dash. Backgrounds and text have no colour here: the code
 * that draws a figure fits it to the page, dark or light.
 *
 * Axes are named as plotly names them: "" is the first pair, "2" the second.
 *
 * The names of reference lines are written beside the drawing, where no curve runs. A page that is
 * too narrow for panels side by side takes another layout (`Narrow`).
 *
 * @module
 */
import { typeset, widthOf, wrapped } from "./typeset.ts";

/** A plotly figure: what `Plotly.newPlot` takes, and the frames that its sliders go through. */
export interface Figure {
  /** What is drawn. */
  data: Trace[];
  /** Axes, title, margins. */
  layout: Record<string, unknown>;
  /** What a slider or play shows. */
  frames?: Frame[];
  /** What changes on a narrow page. */
  narrow?: Narrow;
}

/** What differs in a figure on a narrow page. */
export interface Narrow {
  /** Pixels of width from which on the page is wide enough. */
  below: number;
  /** Settings of the layout; those of an axis, a margin or a slider are added to what is there. */
  layout: Record<string, unknown>;
  /**
   * The width, in pixels, that the drawing's height is meant for: if it is less, so is the height.
   */
  width?: number;
  /** Settings of traces, by their places. */
  data?: Record<number, Trace>;
}

/** One of plotly's traces. */
export type Trace = Record<string, unknown>;

/** What changes in a figure when a slider comes to one of its positions. */
export interface Frame {
  /** What a slider calls it. */
  name: string;
  /** Traces that it replaces. */
  data: Trace[];
  /** The traces that the data are for; by default all, from the first on. */
  traces?: number[];
  /** Parts of the layout that it replaces. */
  layout?: Record<string, unknown>;
}

/** Numbers as figures take them. One that is not finite leaves a gap. */
export type Numbers = ArrayLike<number>;

/**
 * Okabe and Ito's colours: readers with any common colour-vision deficiency can tell them apart.
 */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

/** Legible on a dark page and on a light one. */
export const GREY = "#888";

/** A legend in one row, between the drawing and the title. */
export const LEGEND = {
  orientation: "h",
  y: 1.02,
  yanchor: "bottom",
  x: 0,
  traceorder: "normal",
};

/** A title with a smaller line under it. */
export function titleOf(title: string, caption?: string) {
  const text = `<b>${typeset(title)}</b>` +
    (caption === undefined ? "" : `<br><span style="font-size: 13px">${typeset(caption)}</span>`);
  // plotly moves a title of two lines up by half a line.
  const pad = { t: caption === undefined ? 12 : 24 };
  return { text, font: { size: 15 }, x: 0.02, xanchor: "left", y: 1, yanchor: "top", pad };
}

/** Settings of all axes. The lowest number of one keeps away from the first of the other. */
export const AXIS = { zeroline: false, ticklabelstandoff: 4 };

/** The name of an axis, near its numbers. */
export function axisTitle(text: string) {
  return { text: typeset(text), standoff: 10 };
}

const DOTTED = { color: GREY, width: 1, dash: "dot" };
const REMARK = { showarrow: false, font: { color: GREY, size: 11 } };

/** A dotted line across, at a value of y. */
export function lineAcross(value: number, axes = "") {
  const ends = { xref: `x${axes} domain`, x0: 0, x1: 1, yref: `y${axes}`, y0: value, y1: value };
  return { type: "line", ...ends, line: DOTTED };
}

/** A dotted line down, at a value of x. */
export function lineDown(value: number, axes = "") {
  const ends = { yref: `y${axes} domain`, y0: 0, y1: 1, xref: `x${axes}`, x0: value, x1: value };
  return { type: "line", ...ends, line: DOTTED };
}

/**
 * The text of a line across, to the right of the drawing. On a logarithmic axis `y` is the
 * logarithm.
 */
export function remarkAcross(text: string, y: number, axes = "") {
  const place = { xref: `x${axes} domain`, x: 1, xanchor: "left", xshift: 4, yref: `y${axes}`, y };
  return { text: wrapped(typeset(text)), ...place, yanchor: "middle", align: "left", ...REMARK };
}

/** Pixels to the right of a drawing for the texts of its lines across. */
export function roomBeside(texts: string[]): number {
  return Math.max(0, ...texts.map((text) => 12 + widthOf(wrapped(text), REMARK.font.size)));
}

/** Pixels of a row of texts above a drawing. */
export const ROW = 15;

/** Pixels of a drawing on the narrowest page, for what has to find room there. */
export const NARROWEST = 140;

/**
 * The texts of vertical lines, above the drawing, in as many rows as keep them apart. On a
 * logarithmic axis all numbers are logarithms.
 */
export function remarksDown(
  marks: [text: string, x: number][],
  [low, high]: [number, number],
  axes = "",
): { annotations: Record<string, unknown>[]; rows: number } {
  const ends: number[] = []; // The end of the last text in each row, in parts of the width
  const annotations = marks.toSorted(([, a], [, b]) => a - b).map(([text, x]) => {
    const [at, width] = [(x - low) / (high - low), widthOf(text, REMARK.font.size) / NARROWEST];
    // To the left of the drawing there is more room than to the right of it.
    const centred = at >= width / 2 - 0.2 && at <= 1.05 - width / 2;
    const over = { left: at + width - 1.15, right: width - at - 0.35 };
    const xanchor = centred ? "center" : over.left <= Math.max(0, over.right) ? "left" : "right";
    const start = at - width * { left: 0, center: 0.5, right: 1 }[xanchor];
    const free = ends.findIndex((end) => end < start);
    const row = free < 0 ? ends.length : free;
    ends[row] = start + width + 0.03;
    const place = { yref: `y${axes} domain`, y: 1, yanchor: "bottom", yshift: ROW * row };
    return { text: typeset(text), ...place, xref: `x${axes}`, x, xanchor, ...REMARK };
  });
  return { annotations, rows: ends.length };
}

/** Shorter lists of numbers are as short in JSON. */
const FEW = 16;

/**
 * The figure with its long lists of numbers as base64, 5.4 characters per number: JSON takes ten or
 * more, and a notebook, which gives each number a line, twenty.
 */
export function packed({ data, layout, frames, narrow }: Figure): Figure {
  const packTraces = (traces: Trace[]) =>
    traces.map((trace) => ({ ...trace, ...packedAxis(trace, "x"), ...packedAxis(trace, "y") }));
  return {
    data: packTraces(data),
    layout,
    ...(frames
      ? { frames: frames.map((frame) => ({ ...frame, data: packTraces(frame.data) })) }
      : {}),
    ...(narrow ? { narrow } : {}),
  };
}

function packedAxis(trace: Trace, axis: "x" | "y"): Trace {
  const values = trace[axis];
  if (!Array.isArray(values) || values.length < FEW) return {};
  return values.every((value) => typeof value === "number") ? { [axis]: typedArray(values) } : {};
}

/**
 * Numbers as plotly takes them from base64: float32, or float64 where float32 would lose digits.
 */
function typedArray(values: number[]): { dtype: "f4" | "f8"; bdata: string } {
  const single = Float32Array.from(values);
  const close = values.every((value, i) =>
    !Number.isFinite(value) || Math.abs(single[i] - value) <= 1e-6 * Math.abs(value)
  );
  const numbers = close ? single : Float64Array.from(values);
  return { dtype: close ? "f4" : "f8", bdata: new Uint8Array(numbers.buffer).toBase64() };
}

/** Six digits are finer than a pixel, and there are many frames. */
export function short(value: number): number {
  return Number(value.toPrecision(6));
}
