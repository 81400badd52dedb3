/** Cells of checks, folded in a real Jupyter Notebook 6 and on pages. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { METADATA, type Notebook, notebookText } from "@/notebook/document.ts";
import { Jupyter } from "@/notebook/execute.ts";
import { singlePage } from "@/site/render/single_page.ts";
import { JupyterServer, Reader } from "./support/jupyter.ts";

const CHECKS = { tags: ["checks"], jupyter: { source_hidden: true } };

/** Nothing draws, so that nothing but the kernel can fold a cell. */
const CELLS: [string, object?][] = [
  ['import { claims } from "@/notebook/claims.ts";\nconst top = 3;'],
  ['claims("In [1]", { top }, () => top > 2);', CHECKS],
  ['claims("In [1]", { top }, () => top > 4);', CHECKS],
  ["top", { tags: ["another"] }],
];

function notebook(trusted: boolean): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: METADATA,
    cells: CELLS.map(([source, metadata = {}], i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: { ...metadata },
      source,
      execution_count: null,
      // What a notebook from elsewhere has shown makes Notebook 6 distrust it.
      outputs: trusted || i > 0
        ? []
        : [{ output_type: "display_data", data: { "text/html": "<b>3</b>" }, metadata: {} }],
    })),
  };
}

/** A folder in the project, where imports hold. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "folded-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether the code of each cell is seen. */
function seen({ page }: Reader): Promise<boolean[]> {
  return page.locator(".code_cell .input_area").evaluateAll((areas) =>
    areas.map((area) => area.clientHeight > 0)
  );
}

const FOLDED = [true, false, false, true];

Deno.test("cells of checks are folded in Notebook 6 before anything has run; errors are seen, a click opens", () =>
  inFolder(async (folder) => {
    const file = join(folder, "checks.ipynb");
    await Deno.writeTextFile(file, notebookText(notebook(true)));
    await using server = await JupyterServer.start(folder);
    await using reader = await Reader.open();
    const { page } = reader;
    const folds = () =>
      reader.until("the cells are folded", async () => `${await seen(reader)}` === `${FOLDED}`);
    await page.goto(`${server.url}/notebooks/checks.ipynb`);
    await page.locator(".kernel_idle_icon").waitFor();
    await folds();
    const lines = page.locator(".workbook-checks");
    assertEquals(await lines.allInnerTexts(), ["Checks of the text", "Checks of the text"]);

    await page.evaluate("Jupyter.notebook.execute_all_cells()");
    const outputs = page.locator(".code_cell .output");
    await reader.until(
      "the check has failed",
      async () => (await outputs.nth(2).innerText()).includes("ClaimError"),
    );
    assertStringIncludes(await outputs.nth(2).innerText(), "top > 4, but top is 3");
    assertEquals((await outputs.nth(1).innerText()).trim(), "");
    assertEquals(await seen(reader), FOLDED);
    await reader.picture("checks-folded");

    await lines.last().locator("summary").click();
    await reader.until("it is open", async () => (await seen(reader))[2]);
    const code = page.locator(".code_cell").nth(2).locator(".CodeMirror-line");
    assertStringIncludes((await code.allInnerTexts()).join("\n"), "top > 4");
    await lines.last().locator("summary").click();
    await folds();
    // Who is about to write in a cell sees it.
    await page.evaluate("Jupyter.notebook.select(1); Jupyter.notebook.focus_cell()");
    await page.keyboard.press("Enter");
    await reader.until("it is open", async () => (await seen(reader))[1]);

    await page.evaluate("Jupyter.notebook.save_notebook()");
    await page.waitForTimeout(500);
    await page.reload();
    await page.locator(".kernel_idle_icon").waitFor();
    await folds();
    const saved: Notebook = JSON.parse(await Deno.readTextFile(file));
    assertEquals(saved.cells.map(({ metadata }) => metadata.jupyter), [
      undefined,
      CHECKS.jupyter,
      CHECKS.jupyter,
      undefined,
    ]);
    assertEquals(reader.errors, []);
  }));

Deno.test("in a notebook that is not trusted they are folded as well", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "checks.ipynb"), notebookText(notebook(false)));
    await using server = await JupyterServer.start(folder);
    await using reader = await Reader.open();
    await reader.page.goto(`${server.url}/notebooks/checks.ipynb`);
    await reader.page.locator(".kernel_idle_icon").waitFor();
    await reader.until("they are folded", async () => `${await seen(reader)}` === `${FOLDED}`);
    assertEquals(await reader.page.evaluate("Jupyter.notebook.trusted"), false);
    assertEquals(reader.errors, []);
  }));

Deno.test("on a page the code of checks is folded, the error of one that failed is seen, a click opens", () =>
  inFolder(async (folder) => {
    const [source, file] = ["in.ipynb", "out.html"].map((name) => join(folder, name));
    await Deno.writeTextFile(source, notebookText(notebook(true)));
    await using jupyter = await Jupyter.start();
    const executed = await jupyter.execute(source, { timeoutSeconds: 60 });
    assertEquals(executed.failure?.cell, 3);
    await Deno.writeTextFile(file, await singlePage(executed.notebook, "in.ipynb", []));
    await using reader = await Reader.open({ offline: true });
    const { page } = reader;
    await page.goto(pathToFileURL(file).href);
    const code = page.locator(".cell.code .source");
    const visible = async () => await Promise.all((await code.all()).map((one) => one.isVisible()));
    assertEquals(await visible(), FOLDED);
    assert(await page.getByText("The text counts on top > 4").isVisible());
    const lines = page.locator("details.checks > summary");
    assertEquals(await lines.allInnerTexts(), ["Checks of the text", "Checks of the text"]);
    await reader.picture("checks-page");
    await lines.first().click();
    assertEquals(await visible(), FOLDED.with(1, true));
    await lines.first().click();
    assertFalse(await code.nth(1).isVisible());
    assertEquals(reader.errors, []);
  }));
