/**
 * Figures as HTML, for Jupyter Notebook, JupyterLab and pages made from notebooks.
 *
 * Where no script runs, as in a notebook that is not trusted, the figure is its still picture;
 * elsewhere the picture is seen until the script has drawn. Sizes are given by attributes, which
 * front ends keep: most drop styles.
 *
 * plotly.js comes once, in an output of its own (`plotlyHtml`); a figure waits for it, so the order
 * in which a page brings its outputs to life does not matter. Text takes the page's own colour, and
 * backgrounds are left out: a figure is legible in a dark theme and in a light one. It is fitted to
 * the width that it has (`fit.ts`), and fitted again when that changes.
 *
 * @module
 */
import { describeFigure } from "@/plot/describe.ts";
import { COLOURS, type Figure, packed } from "@/plot/figure.ts";
import { PLOTLY_CONFIG, plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { FIT } from "./fit.ts";
import { REATTACH_SCRIPT } from "./reattach.ts";
import { type Picture } from "./still.ts";

const HEIGHT = 400;
const GRID = "rgba(128, 128, 128, 0.25)";

/** plotly's own look of a button under the pointer is white, and so is a dark page's text on it. */
const BUTTONS = `<style>
.workbook-figure .updatemenu-item-rect { fill: #888 !important; fill-opacity: .25 !important }
.workbook-figure .updatemenu-button:hover .updatemenu-item-rect { fill-opacity: .4 !important }
</style>
`;

/** The script that every figure of a page waits for. */
export async function plotlyHtml(): Promise<string> {
  // A second copy, as when the first cell is run again, must leave the first one in use.
  return `<script>if (!window.Plotly) {\n${await plotlyScript()}\n}</script>${REATTACH_SCRIPT}`;
}

/** A figure on a page that has `plotlyHtml` somewhere. */
export function figureHtml(figure: Figure, picture?: Picture): string {
  const id = `figure-${crypto.randomUUID()}`;
  // Until it is drawn; a picture has a height of its own.
  const least = picture ? "" : `min-height: ${figure.layout.height ?? HEIGHT}px; `;
  const label = describeFigure(figure);
  return `${
    figure.layout.updatemenus ? BUTTONS : ""
  }<div id="${id}" class="workbook-figure" role="img" aria-label="${escapeHtml(label)}"
  style="${least}width: 100%; max-width: 900px; overflow: auto hidden">${
    picture ? stillHtml(figure, picture) : ""
  }</div>
<script>(${DRAW})(${scriptJson(id)}, ${scriptJson(fitted(figure))}, ${
    scriptJson({ ...PLOTLY_CONFIG, responsive: false })
  }, ${FIT});</script>`;
}

/** What is seen of a figure if no script draws it. */
export function stillHtml(figure: Figure, picture: Picture): string {
  if ("failure" in picture) {
    return `<p>This figure needs scripts, and has no picture: ${escapeHtml(picture.failure)}</p>`;
  }
  const image = `<img width="${picture.width}" alt="${
    escapeHtml(describeFigure(figure))
  }" src="data:image/png;base64,${picture.png.toBase64()}">`;
  return figure.frames ? `${image}<p>${SLIDERS_REST}</p>` : image;
}

const SLIDERS_REST = "A picture of this figure: its sliders move where the notebook is trusted " +
  "(in Jupyter: File, Trust Notebook) and on the pages that deno task notebooks makes.";

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

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** A figure without a background of its own: legible on a dark page and on a light one. */
function fitted(figure: Figure): Figure {
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

/**
 * Runs on the page: (id of the element, figure, plotly's configuration, what fits a figure to a
 * width).
 */
const DRAW = `(id, figure, config, fit) => {
  const began = Date.now();
  const colour = (element) => getComputedStyle(element).color;
  const pen = document.createElement("canvas").getContext("2d");
  const measure = (text, font) => {
    pen.font = font + ' "Open Sans", verdana, arial, sans-serif';
    return pen.measureText(text).width;
  };
  let [width, drawn] = [0, { legend: 19, above: 0 }];
  const place = (element) => {
    const fitted = fit(figure, width, measure, drawn);
    fitted.layout.font = { ...fitted.layout.font, color: colour(element) };
    Object.assign(element.style, { minHeight: 0, height: fitted.layout.height + "px" });
    return fitted;
  };
  /**
   * Whether the room above the drawing, known only once it is drawn, differs from what was assumed.
   */
  const settled = (element) => {
    const legend = element.querySelector(".legend")?.getBoundingClientRect().height ?? 0;
    const areas = [...element.querySelectorAll(".draglayer .nsewdrag")];
    const top = Math.min(...areas.map((area) => area.getBoundingClientRect().top));
    const above = Math.max(0, ...[...element.querySelectorAll(".annotation-text")]
      .map((text) => top - text.getBoundingClientRect().top));
    const same = Math.abs(legend - drawn.legend) < 2 && Math.abs(above - drawn.above) < 2;
    drawn = { legend, above };
    return same;
  };
  const go = (element, name) => Plotly.animate(element, [name], {
    mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 },
  });
  /** Draws it for its width, from the second time on with its sliders as they are. */
  const plot = async (element) => {
    const { data, layout, frames } = place(element);
    const active = element._fullLayout?.sliders?.map((slider) => slider.active);
    active?.forEach((position, i) => { layout.sliders[i].active = position; });
    await (element._fullLayout ? Plotly.react : Plotly.newPlot)(element, data, layout, config);
    if (frames) await Plotly.addFrames(element, frames);
    if (active && frames) await go(element, active.join("-"));
  };
  const draw = async () => {
    const element = document.getElementById(id);
    if (!element || !window.Plotly) {
      for (const note of element?.querySelectorAll("p") ?? []) note.hidden = true;
      if (element && !element.dataset.waits && Date.now() - began > 8000) {
        element.dataset.waits = "told";
        element.append("plotly.js, which draws this figure, came with the first figure of the " +
          "notebook and is not on this page: run the notebook from its top.");
      }
      if (element || Date.now() - began < 60000) setTimeout(draw, 50);
      return;
    }
    element.textContent = "";
    element.style.minHeight = 0;
    const redraw = async () => {
      if (element.clientWidth === width || element.clientWidth === 0) return;
      width = element.clientWidth;
      await plot(element);
      // Twice: what is above may take another place in a figure that has become higher.
      for (let i = 0; i < 2 && !settled(element); i++) await plot(element);
      element.dataset.fitted = width;
    };
    new ResizeObserver(() => requestAnimationFrame(redraw)).observe(element);
    await redraw();
    // A slider beside buttons that play is plotly's own: it follows what plays.
    if (!figure.layout.updatemenus) element.on("plotly_sliderchange", () => {
      go(element, element._fullLayout.sliders.map(({ active }) => active).join("-"));
    });
    // A slider that is let go while a frame is being drawn stays held for plotly, and would not follow.
    element.on("plotly_buttonclicked", () => {
      for (const slider of element._fullLayout.sliders ?? []) slider._dragging = false;
    });
    new MutationObserver(() => {
      if (!element.layout || element.layout.font.color === colour(element)) return;
      Plotly.relayout(element, { "font.color": colour(element) });
    }).observe(document.body, { attributes: true });
  };
  draw();
}`;
