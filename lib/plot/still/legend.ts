/**
 * The legend: an example of each line beside its name, in plotly's sizes.
 *
 * @module
 */
import { type Trace } from "../figure.ts";
import { type Fonts } from "./font.ts";
import { type FigureSheet, isVisible, type Margin, modeOf } from "./plotly_layout.ts";
import { markerSvg } from "./markers.ts";
import { attributes, element, type LineLook, stroke } from "./svg.ts";
import { type Text, textOf, textSvg } from "./text_svg.ts";
import { patternSvg, traceColour } from "./traces.ts";

/** Room around items, and from the left end of an item to its name. */
const GAP = 5;
const TO_TEXT = 40;
const ROW = 19;

interface Item {
  trace: Trace;
  /** The trace's place among all. */
  index: number;
  text: Text;
  /** From the legend's upper left corner. */
  x: number;
  y: number;
}

export interface Legend {
  items: Item[];
  width: number;
  height: number;
  /**
   * In parts of the drawing's width and height, or of the picture's where `yref` is "container"; y
   * upwards.
   */
  place: { x: number; y: number; xanchor: string; yanchor: string; yref?: string };
}

interface LegendLayout {
  orientation?: string;
  x?: number;
  y?: number;
  xanchor?: string;
  yanchor?: string;
  yref?: string;
  traceorder?: string;
  tracegroupgap?: number;
  font?: { size?: number };
}

/** The legend of a figure, laid out; undefined if it has none. */
export function legendOf(
  data: readonly Trace[],
  sheet: FigureSheet,
  room: number,
  fonts: Fonts,
): Legend | undefined {
  const layout = (sheet.layout.legend ?? {}) as LegendLayout;
  const size = layout.font?.size ?? sheet.font.size;
  const items = data.map((trace, index) => ({ trace, index }))
    .filter(({ trace }) =>
      isVisible(trace) && trace.showlegend !== false && trace.name !== undefined
    )
    .map(({ trace, index }): Item => ({
      trace,
      index,
      text: textOf(trace.name, size, fonts),
      x: 0,
      y: 0,
    }));
  const wanted = sheet.layout.showlegend ?? items.length > 1;
  if (!wanted || items.length === 0) return undefined;
  const across = layout.orientation === "h";
  const place = {
    x: layout.x ?? (across ? 0 : 1.02),
    y: layout.y ?? (across ? -0.1 : 1),
    xanchor: layout.xanchor ?? "left",
    yanchor: layout.yanchor ?? "top",
    yref: layout.yref,
  };
  const end = across ? inRows(items, room, layout.tracegroupgap ?? 10) : inColumn(items);
  return { items, ...end, place };
}

function inColumn(items: Item[]): { width: number; height: number } {
  let y = GAP;
  for (const item of items) {
    item.y = y;
    y += rowOf(item);
  }
  return {
    width: TO_TEXT + Math.max(...items.map(({ text }) => text.width)) + GAP,
    height: y + GAP,
  };
}

function rowOf({ text }: Item): number {
  return Math.max(ROW, text.height + 3);
}

/** In one row where all fit; otherwise in columns of one width. */
function inRows(items: Item[], room: number, groupGap: number): { width: number; height: number } {
  const grouped = items.some(({ trace }) => trace.legendgroup !== undefined);
  const between = GAP + (grouped ? groupGap : 0);
  const widths = items.map(({ text }) => TO_TEXT + text.width);
  const total = widths.reduce((sum, width) => sum + width + between, GAP);
  const column = total <= room || grouped ? undefined : Math.max(...widths);
  let [x, y, row, right] = [GAP, GAP, 0, 0];
  items.forEach((item, i) => {
    const width = column ?? widths[i];
    if (x > GAP && x + width > room) [x, y, row] = [GAP, y + row, 0];
    [item.x, item.y] = [x - GAP, y];
    row = Math.max(row, rowOf(item));
    x += width + between;
    right = Math.max(right, x);
  });
  return { width: right, height: y + row + GAP };
}

/** Where a legend's upper left corner is, in pixels. */
export function legendCorner(
  { place, width, height }: Legend,
  sheet: FigureSheet,
  margin: Margin,
): { x: number; y: number } {
  const inner = {
    width: sheet.width - margin.l - margin.r,
    height: sheet.height - margin.t - margin.b,
  };
  const left = { left: 0, center: 0.5, right: 1 }[place.xanchor] ?? 0;
  const above = { top: 0, middle: 0.5, bottom: 1 }[place.yanchor] ?? 0;
  const whole = place.yref === "container";
  const from = whole ? (1 - place.y) * sheet.height : margin.t + (1 - place.y) * inner.height;
  return { x: margin.l + place.x * inner.width - left * width, y: from - above * height };
}

export function legendSvg(
  legend: Legend,
  corner: { x: number; y: number },
  sheet: FigureSheet,
): string {
  const constant = (sheet.layout.legend as { itemsizing?: string } | undefined)?.itemsizing ===
    "constant";
  const items = legend.items.map((item) => {
    const middle = item.y + rowOf(item) / 2;
    const first = middle + 0.35 * item.text.size - (item.text.height - 1.3 * item.text.size) / 2;
    return exampleOf(item, item.x, middle, constant) +
      textSvg(item.text, { x: item.x + TO_TEXT, y: first, colour: sheet.font.color });
  });
  return `<g${
    attributes({ transform: `translate(${corner.x.toFixed(1)} ${corner.y.toFixed(1)})` })
  }>${items.join("")}</g>`;
}

/** Greatest width of a line's example, or its width if all are alike; the same for a point's. */
const LINE = { most: 10, constant: 5 };
const POINT = { least: 2, most: 16, constant: 12 };

/** A short piece of a trace, `TO_TEXT` wide, around a height. */
function exampleOf({ trace, index }: Item, x: number, y: number, constant: boolean): string {
  const color = traceColour(trace, index);
  const [left, right, middle] = [x + GAP, x + TO_TEXT - GAP, x + TO_TEXT / 2];
  if (trace.type === "bar") {
    const { pattern } = (trace.marker ?? {}) as { pattern?: { shape?: string } };
    const { fill } = patternSvg(pattern, color, index);
    return element("rect", { x: middle - 6, y: y - 6, width: 12, height: 12, fill });
  }
  const mode = modeOf(trace);
  const parts: string[] = [];
  if (trace.fill && trace.fill !== "none") {
    const fill = trace.fillcolor as string | undefined;
    const box = { x: left, y, width: right - left, height: 6 };
    parts.push(
      element("rect", { ...box, fill: fill ?? color, "fill-opacity": fill ? undefined : 0.5 }),
    );
  }
  const line = trace.line as LineLook | undefined;
  const width = line?.width ?? 2;
  if (mode.includes("lines") && width > 0) {
    const look = { color, ...line, width: constant ? LINE.constant : Math.min(width, LINE.most) };
    parts.push(element("path", { d: `M${left},${y}H${right}`, ...stroke(look) }));
  }
  if (mode.includes("markers")) {
    const marker = (trace.marker ?? {}) as {
      symbol?: string;
      size?: unknown;
      color?: unknown;
      opacity?: number;
    };
    const own = Array.isArray(marker.size) ? Number(marker.size[0]) : Number(marker.size ?? 6);
    const size = constant ? POINT.constant : Math.min(POINT.most, Math.max(POINT.least, own));
    const fill = typeof marker.color === "string" ? marker.color : color;
    const open = marker.symbol?.endsWith("-open");
    parts.push(
      `<g${
        attributes({
          ...(open ? { fill: "none", stroke: fill } : { fill }),
          opacity: marker.opacity,
        })
      }>${own > 0 ? markerSvg(marker.symbol ?? "circle", [middle, y], size) : ""}</g>`,
    );
  }
  return parts.join("");
}
