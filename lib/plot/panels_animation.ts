/**
 * The four panels of a GAN on toy data as one figure with a slider over the steps, and a button to play.
 *
 * A frame brings only what changes: the generated points, the two heat maps and the mark of the step in
 * panel (a), some 20 kB. The curves and the real points are sent once.
 *
 * @module
 */
import { type Landscape } from "@/eval/landscape.ts";
import { type Figure, type Frame, type Trace } from "./charts.ts";
import { type History, panelsFigure } from "./panels.ts";

/** A GAN at one step. */
export interface Scene {
  step: number;
  landscape: Landscape;
}

/** Milliseconds that a step stays while the animation plays. */
const DURATION = 400;

/**
 * Four panels over the steps, starting with the last.
 *
 * @param history The whole training: panel (a), the same in every frame but for its mark.
 * @throws {RangeError} If there is no scene, or a scene is not of points in the plane.
 */
export function panelsAnimation(
  title: string,
  scenes: readonly Scene[],
  history: History,
): Figure {
  const last = scenes.at(-1);
  if (!last || scenes.some(({ landscape }) => landscape.dimensions !== 2)) {
    throw new RangeError(
      `Cannot animate "${title}": there must be scenes, of points in the plane, got ${scenes.length}`,
    );
  }
  const figures = scenes.map(({ step, landscape }) =>
    panelsFigure(`${title}: step ${step}`, landscape, history)
  );
  const generated = figures[0].data.findIndex(({ name }) => name === "generated");
  const frames = figures.map(({ data, layout }, index): Frame & { traces: number[] } => ({
    name: String(index),
    traces: [generated],
    data: [{ x: data[generated].x, y: data[generated].y }] as Trace[],
    layout: {
      title: layout.title,
      images: layout.images,
      shapes: shapesOf(layout, scenes[index].step),
    },
  }));
  const { data, layout } = figures.at(-1)!;
  return {
    data,
    layout: {
      ...layout,
      shapes: shapesOf(layout, last.step),
      height: 900,
      legend: { orientation: "h", y: 1.01, yanchor: "bottom", itemsizing: "constant" },
      margin: { l: 60, r: 20, t: 90, b: 150 },
      sliders: [{
        active: scenes.length - 1,
        currentvalue: { prefix: "step: ", xanchor: "left", font: { size: 13 } },
        pad: { t: 60, b: 0 },
        x: 0.16,
        len: 0.84,
        ticklen: 4,
        transition: { duration: 0 },
        steps: scenes.map(({ step }, index) => ({
          label: String(step),
          method: "animate",
          args: [[String(index)], goTo(0)],
        })),
      }],
      updatemenus: [{
        type: "buttons",
        direction: "left",
        showactive: false,
        x: 0,
        y: 0,
        xanchor: "left",
        yanchor: "top",
        pad: { t: 72, r: 10 },
        buttons: [
          {
            label: "▶",
            method: "animate",
            args: [null, { ...goTo(DURATION), fromcurrent: false }],
          },
          { label: "❚❚", method: "animate", args: [[null], goTo(0)] },
        ],
      }],
    },
    frames,
  };
}

function goTo(duration: number) {
  return {
    mode: "immediate",
    frame: { duration, redraw: true },
    transition: { duration: 0 },
  };
}

/** The shapes of the panels, with a mark at the step in the losses. */
function shapesOf(layout: Record<string, unknown>, step: number): unknown[] {
  const line = { color: "#888", width: 1.5 };
  const place = { xref: "x", yref: "y domain", x0: step, x1: step, y0: 0, y1: 1 };
  return [...layout.shapes as unknown[], { type: "line", ...place, line }];
}
