/**
 * How a figure looks on the page that it is drawn on: without a background of its own on pages that
 * are dark or light, on white for programs that draw it elsewhere.
 *
 * @module
 */
import { COLOURS, type Figure, packed } from "@/plot/figure.ts";
import { PLOTLY_CONFIG } from "@/plot/plotly_config.ts";

/** Pixels of a figure whose layout says nothing. */
export const HEIGHT = 400;
const GRID = "rgba(128, 128, 128, 0.25)";

/** How plotly is set where `draw_figure.ts` fits figures to the page. */
export const FITTED_CONFIG = { ...PLOTLY_CONFIG, responsive: false };

/**
 * A figure for programs that draw it on a background of their own: dark on white is always legible.
 */
export function figureJson(figure: Figure): object {
  const { layout, narrow: _narrow, ...rest } = packed(figure);
  return {
    ...rest,
    layout: {
      ...layout,
      ...axesWith(layout, { gridcolor: "#ddd" }),
      paper_bgcolor: "#fff",
      plot_bgcolor: "#fff",
      font: { color: "#222" },
    },
    config: PLOTLY_CONFIG,
  };
}

/** A figure without a background of its own: legible on a dark page and on a light one. */
export function onAnyGround(figure: Figure): Figure {
  const { layout, narrow, ...rest } = packed(figure);
  return {
    ...rest,
    layout: {
      height: HEIGHT,
      ...layout,
      ...axesWith(layout, { gridcolor: GRID, linecolor: GRID }),
      paper_bgcolor: "rgba(0, 0, 0, 0)",
      plot_bgcolor: "rgba(0, 0, 0, 0)",
      modebar: { bgcolor: "rgba(0, 0, 0, 0)", color: "#999", activecolor: "#666" },
      ...controlsIn(layout),
    },
    ...(narrow ? { narrow } : {}),
  };
}

/** Sliders and buttons of a layout, light or dark: a medium background under the page's text. */
function controlsIn(layout: Record<string, unknown>): Record<string, unknown> {
  const { sliders, updatemenus } = layout as { sliders?: Slider[]; updatemenus?: object[] };
  if (!sliders) return {};
  return {
    ...(updatemenus
      ? { updatemenus: updatemenus.map((own) => ({ ...own, bgcolor: GRID, bordercolor: GRID })) }
      : {}),
    sliders: sliders.map((own) => ({
      ...own,
      bgcolor: COLOURS[0],
      activebgcolor: COLOURS[5],
      bordercolor: GRID,
      // The page combines sliders (below), so that plotly itself is to do nothing.
      steps: updatemenus ? own.steps : own.steps.map((step) => ({ ...step, method: "skip" })),
    })),
  };
}

interface Slider {
  steps: object[];
}

/** Every axis of a layout, whichever pair it belongs to, with a look. */
function axesWith(layout: Record<string, unknown>, look: object): Record<string, unknown> {
  const names = new Set(["xaxis", "yaxis", ...Object.keys(layout)]);
  const axes = [...names].filter((name) => /^[xy]axis\d*$/.test(name));
  return Object.fromEntries(axes.map((name) => [name, { ...layout[name] as object, ...look }]));
}
