/**
 * The four panels of a GAN on toy data as one figure with a slider over the steps, and a button to
 * play.
 *
 * A frame brings only what changes: the generated points, the two heat maps and the mark of the
 * step in panel (a), some 12 kB. The curves and the real points are sent once.
 *
 * @module
 */
import { type Landscape } from "@/eval/landscape.ts";
import { BUTTONS_ROW, controlsLayouts, frameSlider, playButtons } from "./controls.ts";
import { type Figure, GREY, type Narrow } from "./figure.ts";
import { type History } from "./history.ts";
import { panelsFigure } from "./panels.ts";

/** A GAN at one step. */
export interface Scene {
  /** Updates of G so far. */
  step: number;
  /** What the GAN looked like. */
  landscape: Landscape;
}

/** Milliseconds that a step stays while the animation plays: four things change at a time. */
const FRAME_MS = 400;

/**
 * Four panels over the steps, starting with the first.
 *
 * @param history The whole training, for panel (a), which is the same in every frame except for its
 *   mark.
 * @throws {RangeError} If there is no scene, or a scene is not of points in the plane.
 */
export function panelsAnimation(
  title: string,
  scenes: readonly Scene[],
  history: History,
): Figure {
  if (scenes.length === 0 || scenes.some(({ landscape }) => landscape.dimensions !== 2)) {
    throw new RangeError(
      `Cannot animate "${title}": there must be scenes, of points in the plane, got ${scenes.length}`,
    );
  }
  const figures = scenes.map(({ step, landscape }) => {
    const { data, layout, narrow } = panelsFigure(`${title}: step ${step}`, landscape, history);
    return {
      data,
      narrow: narrow!,
      layout: { ...layout, shapes: withMark(layout, step) } as Figure["layout"],
    };
  });
  const { data, layout, narrow } = figures[0] as Figure & { narrow: Narrow };
  const controls = (height: unknown) =>
    controlsLayouts(
      { height: height as number, margin: layout.margin as { b: number } },
      (aside) => {
        const shift = aside ? 0 : BUTTONS_ROW;
        return {
          below: 150 + shift,
          sliders: [frameSlider({
            label: "step",
            positions: scenes.map(({ step }) => String(step)),
            active: 0,
            frame: String,
            top: 60 + shift,
            beside: aside,
          })],
          updatemenus: [playButtons(aside ? 72 : 60, FRAME_MS)],
        };
      },
    );
  const { margin, ...below } = controls(narrow.layout.height).narrow;
  const generated = data.findIndex(({ name }) => name === "generated");
  return {
    data,
    layout: { ...layout, ...controls(layout.height).layout },
    narrow: {
      ...narrow,
      layout: {
        ...narrow.layout,
        ...below,
        margin: { ...margin as object, ...narrow.layout.margin as object },
      },
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
