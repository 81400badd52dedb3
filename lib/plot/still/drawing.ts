/**
 * A figure as SVG, as plotly would draw it, for every place where no script runs.
 *
 * It knows what the figures of this project have: lines, points, bands, bars, pictures, shapes,
 * annotations, several pairs of axes, scales of colours, sliders. The rules for margins, ranges,
 * ticks and legends are plotly's, so that the picture is the one that the reader sees when scripts
 * do run.
 *
 * @module
 */
import { type Figure, type Trace } from "../figure.ts";
import { axesOf, marginsFor, pairsOf } from "./axes.ts";
import { LABEL_GAP, pixel, type StillAxis } from "./axis.ts";
import { boxOf, clipped, clipSvg } from "./clip.ts";
import { colourBarRoom, colourBarSvg, slidersSvg } from "./controls_svg.ts";
import { FONT_FAMILY, type Fonts } from "./font.ts";
import { annotationsSvg, type Ground, highestAnnotation, imagesSvg, shapesSvg } from "./items.ts";
import {
  type FigureSheet,
  isVisible,
  type Margin,
  type Pair,
  pairOf,
  sheetOf,
  titleText,
} from "./plotly_layout.ts";
import { type Legend, legendCorner, legendOf, legendSvg } from "./legend.ts";
import { attributes, element, number } from "./svg.ts";
import { LINE_HEIGHT, textOf, textSvg } from "./text_svg.ts";
import { barsSvg, scatterSvg, traceColour } from "./traces.ts";

/** Pixels that a figure without a width of its own takes. */
export const WIDTH = 760;

const GRID = "#e5e5e5";

/** A figure as a document of SVG, and what is known of it only once it is laid out. */
export interface Drawing {
  svg: string;
  /** In pixels. */
  width: number;
  height: number;
  /** Pixels of the legend's height. */
  legend: number;
  /** Pixels by which annotations reach above the uppermost drawing. */
  above: number;
}

/** A figure dark on white. */
export function stillSvg(figure: Figure, fonts: Fonts): Drawing {
  const sheet = sheetOf(figure, WIDTH);
  const { width, height } = sheet;
  const { margin, axes, legend } = arranged(figure, sheet, fonts);
  const ground: Ground = { sheet, margin, axes };
  const pairs = pairsOf(figure).map(({ x, y }) => ({ x: axes.get(x)!, y: axes.get(y)! }));
  const { defs, drawn } = tracesSvg(figure, axes);
  const body = [
    imagesSvg(ground, true),
    pairs.map(gridSvg).join(""),
    shapesSvg(ground, true),
    drawn,
    imagesSvg(ground, false),
    shapesSvg(ground, false),
    [...axes.values()].map((axis) => axisSvg(axis, ground)).join(""),
    legend ? legendSvg(legend, legendCorner(legend, sheet, margin), sheet) : "",
    figure.data.map((trace, i) => colourBarSvg(trace, i, { sheet, margin, fonts })).join(""),
    annotationsSvg(ground, fonts),
    titleSvg(sheet, margin, fonts),
    slidersSvg({ sheet, margin, fonts }),
  ].join("");
  const clips = pairs.map(clipSvg).join("");
  const svg = `<svg${
    attributes({
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "font-family": FONT_FAMILY,
    })
  }><defs>${clips}${defs}</defs>${element("rect", { width, height, fill: "#fff" })}${body}</svg>`;
  const top = Math.min(
    ...[...axes.values()].flatMap(({ letter, ends }) => letter === "y" ? ends : []),
  );
  const above = Math.max(0, top - highestAnnotation(ground, fonts));
  return { svg, width, height, legend: legend?.height ?? 0, above };
}

/**
 * Margins depend on the numbers beside the axes, and these on the margins: two passes are enough.
 */
function arranged(
  figure: Figure,
  sheet: FigureSheet,
  fonts: Fonts,
): { margin: Margin; axes: Map<string, StillAxis>; legend?: Legend } {
  let margin = sheet.margin;
  let axes = axesOf(figure, sheet, margin, fonts);
  let legend: Legend | undefined;
  for (let pass = 0; pass < 2; pass++) {
    margin = marginsFor(axes, margin);
    legend = legendOf(figure.data, sheet, sheet.width - margin.l - margin.r, fonts);
    if (legend) margin = withLegend(margin, legend, sheet);
    const inner = sheet.width - margin.l - margin.r;
    const bars = figure.data.map((trace) => colourBarRoom(trace, inner, sheet, fonts));
    margin = { ...margin, r: Math.max(margin.r, ...bars) };
    axes = axesOf(figure, sheet, margin, fonts);
  }
  return { margin, axes, legend };
}

/** A legend above the drawing, or to its right, pushes the drawing away. */
function withLegend(margin: Margin, legend: Legend, sheet: FigureSheet): Margin {
  const { x, y } = legendCorner(legend, sheet, margin);
  const right = Math.max(margin.r, margin.r + x + legend.width - sheet.width);
  return {
    ...margin,
    t: Math.max(margin.t, margin.t - y),
    r: legend.place.x >= 1 ? right : margin.r,
  };
}

/** The lines of the ticks across a drawing. */
function gridSvg({ x, y }: { x: StillAxis; y: StillAxis }): string {
  const { x: left, y: top, width, height } = boxOf({ x, y });
  const line = (axis: StillAxis, d: (at: number) => string): string => {
    const { visible, showgrid, gridcolor = GRID, overlaying, zeroline } = axis.layout;
    if (visible === false) return "";
    const looks = { stroke: gridcolor, "stroke-width": 1 };
    const grid = !(showgrid ?? axis.type !== "category") || overlaying
      ? ""
      : axis.ticks.map(({ at }) => element("path", { d: d(pixel(axis, at)), ...looks })).join("");
    const [low, high] = [Math.min(...axis.range), Math.max(...axis.range)];
    const zero = zeroline !== false && axis.type === "linear" && low < 0 && high > 0
      ? element("path", { d: d(pixel(axis, 0)), stroke: "#444", "stroke-width": 1 })
      : "";
    return grid + zero;
  };
  return line(x, (at) => `M${number(at)},${number(top)}v${number(height)}`) +
    line(y, (at) => `M${number(left)},${number(at)}h${number(width)}`);
}

/** All traces, each cut to its axes, later ones above. */
function tracesSvg(
  { data, layout }: Figure,
  axes: Map<string, StillAxis>,
): { defs: string; drawn: string } {
  const key = ({ x, y }: Pair) => `${x}-${y}`;
  const shown = data.map((trace, index) => ({ trace, index })).filter(({ trace }) =>
    isVisible(trace)
  );
  const bars = shown.filter(({ trace }) => trace.type === "bar");
  const before = new Map<string, Trace>();
  let defs = "";
  const drawn = shown.map(({ trace, index }) => {
    if (!["scatter", "bar"].includes(String(trace.type ?? "scatter"))) {
      throw new TypeError(
        `Cannot draw a still picture: a trace must be of type scatter or bar, got ${trace.type}`,
      );
    }
    const pair = pairOf(trace);
    const [x, y] = [axes.get(pair.x)!, axes.get(pair.y)!];
    let svg: string;
    if (trace.type === "bar") {
      const beside = bars.filter((other) => key(pairOf(other.trace)) === key(pair));
      const place = beside.findIndex((other) => other.index === index);
      const stacked = layout.barmode === "overlay" || layout.barmode === "stack";
      const bar = barsSvg(trace, {
        x,
        y,
        index: stacked ? 0 : place,
        count: stacked ? 1 : beside.length,
        colour: traceColour(trace, index),
        id: index,
      });
      defs += bar.defs;
      svg = bar.drawn;
    } else {
      svg = scatterSvg(trace, { x, y, index, before: before.get(key(pair)) });
      before.set(key(pair), trace);
    }
    return trace.cliponaxis === false ? element("g", {}, svg) : clipped({ x, y }, svg);
  }).join("");
  return { defs, drawn };
}

/** The numbers and the name of an axis, and its line where it has one. */
function axisSvg(axis: StillAxis, { axes, sheet, margin }: Ground): string {
  const { layout, letter, ends, ticks, labels, angle } = axis;
  if (layout.visible === false) return "";
  const across = acrossOf(axis, axes, { sheet, margin });
  const far = layout.side === "right" || layout.side === "top";
  const colour = layout.tickfont?.color ?? sheet.font.color;
  const texts = labels.map((label, i) => {
    const at = pixel(axis, ticks[i].at);
    if (letter === "y") {
      const gap = LABEL_GAP + (layout.ticklabelstandoff ?? 0);
      const x = across + (far ? gap : -gap);
      const y = at + 0.35 * label.size - (label.lines.length - 1) * LINE_HEIGHT / 2 * label.size;
      return textSvg(label, { x, y, align: far ? "left" : "right", colour });
    }
    const gap = layout.ticklabelstandoff ?? 0;
    const y = far ? across - 5 - gap : across + label.size + 1 + gap;
    const align = angle === 0 ? "center" : angle > 0 ? "left" : "right";
    return textSvg(label, { x: at, y, align, angle, colour });
  }).join("");
  const line = layout.showline || layout.linecolor
    ? element("path", {
      d: letter === "x"
        ? `M${number(ends[0])},${number(across)}H${number(ends[1])}`
        : `M${number(across)},${number(ends[0])}V${number(ends[1])}`,
      stroke: layout.linecolor ?? "#444",
      "stroke-width": layout.linewidth ?? 1,
    })
    : "";
  return line + texts + axisTitleSvg(axis, across, far, sheet);
}

function axisTitleSvg(axis: StillAxis, across: number, far: boolean, sheet: FigureSheet): string {
  const { layout, letter, ends, depth, title } = axis;
  if (titleText(layout.title) === "") return "";
  const standoff = typeof layout.title === "string" ? 10 : layout.title?.standoff ?? 10;
  const middle = (ends[0] + ends[1]) / 2;
  const look = { align: "center" as const, colour: sheet.font.color };
  const more = title.height - LINE_HEIGHT * title.size;
  if (letter === "x") {
    const y = far ? across - depth - standoff - more : across + depth + standoff + 0.7 * title.size;
    return textSvg(title, { x: middle, y, ...look });
  }
  const x = far ? across + depth + standoff + 0.7 * title.size : across - depth - standoff - more;
  return textSvg(title, { x, y: middle, angle: -90, ...look });
}

/** Where an axis is on the other: at the end of the one that it is anchored to. */
function acrossOf(
  { letter, id, layout }: StillAxis,
  axes: Map<string, StillAxis>,
  { sheet, margin }: { sheet: FigureSheet; margin: Margin },
): number {
  const other = axes.get(layout.anchor ?? `${letter === "x" ? "y" : "x"}${id.slice(1)}`) ??
    [...axes.values()].find((axis) => axis.letter !== letter);
  const far = layout.side === "right" || layout.side === "top";
  if (layout.anchor === "free" || !other) {
    return letter === "x" ? sheet.height - margin.b : far ? sheet.width - margin.r : margin.l;
  }
  return letter === "x"
    ? (far ? Math.min : Math.max)(...other.ends)
    : (far ? Math.max : Math.min)(...other.ends);
}

interface TitleLayout {
  text?: string;
  font?: { size?: number; color?: string };
  x?: number;
  y?: number | "auto";
  xanchor?: string;
  yanchor?: string;
  pad?: { t?: number; l?: number; b?: number };
}

function titleSvg(sheet: FigureSheet, margin: Margin, fonts: Fonts): string {
  const own = sheet.layout.title as TitleLayout | string | undefined;
  const title: TitleLayout = typeof own === "string" ? { text: own } : own ?? {};
  const { x = 0.5, y = "auto", xanchor = "auto", yanchor = "auto", pad } = title;
  const text = textOf(title.text, title.font?.size ?? 17, fonts);
  if (text.width === 0) return "";
  const anchor = xanchor === "auto"
    ? (x < 1 / 3 ? "left" : x > 2 / 3 ? "right" : "center")
    : xanchor;
  const middle = margin.t / 2 + 0.35 * text.size;
  const edge = y === "auto" ? 0 : (1 - y) * sheet.height;
  const top = edge + (pad?.t ?? 0) + 0.7 * text.size;
  // plotly moves a title of several lines up by half the height of the additional lines.
  const up = (text.lines.length - 1) * LINE_HEIGHT * text.size / 2;
  return textSvg(text, {
    x: x * sheet.width + (pad?.l ?? 0),
    y: (yanchor === "top" ? top : middle) - up,
    align: anchor as "left" | "center" | "right",
    colour: title.font?.color ?? sheet.font.color,
  });
}
