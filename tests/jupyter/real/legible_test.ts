/**
 * Figures and tables of every kind in a Chromium, on a page as wide as a telephone and on one as wide as a desk: no
 * text lies on another one, on a curve or outside of its figure, and no word is broken. The notebooks' own figures
 * are looked at where they are run (`execute_test.ts`).
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Page } from "playwright-core";
import { METADATA, type Notebook } from "@/notebook/document.ts";
import { plotlyHtml } from "@/notebook/figure_html.ts";
import { bundleOf, type Showable } from "@/notebook/show.ts";
import { beside } from "@/plot/beside.ts";
import { besideSliders } from "@/plot/beside_sliders.ts";
import { barChart, lineChart, pathChart, sliderChart } from "@/plot/charts.ts";
import { gridPng } from "@/plot/grid.ts";
import { panelsFigure, pointsPanel, samplePanel } from "@/plot/panels.ts";
import { panelsAnimation } from "@/plot/panels_animation.ts";
import { picturesFigure } from "@/plot/pictures.ts";
import { picturesSlider } from "@/plot/pictures_slider.ts";
import { table } from "@/plot/table.ts";
import { line, plane } from "../../support/landscapes.ts";
import { illegible, openOutputs, WIDTHS, withBrowser } from "./support/legible.ts";

const xs = Array.from({ length: 40 }, (_, i) => (i + 1) / 20);
const long = "A title with more words than a narrow page has room for, about p_data and p_g";
const words = [
  "not detached: D's steps move G too, which is long",
  "half the width of the band",
  "p_data",
  "the default",
];
const sets = ["real (memorised)", "100 images copied", "10,000 training images", ...words.slice(1)];
const lines = Object.fromEntries(words.map((name, k) => [name, xs.map((x) => x ** k / 2 ** k)]));
const history = {
  steps: [1, 50, 100],
  dLoss: [0.7, 0.69, 0.6931],
  gLoss: [0.7, 0.69, 0.6931],
  dAccuracy: [0.5, 0.6, 0.5],
  gAccuracy: [0.5, 0.4, 0.5],
  rest: [],
  unit: "nats" as const,
};
const png = gridPng(new Float32Array(28 * 28 * 4), 28);

const logChart = (low: number, high: number) =>
  lineChart({
    title: `From ${low} to ${high}`,
    x: {
      label: "σ, in units of a pixel's range",
      values: [low, Math.sqrt(low * high), high],
      log: true,
    },
    y: {
      label: "a name of an axis that is longer than the drawing is high",
      log: true,
    },
    lines: { a: [low, Math.sqrt(low * high), high] },
    marks: {
      "middle of a line": Math.sqrt(low * high),
      "the shell": high / 1.4,
      "chosen for the images": low * 1.3,
    },
  });

const kinds: Record<string, Showable> = {
  lines: lineChart({
    title: long,
    x: { label: `${long} below`, values: xs },
    y: { label: "loss, nats" },
    lines,
    references: { "half the width of the band": 0.5, "−log 4, the coin toss": 1.2 },
    marks: { "(a)": 0.2, "(b), (c)": 0.4 },
  }),
  "a decade": logChart(0.1, 1),
  "three decades": logChart(10, 10_000),
  "eight decades": logChart(1e-6, 100),
  paths: pathChart({
    title: "A path",
    x: { label: "x₁" },
    y: { label: "x₂" },
    paths: { one: { x: [0, 1, 5], y: [0, 5, 1] }, another: { x: [3, 2], y: [1, 4] } },
  }),
  bars: barChart({
    title: long,
    x: {
      label: "in place of samples",
      values: sets,
    },
    y: { label: "share", range: [0, 1] },
    bars: { precision: [1, 0.5, 0.3, 0.8, 0.2, 0.1], recall: [1, 0.5, 0.3, 0.8, 0.2, 0.1] },
    references: { "precision of real images": 0.9 },
  }),
  sliders: sliderChart({
    title: long,
    x: { label: "x", values: xs },
    y: { label: "density per unit of x, or D*(x)" },
    sliders: [
      { label: "π, the share of real examples", values: [0.1, 0.2, 0.5] },
      { label: "width of p_g", values: [1, 2] },
    ],
    lines: (a, b) => ({ "p_g": xs.map((x) => a * x ** b), "D*": xs }),
    caption: (a, b) => `C(G) = V(D*, G) = ${a + b} nats, which is a caption of many words`,
    references: { "½": 0.5 },
  }),
  "panels with sliders": besideSliders({
    title: long,
    sliders: [
      { label: "mean of p_g", values: [0.1, 0.2, 0.5] },
      { label: "width of p_g", values: [1, 2] },
    ],
    panels: (a, b) =>
      ["densities", "D*"].map((title) =>
        lineChart({
          title,
          x: { label: "x", values: xs },
          y: { label: "per unit of x", range: [0, 2] },
          lines: { [title]: xs.map((x) => a * x ** b) },
          references: { "½": 0.5 },
        })
      ),
    caption: (a, b) => `C(G) = V(D*, G) = ${a + b} nats, which is a caption of many words`,
  }),
  played: sliderChart({
    title: "Played",
    x: { label: long, values: xs },
    y: { label: "y" },
    sliders: [{ label: "update", values: Array.from({ length: 60 }, (_, i) => 12 * i) }],
    lines: (a) => ({ a: xs.map((x) => a * x) }),
    play: true,
  }),
  beside: beside({
    title: long,
    panels: ["(a)", "(b)", "(c)", "(d)"].map((name) =>
      lineChart({
        title: `${name} a name of a panel with some words`,
        x: { label: "x (upper line); 1 + z (lower line)", values: xs },
        y: { label: "density per unit of x; D, D*: probability" },
        lines,
        references: { x: 0, z: 0.6 },
      })
    ),
  }),
  maps: beside({ title: "Maps", panels: [samplePanel("one", plane), samplePanel("two", plane)] }),
  panel: samplePanel(long, plane),
  "points on the line": pointsPanel(long, line),
  panels: panelsFigure(long, plane, history),
  animation: panelsAnimation(long, [0, 50].map((step) => ({ step, landscape: plane })), history),
  pictures: picturesFigure({
    title: long,
    pictures: { a: png, "64 training images": png, c: png },
  }),
  "pictures that change": picturesSlider({
    title: long,
    sliders: [{ label: "step", values: [0, 5, 10, 20, 40, 60] }],
    pictures: () => ({ "no pull": png, "to the shell": png }),
    caption: (step) => `after ${step} steps`,
    play: true,
  }),
  text: "Training on wasm: the default backend, 2 threads. 99.5 % of the test images right, " +
    "and p_g as near to p_data as 2 threads of 99 % can bring it.",
  table: table({
    "a column of words that is wide": ["linear → batch norm → leakyRelu", "V(D, G), maximised"],
    parameters: [1_505_680, 12],
    threads: ["2 threads", "99 %"],
    "mean |D − D*|": [0.07183, 0.00001],
    "C(G) − V at (a), nats": [-1.38629, Infinity],
    "the share of the drawings": [0.5, 1],
  }),
};

async function notebookOf(items: Showable[]): Promise<Notebook> {
  const outputs = [{ "text/html": await plotlyHtml() }, ...items.map((item) => bundleOf(item))];
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: METADATA,
    cells: outputs.map((data, i) => ({
      cell_type: "code",
      id: `c${i}`,
      metadata: {},
      source: "",
      outputs: [{ output_type: "display_data", data }],
    })),
  };
}

Deno.test("every kind of figure and table can be read on a narrow page and on a wide one", async () => {
  const notebook = await notebookOf(Object.values(kinds));
  await withBrowser(async (browser) => {
    for (const width of WIDTHS) {
      const page = await openOutputs(browser, notebook, width);
      assertEquals({ width, lines: await illegible(page) }, { width, lines: [] });
    }
  });
});

/** The left edges of the drawings of a figure. */
const columns = (page: Page) =>
  page.evaluate(`new Set([...document.querySelectorAll(".nsewdrag")]
    .map((area) => Math.round(area.getBoundingClientRect().left))).size`);

Deno.test("panels stand beside each other in a wide window, and below each other once it is narrow", async () => {
  const notebook = await notebookOf([kinds.beside]);
  await withBrowser(async (browser) => {
    const page = await openOutputs(browser, notebook, 1100);
    assertEquals(await columns(page), 2);
    await resize(page, 400);
    assertEquals([await columns(page), await illegible(page)], [1, []]);
    await resize(page, 1100);
    assertEquals([await columns(page), await illegible(page)], [2, []]);
  });
});

Deno.test("a slider stays where it is when the window becomes narrow", async () => {
  const notebook = await notebookOf([kinds.sliders]);
  const says = (page: Page) => page.locator(".slider-group text").first().textContent();
  const curve = (page: Page) => page.locator(".scatterlayer path").first().getAttribute("d");
  await withBrowser(async (browser) => {
    const page = await openOutputs(browser, notebook, 1100);
    const before = await says(page);
    const rail = (await page.locator(".slider-rail-rect").first().boundingBox())!;
    await page.mouse.click(rail.x + 3, rail.y + 3);
    await page.waitForTimeout(300);
    const moved = await says(page);
    assertNotEquals(moved, before);
    await resize(page, 400);
    assertEquals([await says(page), await illegible(page)], [moved, []]);
    const narrow = await curve(page);
    await resize(page, 1100);
    assert(narrow !== null && await says(page) === moved);
  });
});

Deno.test("a slider that plotly takes for held, let go while a frame was drawn, follows what plays", async () => {
  const pixel = gridPng(new Float32Array(784), 28);
  const animated = picturesSlider({
    title: "T",
    sliders: [{ label: "t", values: [0, 1, 2], start: 0 }],
    pictures: () => ({ a: pixel }),
    play: true,
  });
  const notebook = await notebookOf([animated]);
  await withBrowser(async (browser) => {
    const page = await openOutputs(browser, notebook, 1100);
    await page.evaluate(
      `document.querySelector(".workbook-figure")._fullLayout.sliders[0]._dragging = true`,
    );
    const says = page.locator(".slider-group text").first();
    const before = await says.textContent();
    await page.locator(".updatemenu-button").first().click();
    await page.waitForFunction(
      `document.querySelector(".slider-group text").textContent !== ${JSON.stringify(before)}`,
      undefined,
      { timeout: 10_000 },
    );
  });
});

async function resize(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.waitForFunction(
    `[...document.querySelectorAll(".workbook-figure")]
      .every((figure) => figure.dataset.fitted === String(figure.clientWidth))`,
  );
}
