/**
 * A book of one small page, for what the scripts of a page do. Its cells are run by a worker that only plays its part
 * (`played_worker.js`).
 */
import { join } from "node:path";
import { outputOf } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { host } from "@/host/host.ts";
import { ROOT } from "../../support/commands.ts";

/** A code cell of the page, and what the book has below it. */
export interface SmallCell {
  code: string;
  /** Attributes of its element. */
  attributes?: Record<string, string>;
  outputs?: string;
  checks?: true;
}

const TYPES: Record<string, string> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  json: "application/json",
  png: "image/png",
};

const ISOLATING = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export class SmallBook implements AsyncDisposable {
  #server?: Deno.HttpServer<Deno.NetAddr>;
  /** Whether the host isolates its pages. */
  isolated = true;
  /** Whether the host answers. */
  isUp = true;

  private constructor(readonly folder: string) {}

  /** Bundles the scripts of a page, and serves them with a page of these cells. */
  static async make(cells: Record<string, SmallCell>): Promise<SmallBook> {
    const book = new SmallBook(await makeTempFolder({ prefix: "small-book-" }));
    await bundle(book.folder);
    await book.write(cells);
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    book.#server = Deno.serve(options, (request) => book.#answer(request));
    return book;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server!.addr.port}/page.html`;
  }

  /** Writes the page, and another edition of the service worker. */
  async write(cells: Record<string, SmallCell>): Promise<void> {
    await Deno.writeTextFile(join(this.folder, "page.html"), pageOf(cells));
    await Deno.writeTextFile(join(this.folder, "sw.js"), await editionOf(this.folder));
  }

  async #answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.slice(1);
    if (!this.isUp) return new Response("down", { status: 503 });
    try {
      const bytes = await Deno.readFile(join(this.folder, path));
      const type = TYPES[path.split(".").at(-1)!] ?? "application/octet-stream";
      return new Response(bytes, {
        headers: {
          "content-type": type,
          "cache-control": "no-cache",
          ...(this.isolated ? ISOLATING : {}),
        },
      });
    } catch {
      return new Response("not there", { status: 404 });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.shutdown();
    await removeTempFolder(this.folder);
  }
}

async function bundle(folder: string): Promise<void> {
  const run = join(folder, "run");
  const page = (name: string) => join(ROOT, "lib/site/page", name);
  await bundled(["--code-splitting", `--outdir=${run}`, page("page.ts")]);
  await bundled([`--output=${join(run, "early.js")}`, page("early.ts")]);
  await bundled([`--output=${join(folder, "service_worker")}`, page("service_worker.ts")]);
  await Deno.copyFile(
    new URL(import.meta.resolve("plotly.js-basic-dist-min/plotly-basic.min.js")),
    join(run, "plotly.min.js"),
  );
  await Deno.copyFile(new URL("played_worker.js", import.meta.url), join(run, "cells.js"));
  await Deno.copyFile(page("page.css"), join(folder, "page.css"));
  const style = join(ROOT, "lib/site/render/style.css");
  await Deno.copyFile(style, join(folder, "style.css"));
  await Deno.writeTextFile(join(folder, "figure.json"), JSON.stringify(FIGURE));
  await Deno.writeFile(join(folder, "figure.png"), Uint8Array.fromBase64(PIXEL));
}

async function bundled(args: string[]): Promise<void> {
  const { success, stderr } = await outputOf(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", ...args],
    cwd: ROOT,
  });
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
}

/** The service worker with the list of what the book has, as the build of a site writes it. */
async function editionOf(folder: string): Promise<string> {
  const files: Record<string, string> = {};
  for (const name of ["page.html", "page.css", "style.css", "figure.json", "figure.png"]) {
    files[name] = host.sha256(await Deno.readFile(join(folder, name)));
  }
  for await (const { name } of Deno.readDir(join(folder, "run"))) {
    files[`run/${name}`] = host.sha256(await Deno.readFile(join(folder, "run", name)));
  }
  const edition = { version: files["page.html"], files, large: [] };
  const program = await Deno.readTextFile(join(folder, "service_worker"));
  return `self.__BOOK = ${JSON.stringify(edition)};\n${program}`;
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
<link rel="icon" href="data:,"><link rel="stylesheet" href="style.css"><link rel="stylesheet" href="page.css">
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
  const source = `<div class="source"><pre tabindex="0"><code>${
    code.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  }</code></pre></div>`;
  const folded = `<details class="checks"><summary>Checks of the text</summary>${source}</details>`;
  return `<section class="cell code${
    checks ? " checks" : ""
  }" id="cell-${id}" data-cell="${id}" data-number="${number}"${more}>
${checks ? folded : source}
<div class="outputs">${outputs}</div></section>`;
}

/** A figure as the book has it: its picture, and the figure in a file. */
export const SAVED_FIGURE =
  `<figure class="figure" data-figure="figure.json"><img src="figure.png" width="700" height="400" alt="A saved line"></figure>`;

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
