/**
 * Charts as plotly figures: numbers in, plain JSON out.
 *
 * @module
 */
import {
  AXIS,
  axisTitle,
  COLOURS,
  type Figure,
  LEGEND,
  lineAcross,
  lineDown,
  type Narrow,
  NARROWEST,
  type Numbers,
  remarkAcross,
  remarksDown,
  roomBeside,
  ROW,
  short,
  titleOf,
  type Trace,
} from "./figure.ts";
import { axisTicks, extentOf, narrowTicks, onAxis } from "./scale.ts";
import { framesOf, type Sliders, slidersLayout, startOf } from "./sliders.ts";
import { typeset, widthOf, wrapped } from "./typeset.ts";

/** An axis with its name, which includes the unit. */
export interface Axis {
  /** Its name, with the unit. */
  label: string;
  /** The ends of the axis; by default what the numbers need. */
  range?: [number, number];
  /** Logarithmic; `range` stays in the numbers themselves. */
  log?: boolean;
}

/** What lines, bands and points share: the axes, and references to compare with. */
export interface Plane {
  /** What is drawn. */
  title: string;
  /** The axis across. */
  x: Axis;
  /** The axis up. */
  y: Axis;
  /** Horizontal lines to compare with, by the text beside them. */
  references?: Record<string, number>;
  /** Vertical lines, by the text beside them. */
  marks?: Record<string, number>;
}

/** Lines over one axis. */
export interface LineChart extends Plane {
  /** The axis across, with the place of each number of a line. */
  x: Axis & { values: Numbers };
  /** Lines by the name that the legend shows. */
  lines: Record<string, Numbers>;
  /**
   * Shaded between two lines, by the name that the legend shows. A band with the name of a line has
   * that line's colour, and no place of its own in the legend.
   */
  bands?: Record<string, { lower: Numbers; upper: Numbers }>;
  /** Markers, by the name that the legend shows. */
  points?: Record<string, { x: Numbers; y: Numbers }>;
}

/** Curves in a plane. */
export interface PathChart extends Plane {
  /** Curves in the plane, by the name that the legend shows. */
  paths: Record<string, { x: Numbers; y: Numbers }>;
}

/** Bars beside each other, in groups. */
export interface BarChart {
  /** What is drawn. */
  title: string;
  /** The axis across, with the name of each group. */
  x: { label: string; values: ArrayLike<string | number> };
  /** The axis up. */
  y: Axis;
  /** Bars side by side, by the name that the legend shows. */
  bars: Record<string, Numbers>;
  /** Horizontal lines to compare with, by the text beside them. */
  references?: Record<string, number>;
}

/** Lines that one or two sliders change. */
export interface SliderChart extends Plane {
  /** The axis across, with the place of each number of a line. */
  x: Axis & { values: Numbers };
  /** One slider, or two. */
  sliders: Sliders;
  /** The lines at the sliders' values, given in order; their names are the same everywhere. */
  lines(...at: number[]): Record<string, Numbers>;
  /** A line of text under the title, such as a number that depends on the position. */
  caption?(...at: number[]): string;
  /**
   * Buttons that play the positions from the present one to the last, and pause. One slider only.
   */
  play?: boolean;
}

/** A page with fewer pixels has no room for as many numbers on an axis. */
const NARROW = 560;

const DASHES = ["solid", "dash", "dot", "dashdot"];
const SYMBOLS = ["circle", "diamond", "square", "cross", "triangle-up", "x"];

/** One or more lines over one axis, with bands behind and points before them. */
export function lineChart(
  { x, lines, bands = {}, points = {}, ...plane }: LineChart,
): Figure {
  const values = numbers(x.values);
  const names = Object.keys(lines);
  const shaded = Object.entries(bands).flatMap(([name, { lower, upper }], i) => {
    const edge = { type: "scatter", mode: "lines", x: values, line: { width: 0 } };
    const ofLine = names.indexOf(name);
    checkLengths(plane.title, values, { [`${name}, lower`]: lower, [`${name}, upper`]: upper });
    return [
      { ...edge, y: numbers(lower), showlegend: false, hoverinfo: "skip" },
      {
        ...edge,
        name: typeset(name),
        y: numbers(upper),
        fill: "tonexty",
        fillcolor: `${COLOURS[(ofLine < 0 ? i : ofLine) % COLOURS.length]}33`,
        hoverinfo: "skip",
        showlegend: ofLine < 0,
      },
    ];
  });
  const marked = Object.entries(points).map(([name, at], i) => {
    checkLengths(plane.title, at.x, { [name]: at.y });
    return {
      type: "scatter",
      mode: "markers",
      name: typeset(name),
      x: numbers(at.x),
      y: numbers(at.y),
      marker: {
        color: COLOURS[(names.length + i) % COLOURS.length],
        symbol: SYMBOLS[i % SYMBOLS.length],
        size: 7,
      },
    };
  });
  return {
    data: [...shaded, ...lineTraces(plane.title, values, lines), ...marked],
    ...planeOf({ x, ...plane }, [values, ...Object.values(points).map((at) => at.x)], [
      ...Object.values(lines),
      ...Object.values(bands).flatMap(({ lower, upper }) => [lower, upper]),
      ...Object.values(points).map((at) => at.y),
    ]),
  };
}

/** Curves in a plane on equal scales, each from its ring to its dot. */
export function pathChart({ paths, ...plane }: PathChart): Figure {
  const data = Object.entries(paths).flatMap(([name, at], i) => {
    checkLengths(plane.title, at.x, { [name]: at.y });
    const [x, y] = [numbers(at.x), numbers(at.y)];
    const color = COLOURS[i % COLOURS.length];
    const end = (index: number, symbol: string) => ({
      type: "scatter",
      mode: "markers",
      name: typeset(`${name}, ${index === 0 ? "start" : "end"}`),
      x: [x.at(index)],
      y: [y.at(index)],
      marker: { color, symbol, size: 9, line: { color, width: 2 } },
      legendgroup: name,
      showlegend: false,
    });
    return [
      {
        type: "scatter",
        mode: "lines",
        name: typeset(name),
        x,
        y,
        legendgroup: name,
        line: { color, dash: DASHES[i % DASHES.length], width: 2 },
      },
      end(0, "circle-open"),
      end(-1, "circle"),
    ];
  });
  const all = Object.values(paths);
  const { layout, narrow } = planeOf(plane, all.map(({ x }) => x), all.map(({ y }) => y));
  Object.assign(layout.yaxis as object, { scaleanchor: "x" });
  return { data, layout: { ...layout, height: 480 }, narrow };
}

/** Bars side by side over named outcomes. */
export function barChart({ title, x, y, bars, references }: BarChart): Figure {
  const values = Array.from(x.values, (value) => inTwoLines(typeset(String(value))));
  checkLengths(title, values, bars);
  const data = Object.entries(bars).map(([name, heights], i) => ({
    type: "bar",
    name: typeset(name),
    x: values,
    y: numbers(heights),
    marker: {
      color: COLOURS[i % COLOURS.length],
      pattern: { shape: ["", "/", ".", "x"][i % 4], solidity: 0.35 },
    },
  }));
  const { layout, narrow } = planeOf({ title, x, y, references }, [], Object.values(bars));
  Object.assign(layout.xaxis as object, { type: "category", autotickangles: [0, 90] });
  const own = values.reduce((sum, name) => sum + widthOf(`${name} `, 12), 0);
  // If they do not fit beside each other, each is a line that is read from above.
  const upright = own < NARROWEST ? {} : {
    tickmode: "array",
    tickvals: values,
    ticktext: values.map((name) => name.replace("<br>", " ")),
    tickangle: 90,
    tickfont: { size: 10 },
  };
  return {
    data,
    layout: { ...layout, barmode: "group" },
    narrow: { ...narrow, layout: { xaxis: upright } },
  };
}

/**
 * Lines that one or two sliders move.
 *
 * @throws {RangeError} If a slider does not start at one of its positions, or two are to play.
 * @throws {TypeError} If the lines do not have the same names at every position.
 */
export function sliderChart(
  { x, sliders, lines, caption, play = false, ...plane }: SliderChart,
): Figure {
  const xs = numbers(x.values);
  let names: string[] | undefined;
  const { frames, first } = framesOf(plane.title, sliders, (...at) => {
    const found = lines(...at);
    names ??= Object.keys(lines(...startOf(sliders)));
    if (Object.keys(found).join() !== names.join()) {
      throw new TypeError(
        `Cannot draw "${plane.title}": every position must have the lines ${names.join(", ")}, ` +
          `got ${Object.keys(found).join(", ")} at ${at.join(", ")}`,
      );
    }
    checkLengths(plane.title, xs, found);
    return {
      data: Object.values(found).map((line) => ({ y: numbers(line).map(short) })),
      layout: { title: titleOf(plane.title, caption?.(...at)) },
    };
  });
  const data = lineTraces(
    plane.title,
    xs,
    Object.fromEntries(names!.map((name, i) => [name, first.data[i].y as number[]])),
  );
  const { layout, narrow } = planeOf(
    { x, ...plane },
    [xs],
    frames.flatMap(({ data }) => data.map(({ y }) => y as number[])),
  );
  const margin = layout.margin as { t: number; b: number };
  const below = slidersLayout(plane.title, sliders, {
    height: 430,
    margin: { ...margin, t: margin.t + 15 },
    gap: 45,
    play,
  });
  return {
    data,
    layout: { ...layout, title: first.layout!.title, ...below.layout },
    narrow: { ...narrow, layout: { ...narrow.layout, ...below.narrow } },
    frames,
  };
}

/**
 * A name below a bar in at most two lines: it stays upright if there is room beside its neighbours.
 */
function inTwoLines(name: string): string {
  for (let letters = 10;; letters++) {
    const text = wrapped(name, letters);
    if (text.split("<br>").length <= 2) return text;
  }
}

function lineTraces(title: string, x: number[], lines: Record<string, Numbers>): Trace[] {
  checkLengths(title, x, lines);
  return Object.entries(lines).map(([name, values], i) => ({
    type: "scatter",
    mode: "lines",
    name: typeset(name),
    x,
    y: numbers(values),
    line: { color: COLOURS[i % COLOURS.length], dash: DASHES[i % DASHES.length], width: 2 },
  }));
}

/** Axes, title, legend and references, for a wide and a narrow page. */
function planeOf(
  { title, x, y, references = {}, marks = {} }: Plane,
  xs: Numbers[],
  ys: Numbers[],
): { layout: Record<string, unknown>; narrow: Narrow } {
  const across = Object.entries(references);
  const down = Object.entries(marks).map((
    [text, value],
  ): [string, number] => [text, onAxis(x, value)]);
  const [xExtent, yExtent] = [extentOf(x, xs), extentOf(y, ys)];
  const above = remarksDown(down, xExtent);
  const layout = {
    title: titleOf(title),
    xaxis: axisLayout(x, xExtent),
    yaxis: axisLayout(y, yExtent),
    showlegend: true,
    legend: LEGEND,
    margin: {
      l: 60,
      r: Math.max(30, roomBeside(across.map(([text]) => text))),
      t: 75 + ROW * above.rows,
      b: 50,
    },
    shapes: [
      ...across.map(([, value]) => lineAcross(value)),
      ...Object.values(marks).map((value) => lineDown(value)),
    ],
    annotations: [
      ...across.map(([text, value]) => remarkAcross(text, onAxis(y, value))),
      ...above.annotations,
    ],
  };
  return { layout, narrow: { below: NARROW, layout: { xaxis: narrowTicks(x, xExtent) } } };
}

function axisLayout(axis: Axis, extent: [number, number]): Record<string, unknown> {
  const { label, range, log } = axis;
  return {
    title: axisTitle(label),
    range: range?.map((end) => onAxis(axis, end)),
    ...AXIS,
    automargin: true,
    ...(log ? { type: "log", ...axisTicks(extent) } : {}),
  };
}

/** Numbers for plotly: a plain array, since typed arrays are no arrays in JSON. */
function numbers(values: Numbers): number[] {
  return Array.from(values);
}

function checkLengths(
  title: string,
  x: ArrayLike<unknown>,
  lines: Record<string, Numbers>,
): void {
  for (const [name, { length }] of Object.entries(lines)) {
    if (length !== x.length) {
      throw new TypeError(
        `Cannot draw "${title}": "${name}" must have as many values as x, ${x.length}, got ${length}`,
      );
    }
  }
}
