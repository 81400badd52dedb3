/**
 * The four panels of a GAN on toy data as a plotly figure: (a) losses and accuracies of both
 * players against step; (b) real and generated points; (c) D(G(z)) over the latent space; (d) D(x)
 * over the sample space.
 *
 * A heat map lies on its axes as a small PNG: as numbers in JSON it would be fifty times as large.
 *
 * @module
 */
import { cellMiddles, type Field, type Landscape } from "@/eval/landscape.ts";
import {
  AXIS,
  axisTitle,
  COLOURS,
  type Figure,
  LEGEND,
  lineAcross,
  remarkAcross,
  titleOf,
  type Trace,
} from "./figure.ts";
import { FAKE, fieldPng, REAL, SCALE } from "./heat_map.ts";
import { histogram } from "./histogram.ts";
import { type History } from "./history.ts";
import { type Domain, HEADING, stacked } from "./places.ts";

/** Where a panel is in its figure: its axes, and the part of width and height that they take. */
interface Place {
  /** "" for the first axes, "2" for the second. */
  axes: string;
  x: Domain;
  y: Domain;
}

/** What a panel adds to a figure. */
interface Part {
  data: Trace[];
  axes: Record<string, unknown>;
  images?: Record<string, unknown>[];
  shapes?: Record<string, unknown>[];
  annotations?: Record<string, unknown>[];
}

/** Room to the right, for the scale of D's colours. */
const MARGIN = { l: 60, r: 95, t: 85, b: 50 };

/** Pixels of width that the panels need side by side. */
const WIDE = 700;

/** The four panels: two and two, or below each other where the page is narrow. */
export function panelsFigure(title: string, scene: Landscape, history: History): Figure {
  const [left, right]: Domain[] = [[0, 0.44], [0.59, 0.97]];
  const rows = stacked([265, 265], 135);
  const [upper, lower] = rows.domains;
  const wide = partsOf(scene, history, [[left, upper], [right, upper], [left, lower], [
    right,
    lower,
  ]]);
  const column = stacked([265, 265, 265, 265], 90);
  const narrow = partsOf(scene, history, column.domains.map((y) => [[0, 1], y]));
  return figureOf(
    title,
    [wide, narrow],
    { height: rows.height + 135, legend: { ...LEGEND, itemsizing: "constant" } },
    { below: WIDE, height: column.height + 135 },
  );
}

/** The panels in their places, with their names. */
function partsOf(scene: Landscape, history: History, places: [x: Domain, y: Domain][]): Part[] {
  const [a, b, c, d] = places.map(([x, y], i): Place => ({ axes: ["", "3", "4", "5"][i], x, y }));
  const names = [
    "(a) losses; how often D is right, and G’s points pass",
    "(b) real and generated points",
    "(c) D(G(z)) over the latent space",
    "(d) D(x) over the sample space",
  ];
  return [
    ...lossParts(history, a),
    pointsPart(scene, b),
    // One scale serves both maps: they have the same colours.
    latentPart(scene, c),
    samplePart(scene, d, { scale: true }),
    { data: [], axes: {}, annotations: [a, b, c, d].map((place, i) => heading(names[i], place)) },
  ];
}

/** Panel (d) alone. */
export function samplePanel(title: string, scene: Landscape): Figure {
  const whole: Place = { axes: "", x: [0, 1], y: [0, 1] };
  const parts = [samplePart(scene, whole, { scale: true })];
  const margin = { ...MARGIN, t: 50 };
  return figureOf(title, [parts, parts], { height: 505, margin, showlegend: false }, {
    below: 480,
    height: 360,
  });
}

/** Points of the plane, before D's colours where there is a D. */
export interface PlaneScene extends Pick<Landscape, "dimensions" | "range" | "real" | "fake"> {
  /** D(x) over the plane, where there is a D. */
  overSamples?: Field;
}

/** Panels (b) and (d) as one, D's colours paler. Points of which there are none are not named. */
export function pointsPanel(title: string, scene: PlaneScene): Figure {
  const { overSamples } = scene;
  const partsAt = (right: number): Part[] => {
    const place: Place = { axes: "", x: [0, right], y: [0, 1] };
    const points = pointsPart(scene, place);
    if (!overSamples) return [points];
    const field = samplePart({ overSamples }, place, { scale: true });
    const images = field.images?.map((image) => ({ ...image, opacity: 0.5 }));
    return [points, { ...field, images }];
  };
  // A square of the height, and the scale beside it; on the line, what the line at ½ means.
  const right = scene.dimensions === 1 ? 100 : undefined;
  return figureOf(title, [partsAt(0.64), partsAt(1)], {
    height: 520,
    showlegend: true,
    legend: { ...LEGEND, itemsizing: "constant" },
  }, { below: 480, height: 400, right });
}

function figureOf(
  title: string,
  [wide, narrow]: [Part[], Part[]],
  layout: Record<string, unknown>,
  { below, height, right = 50 }: { below: number; height: number; right?: number },
): Figure {
  const layoutOf = (parts: Part[]) => ({
    ...Object.assign({}, ...parts.map(({ axes }) => axes)),
    images: parts.flatMap(({ images = [] }) => images),
    shapes: parts.flatMap(({ shapes = [] }) => shapes),
    annotations: parts.flatMap(({ annotations = [] }) => annotations),
  });
  // All else keeps to its axes, wherever these are.
  const domains = Object.entries(Object.assign({}, ...narrow.map(({ axes }) => axes)))
    .map(([name, axis]) => [name, { domain: (axis as { domain: Domain }).domain }]);
  const scaled = (parts: Part[]) => parts.flatMap(({ data }) => data);
  return {
    data: scaled(wide),
    layout: { title: titleOf(title), margin: MARGIN, ...layoutOf(wide), ...layout },
    narrow: {
      below,
      layout: { ...Object.fromEntries(domains), height, margin: { r: right } },
      data: Object.fromEntries(
        scaled(narrow).flatMap(({ marker }, i) =>
          isScale(marker) ? [[i, { marker: brief(marker) }]] : []
        ),
      ),
    },
  };
}

type Scale = ReturnType<typeof scaleMarker>;

function isScale(marker: unknown): marker is Scale {
  return (marker as Scale | undefined)?.showscale === true;
}

/** The scale of D's colours, with few labels since there is little room beside it. */
function brief(marker: Scale): Scale {
  return {
    ...marker,
    colorbar: { ...marker.colorbar, ticktext: ["0", "", "1/2", "", "1"], x: 1.01 },
  };
}

/** The name of a panel. */
function heading(text: string, { axes }: Place) {
  const place = { xref: `x${axes} domain`, x: 0, yref: `y${axes} domain`, y: 1, yshift: 3 };
  return { ...HEADING, text, ...place };
}

function lossParts(history: History, place: Place): Part[] {
  const { dAccuracy, gAccuracy, steps } = history;
  const accuracies = dAccuracy && gAccuracy;
  const [bottom, top] = place.y;
  const middle = accuracies ? bottom + 0.48 * (top - bottom) : bottom;
  const line = (name: string, y: number[], player: 0 | 1, axes: string) => ({
    type: "scatter",
    mode: "lines",
    name,
    x: steps,
    y,
    xaxis: `x${axes}`,
    yaxis: `y${axes}`,
    legendgroup: player === 0 ? "D" : "G",
    line: { color: [COLOURS[2], COLOURS[3]][player], dash: ["solid", "dash"][player], width: 1.5 },
  });
  const lossesPlace: Place = { ...place, y: [middle + (accuracies ? 0.02 : 0), top] };
  const losses = (x: Record<string, unknown>): Part => ({
    data: [line("D", history.dLoss, 0, place.axes), line("G", history.gLoss, 1, place.axes)],
    axes: axesOf(lossesPlace, {
      x,
      y: {
        title: axisTitle(["loss", history.unit].filter(Boolean).join(", ")),
        rangemode: "tozero",
      },
    }),
    shapes: history.rest.map(({ value }) => lineAcross(value, place.axes)),
    annotations: history.rest.map(({ text, value }) => remarkAcross(text, value, place.axes)),
  });
  if (!accuracies) return [losses({ title: axisTitle("step") })];
  const axes = place.axes === "" ? "2" : `${place.axes}2`;
  const below: Part = {
    data: [dAccuracy, gAccuracy].map((values, player) => ({
      ...line(player === 0 ? "D" : "G", values, player as 0 | 1, axes),
      showlegend: false,
    })),
    axes: axesOf({ axes, x: place.x, y: [bottom, middle - 0.02] }, {
      x: { title: axisTitle("step") },
      y: { title: axisTitle("share"), range: [-0.02, 1.02] },
    }),
    shapes: [lineAcross(0.5, axes)],
  };
  return [losses({ matches: `x${axes}`, showticklabels: false }), below];
}

function pointsPart({ dimensions, range, real, fake }: PlaneScene, place: Place): Part {
  const refs = { xaxis: `x${place.axes}`, yaxis: `y${place.axes}` };
  const named: [string, Float32Array, string][] = [["real", real, REAL], ["generated", fake, FAKE]];
  const data = named.flatMap(([name, points, color], i): Trace[] => {
    if (points.length === 0) return [];
    if (dimensions === 1) {
      const { middles, densities } = histogram(points, range);
      const line = { color, shape: "hvh", dash: ["solid", "dash"][i], width: 2 };
      return [{ type: "scatter", mode: "lines", name, x: middles, y: densities, line, ...refs }];
    }
    return [{
      type: "scatter",
      mode: "markers",
      name,
      x: coordinate(points, 0),
      y: coordinate(points, 1),
      marker: { color, size: 3, opacity: 0.6 },
      hoverinfo: "skip",
      ...refs,
    }];
  });
  const axes = dimensions === 1
    ? axesOf(place, {
      x: { title: axisTitle("x"), range: [...range] },
      y: { title: axisTitle("density"), rangemode: "tozero" },
    })
    : squareAxes(place, withMargin(range), ["x₁", "x₂"]);
  return { data, axes };
}

function latentPart({ overLatent }: Landscape, place: Place): Part {
  const names: [string, string] = overLatent.dimensions === 1 ? ["z", ""] : ["z₁", "z₂"];
  return fieldPart(overLatent, { name: "D(G(z))", axes: names }, place);
}

function samplePart(
  { overSamples }: Pick<Landscape, "overSamples">,
  place: Place,
  options: { scale: boolean },
): Part {
  const names: [string, string] = overSamples.dimensions === 1 ? ["x", ""] : ["x₁", "x₂"];
  return fieldPart(overSamples, { name: "D(x)", axes: names }, place, options);
}

/**
 * D over a line as a curve, over a square as a heat map, with its scale to the right if asked for.
 */
function fieldPart(
  field: Field,
  { name, axes }: { name: string; axes: [string, string] },
  place: Place,
  { scale } = { scale: false },
): Part {
  const refs = { xaxis: `x${place.axes}`, yaxis: `y${place.axes}` };
  if (field.dimensions === 1) {
    const line = {
      type: "scatter",
      mode: "lines",
      name,
      showlegend: false,
      x: Array.from(cellMiddles(1, field.side, field.range)),
      y: Array.from(field.values),
      line: { color: COLOURS[2], width: 2 },
      ...refs,
    };
    return {
      data: [line],
      axes: axesOf(place, {
        x: { title: axisTitle(axes[0]), range: [...field.range] },
        y: { title: axisTitle(name), range: [-0.02, 1.02] },
      }),
      shapes: [lineAcross(0.5, place.axes)],
      annotations: [remarkAcross("1/2: cannot tell", 0.5, place.axes)],
    };
  }
  const [low, high] = field.range;
  return {
    // No points: plotly draws axes where a trace is, and a scale beside one.
    data: [{
      type: "scatter",
      mode: "markers",
      x: [null],
      y: [null],
      showlegend: false,
      hoverinfo: "skip",
      ...(scale ? { marker: scaleMarker(place) } : {}),
      ...refs,
    }],
    axes: squareAxes(place, field.range, axes),
    images: [{
      name,
      source: `data:image/png;base64,${fieldPng(field).toBase64()}`,
      xref: refs.xaxis,
      yref: refs.yaxis,
      x: low,
      y: high,
      sizex: high - low,
      sizey: high - low,
      xanchor: "left",
      yanchor: "top",
      sizing: "stretch",
      layer: "below",
    }],
  };
}

function scaleMarker({ x, y: [bottom, top] }: Place) {
  return {
    color: [0.5],
    cmin: 0,
    cmax: 1,
    colorscale: SCALE.map((colour, i) => [i / (SCALE.length - 1), colour]),
    showscale: true,
    colorbar: {
      title: { text: "D", side: "top" },
      tickvals: [0, 0.25, 0.5, 0.75, 1],
      ticktext: ["0 generated", "", "1/2", "", "1 real"],
      thickness: 10,
      len: top - bottom,
      y: (top + bottom) / 2,
      x: x[1] + 0.01,
      xanchor: "left",
    },
  };
}

function axesOf(
  { axes, x, y }: Place,
  settings: { x: Record<string, unknown>; y: Record<string, unknown> },
): Record<string, unknown> {
  return {
    [`xaxis${axes}`]: { ...AXIS, anchor: `y${axes}`, domain: x, ...settings.x },
    [`yaxis${axes}`]: { ...AXIS, anchor: `x${axes}`, domain: y, ...settings.y },
  };
}

/** Axes of a plane with equal scales, in the upper left of their place. */
function squareAxes(
  place: Place,
  range: readonly [number, number],
  [x, y]: [string, string],
): Record<string, unknown> {
  const common = { range: [...range], constrain: "domain", showgrid: false };
  return axesOf(place, {
    x: { ...common, constraintoward: "left", title: axisTitle(x) },
    y: { ...common, constraintoward: "top", title: axisTitle(y), scaleanchor: `x${place.axes}` },
  });
}

/** One coordinate of points [count, 2]. */
function coordinate(points: Float32Array, axis: 0 | 1): number[] {
  return Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + axis]);
}

/** A range with a margin, so that what lies at the very ends is visible. */
export function withMargin([low, high]: readonly [number, number]): [number, number] {
  const margin = 0.04 * (high - low);
  return [low - margin, high + margin];
}
