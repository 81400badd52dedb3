/**
 * A reader's walk: a notebook in Debian's Jupyter Notebook, and its HTML edition without a network.
 *
 * Pictures of it are left in build/walk, to be looked at.
 */
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { Jupyter } from "@/notebook/execute.ts";
import { notebookPage } from "@/notebook/html.ts";
import { nameOf, notebookText } from "@/notebook/document.ts";
import { JupyterServer, Reader } from "./support/jupyter.ts";
import { NOTEBOOKS } from "./support/notebooks.ts";

/** Notebooks with mathematics, a figure and a slider. */
const WALKED = NOTEBOOKS.filter((path) => /machinery|02_/.test(path));

for (const path of WALKED) {
  const name = nameOf(path);

  Deno.test(`a reader opens ${name} in Jupyter Notebook, runs all, and moves the slider`, async () => {
    // Beside the project's deno.json, which the kernel looks for upwards from the notebook.
    await Deno.mkdir("build", { recursive: true });
    const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "walk-" });
    try {
      await Deno.copyFile(path, join(folder, basename(path)));
      await using server = await JupyterServer.start(folder);
      await using reader = await Reader.open();
      const { page } = reader;
      await page.goto(`${server.url}/notebooks/${basename(path)}`);
      await page.locator(".kernel_idle_icon").waitFor();
      await page.getByText("Cell", { exact: true }).click();
      await page.locator("#run_all_cells a").click();
      const cells = await page.locator(".code_cell").count();
      await reader.until("every cell has run", async () => {
        const prompts = await page.locator(".code_cell .input_prompt").allTextContents();
        return prompts.filter((text) => /\[\d+\]/.test(text)).length === cells;
      });
      await reader.figuresDrawn();
      assertEquals(await page.locator(".output_error").allTextContents(), []);
      assertGreater(await page.locator(".workbook-figure").count(), 0);
      assertGreater(await page.locator(".MathJax").count(), 0, "mathematics");
      await page.locator(".workbook-figure").first().scrollIntoViewIfNeeded();
      await reader.picture(`${name}-first-figure`);
      const { before, after } = await reader.dragSlider();
      await reader.picture(`${name}-slider-moved`);
      assertGreater(before.length, 0);
      assertNotEquals(after, before);

      // The first figure's cell again, then the page as it is found on another day.
      const figures = await page.locator(".workbook-figure").count();
      const first = page.locator(".code_cell:has(.workbook-figure)").first();
      await first.locator(".input_prompt").click();
      await page.keyboard.press("Control+Enter");
      await reader.until(
        "the cell has run again",
        async () =>
          (await first.locator(".input_prompt").textContent())!.includes(`[${cells + 1}]`),
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
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test(`the HTML edition of ${name} shows mathematics and figures without a network`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using jupyter = await Jupyter.start();
      const { notebook, failure } = await jupyter.execute(path, { timeoutSeconds: 120 });
      assertEquals(failure, undefined);
      const [copy, file] = ["ipynb", "html"].map((type) => join(folder, `${name}.${type}`));
      await Deno.writeTextFile(copy, notebookText(notebook));
      await Deno.writeTextFile(file, await notebookPage(jupyter.python, copy));
      await using reader = await Reader.open({ offline: true });
      const { page } = reader;
      const url = pathToFileURL(file).href;
      await page.goto(url);
      await page.locator("mjx-container svg").first().waitFor();
      await reader.figuresDrawn();
      assertEquals(await page.locator("mjx-merror, [data-mjx-error]").count(), 0);
      const prose = await page.locator(".jp-RenderedMarkdown").allInnerTexts();
      assertEquals(prose.filter((text) => /\$|\\begin|\\\(/.test(text)), [], "raw TeX");
      assertGreater(await page.locator(".workbook-figure").count(), 0);
      await reader.picture(`${name}-page`);
      const { before, after } = await reader.dragSlider();
      await reader.picture(`${name}-page-slider-moved`);
      assertNotEquals(after, before);
      assertEquals(reader.requests, [url], "one file");
      assertEquals(reader.errors, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
