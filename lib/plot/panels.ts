/**
 * The four panels of a GAN on toy data: (a) losses and accuracies of both players against step; (b) real
 * and generated points; (c) D(G(z)) over the latent space; (d) D(x) over the sample space.
 *
 * As plotly figures for a page, and as one PNG for a run folder. A heat map is sent as a small PNG that
 * lies on the axes as an image (some 5 kB), points as base64 typed arrays (8 bytes each, and a
 * third): JSON would take a megabyte.
 *
 * The colours of D: blue where it is sure of real, vermilion where it is sure of generated, near white
 * at 1/2. Blue and vermilion differ in lightness order for every common colour-vision deficiency, and
 * they are the colours of real and generated points in the same figure.
 *
 * @module
 */
import { encode } from "fast-png";
import { type Field, type Landscape } from "@/eval/landscape.ts";
import { COLOURS, type Figure } from "./charts.ts";
import { type Box, type Colour, colourOf, FAINT, Plot, Raster, textWidth } from "./raster.ts";

/** Losses and accuracies, one number a recorded step; accuracies where they were recorded. */
export interface History {
  steps: number[];
  dLoss: number[];
  gLoss: number[];
  dAccuracy?: number[];
  gAccuracy?: number[];
}

interface RecordedStep {
  step: number;
  dLoss: number;
  gLoss: number;
  dAccuracy?: number;
  gAccuracy?: number;
}

/** The history that panel (a) shows, from the events of a training. */
export function historyOf(events: readonly RecordedStep[]): History {
  const column = (name: "dAccuracy" | "gAccuracy") =>
    events.some((event) => event[name] !== undefined)
      ? events.map((event) => event[name] ?? NaN)
      : undefined;
  return {
    steps: events.map(({ step }) => step),
    dLoss: events.map(({ dLoss }) => dLoss),
    gLoss: events.map(({ gLoss }) => gLoss),
    dAccuracy: column("dAccuracy"),
    gAccuracy: column("gAccuracy"),
  };
}

const REAL = COLOURS[0];
const FAKE = COLOURS[1];

/** The colours of D from 0 to 1, equally spaced: dark vermilion, vermilion, white, blue, dark blue. */
const SCALE = ["#6B2600", FAKE, "#F2B48C", "#F7F7F7", "#8CC0E3", REAL, "#00304F"];

/** The colour of a value of D in [0, 1]; grey for NaN. */
export function discriminatorColour(d: number): Colour {
  if (Number.isNaN(d)) return [128, 128, 128];
  const place = Math.min(1, Math.max(0, d)) * (SCALE.length - 1);
  const index = Math.min(SCALE.length - 2, Math.floor(place));
  const [from, to] = [colourOf(SCALE[index]), colourOf(SCALE[index + 1])];
  const mix = (i: number) => Math.round(from[i] + (place - index) * (to[i] - from[i]));
  return [mix(0), mix(1), mix(2)];
}

/** A field of D over a square as a PNG, one pixel a cell, the highest second coordinate on top. */
export function fieldPng({ side, values }: Field): Uint8Array {
  const data = new Uint8Array(3 * side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 3 * ((side - 1 - row) * side + column);
      data.set(discriminatorColour(values[row * side + column]), at);
    }
  }
  return encode({ width: side, height: side, data, channels: 3, depth: 8 });
}

/** Numbers as plotly takes them from base64. */
function typedArray(values: ArrayLike<number>): { dtype: "f4"; bdata: string } {
  const numbers = Float32Array.from(values);
  return { dtype: "f4", bdata: new Uint8Array(numbers.buffer).toBase64() };
}

/** Every second number, from the first or the second on. */
function coordinate(points: Float32Array, axis: 0 | 1): Float32Array {
  return Float32Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + axis]);
}

/** Where the panels of one figure go: axes `x`, `x2`, … and their places in it. */
interface Place {
  /** "" for the first axes, "2" for the second. */
  axes: string;
  x: [number, number];
  y: [number, number];
}

const WHOLE: Place = { axes: "", x: [0, 1], y: [0, 1] };

/** What a panel adds to a figure. */
interface Part {
  data: Record<string, unknown>[];
  axes: Record<string, unknown>;
  images: Record<string, unknown>[];
  shapes: Record<string, unknown>[];
  annotations: Record<string, unknown>[];
}

function figureOf(title: string, parts: Part[], layout: Record<string, unknown>): Figure {
  return {
    data: parts.flatMap((part) => part.data),
    layout: {
      title: { text: title, font: { size: 15 }, x: 0.02, xanchor: "left" },
      ...Object.assign({}, ...parts.map((part) => part.axes)),
      images: parts.flatMap((part) => part.images),
      shapes: parts.flatMap((part) => part.shapes),
      annotations: parts.flatMap((part) => part.annotations),
      ...layout,
    },
  };
}

/** Panel (a): both losses in nats; accuracies on a second panel below, where there are any. */
export function lossPanel(history: History): Figure {
  const legend = { orientation: "h", y: 1.12 };
  return figureOf("Losses and accuracies", lossParts(history, WHOLE), { legend });
}

/** Panel (b): real and generated points. */
export function pointsPanel(scene: Landscape): Figure {
  return figureOf("Real and generated points", [pointsPart(scene, WHOLE)], {
    legend: { orientation: "h", y: 1.1, itemsizing: "constant" },
  });
}

/** Panel (c): D(G(z)) over z. */
export function latentPanel(scene: Landscape): Figure {
  return figureOf("D(G(z)) over the latent space", [latentPart(scene, WHOLE)], {
    showlegend: false,
  });
}

/** Panel (d): D(x) over x. */
export function samplePanel(scene: Landscape): Figure {
  return figureOf("D(x) over the sample space", [samplePart(scene, WHOLE)], { showlegend: false });
}

/** All four panels in one figure, about 800×760. */
export function panelsFigure(title: string, scene: Landscape, history: History): Figure {
  const parts = [
    ...lossParts(history, { axes: "", x: [0, 0.41], y: [0.6, 0.96] }),
    pointsPart(scene, { axes: "3", x: [0.55, 0.93], y: [0.6, 0.96] }),
    latentPart(scene, { axes: "4", x: [0, 0.41], y: [0, 0.38] }),
    samplePart(scene, { axes: "5", x: [0.55, 0.93], y: [0, 0.38] }),
  ];
  const heading = (text: string, x: number, y: number) => ({
    text,
    x,
    y,
    xref: "paper",
    yref: "paper",
    xanchor: "left",
    yanchor: "bottom",
    showarrow: false,
    font: { size: 13 },
  });
  const figure = figureOf(title, parts, {
    width: 860,
    height: 800,
    margin: { l: 60, r: 20, t: 90, b: 50 },
    legend: { orientation: "h", y: 1.1, itemsizing: "constant" },
  });
  (figure.layout.annotations as unknown[]).push(
    heading("(a) losses and accuracies", 0, 0.97),
    heading("(b) real and generated points", 0.55, 0.97),
    heading("(c) D(G(z)) over the latent space", 0, 0.39),
    heading("(d) D(x) over the sample space", 0.55, 0.39),
  );
  return figure;
}

function lossParts(history: History, place: Place): Part[] {
  const { dAccuracy, gAccuracy, steps } = history;
  const accuracies = dAccuracy && gAccuracy;
  const [bottom, top] = place.y;
  const middle = accuracies ? bottom + 0.45 * (top - bottom) : bottom;
  const line = (name: string, y: number[], player: 0 | 1, axes: string) => ({
    type: "scatter",
    mode: "lines",
    name,
    x: typedArray(steps),
    y: typedArray(y),
    xaxis: `x${axes}`,
    yaxis: `y${axes}`,
    legendgroup: player === 0 ? "D" : "G",
    line: { color: [COLOURS[2], COLOURS[3]][player], dash: ["solid", "dash"][player], width: 1.5 },
  });
  const losses: Part = {
    data: [line("D", history.dLoss, 0, place.axes), line("G", history.gLoss, 1, place.axes)],
    axes: axesOf({ ...place, y: [middle + (accuracies ? 0.04 : 0), top] }, {
      x: { title: { text: accuracies ? "" : "step" }, showticklabels: !accuracies },
      y: { title: { text: "loss, nats" }, rangemode: "tozero" },
    }),
    images: [],
    shapes: [reference(place.axes, Math.LN2)],
    annotations: [referenceText(place.axes, Math.LN2, "log 2")],
  };
  if (!accuracies) return [losses];
  const own = { axes: place.axes === "" ? "2" : `${place.axes}2`, x: place.x };
  const below: Part = {
    data: [dAccuracy, gAccuracy].map((values, player) => ({
      ...line(player === 0 ? "D" : "G", values, player as 0 | 1, own.axes),
      showlegend: false,
    })),
    axes: axesOf({ ...own, y: [bottom, middle - 0.01] }, {
      x: { title: { text: "step" }, matches: `x${place.axes}` },
      y: { title: { text: "accuracy" }, range: [-0.02, 1.02] },
    }),
    images: [],
    shapes: [reference(own.axes, 0.5)],
    annotations: [],
  };
  return [losses, below];
}

function pointsPart({ dimensions, range, real, fake }: Landscape, place: Place): Part {
  const refs = { xaxis: `x${place.axes}`, yaxis: `y${place.axes}` };
  const named: [string, Float32Array, string][] = [["real", real, REAL], ["generated", fake, FAKE]];
  const data = named.map(([name, points, color], i) => {
    if (dimensions === 1) {
      const { middles, densities } = histogram(points, range);
      const line = { color, shape: "hvh", dash: ["solid", "dash"][i], width: 2 };
      return { type: "scatter", mode: "lines", name, x: middles, y: densities, line, ...refs };
    }
    return {
      type: "scatter",
      mode: "markers",
      name,
      x: typedArray(coordinate(points, 0)),
      y: typedArray(coordinate(points, 1)),
      marker: { color, size: 3, opacity: 0.35 },
      hoverinfo: "skip",
      ...refs,
    };
  });
  const axes = dimensions === 1
    ? axesOf(place, {
      x: { title: { text: "x" }, range: [...range] },
      y: { title: { text: "density" }, rangemode: "tozero" },
    })
    : squareAxes(place, wider(range), ["x₁", "x₂"]);
  return { data, axes, images: [], shapes: [], annotations: [] };
}

function latentPart({ overLatent }: Landscape, place: Place): Part {
  const names: [string, string] = overLatent.dimensions === 1 ? ["z", ""] : ["z₁", "z₂"];
  return fieldPart(overLatent, "D(G(z))", names, place);
}

function samplePart({ overSamples }: Landscape, place: Place): Part {
  const names: [string, string] = overSamples.dimensions === 1 ? ["x", ""] : ["x₁", "x₂"];
  return fieldPart(overSamples, "D(x)", names, place);
}

function fieldPart(field: Field, name: string, axes: [string, string], place: Place): Part {
  const refs = { xaxis: `x${place.axes}`, yaxis: `y${place.axes}` };
  if (field.dimensions === 1) {
    const line = {
      type: "scatter",
      mode: "lines",
      name,
      showlegend: false,
      x: middlesOf(field),
      y: Array.from(field.values, (value) => Number(value.toPrecision(4))),
      line: { color: COLOURS[2], width: 2 },
      ...refs,
    };
    return {
      data: [line],
      axes: axesOf(place, {
        x: { title: { text: axes[0] }, range: [...field.range] },
        y: { title: { text: name }, range: [-0.02, 1.02] },
      }),
      images: [],
      shapes: [reference(place.axes, 0.5)],
      annotations: [referenceText(place.axes, 0.5, "1/2: cannot tell")],
    };
  }
  const [low, high] = field.range;
  const [bottom, top] = place.y;
  return {
    // No points: it brings the colour bar.
    data: [{
      type: "scatter",
      mode: "markers",
      x: [null],
      y: [null],
      showlegend: false,
      hoverinfo: "skip",
      marker: {
        color: [0.5],
        cmin: 0,
        cmax: 1,
        colorscale: SCALE.map((colour, i) => [i / (SCALE.length - 1), colour]),
        showscale: true,
        colorbar: {
          title: { text: name, side: "top" },
          tickvals: [0, 0.25, 0.5, 0.75, 1],
          ticktext: ["0 generated", "", "1/2", "", "1 real"],
          thickness: 10,
          len: 0.9 * (top - bottom),
          y: (top + bottom) / 2,
          x: place.x[1] + 0.01,
          xanchor: "left",
        },
      },
      ...refs,
    }],
    axes: squareAxes(place, field.range, axes),
    images: [{
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
    shapes: [],
    annotations: [],
  };
}

function axesOf(
  { axes, x, y }: Place,
  settings: { x: Record<string, unknown>; y: Record<string, unknown> },
): Record<string, unknown> {
  const whole = x[0] === 0 && x[1] === 1 && y[0] === 0 && y[1] === 1;
  const domain = (range: [number, number]) => whole ? {} : { domain: range };
  return {
    [`xaxis${axes}`]: { zeroline: false, anchor: `y${axes}`, ...domain(x), ...settings.x },
    [`yaxis${axes}`]: { zeroline: false, anchor: `x${axes}`, ...domain(y), ...settings.y },
  };
}

/** Axes of a plane with equal scales. */
function squareAxes(
  place: Place,
  range: readonly [number, number],
  [x, y]: [string, string],
): Record<string, unknown> {
  const common = { range: [...range], constrain: "domain", showgrid: false };
  return axesOf(place, {
    x: { ...common, title: { text: x } },
    y: { ...common, title: { text: y }, scaleanchor: `x${place.axes}` },
  });
}

function reference(axes: string, y: number): Record<string, unknown> {
  const line = { color: "#888", width: 1, dash: "dot" };
  return {
    type: "line",
    xref: `x${axes} domain`,
    yref: `y${axes}`,
    x0: 0,
    x1: 1,
    y0: y,
    y1: y,
    line,
  };
}

function referenceText(axes: string, y: number, text: string): Record<string, unknown> {
  return {
    text,
    xref: `x${axes} domain`,
    yref: `y${axes}`,
    x: 1,
    y,
    xanchor: "right",
    yanchor: "bottom",
    showarrow: false,
    font: { color: "#888", size: 11 },
  };
}

function middlesOf({ side, range: [low, high] }: Field): number[] {
  return Array.from(
    { length: side },
    (_, i) => Number((low + (high - low) * (i + 0.5) / side).toPrecision(6)),
  );
}

const HISTOGRAM_BINS = 80;

/** The density of numbers in 80 bins: shares of all numbers, those outside included, by width. */
export function histogram(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
): { middles: number[]; densities: number[] } {
  const width = (high - low) / HISTOGRAM_BINS;
  const densities = new Array<number>(HISTOGRAM_BINS).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i] - low) / width);
    if (bin >= 0 && bin < HISTOGRAM_BINS) densities[bin] += 1 / (values.length * width);
  }
  const middles = densities.map((_, i) => Number((low + (i + 0.5) * width).toPrecision(6)));
  return { middles, densities: densities.map((value) => Number(value.toPrecision(4))) };
}

// The same as a PNG.

const PANEL = { width: 430, height: 400, left: 76, top: 46, side: 280 };
const D_COLOUR = colourOf(COLOURS[2]);
const G_COLOUR = colourOf(COLOURS[3]);

/** The four panels as one PNG of 860×830 pixels. */
export function panelsPng(title: string, scene: Landscape, history: History): Uint8Array {
  const raster = new Raster(2 * PANEL.width, 2 * PANEL.height + 30);
  raster.text(PANEL.left, 8, title);
  drawLosses(raster, boxOf(0, 0), history);
  drawPoints(raster, boxOf(1, 0), "(b)", scene);
  drawField(raster, boxOf(0, 1), "(c) D(G(z)) over z", "z", scene.overLatent);
  drawField(raster, boxOf(1, 1), "(d) D(x) over x", "x", scene.overSamples);
  return raster.png();
}

/** Points alone, as a PNG of 430×420 pixels: generated ones, or numbers on the line as a histogram. */
export function pointsPng(
  title: string,
  scene: Pick<Landscape, "dimensions" | "range" | "fake"> & { real?: Float32Array },
): Uint8Array {
  const raster = new Raster(PANEL.width, PANEL.height + 20);
  drawPoints(raster, { ...boxOf(0, 0), top: PANEL.top }, title, scene);
  return raster.png();
}

/** A range with a margin: what lies at the very ends is seen. */
function wider([low, high]: readonly [number, number]): [number, number] {
  const margin = 0.04 * (high - low);
  return [low - margin, high + margin];
}

function boxOf(column: number, row: number): Box {
  return {
    left: column * PANEL.width + PANEL.left,
    top: row * PANEL.height + 30 + PANEL.top,
    width: PANEL.side,
    height: PANEL.side,
  };
}

/** Names in their colours, above a box on the right. */
function drawLegend(raster: Raster, { left, top, width }: Box, names: [string, Colour][]): void {
  let right = left + width;
  for (const [name, colour] of names.toReversed()) {
    raster.text(right, top - 24, name, { align: "right" });
    right -= textWidth(name) + 14;
    raster.rectangle(right, top - 21, 9, 9, colour);
    right -= 14;
  }
}

function drawLosses(raster: Raster, box: Box, history: History): void {
  const { steps, dLoss, gLoss, dAccuracy, gAccuracy } = history;
  const last = Math.max(1, steps.at(-1) ?? 1);
  const finite = [...dLoss, ...gLoss].filter(Number.isFinite).sort((a, b) => a - b);
  // A few spikes must not flatten everything else.
  const most = Math.max(1.5, 1.2 * (finite[Math.floor(0.98 * finite.length)] ?? 0));
  const least = Math.min(0, finite[0] ?? 0);
  const accuracies = dAccuracy && gAccuracy;
  const height = accuracies ? 150 : box.height;
  const x = { label: accuracies ? "" : "step", range: [0, last] as const };
  const losses = new Plot(raster, { ...box, height }, "(a) losses, nats", x, {
    label: "loss",
    range: [least, most],
  });
  losses.reference(Math.LN2, "log 2");
  losses.curve(steps, dLoss, D_COLOUR);
  losses.curve(steps, gLoss, G_COLOUR, 4);
  losses.frame();
  drawLegend(raster, box, [["D", D_COLOUR], ["G", G_COLOUR]]);
  if (!accuracies) return;
  const lower: Box = { ...box, top: box.top + 190, height: box.height - 190 };
  const below = new Plot(raster, lower, "", { label: "step", range: [0, last] }, {
    label: "accuracy",
    range: [0, 1.001],
  });
  below.curve(steps, dAccuracy, D_COLOUR);
  below.curve(steps, gAccuracy, G_COLOUR, 4);
  below.frame();
}

function drawPoints(
  raster: Raster,
  box: Box,
  title: string,
  { dimensions, range, real, fake }: Pick<Landscape, "dimensions" | "range" | "fake"> & {
    real?: Float32Array;
  },
): void {
  const [realColour, fakeColour] = [colourOf(REAL), colourOf(FAKE)];
  const legend: [string, Colour][] = real
    ? [["real", realColour], ["generated", fakeColour]]
    : [["generated", fakeColour]];
  if (dimensions === 1) {
    const generated = histogram(fake, range);
    const reals = real ? histogram(real, range) : undefined;
    const most = Math.max(...generated.densities, ...(reals?.densities ?? []));
    const plot = new Plot(raster, box, title, { label: "x", range }, {
      label: "density",
      range: [0, 1.1 * most || 1],
    });
    if (reals) plot.curve(reals.middles, reals.densities, realColour);
    plot.curve(generated.middles, generated.densities, fakeColour, reals ? 4 : 0);
    plot.frame();
  } else {
    const wide = wider(range);
    const plot = new Plot(raster, box, title, { label: "x1", range: wide }, {
      label: "x2",
      range: wide,
    });
    if (real) plot.dots(real, realColour, 0.5, 2);
    // Larger, so that a generator that makes one point can be seen.
    plot.dots(fake, fakeColour, 0.5, 3);
    plot.frame();
  }
  drawLegend(raster, box, legend);
}

function drawField(raster: Raster, box: Box, title: string, name: string, field: Field): void {
  const { dimensions, side, range, values } = field;
  if (dimensions === 1) {
    const plot = new Plot(raster, box, title, { label: name, range }, {
      label: "D",
      range: [0, 1.001],
    });
    plot.reference(0.5, "1/2");
    plot.curve(middlesOf(field), values, D_COLOUR);
    plot.frame();
    return;
  }
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const row = side - 1 - Math.floor(y / box.height * side);
      const value = values[row * side + Math.floor(x / box.width * side)];
      raster.dot(box.left + x, box.top + y, discriminatorColour(value));
    }
  }
  new Plot(raster, box, title, { label: `${name}1`, range }, { label: `${name}2`, range }).frame();
  const bar = { left: box.left + box.width + 12, top: box.top, width: 14, height: box.height };
  for (let y = 0; y < bar.height; y++) {
    const colour = discriminatorColour(1 - y / (bar.height - 1));
    raster.rectangle(bar.left, bar.top + y, bar.width, 1, colour);
  }
  for (const [value, text] of [[1, "1"], [0.5, "1/2"], [0, "0"]] as const) {
    const y = bar.top + (1 - value) * (bar.height - 14);
    raster.text(bar.left + bar.width + 4, y, text);
  }
  raster.rectangle(bar.left, bar.top, 1, bar.height, FAINT);
}
