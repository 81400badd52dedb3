/**
 * Figures as plotly takes them: plain data, with what every figure here has in common. Nothing draws.
 *
 * A line is told apart by colour and by dash. Grounds and text take no colour here: whoever draws
 * a figure fits it to the page, dark or light.
 *
 * Axes are named as plotly names them: "" is the first pair, "2" the second.
 *
 * @module
 */

/** A plotly figure: what `Plotly.newPlot` takes, and the frames that its sliders go through. */
export interface Figure {
  data: Trace[];
  layout: Record<string, unknown>;
  frames?: Frame[];
}

/** One of plotly's traces. */
export type Trace = Record<string, unknown>;

/** What changes in a figure when a slider comes to one of its positions. */
export interface Frame {
  name: string;
  data: Trace[];
  /** Which traces the data are for; all, from the first on, where it is left out. */
  traces?: number[];
  layout?: Record<string, unknown>;
}

/** Numbers as figures take them. What is not finite leaves a gap. */
export type Numbers = ArrayLike<number>;

/** Okabe and Ito's colours: told apart by readers with any of the common colour-vision deficiencies. */
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
  const text = `<b>${title}</b>` +
    (caption === undefined ? "" : `<br><span style="font-size: 13px">${caption}</span>`);
  // plotly moves a title of two lines up by half a line.
  const pad = { t: caption === undefined ? 12 : 24 };
  return { text, font: { size: 15 }, x: 0.02, xanchor: "left", y: 1, yanchor: "top", pad };
}

/** The name of an axis, near its numbers. */
export function axisTitle(text: string) {
  return { text, standoff: 10 };
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

/** The text of a line across, at its right end. On a logarithmic axis `y` is the logarithm. */
export function remarkAcross(text: string, y: number, axes = "") {
  const place = { xref: `x${axes} domain`, x: 1, xanchor: "right", yref: `y${axes}`, y };
  return { text, ...place, yanchor: "bottom", ...REMARK };
}

/** The text of a line down, at its upper end. On a logarithmic axis `x` is the logarithm. */
export function remarkDown(text: string, x: number, axes = "") {
  const place = { yref: `y${axes} domain`, y: 1, yanchor: "top", xref: `x${axes}`, x };
  return { text, ...place, xanchor: "left", ...REMARK };
}

/** Shorter lists of numbers are as short in JSON. */
const FEW = 16;

/**
 * The figure with its long lists of numbers as base64, 5.4 characters a number: in JSON they take
 * ten and more, and a notebook, which gives each number a line, twenty.
 */
export function packed({ data, layout, frames }: Figure): Figure {
  const packTraces = (traces: Trace[]) =>
    traces.map((trace) => ({ ...trace, ...packedAxis(trace, "x"), ...packedAxis(trace, "y") }));
  return {
    data: packTraces(data),
    layout,
    ...(frames
      ? { frames: frames.map((frame) => ({ ...frame, data: packTraces(frame.data) })) }
      : {}),
  };
}

function packedAxis(trace: Trace, axis: "x" | "y"): Trace {
  const values = trace[axis];
  if (!Array.isArray(values) || values.length < FEW) return {};
  return values.every((value) => typeof value === "number") ? { [axis]: typedArray(values) } : {};
}

/** Numbers as plotly takes them from base64: float32, or float64 where float32 would lose digits. */
function typedArray(values: number[]): { dtype: "f4" | "f8"; bdata: string } {
  const single = Float32Array.from(values);
  const close = values.every((value, i) =>
    !Number.isFinite(value) || Math.abs(single[i] - value) <= 1e-6 * Math.abs(value)
  );
  const numbers = close ? single : Float64Array.from(values);
  return { dtype: close ? "f4" : "f8", bdata: new Uint8Array(numbers.buffer).toBase64() };
}

/** Six digits are finer than a pixel, and frames are many. */
export function short(value: number): number {
  return Number(value.toPrecision(6));
}
