/**
 * Draws every figure of executed notebooks twice, by plotly in Chromium and as a still picture,
 * side by side for comparison: deno run -A tools/still_pictures.ts [NOTEBOOK.ipynb …]
 *
 * Without arguments it takes the executed copies in build/notebooks. The pages go to build/stills,
 * as PNGs of each notebook's figures, four to a picture.
 */
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { nameOf, type Notebook } from "@/notebook/document.ts";
import { type Figure, type Trace } from "@/plot/figure.ts";
import { plotlyScript, scriptJson } from "@/plot/plotly.ts";
import { PLOTLY_CONFIG } from "@/plot/plotly_config.ts";
import { fitted } from "@/notebook/still.ts";
import { loadFonts } from "@/plot/still/font.ts";
import { stillOf } from "@/plot/still/png.ts";
import { WIDTH } from "@/plot/still/drawing.ts";

const FOLDER = "build/stills";
const AT_A_TIME = 4;

/** The figures of a notebook, from the HTML of its outputs. */
function figuresOf(notebook: Notebook): Figure[] {
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.flatMap(({ data }) => {
    const html = [data?.["text/html"] ?? ""].flat().join("");
    const found = /\}\)\("figure-[^"]+", (\{.*\}), \{"responsive"/s.exec(html);
    return found ? [unpacked(JSON.parse(found[1]))] : [];
  });
}

/** A figure whose lists of numbers are lists again. */
function unpacked({ data, layout, frames, narrow }: Figure): Figure {
  return {
    data: data.map((trace) => ({ ...trace, ...listOf(trace, "x"), ...listOf(trace, "y") })),
    layout: withoutTheme(layout),
    frames,
    narrow,
  };
}

function listOf(trace: Trace, axis: "x" | "y"): Trace {
  const { bdata, dtype } = (trace[axis] ?? {}) as { bdata?: string; dtype?: string };
  if (bdata === undefined) return {};
  const { buffer } = Uint8Array.fromBase64(bdata);
  return {
    [axis]: Array.from(dtype === "f4" ? new Float32Array(buffer) : new Float64Array(buffer)),
  };
}

/** Without the colours that fit a figure to the page that it is on. */
function withoutTheme(layout: Record<string, unknown>): Record<string, unknown> {
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name)).map(
    ([name, axis]) => {
      const { gridcolor: _grid, linecolor: _line, ...own } = axis as Record<string, unknown>;
      return [name, own];
    },
  );
  return { ...layout, ...Object.fromEntries(axes), paper_bgcolor: "#fff", plot_bgcolor: "#fff" };
}

/** A page with the figures, plotly's on the left. */
async function pageOf(all: Figure[]): Promise<string> {
  const fonts = await loadFonts();
  const figures = all.map((figure) => fitted(figure, fonts));
  const rows = await Promise.all(figures.map(async (figure, i) => {
    const still = await stillOf(figure);
    return `<div class="row"><div id="figure-${i}" style="width: ${still.width}px"></div>
<img width="${still.width}" height="${still.height}" src="data:image/png;base64,${still.png.toBase64()}"></div>`;
  }));
  const drawn = figures.map((figure) => ({
    ...figure,
    layout: { ...figure.layout, font: { color: "#222" }, width: figure.layout.width ?? WIDTH },
  }));
  return `<style>body { margin: 0; background: #ccc } .row { display: flex; gap: 8px; margin: 4px }</style>
${rows.join("\n")}
<script>${await plotlyScript()}</script>
<script>window.drawn = Promise.all(${scriptJson(drawn)}.map(({ data, layout }, i) =>
  Plotly.newPlot("figure-" + i, data, layout, { ...${
    scriptJson(PLOTLY_CONFIG)
  }, staticPlot: true })));</script>`;
}

async function photograph(page: Page, name: string, figures: Figure[]): Promise<void> {
  for (let first = 0; first < figures.length; first += AT_A_TIME) {
    await page.setContent(await pageOf(figures.slice(first, first + AT_A_TIME)));
    await page.evaluate("window.drawn");
    const path = join(FOLDER, `${name}-${String(first + 1).padStart(2, "0")}.png`);
    await page.screenshot({ path, fullPage: true });
    console.log(path);
  }
}

const paths = Deno.args.length > 0 ? Deno.args : await findNotebooks("build/notebooks");
await Deno.mkdir(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 2 * WIDTH + 40, height: 800 } });
for (const path of paths) {
  const figures = figuresOf(JSON.parse(await Deno.readTextFile(path)));
  await photograph(page, nameOf(path), figures);
}
await browser.close();
