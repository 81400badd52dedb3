/**
 * The axes of a still picture: the part of it that each takes, its range, and where a value is.
 *
 * @module
 */
import { type Figure } from "../figure.ts";
import { type Fonts } from "./font.ts";
import { LABEL_GAP, lengthOf, pixel, type StillAxis } from "./axis.ts";
import {
  type AxisLayout,
  axisLayout,
  type FigureSheet,
  isVisible,
  type Margin,
  type Pair,
  pairOf,
  titleText,
  valuesOf,
} from "./plotly_layout.ts";
import { annotationExtremes, imageExtremes, shapeExtremes, traceExtremes } from "./extremes.ts";
import { autoRange } from "./range.ts";
import { textOf } from "./text_svg.ts";
import { ticksOf } from "./ticks.ts";

/** The pairs of axes that something is on, in plotly's order. */
export function pairsOf({ data, layout }: Figure): Pair[] {
  const images = (layout.images ?? []) as Record<string, string>[];
  const pairs = [
    ...data.filter(isVisible).map(pairOf),
    ...images.filter(({ xref }) => /^x\d*$/.test(xref)).map(({ xref, yref }) => ({
      x: xref,
      y: yref,
    })),
  ];
  return [...new Map(pairs.map((pair) => [`${pair.x}${pair.y}`, pair])).values()];
}

/** All axes of a figure within its margins, by their ids. */
export function axesOf(
  figure: Figure,
  sheet: FigureSheet,
  margin: Margin,
  fonts: Fonts,
): Map<string, StillAxis> {
  const pairs = pairsOf(figure);
  const axes = new Map<string, StillAxis>();
  for (const id of new Set(pairs.flatMap(({ x, y }) => [x, y]))) {
    axes.set(id, emptyAxis(id, figure, sheet, margin));
  }
  for (const axis of axes.values()) setRange(axis, figure, sheet, fonts);
  for (const axis of axes.values()) matchRange(axis, axes);
  for (const axis of axes.values()) keepScale(axis, axes);
  for (const axis of axes.values()) setTicks(axis, sheet, fonts);
  return axes;
}

function emptyAxis(id: string, figure: Figure, sheet: FigureSheet, margin: Margin): StillAxis {
  const letter = id[0] as "x" | "y";
  const layout = axisLayout(figure.layout, id);
  const under = layout.overlaying ? axisLayout(figure.layout, layout.overlaying) : undefined;
  const [from, to] = layout.domain ?? under?.domain ?? [0, 1];
  const { l, r, t, b } = margin;
  const [width, height] = [sheet.width - l - r, sheet.height - t - b];
  const ends: [number, number] = letter === "x"
    ? [l + from * width, l + to * width]
    : [t + (1 - from) * height, t + (1 - to) * height];
  const own = figure.data.filter((trace) => isVisible(trace) && pairOf(trace)[letter] === id);
  const values = own.flatMap((trace) => valuesOf(trace, letter));
  const named = layout.type === "category" ||
    layout.type === undefined &&
      values.some((value) => typeof value === "string" && isNaN(Number(value)));
  return {
    id,
    letter,
    type: named ? "category" : layout.type === "log" ? "log" : "linear",
    layout,
    range: [0, 1],
    ends,
    categories: named ? [...new Set(values.map(String))] : [],
    ticks: [],
    labels: [],
    angle: 0,
    depth: 0,
    title: { lines: [], size: 0, width: 0, height: 0 },
  };
}

function setRange(axis: StillAxis, figure: Figure, sheet: FigureSheet, fonts: Fonts): void {
  const { layout, type, categories } = axis;
  const [low, high] = layout.range ?? [];
  if (typeof low === "number" && typeof high === "number" && layout.autorange !== true) {
    axis.range = [low, high];
    return;
  }
  if (type === "category" && categories.length > 0) {
    axis.range = [-0.5, categories.length - 0.5];
    return;
  }
  const extremes = [
    ...traceExtremes(axis, figure),
    ...imageExtremes(axis, figure),
    ...shapeExtremes(axis, figure),
    ...annotationExtremes(axis, figure, sheet, fonts),
  ];
  const mode = type === "log" ? "normal" : layout.rangemode;
  const found = autoRange(extremes, lengthOf(axis), mode);
  axis.range = [low ?? found[0], high ?? found[1]];
  if (layout.autorange === "reversed") axis.range.reverse();
}

/** Axes with the same numbers (`matches`): each shows the values of both. */
function matchRange(axis: StillAxis, axes: Map<string, StillAxis>): void {
  const other = axis.layout.matches ? axes.get(axis.layout.matches) : undefined;
  if (!other) return;
  if (!axis.layout.range && !other.layout.range) {
    other.range = [
      Math.min(axis.range[0], other.range[0]),
      Math.max(axis.range[1], other.range[1]),
    ];
  } else if (axis.layout.range && !other.layout.range) other.range = axis.range;
  axis.range = [...other.range];
}

const TOWARD: Record<string, number> = {
  left: 0,
  bottom: 0,
  center: 0.5,
  middle: 0.5,
  right: 1,
  top: 1,
};

/**
 * Equal scales on two axes: the finer becomes as coarse as the other, by its range or its place.
 */
function keepScale(axis: StillAxis, axes: Map<string, StillAxis>): void {
  const other = axis.layout.scaleanchor ? axes.get(axis.layout.scaleanchor) : undefined;
  if (!other) return;
  const scale = (one: StillAxis) => lengthOf(one) / Math.abs(one.range[1] - one.range[0]);
  const ratio = axis.layout.scaleratio ?? 1;
  const [own, wanted] = [scale(axis) / ratio, scale(other)];
  const finer = own > wanted ? axis : other;
  const share = Math.min(own, wanted) / Math.max(own, wanted);
  if (share > 1 - 1e-9) return;
  const { constrain, constraintoward } = finer.layout;
  const side = TOWARD[constraintoward ?? "middle"] ?? 0.5;
  const at = (pair: [number, number], part: number) => pair[0] + part * (pair[1] - pair[0]);
  if (constrain === "domain") {
    finer.ends = [at(finer.ends, side * (1 - share)), at(finer.ends, side * (1 - share) + share)];
  } else {
    const more = 1 / share;
    finer.range = [at(finer.range, side * (1 - more)), at(finer.range, side * (1 - more) + more)];
  }
}

/** Room that two labels of one axis leave between them. */
const APART = 6;

function setTicks(axis: StillAxis, sheet: FigureSheet, fonts: Fonts): void {
  const { layout, letter, type, range, categories } = axis;
  const title = typeof layout.title === "string" ? undefined : layout.title;
  axis.title = textOf(titleText(layout.title), title?.font?.size ?? 1.2 * sheet.font.size, fonts);
  if (layout.visible === false) return;
  axis.ticks = ticksOf({ letter, type, range, length: lengthOf(axis), categories, layout });
  if (layout.showticklabels === false) return;
  const size = layout.tickfont?.size ?? sheet.font.size;
  const standoff = layout.ticklabelstandoff ?? 0;
  axis.labels = axis.ticks.map(({ text, scale }) => textOf(text, scale * size, fonts));
  if (letter === "y") {
    axis.depth = LABEL_GAP + standoff + Math.max(0, ...axis.labels.map(({ width }) => width));
    return;
  }
  axis.angle = typeof layout.tickangle === "number"
    ? layout.tickangle
    : overlap(axis)
    ? steepOf(layout)
    : 0;
  const turn = Math.abs(axis.angle) * Math.PI / 180;
  axis.depth = standoff + Math.max(
    0,
    ...axis.labels.map(({ width, height }) => width * Math.sin(turn) + height * Math.cos(turn)),
  );
}

/** The angle of labels that would run into each other. */
function steepOf({ autotickangles = [0, 30, 90] }: AxisLayout): number {
  return autotickangles.find((angle) => angle !== 0) ?? 0;
}

/** Whether labels of one size, side by side, would run into each other. */
function overlap(axis: StillAxis): boolean {
  if (axis.type === "log") return false;
  const places = axis.ticks.map(({ at }) => pixel(axis, at));
  return axis.labels.some((label, i) =>
    i > 0 &&
    Math.abs(places[i] - places[i - 1]) < (label.width + axis.labels[i - 1].width) / 2 + APART
  );
}

/** Pixels between the name of an axis and the edge of the picture. */
const EDGE = 6;

/** The margins with the room that axes need for their numbers and names. */
export function marginsFor(axes: Map<string, StillAxis>, margin: Margin): Margin {
  const found = { ...margin };
  for (const { letter, layout, depth, title } of axes.values()) {
    if (!layout.automargin || layout.visible === false) continue;
    const standoff = typeof layout.title === "string" ? 0 : layout.title?.standoff ?? 0;
    const hasTitle = titleText(layout.title) !== "";
    const name = hasTitle ? 0.7 * title.size + Math.max(0, title.height - 1.3 * title.size) : 0;
    const room = depth + standoff + name + (letter === "y" ? EDGE : 0);
    const side = layout.side ?? (letter === "x" ? "bottom" : "left");
    const key = side[0] as keyof Margin;
    found[key] = Math.max(found[key], Math.ceil(room));
  }
  return found;
}
