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
import { type Figure } from "@/plot/figure.ts";
import { plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { DRAW } from "./draw_figure.ts";
import { FITTED_CONFIG, HEIGHT, onAnyGround } from "./figure_look.ts";
import { FIT } from "./fit.ts";
import { REATTACH_SCRIPT } from "./reattach.ts";
import { type Picture } from "./still.ts";

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
  }<div id="${id}" class="workbook-figure" role="figure" aria-label="${escapeHtml(label)}"
  style="${least}width: 100%; max-width: 900px; overflow: auto hidden">${
    picture ? stillHtml(figure, picture) : ""
  }</div>
<script>(${DRAW})(${scriptJson(onAnyGround(figure))}, {
  find: () => document.getElementById(${scriptJson(id)}),
  fit: ${FIT},
  config: ${scriptJson(FITTED_CONFIG)},
});</script>`;
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

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
