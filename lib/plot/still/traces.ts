/**
 * Lines, points, bands and bars of a still picture.
 *
 * @module
 */
import { type Trace } from "../figure.ts";
import { coordinate, pixel, type StillAxis } from "./axis.ts";
import { modeOf, valuesOf } from "./plotly_layout.ts";
import { markerSvg } from "./markers.ts";
import { attributes, element, type LineLook, number, stroke } from "./svg.ts";

export type Point = [x: number, y: number];

/** plotly's own colours, for traces that have none. */
const COLORWAY = [
  "#1f77b4",
  "#ff7f0e",
  "#2ca02c",
  "#d62728",
  "#9467bd",
  "#8c564b",
  "#e377c2",
  "#7f7f7f",
  "#bcbd22",
  "#17becf",
];

/** The colour of a trace's line or, where it has none, of its markers. */
export function traceColour(trace: Trace, index: number): string {
  const color = (part: unknown) => {
    const found = (part as { color?: unknown } | undefined)?.color;
    return typeof found === "string" ? found : undefined;
  };
  return color(trace.line) ?? color(trace.marker) ?? COLORWAY[index % COLORWAY.length];
}

/** The points of a trace in pixels; NaN where there is a gap. */
function pointsOf(trace: Trace, x: StillAxis, y: StillAxis): Point[] {
  const [xs, ys] = [valuesOf(trace, "x"), valuesOf(trace, "y")];
  return xs.map((value, i) => [pixel(x, coordinate(x, value)), pixel(y, coordinate(y, ys[i]))]);
}

/** A line through points, in plotly's shapes; a gap where a point is NaN. */
function pathOf(points: readonly Point[], shape: unknown = "linear"): string {
  const at = (x: number, y: number) => `${number(x)},${number(y)}`;
  let pen: Point | undefined;
  return points.map(([x, y]) => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = undefined;
      return "";
    }
    const before = pen;
    pen = [x, y];
    if (!before) return `M${at(x, y)}`;
    const [x0, y0] = before;
    if (shape === "hv") return `H${number(x)}V${number(y)}`;
    if (shape === "vh") return `V${number(y)}H${number(x)}`;
    if (shape === "hvh") return `H${number((x0 + x) / 2)}V${number(y)}H${number(x)}`;
    if (shape === "vhv") return `V${number((y0 + y) / 2)}H${number(x)}V${number(y)}`;
    return `L${at(x, y)}`;
  }).join("");
}

/**
 * A scatter trace; `before` is the one before it on the same axes, up to which it may be filled.
 */
export function scatterSvg(
  trace: Trace,
  { x, y, index, before }: { x: StillAxis; y: StillAxis; index: number; before?: Trace },
): string {
  const points = pointsOf(trace, x, y);
  const mode = modeOf(trace);
  const color = traceColour(trace, index);
  const line = { color, ...trace.line as LineLook };
  const parts = [fillSvg(trace, points, { x, y, before, color })];
  if (mode.includes("lines") && (line.width ?? 2) > 0) {
    const shape = (trace.line as { shape?: string } | undefined)?.shape;
    parts.push(element("path", { d: pathOf(points, shape), ...stroke(line) }));
  }
  if (mode.includes("markers")) parts.push(markersSvg(trace, points, color));
  const opacity = trace.opacity as number | undefined;
  return opacity === undefined || opacity === 1
    ? parts.join("")
    : element("g", { opacity }, parts.join(""));
}

function fillSvg(
  trace: Trace,
  points: Point[],
  { x, y, before, color }: { x: StillAxis; y: StillAxis; before?: Trace; color: string },
): string {
  const fill = trace.fill as string | undefined;
  if (!fill || fill === "none") return "";
  const finite = points.filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py));
  if (finite.length === 0) return "";
  const floor = pixel(y, Math.max(Math.min(...y.range), Math.min(0, Math.max(...y.range))));
  const back: Point[] = fill === "tonexty" && before
    ? pointsOf(before, x, y).filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py))
      .reverse()
    : fill === "toself"
    ? []
    : [[finite.at(-1)![0], floor], [finite[0][0], floor]];
  const d = `${pathOf(finite)}${pathOf(back).replace("M", "L")}Z`;
  const own = trace.fillcolor as string | undefined;
  return element("path", { d, fill: own ?? color, "fill-opacity": own ? undefined : 0.5 });
}

interface Marker {
  symbol?: string;
  size?: number | number[];
  color?: unknown;
  opacity?: number;
  angleref?: string;
  line?: LineLook;
}

function markersSvg(trace: Trace, points: Point[], colour: string): string {
  const { symbol = "circle", size = 6, color, opacity, angleref, line } =
    (trace.marker ?? {}) as Marker;
  const own = typeof color === "string" ? color : colour;
  const drawn = points.map((point, i) => {
    const [px, py] = point;
    const width = typeof size === "number" ? size : size[i] ?? 0;
    if (!Number.isFinite(px) || !Number.isFinite(py) || width <= 0) return "";
    return markerSvg(symbol, point, width, angleref === "previous" ? headingTo(points, i) : 0);
  }).join("");
  const open = symbol.endsWith("-open");
  return `<g${
    attributes({
      fill: open ? "none" : own,
      stroke: open ? line?.color ?? own : line?.width ? line.color ?? "#444" : undefined,
      "stroke-width": open ? line?.width || 1 : line?.width || undefined,
      "fill-opacity": opacity === 1 ? undefined : opacity,
      "stroke-opacity": opacity === 1 ? undefined : opacity,
    })
  }>${drawn}</g>`;
}

/** Direction to a point from the one before it, in degrees clockwise from upwards. */
function headingTo(points: readonly Point[], index: number): number {
  const [to, from] = [points[index], points[index - 1]];
  if (!from) return 0;
  return Math.atan2(to[0] - from[0], from[1] - to[1]) * 180 / Math.PI;
}

/** The share of a place on an axis that is left free beside its bars. */
const BAR_GAP = 0.2;

export interface BarPlace {
  x: StillAxis;
  y: StillAxis;
  index: number;
  count: number;
  colour: string;
  /** Tells its pattern from others. */
  id: number;
}

/** The bars of a trace, which is the `index`th of `count` side by side. */
export function barsSvg(
  trace: Trace,
  { x, y, index, count, colour, id }: BarPlace,
): { defs: string; drawn: string } {
  const flat = trace.orientation === "h";
  const [along, up] = flat ? [y, x] : [x, y];
  const [places, heights] = [valuesOf(trace, along.letter), valuesOf(trace, up.letter)];
  const at = places.map((value) => coordinate(along, value));
  const step = along.type === "category" ? 1 : closest(at);
  const gap = Number((trace as { bargap?: number }).bargap ?? BAR_GAP);
  const width = step * (1 - gap) / count;
  const foot = pixel(up, up.type === "log" ? Math.min(...up.range) : 0);
  const { pattern, color } = (trace.marker ?? {}) as {
    pattern?: { shape?: string; solidity?: number };
    color?: unknown;
  };
  const fills = Array.isArray(color) ? color.map(String) : undefined;
  const { defs, fill } = patternSvg(pattern, colour, id);
  const drawn = at.map((place, i) => {
    const first = pixel(along, place + (index - count / 2) * width);
    const last = pixel(along, place + (index + 1 - count / 2) * width);
    const top = pixel(up, coordinate(up, heights[i]));
    if (!Number.isFinite(first) || !Number.isFinite(top)) return "";
    const [a, b] = [Math.min(first, last), Math.abs(last - first)];
    const [c, d] = [Math.min(foot, top), Math.abs(top - foot)];
    const box = flat ? { x: c, y: a, width: d, height: b } : { x: a, y: c, width: b, height: d };
    return element("rect", { ...box, fill: fills?.[i] ?? fill });
  }).join("");
  return { defs, drawn };
}

function closest(at: readonly number[]): number {
  const sorted = [...new Set(at.filter(Number.isFinite))].sort((a, b) => a - b);
  return Math.min(
    ...sorted.slice(1).map((value, i) => value - sorted[i]),
    sorted.length > 1 ? Infinity : 1,
  );
}

/**
 * A fill of lines or dots in a colour, in plotly's size: it can be told apart in grey print too.
 */
export function patternSvg(
  pattern: { shape?: string; solidity?: number } | undefined,
  colour: string,
  index: number,
): { defs: string; fill: string } {
  const shape = pattern?.shape ?? "";
  const solidity = pattern?.solidity ?? 0.3;
  const id = `pattern-${index}`;
  const size = shape === "." ? 8 : 8 * Math.SQRT2;
  const lines: Record<string, string> = {
    "/": `M${number(-size / 4)},${number(size / 4)}l${number(size / 2)},${number(-size / 2)}M0,${
      number(size)
    }L${number(size)},0M${number(size * 3 / 4)},${number(size * 5 / 4)}l${number(size / 2)},${
      number(-size / 2)
    }`,
    "|": `M${number(size / 2)},0V${number(size)}`,
    "-": `M0,${number(size / 2)}H${number(size)}`,
  };
  lines["\\"] = `M${number(-size / 4)},${number(size * 3 / 4)}l${number(size / 2)},${
    number(size / 2)
  }M0,0L${number(size)},${number(size)}M${number(size * 3 / 4)},${number(-size / 4)}l${
    number(size / 2)
  },${number(size / 2)}`;
  lines.x = lines["/"] + lines["\\"];
  lines["+"] = lines["|"] + lines["-"];
  if (shape === ".") {
    const radius = size * Math.sqrt(solidity / Math.PI);
    const dot = element("circle", { cx: size / 2, cy: size / 2, r: radius, fill: colour });
    return { defs: patternOf(id, size, dot), fill: `url(#${id})` };
  }
  if (!lines[shape]) return { defs: "", fill: colour };
  // Two sets of lines cover twice as much.
  const width = solidity * size / (shape === "x" || shape === "+" ? 2 : 1) / Math.SQRT2;
  const drawn = element("path", { d: lines[shape], stroke: colour, "stroke-width": width });
  return { defs: patternOf(id, size, drawn), fill: `url(#${id})` };
}

function patternOf(id: string, size: number, drawn: string): string {
  return element(
    "pattern",
    { id, width: size, height: size, patternUnits: "userSpaceOnUse" },
    drawn,
  );
}
