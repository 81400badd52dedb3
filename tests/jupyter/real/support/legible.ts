/** What in the figures and tables of an executed notebook cannot be read, in a Chromium. */
import { type Browser, type Page } from "playwright-core";
import { codeCells, type Notebook } from "@/notebook/document.ts";
import { escapeHtml } from "@/notebook/figure_html.ts";
import { startChromium } from "../../../support/chromium.ts";

/** A page as wide as a telephone, and one as wide as a desk. */
export const WIDTHS = [400, 260, 1100];

/** The outputs of a notebook as a page of their own: a paragraph a cell. */
export function pageOf(notebook: Notebook): string {
  const outputs = codeCells(notebook).flatMap(({ outputs = [] }, i) =>
    outputs.flatMap(({ data }) => {
      const [html, text] = ["text/html", "text/plain"].map((type) =>
        [data?.[type] as string | string[] | undefined ?? []].flat().join("")
      );
      if (html === "" && data?.["image/png"]) return [];
      return [`<div data-cell="${i + 1}">${html || `<pre>${escapeHtml(text)}</pre>`}</div>`];
    })
  );
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>body { font: 14px sans-serif; margin: 8px } td, th { padding: 4px 8px }
/* As Jupyter has it. */
pre { white-space: pre-wrap; word-break: break-all }
[data-cell] { margin-bottom: 24px }</style><body>${outputs.join("\n")}`;
}

/** Opens the outputs of a notebook on a page so wide, and waits until every figure is drawn. */
export async function openOutputs(
  browser: Browser,
  notebook: Notebook,
  width: number,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await page.setContent(pageOf(notebook), { timeout: 120_000 });
  await page.waitForFunction(
    `[...document.querySelectorAll(".workbook-figure")].every((figure) => figure.dataset.fitted)`,
    undefined,
    { timeout: 120_000 },
  );
  return page;
}

/** What cannot be read on a page, a line each: texts on each other, on a curve, cut off, broken in a word. */
export async function illegible(page: Page): Promise<string[]> {
  return await page.evaluate(`(${LOOK})()`);
}

/** Runs on the page. */
const LOOK = `() => {
  const found = [];
  const name = (text) => JSON.stringify(text.textContent.slice(0, 40));
  const within = (box, around) => box.left > around.left - 1.5 && box.right < around.right + 1.5 &&
    box.top > around.top - 1.5 && box.bottom < around.bottom + 1.5;
  const meet = (a, b, by) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > by &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > by;
  for (const figure of document.querySelectorAll(".workbook-figure")) {
    const cell = figure.closest("[data-cell]")?.dataset.cell;
    const say = (what) => found.push("cell " + cell + ", " +
      name(figure.querySelector(".gtitle") ?? figure) + ": " + what);
    if (figure.scrollWidth > figure.clientWidth + 1) say("it is wider than its page");
    const outer = figure.getBoundingClientRect();
    if (outer.right > document.documentElement.clientWidth + 1) say("it leaves the page");
    const texts = [...figure.querySelectorAll("text")].filter((text) =>
      text.textContent.trim() && text.closest(".hoverlayer, .modebar") === null &&
      getComputedStyle(text).visibility !== "hidden" && getComputedStyle(text).opacity !== "0" &&
      text.getBoundingClientRect().width > 0);
    // Of a diagram the texts are what is drawn; it has no axes.
    const diagram = !figure.querySelector(".xtick, .ytick, image");
    const boxes = texts.map((text) => text.getBoundingClientRect());
    const areas = [...figure.querySelectorAll(".draglayer .nsewdrag")]
      .map((area) => area.getBoundingClientRect());
    texts.forEach((text, i) => {
      if (!within(boxes[i], outer)) say(name(text) + " is cut off");
      for (let j = 0; j < i; j++) {
        if (meet(boxes[i], boxes[j], 2)) say(name(text) + " lies on " + name(texts[j]));
      }
      if (text.closest(".annotation") && !diagram && areas.some((area) => meet(boxes[i], area, 3))) {
        say(name(text) + " lies on the drawing");
      }
    });
    for (const grip of figure.querySelectorAll(".slider-rail-rect")) {
      const rail = grip.getBoundingClientRect();
      if (rail.width < 120 || !within(rail, outer)) say("a slider is " + Math.round(rail.width) + " wide");
    }
  }
  for (const table of document.querySelectorAll("table, pre, .workbook-text")) {
    const cell = table.closest("[data-cell]")?.dataset.cell;
    if (table.parentElement.getBoundingClientRect().right > document.documentElement.clientWidth + 1) {
      found.push("cell " + cell + ": a table leaves the page");
    }
    const places = table.tagName === "TABLE" ? table.querySelectorAll("td, th") : [table];
    for (const place of places) {
      for (const part of place.childNodes) {
        for (const { index, 0: word } of (part.textContent ?? "").matchAll(/\\S+/g)) {
          if (part.nodeType !== Node.TEXT_NODE) continue;
          const range = document.createRange();
          range.setStart(part, index);
          range.setEnd(part, index + word.length);
          const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (tops.size > 1 && !/[-–‖/]/.test(word)) found.push("cell " + cell + ': "' + word + '" is broken');
        }
      }
    }
  }
  return found;
}`;

/** A Chromium for as long as it is needed. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await startChromium("--disable-gpu");
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** What cannot be read of the outputs of a notebook, narrow and wide: one page whose width changes. */
export async function illegibleIn(notebook: Notebook): Promise<string[]> {
  const found: string[] = [];
  await withBrowser(async (browser) => {
    const page = await openOutputs(browser, notebook, WIDTHS[0]);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction(
        `[...document.querySelectorAll(".workbook-figure")]
          .every((figure) => figure.dataset.fitted === String(figure.clientWidth))`,
        undefined,
        { timeout: 120_000 },
      );
      found.push(...(await illegible(page)).map((line) => `at ${width}, ${line}`));
    }
  });
  return found;
}
