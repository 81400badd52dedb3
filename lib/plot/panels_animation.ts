/**
 * The four panels of a GAN on toy data as one figure with a slider over the steps, and a button to play.
 *
 * A frame brings only what changes: the generated points, the two heat maps and the mark of the step in
 * panel (a), some 12 kB. The curves and the real points are sent once.
 *
 * @module
 */
import { type Landscape } from "@/eval/landscape.ts";
import { frameSlider, playButtons } from "./controls.ts";
import { type Figure, GREY } from "./figure.ts";
import { type History } from "./history.ts";
import { panelsFigure } from "./panels.ts";

/** A GAN at one step. */
export interface Scene {
  step: number;
  landscape: Landscape;
}

/** Milliseconds that a step stays while the animation plays: four things change at a time. */
const FRAME_MS = 400;

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
  const last = scenes.length - 1;
  if (last < 0 || scenes.some(({ landscape }) => landscape.dimensions !== 2)) {
    throw new RangeError(
      `Cannot animate "${title}": there must be scenes, of points in the plane, got ${scenes.length}`,
    );
  }
  const figures = scenes.map(({ step, landscape }) => {
    const { data, layout } = panelsFigure(`${title}: step ${step}`, landscape, history);
    return { data, layout: { ...layout, shapes: withMark(layout, step) } as typeof layout };
  });
  const { data, layout } = figures[last];
  const generated = data.findIndex(({ name }) => name === "generated");
  return {
    data,
    layout: {
      ...layout,
      height: 900,
      margin: { ...layout.margin as object, b: 150 },
      sliders: [frameSlider({
        label: "step",
        positions: scenes.map(({ step }) => String(step)),
        active: last,
        frame: String,
        top: 60,
        beside: true,
      })],
      updatemenus: [playButtons(72, FRAME_MS)],
    },
    frames: figures.map(({ data, layout: { title, images, shapes } }, index) => ({
      name: String(index),
      traces: [generated],
      data: [{ x: data[generated].x, y: data[generated].y }],
      layout: { title, images, shapes },
    })),
  };
}

/** The shapes of the panels, with a mark at the step in the losses. */
function withMark(layout: Record<string, unknown>, step: number): unknown[] {
  const place = { xref: "x", yref: "y domain", x0: step, x1: step, y0: 0, y1: 1 };
  return [...layout.shapes as unknown[], {
    type: "line",
    ...place,
    line: { color: GREY, width: 1.5 },
  }];
}
