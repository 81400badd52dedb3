/**
 * A book of one small page, for what the scripts of a page do. Its cells are run by a worker that only plays its part
 * (`played_worker.js`).
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import MiniSearch from "minisearch";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { bundleForBrowser } from "@/site/build/bundler.ts";
import { writeServiceWorker } from "@/site/build/kept_files.ts";
import { SEARCH_INDEX, SEARCH_OPTIONS, type Section } from "@/site/render/search_options.ts";
import { STYLE_SHEET, Styles } from "@/site/render/styles.ts";
import { ServedSite } from "./site.ts";

/** A code cell of the page, and what the book has below it. */
export interface SmallCell {
  code: string;
  /** Attributes of its element. */
  attributes?: Record<string, string>;
  outputs?: string;
  checks?: true;
}

export class SmallBook implements AsyncDisposable {
  #served?: ServedSite;

  private constructor(readonly folder: string) {}

  /** Makes the scripts of a page, and a page of these cells. */
  static async make(cells: Record<string, SmallCell>): Promise<SmallBook> {
    const book = new SmallBook(await makeTempFolder({ prefix: "small-book-" }));
    await bundle(book.folder);
    await book.write(cells);
    return book;
  }

  /** Writes the page, and what a browser keeps of the book. */
  async write(cells: Record<string, SmallCell>): Promise<void> {
    await write(this.folder, "page.html", pageOf(cells));
    await writeServiceWorker(this.folder);
  }

  /** Serves it until it is disposed of; returns the address of the page. */
  serve(options: { isolated?: boolean } = {}): string {
    this.#served = new ServedSite(this.folder, options);
    return `${this.#served.url}page.html`;
  }

  /** Stops serving it. */
  async stop(): Promise<void> {
    await this.#served?.[Symbol.asyncDispose]();
    this.#served = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await removeTempFolder(this.folder);
  }
}

async function bundle(folder: string): Promise<void> {
  const run = join(folder, "run");
  await Deno.mkdir(run);
  await bundleForBrowser({ page: 'import "@/site/page/page.ts";' }, run);
  await bundleForBrowser({ early: 'import "@/site/page/early.ts";' }, run);
  const plotly = import.meta.resolve("plotly.js-basic-dist-min/plotly-basic.min.js");
  await Deno.copyFile(fileURLToPath(plotly), join(run, "plotly.min.js"));
  await Deno.copyFile(new URL("played_worker.js", import.meta.url), join(run, "cells.js"));
  for (const { path, bytes } of (await Styles.load()).files()) await write(folder, path, bytes);
  await write(folder, SEARCH_INDEX, searchIndex());
  await write(folder, "figure.json", JSON.stringify(FIGURE));
  await write(folder, "figure.png", Uint8Array.fromBase64(PIXEL));
}

/** Two sections of the page. */
function searchIndex(): string {
  const index = new MiniSearch<Section>(SEARCH_OPTIONS);
  const about = { page: "page.html", title: "Small" };
  index.addAll([
    { id: 0, ...about, heading: "One", anchor: "one", text: "Some words about a generator." },
    {
      id: 1,
      ...about,
      heading: "Two",
      anchor: "two",
      text: "More words about generators and gradients.",
    },
  ]);
  return JSON.stringify(index);
}

async function write(folder: string, path: string, content: Uint8Array | string): Promise<void> {
  const file = join(folder, path);
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeFile(
    file,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
}

function pageOf(cells: Record<string, SmallCell>): string {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: Object.entries(cells).map(([id, { code }]) => ({
      cell_type: "code",
      id,
      metadata: {},
      source: code,
      execution_count: null,
      outputs: [],
    })),
  };
  const sections = Object.entries(cells).map(([id, cell], i) => sectionOf(id, i + 1, cell));
  return `<!doctype html>
<html lang="en" data-root="./">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Small</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${STYLE_SHEET}">
<script src="run/early.js"></script></head>
<body class="notebook">
<header class="site-header"><a class="home" href="page.html">Small book</a><div id="tools"></div></header>
<div class="page">
<nav class="contents" aria-label="On this page"><ul><li><a href="#one">One</a></li><li><a href="#two">Two</a></li></ul></nav>
<main id="notebook" data-notebook="small" tabindex="-1"><div id="run-bar"></div>
<section class="cell markdown"><h1 id="one"><a class="anchor" href="#one">One</a></h1><p>Some words.</p></section>
${sections.join("\n")}
<section class="cell markdown"><h2 id="two"><a class="anchor" href="#two">Two</a></h2><p>More words.</p></section>
</main></div>
<script type="application/json" id="ipynb">${
    JSON.stringify(notebook).replaceAll("<", "\\u003c")
  }</script>
<script type="module" src="run/page.js"></script>
</body></html>`;
}

function sectionOf(id: string, number: number, cell: SmallCell): string {
  const { code, attributes = {}, outputs = "", checks } = cell;
  const more = Object.entries(attributes).map(([name, value]) => ` ${name}='${value}'`).join("");
  const text = code.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const source = `<div class="source"><pre tabindex="0"><code>${text}</code></pre></div>`;
  const folded = `<details class="checks"><summary>Checks of the text</summary>${source}</details>`;
  return `<section class="cell code${
    checks ? " checks" : ""
  }" id="cell-${id}" data-cell="${id}" data-number="${number}"${more}>
${checks ? folded : source}
<div class="outputs">${outputs}</div></section>`;
}

/** A figure as the book has it: its picture, and the figure in a file. */
export const SAVED_FIGURE = `<figure class="figure" data-figure="figure.json">` +
  `<img src="figure.png" width="700" height="400" alt="A saved line"></figure>`;

const FIGURE = {
  data: [{ type: "scatter", mode: "lines", name: "a line", x: [0, 1, 2], y: [1, 3, 2] }],
  layout: {
    title: { text: "Saved" },
    xaxis: { title: { text: "x" } },
    yaxis: { title: { text: "y" } },
  },
};

/** One grey pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOcOXPmfwAGgALbRkHVUgAAAABJRU5ErkJggg==";
