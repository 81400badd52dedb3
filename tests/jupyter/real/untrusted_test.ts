/**
 * Notebooks opened where they are not trusted, so that no script runs: every figure is there as a picture.
 *
 * Pictures of it are left in build/walk, to be looked at.
 */
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { type Locator } from "playwright-core";
import { codeCells, type Notebook, notebookText } from "@/notebook/document.ts";
import { Jupyter } from "@/notebook/execute.ts";
import { JupyterServer, Reader } from "./support/jupyter.ts";
import { outputAreaPage, vscodePage } from "./support/front_ends.ts";
import { FIXTURE } from "./support/notebooks.ts";

/** What a reader sees of a picture. */
interface Seen {
  /** Pixels of the page. */
  width: number;
  height: number;
  /** Parts of the picture that are white, and in a strong colour. */
  white: number;
  coloured: number;
}

/** Runs on the page, on the elements of pictures. */
const SEEN = `(images) => Promise.all(images.map(async (image) => {
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let [white, coloured] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    if (Math.min(r, g, b) === 255) white++;
    if (Math.max(r, g, b) - Math.min(r, g, b) > 80) coloured++;
  }
  const { width, height } = image.getBoundingClientRect();
  const pixels = data.length / 4;
  return { width, height, white: white / pixels, coloured: coloured / pixels };
}))`;

async function seen(images: Locator): Promise<Seen[]> {
  const see = new Function("images", `return (${SEEN})(images)`);
  return await images.evaluateAll(see as () => Promise<Seen[]>);
}

/** As large as a figure, mostly its ground, with something drawn on it. */
function assertFigures(pictures: Seen[], count: number): void {
  assertEquals(pictures.length, count);
  for (const { width, height, white, coloured } of pictures) {
    assertEquals(width, 760);
    assertGreater(height, 390);
    assertLess(height, 600);
    assertGreater(white, 0.5);
    assertLess(white, 0.99);
    assertGreater(coloured, 0.002);
  }
}

/** How many outputs of a notebook are figures. */
function figuresIn(notebook: Notebook): number {
  const outputs = codeCells(notebook).flatMap(({ outputs = [] }) => outputs);
  return outputs.filter(({ data }) => /class="workbook-figure"/.test(text(data?.["text/html"])))
    .length;
}

function text(lines: unknown): string {
  return [lines ?? ""].flat().join("");
}

async function executed(): Promise<Notebook> {
  await using jupyter = await Jupyter.start();
  const { notebook, failure } = await jupyter.execute(FIXTURE, { timeoutSeconds: 120 });
  assertEquals(failure, undefined);
  return notebook;
}

const notebook = await executed();
const figures = figuresIn(notebook);
const outputs = codeCells(notebook).map(({ outputs = [] }) => outputs);

Deno.test("an executed notebook has a PNG for every figure, the one that changed while it ran included", () => {
  const pictured = outputs.flat().filter(({ data }) => typeof data?.["image/png"] === "string");
  assertEquals([figures, pictured.length], [7, 7]);
});

Deno.test("as VS Code takes outputs, every figure is drawn, and the sliders of our HTML move it", async () => {
  await onPage(await vscodePage(outputs), async (reader) => {
    const { page } = reader;
    await reader.figuresDrawn();
    await reader.whole("vscode");
    const [theirs, ours] = [".their-plotly", ".workbook-figure"].map((name) =>
      page.locator(`${name}:has(.xaxislayer-above)`)
    );
    assertEquals([await theirs.count(), await ours.count()], [figures - 2, 2]);
    const { before, after } = await reader.dragSlider();
    assertNotEquals(after.traces, before.traces);
  });
});

for (const trusted of [false, true]) {
  const name = trusted ? "scripts draw every figure" : "every figure is a picture";
  Deno.test(`in JupyterLab's output area, ${trusted ? "" : "not "}trusted, ${name}`, async () => {
    await onPage(await outputAreaPage(outputs, trusted), async (reader) => {
      const { page } = reader;
      if (trusted) await reader.figuresDrawn();
      await reader.whole(`jupyterlab-${trusted ? "" : "un"}trusted`);
      const images = page.locator(".jp-OutputArea img");
      const notes = page.getByText("A picture of this figure");
      if (!trusted) {
        assertFigures(await seen(images), figures);
        assertEquals(await notes.count(), 2, "two figures have sliders");
        return;
      }
      assertEquals([await images.count(), await notes.count()], [0, 0]);
      const drawn = page.locator(".workbook-figure:has(.xaxislayer-above)");
      assertEquals(await drawn.count(), figures);
      const { before, after } = await reader.dragSlider();
      assertNotEquals(after.traces, before.traces);
    });
  });
}

Deno.test("in Jupyter Notebook an executed copy that is not trusted shows every figure", async () => {
  await inFolder(notebook, async (server, file) => {
    await using reader = await Reader.open();
    const { page } = reader;
    await page.goto(`${server.url}/notebooks/${file}`);
    await page.locator(".kernel_idle_icon").waitFor();
    assertEquals(await page.locator("#notification_trusted").innerText(), "Not Trusted");
    await reader.whole("notebook-untrusted");
    assertFigures(await seen(page.locator(".output_html img")), figures);
    assertEquals(reader.errors, []);
  });
});

Deno.test("a notebook that a reader has run, with a new cell, still shows every figure when it is opened again", async () => {
  await inFolder(notebook, async (server, file) => {
    await using reader = await Reader.open();
    const { page } = reader;
    await reader.runAll(server, file);
    // A figure that a loop changed gets its picture once it is quiet.
    await page.waitForTimeout(2500);
    await page.evaluate("Jupyter.notebook.insert_cell_below()");
    await page.locator("#save-notbook button").first().click();
    await reader.until(
      "the notebook is saved",
      async () => (await page.locator(".autosave_status").textContent())!.includes("(autosaved)"),
    );
    await page.reload();
    await page.locator(".kernel_idle_icon").waitFor();
    assertEquals(await page.locator("#notification_trusted").innerText(), "Not Trusted");
    assertFigures(await seen(page.locator(".output_html img")), figures);
    await reader.whole("notebook-reloaded");
  });
});

/** Opens a page from a file, without a network; then what a reader does, and no error. */
async function onPage(html: string, act: (reader: Reader) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "page.html");
    await Deno.writeTextFile(file, html);
    await using reader = await Reader.open({ offline: true });
    await reader.page.goto(pathToFileURL(file).href);
    await act(reader);
    assertEquals(reader.errors, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A server on a folder of the project with one notebook. */
async function inFolder(
  notebook: Notebook,
  act: (server: JupyterServer, file: string) => Promise<void>,
): Promise<void> {
  await Deno.mkdir("build", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: resolve("build"), prefix: "untrusted-" });
  try {
    const file = basename(FIXTURE);
    await Deno.writeTextFile(join(folder, file), notebookText(notebook));
    await using server = await JupyterServer.start(folder);
    await act(server, file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
