/**
 * The four panels as one PNG, for a run folder: the same as `panelsFigure`, without a browser.
 *
 * @module
 */
import { cellMiddles, type Field, type Landscape } from "@/eval/landscape.ts";
import { COLOURS } from "./figure.ts";
import { discriminatorColour, FAKE, REAL } from "./heat_map.ts";
import { histogram } from "./histogram.ts";
import { type History } from "./history.ts";
import { withMargin } from "./panels.ts";
import { type Box, type Colour, colourOf, FAINT, Plot, Raster, textWidth } from "./raster.ts";

const PANEL = { width: 430, height: 400, left: 76, top: 46, side: 280 };
const D_COLOUR = colourOf(COLOURS[2]);
const G_COLOUR = colourOf(COLOURS[3]);

/** The four panels as one PNG of 860×830 pixels. */
export function panelsPng(title: string, scene: Landscape, history: History): Uint8Array {
  const raster = new Raster(2 * PANEL.width, 2 * PANEL.height + 30);
  raster.text(PANEL.left, 8, title);
  drawLosses(raster, boxOf(0, 0), history);
  drawPoints(raster, boxOf(1, 0), "(b)", scene);
  const overLatent = { box: boxOf(0, 1), title: "(c) D(G(z)) over z", name: "z" };
  drawField(raster, overLatent, scene.overLatent);
  const overSamples = { box: boxOf(1, 1), title: "(d) D(x) over x", name: "x" };
  drawField(raster, overSamples, scene.overSamples);
  return raster.png();
}

/**
 * Points alone, as a PNG of 430×420 pixels: generated ones, or numbers on the line as a histogram.
 */
export function pointsPng(
  title: string,
  scene: Pick<Landscape, "dimensions" | "range" | "fake"> & { real?: Float32Array },
): Uint8Array {
  const raster = new Raster(PANEL.width, PANEL.height + 20);
  drawPoints(raster, { ...boxOf(0, 0), top: PANEL.top }, title, scene);
  return raster.png();
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
    raster.rectangle({ left: right, top: top - 21, width: 9, height: 9 }, colour);
    right -= 14;
  }
}

function drawLosses(raster: Raster, box: Box, history: History): void {
  const { steps, dLoss, gLoss, dAccuracy, gAccuracy } = history;
  const last = Math.max(1, steps.at(-1) ?? 1);
  const finite = [...dLoss, ...gLoss].filter(Number.isFinite).sort((a, b) => a - b);
  // A few spikes must not flatten everything else.
  const rest = history.rest.map(({ value }) => value);
  const most = Math.max(
    1.5,
    1.2 * Math.max(...rest, finite[Math.floor(0.98 * finite.length)] ?? 0),
  );
  const least = Math.min(0, finite[0] ?? 0, ...rest);
  const accuracies = dAccuracy && gAccuracy;
  const height = accuracies ? 150 : box.height;
  const x = { label: accuracies ? "" : "step", range: [0, last] as const };
  const losses = new Plot(raster, {
    box: { ...box, height },
    title: ["(a) losses", history.unit].filter(Boolean).join(", "),
    x,
    y: { label: "loss", range: [least, most] },
  });
  for (const { value, text } of history.rest) losses.reference(value, text);
  losses.curve(steps, dLoss, D_COLOUR);
  losses.curve(steps, gLoss, G_COLOUR, 4);
  losses.frame();
  drawLegend(raster, box, [["D", D_COLOUR], ["G", G_COLOUR]]);
  if (!accuracies) return;
  const lower: Box = { ...box, top: box.top + 190, height: box.height - 190 };
  const below = new Plot(raster, {
    box: lower,
    title: "",
    x: { label: "step", range: [0, last] },
    y: { label: "share", range: [0, 1.001] },
  });
  below.curve(steps, dAccuracy, D_COLOUR);
  below.curve(steps, gAccuracy, G_COLOUR, 4);
  below.frame();
  // What the shares are: of all points those that D classifies rightly, of G's own those taken for
  // real.
  const beside = lower.left + lower.width + 6;
  raster.text(beside, lower.top + 16, "right", { colour: D_COLOUR });
  raster.text(beside, lower.top + 46, "pass", { colour: G_COLOUR });
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
    const plot = new Plot(raster, {
      box,
      title,
      x: { label: "x", range },
      y: { label: "density", range: [0, 1.1 * most || 1] },
    });
    if (reals) plot.curve(reals.middles, reals.densities, realColour);
    plot.curve(generated.middles, generated.densities, fakeColour, reals ? 4 : 0);
    plot.frame();
  } else {
    const wide = withMargin(range);
    const [x, y] = ["x1", "x2"].map((label) => ({ label, range: wide }));
    const plot = new Plot(raster, { box, title, x, y });
    if (real) plot.dots(real, realColour, 0.5, 2);
    // Larger, so that a generator that makes only one point can be seen.
    plot.dots(fake, fakeColour, 0.5, 3);
    plot.frame();
  }
  drawLegend(raster, box, legend);
}

function drawField(
  raster: Raster,
  { box, title, name }: { box: Box; title: string; name: string },
  { dimensions, side, range, values }: Field,
): void {
  if (dimensions === 1) {
    const plot = new Plot(raster, {
      box,
      title,
      x: { label: name, range },
      y: { label: "D", range: [0, 1.001] },
    });
    plot.reference(0.5, "1/2");
    plot.curve(cellMiddles(1, side, range), values, D_COLOUR);
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
  const [x, y] = [1, 2].map((i) => ({ label: `${name}${i}`, range }));
  new Plot(raster, { box, title, x, y }).frame();
  const bar = { left: box.left + box.width + 12, top: box.top, width: 14, height: box.height };
  for (let y = 0; y < bar.height; y++) {
    const colour = discriminatorColour(1 - y / (bar.height - 1));
    raster.rectangle({ ...bar, top: bar.top + y, height: 1 }, colour);
  }
  for (const [value, text] of [[1, "1"], [0.5, "1/2"], [0, "0"]] as const) {
    const y = bar.top + (1 - value) * (bar.height - 14);
    raster.text(bar.left + bar.width + 4, y, text);
  }
  raster.rectangle({ ...bar, width: 1 }, FAINT);
}
