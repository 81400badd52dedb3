/**
 * A reader's walk: a notebook in Debian's Jupyter Notebook, and HTML editions without a network. What a learner does
 * in each notebook of the course is in `support/learner_walk.ts`.
 *
 * Pictures of it are left in build/walk, to be looked at.
 */
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { Jupyter } from "@/notebook/execute.ts";
import { nameOf, type Notebook } from "@/notebook/document.ts";
import { executedNotebook } from "@/site/build/executed_notebook.ts";
import { singlePage } from "@/site/render/single_page.ts";
import { drawn, JupyterServer, Reader } from "./support/jupyter.ts";
import { FIXTURE, NOTEBOOKS } from "./support/notebooks.ts";

Deno.test("a reader opens a notebook in Jupyter Notebook, runs all, moves a slider, saves it and comes back", async () => {
  await inJupyterNotebook(FIXTURE, async (reader, cells) => {
    const { page } = reader;
    assertGreater(await page.locator(".workbook-figure").count(), 0);
    assertGreater(await page.locator(".MathJax").count(), 0, "mathematics");
    await page.locator(".workbook-figure").first().scrollIntoViewIfNeeded();
    await reader.picture("machinery-first-figure");
    const { before, after } = await reader.dragSlider();
    await reader.picture("machinery-slider-moved");
    assertGreater(before.traces.length, 0);
    assertNotEquals(after, before);

    // The first figure's cell again, then the page as it is found on another day.
    const figures = await page.locator(".workbook-figure").count();
    const first = page.locator(".code_cell:has(.workbook-figure)").first();
    await first.locator(".input_prompt").click();
    await page.keyboard.press("Control+Enter");
    await reader.until(
      "the cell has run again",
      async () => (await first.locator(".input_prompt").textContent())!.includes(`[${cells + 1}]`),
    );
    await reader.figuresDrawn();
    await page.locator("#save-notbook button").first().click();
    await reader.until(
      "the notebook is saved",
      async () => await page.locator(".autosave_status").textContent() === "(autosaved)",
    );
    await page.reload();
    await page.locator(".kernel_idle_icon").waitFor();
    await reader.figuresDrawn();
    assertEquals(await page.locator(".workbook-figure").count(), figures);
    assertEquals(reader.errors, []);
  });
});

/** Notebooks with mathematics, a figure and a slider. */
const PAGES = NOTEBOOKS.filter((path) => path === FIXTURE || path.includes("02_"));

for (const path of PAGES) {
  const name = nameOf(path);

  Deno.test(`the HTML edition of ${name} shows mathematics and figures without a network`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = await htmlEdition(path, folder);
      await using reader = await Reader.open({ offline: true });
      const { page } = reader;
      const url = pathToFileURL(file).href;
      await page.goto(url);
      await page.locator(".katex-html").first().waitFor();
      await reader.figuresDrawn();
      assertEquals(await page.locator(".katex-error").count(), 0);
      const prose = await page.locator(".cell.markdown").allInnerTexts();
      assertEquals(prose.filter((text) => /\$|\\begin|\\\(/.test(text)), [], "raw TeX");
      assertGreater(await page.locator(".workbook-figure").count(), 0);
      await reader.picture(`${name}-page`);
      const { before, after } = await reader.dragSlider();
      await reader.picture(`${name}-page-slider-moved`);
      assertNotEquals(after, before);
      await reader.darken();
      await reader.picture(`${name}-page-dark`);
      assertEquals(reader.requests, [url], "one file");
      assertEquals(reader.errors, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a reader plays the four panels on the page of notebook 07, and moves their slider", async () => {
  const [path] = NOTEBOOKS.filter((path) => path.includes("07_"));
  const folder = await Deno.makeTempDir();
  try {
    const file = await htmlEdition(path, folder);
    await using reader = await Reader.open({ offline: true });
    await reader.page.goto(pathToFileURL(file).href);
    await reader.figuresDrawn();
    const frames = await reader.playAnimation(4);
    await reader.picture("07-played");
    assertGreater(distinct(frames.map(({ traces }) => traces)), 2);
    assertGreater(distinct(frames.map(({ images }) => images)), 2);
    await staysPaused(reader);
    const { before, after } = await reader.dragSlider();
    assertEquals([before.images.length, after.slider], [2, "step: 0"]);
    assertNotEquals([after.traces, after.images], [before.traces, before.images]);
    assertEquals(reader.errors.filter(isError), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Opens a notebook in Jupyter Notebook and runs all its cells, without an error; then what a reader does. */
async function inJupyterNotebook(
  path: string,
  read: (reader: Reader, cells: number) => Promise<void>,
): Promise<void> {
  const folder = await folderWith(path);
  try {
    await using server = await JupyterServer.start(folder);
    await using reader = await Reader.open();
    const cells = await reader.runAll(server, basename(path));
    assertEquals(await reader.page.locator(".output_error").allTextContents(), []);
    await read(reader, cells);
    assertEquals(reader.errors.filter(isError), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A paused animation draws nothing new. */
async function staysPaused(reader: Reader): Promise<void> {
  const figure = reader.page.locator(".workbook-figure:has(.updatemenu-button)").first();
  const before = await drawn(figure);
  await reader.page.waitForTimeout(1000);
  assertEquals(await drawn(figure), before);
}

/** plotly rejects the promise of what was paused, for no reason given: that is no error. */
function isError(text: string): boolean {
  return text !== "undefined";
}

function distinct(items: unknown[]): number {
  return new Set(items.map((item) => JSON.stringify(item))).size;
}

/** A folder in the project, so that the kernel finds deno.json upwards from it, with a notebook. */
async function folderWith(path: string): Promise<string> {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "walk-" });
  await Deno.copyFile(path, join(folder, basename(path)));
  return folder;
}

/**
 * Runs a notebook and writes its page; returns the page's file. Those of the course are run as for
 * the site, which keeps them: here it is the page that counts.
 */
async function htmlEdition(path: string, folder: string): Promise<string> {
  const notebook = path === FIXTURE ? await inKernel(path) : await executedNotebook(path);
  const file = join(folder, `${nameOf(path)}.html`);
  await Deno.writeTextFile(file, await singlePage(notebook, path, []));
  return file;
}

async function inKernel(path: string): Promise<Notebook> {
  await using jupyter = await Jupyter.start();
  const { notebook, failure } = await jupyter.execute(path, { timeoutSeconds: 120 });
  assertEquals(failure, undefined);
  return notebook;
}
