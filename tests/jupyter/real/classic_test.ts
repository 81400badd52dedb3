/** The workbook's kernel in a real Jupyter Notebook: stop, Run All after an error, a page that is reloaded. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { METADATA } from "@/notebook/document.ts";
import { JupyterServer, Reader } from "./support/jupyter.ts";

const FIGURE = `import { liveFigure, show } from "@/notebook/show.ts";
import { lineChart } from "@/plot/charts.ts";
const chart = (n: number) => lineChart({
  title: "Live " + n,
  x: { label: "x", values: [0, 1] },
  y: { label: "y" },
  lines: { a: [0, n] },
});`;

const LIVE = `const live = await liveFigure(chart(0));
for (let i = 1; i <= 40; i++) {
  await live.update(chart(i));
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await show("the end");`;

/** A reader in front of a notebook of these cells, with every cell sent to the kernel. */
async function runningAll(
  cells: string[],
  read: (reader: Reader) => Promise<void>,
): Promise<void> {
  // Where the notebooks are, so that their imports hold.
  const folder = await Deno.makeTempDir({ dir: "notebooks", prefix: "classic-" });
  try {
    const file = join(folder, "cells.ipynb");
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: METADATA,
      cells: cells.map((source, i) => ({
        cell_type: "code",
        id: `cell-${i}`,
        metadata: {},
        source,
        execution_count: null,
        outputs: [],
      })),
    };
    await Deno.writeTextFile(file, JSON.stringify(notebook));
    await using server = await JupyterServer.start(folder);
    await using reader = await Reader.open();
    await reader.page.goto(`${server.url}/notebooks/cells.ipynb`);
    await reader.page.locator(".kernel_idle_icon").waitFor();
    await reader.page.evaluate("Jupyter.notebook.execute_all_cells()");
    await read(reader);
    assertEquals(reader.errors, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What stands below each cell, and its number. */
async function shown({ page }: Reader): Promise<{ outputs: string[]; prompts: string[] }> {
  return {
    outputs: await page.locator(".code_cell .output").allInnerTexts(),
    prompts: (await page.locator(".code_cell .input_prompt").allTextContents())
      .map((text) => text.replaceAll("\u00a0", " ").trim()),
  };
}

Deno.test("Stop ends a training at once and says so; the cells behind it are not run, and can be", () =>
  runningAll([
    `import { useBackend } from "@/backend.ts";
import { toyData } from "@/data/toy.ts";
import { createGan } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { train } from "@/gan/train.ts";
await useBackend("wasm");
const gan = createGan({ ...findPreset("line").options, seed: 1 }, toyData("line"));
let last = 0;
for await (const { step } of train(gan, { steps: 1e9, logEvery: 1 })) last = step;`,
    "last > 0 && gan.step < 1e6",
  ], async (reader) => {
    const { page } = reader;
    await page.locator(".kernel_busy_icon").waitFor();
    await page.waitForTimeout(3000);
    const stopped = performance.now();
    await page.locator("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']").click();
    // The icon is idle for a moment when the request itself has been answered.
    await reader.until(
      "the cell says that it was stopped",
      async () => (await shown(reader)).outputs[0].includes("Interrupted: the cell was stopped."),
    );
    assert(performance.now() - stopped < 4000);
    await reader.until(
      "the next cell is given up",
      async () => (await shown(reader)).prompts[1] === "In [ ]:",
    );
    assertEquals((await shown(reader)).outputs[1].trim(), "");
    await page.evaluate("Jupyter.notebook.execute_cells([1])");
    await reader.until(
      "the next cell has run",
      async () => (await shown(reader)).outputs[1].includes("true"),
    );
  }));

Deno.test("Run All stops at an error, which is shown; a syntax error is one", () =>
  runningAll(["1 + 1", "const beta1 = 0,18;", "3"], async (reader) => {
    const behind = async () => (await shown(reader)).prompts[2] === "In [ ]:";
    await reader.until("the last cell is given up", behind);
    const { outputs, prompts } = await shown(reader);
    assertEquals(outputs[0].trim().endsWith("2"), true);
    assertStringIncludes(outputs[1], "SyntaxError in line 1, column 17");
    assertStringIncludes(outputs[1], "1 | const beta1 = 0,18;");
    assertEquals([outputs[2].trim(), prompts[1]], ["", "In [2]:"]);
  }));

Deno.test("a page that is reloaded while a figure is live has it live again, and all that follows", () =>
  runningAll([FIGURE, LIVE, `await show("next " + 42);`], async (reader) => {
    const { page } = reader;
    const step = async () => {
      const [title] = await page.locator(".gtitle").allTextContents();
      return Number(title?.match(/Live (\d+)/)?.[1] ?? 0);
    };
    await reader.until("the figure is live", async () => await step() > 5);
    await page.evaluate("Jupyter.notebook.save_notebook()");
    await page.waitForTimeout(500);
    page.once("dialog", (dialog) => dialog.accept());
    await page.reload();
    await page.locator(".gtitle").first().waitFor();
    const before = await step();
    await reader.until("the figure goes on", async () => await step() > before + 5);
    assertEquals((await shown(reader)).prompts.slice(1), [
      "In [*]:",
      "In [*]:",
    ]);
    await reader.until("everything has run", async () => {
      const { prompts } = await shown(reader);
      return prompts.every((text) => /\d/.test(text));
    });
    const { outputs, prompts } = await shown(reader);
    assertEquals(await page.locator(".gtitle").allTextContents(), ["Live 40"]);
    assertStringIncludes(outputs[1], "the end");
    assertStringIncludes(outputs[2], "next 42");
    assertEquals(prompts, ["In [1]:", "In [2]:", "In [3]:"]);
  }));
