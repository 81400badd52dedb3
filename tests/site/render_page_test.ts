/** Pages of executed notebooks: what scripts find on them, what outputs become, what they weigh. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import MiniSearch from "minisearch";
import { FIGURE_TYPE } from "@/notebook/display.ts";
import { type Cell, METADATA, type Notebook, type Output } from "@/notebook/document.ts";
import { lineChart } from "@/plot/charts.ts";
import { packed } from "@/plot/figure.ts";
import { SEARCH_INDEX, SEARCH_OPTIONS } from "@/site/render/search_options.ts";
import { singlePage } from "@/site/render/single_page.ts";
import { sitePages } from "@/site/render/site_pages.ts";
import { checkWeight, weightOf } from "@/site/render/weight.ts";

/** A PNG of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";

const FIGURE = packed(lineChart({
  title: "A line",
  x: { label: "x", values: [0, 1] },
  y: { label: "y" },
  lines: { line: [0, 1] },
}));

const FIGURE_OUTPUT: Output = {
  output_type: "display_data",
  data: { "text/plain": 'Figure "A < B"', [FIGURE_TYPE]: FIGURE, "image/png": PIXEL },
  metadata: { "image/png": { width: 640, height: 400 } },
};

function shown(data: Record<string, unknown>): Output {
  return { output_type: "display_data", data, metadata: {} };
}

function code(id: string, source: string, outputs: Output[] = [], metadata = {}): Cell {
  return { cell_type: "code", id, metadata, source, execution_count: 1, outputs };
}

function markdown(id: string, source: string): Cell {
  return { cell_type: "markdown", id, metadata: {}, source };
}

function notebook(...cells: Cell[]): Notebook {
  return { nbformat: 4, nbformat_minor: 5, metadata: METADATA, cells };
}

const FIRST = notebook(
  markdown(
    "m1",
    "# 02 · Best\n\nAfter this notebook you can\n\n- say $a$;\n- prove it.\n\n" +
      "**Time:** about 5 minutes. **Needs:** `deno task kernel`, once, and notebook 03.\n\n## Wide curves",
  ),
  code("c1", 'await predict("02-1", undefined); // "</script>"'),
  code("c2", 'await reveal("02-1", 1 < 2);', [FIGURE_OUTPUT]),
  code("c3", 'await answer("02-1", undefined);\nawait answer("02-2", undefined);'),
  code("c4", "claims();", [], { tags: ["checks"], jupyter: { source_hidden: true } }),
  code("c5", "show();", [FIGURE_OUTPUT, FIGURE_OUTPUT]),
);
const SECOND = notebook(
  markdown("m1", "# 03 · Next\n\nAbout discriminators. See [02](02_best.ipynb#Wide-curves)."),
);

async function site(...notebooks: Notebook[]): Promise<Map<string, string>> {
  const names = ["02_best", "03_next"];
  const { files } = await sitePages(
    notebooks.map((notebook, i) => ({ path: `notebooks/${names[i]}.ipynb`, notebook })),
  );
  return new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
}

/** The HTML of one cell. */
function cellOf(page: string, id: string): string {
  const begin = page.indexOf(`id="${id}"`);
  assert(begin > 0, id);
  return page.slice(begin, page.indexOf("</section>", begin));
}

const BUILT = await site(FIRST, SECOND);
const PAGE = BUILT.get("02_best.html")!;

Deno.test("a page has what its scripts look for", () => {
  assertStringIncludes(PAGE, '<html lang="en" data-root="./">');
  for (const part of ['<div id="tools">', '<div id="run-bar">', '<nav class="book"']) {
    assertStringIncludes(PAGE, part);
  }
  assertStringIncludes(PAGE, '<main id="notebook" data-notebook="02_best"');
  assertStringIncludes(PAGE, '<script type="module" src="run/page.js"></script>');
  assertStringIncludes(PAGE, '<section class="cell code" id="c2" data-cell="c2" data-number="2"');
  assertStringIncludes(
    PAGE,
    '<section class="cell code checks" id="c4" data-cell="c4" data-number="4"',
  );
  assertStringIncludes(cellOf(PAGE, "c4"), '<details class="checks"><summary>Checks of the text');
  assertEquals(/<(button|input|select|textarea)\b/.test(PAGE), false, "nothing that needs scripts");
});

Deno.test("the notebook comes with its page, without outputs, and cannot end its element", () => {
  const [, json] = /<script type="application\/json" id="ipynb">([\s\S]*?)<\/script>/.exec(PAGE)!;
  const own = JSON.parse(json) as Notebook;
  assertEquals(own.cells.length, FIRST.cells.length);
  assertEquals(own.cells[1].source, FIRST.cells[1].source);
  assertEquals(own.cells.flatMap(({ outputs = [] }) => outputs), []);
});

Deno.test("a cell says what it asks, and neither the key nor how near a guess must be", () => {
  const [, json] = / data-questions="([^"]*)"/.exec(cellOf(PAGE, "c1"))!;
  assertEquals(JSON.parse(json.replaceAll("&quot;", '"')), [{
    id: "02-1",
    asks: "where the top of f is for a = 0.3, b = 0.1",
    kind: "number",
    between: [0, 1],
  }]);
  assertStringIncludes(cellOf(PAGE, "c3"), 'data-exercises="[&quot;02-1&quot;,&quot;02-2&quot;]"');
  assertEquals(/tolerance|mistakes|expected/.test(PAGE), false);
});

Deno.test("what answers a prediction is folded on the site, and nothing else is", () => {
  assertStringIncludes(
    cellOf(PAGE, "c2"),
    '<div class="outputs"><details class="after-prediction" data-prediction="02-1"><summary>',
  );
  assertStringIncludes(cellOf(PAGE, "c2"), "where the top of f is");
  assertEquals(cellOf(PAGE, "c5").includes("<details"), false);
});

Deno.test("figures and their pictures are files; the first that is seen is fetched at once", () => {
  const figure = cellOf(PAGE, "c5");
  assertStringIncludes(figure, '<figure class="figure" data-figure="figures/02/c5-0.json"><img');
  assertStringIncludes(
    figure,
    'src="pictures/02/c5-0.png" alt="Figure &quot;A &lt; B&quot;" width="640" height="400" decoding',
  );
  assertEquals(figure.match(/loading="lazy"/g)?.length, 1, "the second one");
  assertStringIncludes(cellOf(PAGE, "c2"), 'loading="lazy"');
  assertEquals(JSON.parse(BUILT.get("figures/02/c5-1.json")!), JSON.parse(JSON.stringify(FIGURE)));
  assert(BUILT.has("pictures/02/c5-1.png"));
});

Deno.test("each kind of output is shown, and text is text", async () => {
  const html = await singlePage(
    notebook(code("c1", "x", [
      { output_type: "stream", name: "stdout", text: ["a <b>\n", "c"] },
      shown({ "text/plain": "<i>plain</i>" }),
      shown({ "text/plain": "T", "text/html": ["<table>", "<td>1</td></table>"] }),
      shown({ "text/plain": "P", "image/png": PIXEL }),
      shown({ "text/plain": "M", "text/markdown": "with $a$" }),
      {
        output_type: "error",
        ename: "E",
        evalue: "v",
        traceback: ["\x1b[31mE\x1b[0m: <v>"],
      } as Output,
    ])),
    "notebooks/a.ipynb",
    [],
  );
  const cell = cellOf(html, "c1");
  assertStringIncludes(cell, '<pre class="text" tabindex="0">a &lt;b>\nc</pre>');
  assertStringIncludes(cell, '<pre class="text" tabindex="0">&lt;i>plain&lt;/i></pre>');
  assertStringIncludes(cell, '<div class="html"><table><td>1</td></table></div>');
  assertStringIncludes(
    cell,
    `<img src="data:image/png;base64,${PIXEL}" alt="P" width="1" height="1"`,
  );
  assertStringIncludes(cell, "<math");
  assertStringIncludes(cell, '<pre class="error" tabindex="0">E: &lt;v></pre>');
});

Deno.test("code is coloured, and is still the code", () => {
  const cell = cellOf(PAGE, "c2");
  const [, html] = /<code>([\s\S]*?)<\/code>/.exec(cell)!;
  assertStringIncludes(html, '<span class="tok-keyword">await</span>');
  const text = html.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&quot;", '"');
  assertEquals(text, FIRST.cells[2].source);
});

Deno.test("pages lead to their neighbours and to each other's headings; the front page to all", () => {
  assertStringIncludes(PAGE, '<a rel="next" href="03_next.html">');
  assertEquals(PAGE.includes('rel="prev"'), false);
  const next = BUILT.get("03_next.html")!;
  assertStringIncludes(next, '<a rel="prev" href="02_best.html">');
  assertStringIncludes(next, '<a href="02_best.html#wide-curves">02</a>');
  assertStringIncludes(PAGE, '<h2 id="wide-curves">');
  const front = BUILT.get("index.html")!;
  for (const page of ["02_best.html", "03_next.html"]) {
    assertStringIncludes(front, `href="${page}"`);
  }
  assertStringIncludes(front, '5 minutes; needs notebook <a href="03_next.html">03</a>');
  assertStringIncludes(front, "<li>prove it</li>");
});

Deno.test("a page does not ask for Jupyter's kernel", () => {
  assertStringIncludes(PAGE, "<strong>Needs:</strong> notebook 03.");
});

Deno.test("sections are found by their words, with the same options on both sides", () => {
  const index = MiniSearch.loadJSON(BUILT.get(SEARCH_INDEX)!, SEARCH_OPTIONS);
  const found = index.search("discriminatr");
  assertEquals(found.map(({ page, anchor, heading }) => [page, anchor, heading]), [
    ["03_next.html", "", "03 · Next"],
  ]);
  assertEquals(index.search("wide curves")[0].anchor, "wide-curves");
  assertEquals(index.search("span katex annotation"), []);
});

Deno.test("a formula that cannot be read ends the build, and the message names notebook and cell", async () => {
  const broken = notebook(markdown("m1", "# 02 · Best"), markdown("m7", "so $\\frac{1}$"));
  const error = await assertRejects(() => site(broken), Error);
  assertStringIncludes(error.message, "02_best, item 2 of its cells (id m7)");
  assertStringIncludes(error.message, "\\frac{1}");
});

Deno.test("a page that is too heavy is refused: the first view, and all of it", async () => {
  const file = (path: string, length: number) => ({ path, bytes: new Uint8Array(length) });
  const within = weightOf("a".repeat(400_000), {
    styles: 300_000,
    eager: 300_000,
    files: [file("b", 2_300_000)],
  });
  assertEquals(within, { first: 1_000_000, whole: 3_000_000 });
  checkWeight("p", within, []);
  assertThrows(
    () => checkWeight("p", { ...within, first: 1_000_001 }, []),
    RangeError,
    "first view",
  );
  const error = assertThrows(
    () =>
      checkWeight("p", { ...within, whole: 3_000_001 }, [
        file("small", 1000),
        file("large", 2_000_000),
      ]),
    RangeError,
  );
  assertStringIncludes(error.message, "large (2,000 kB), small (1 kB)");
  const heavy = shown({
    "text/plain": "long",
    [FIGURE_TYPE]: { data: [], layout: { title: { text: "a".repeat(3_000_000) } } },
  });
  await assertRejects(
    () => site(notebook(markdown("m1", "# 02 · a"), code("c1", "x", [heavy]))),
    RangeError,
  );
});

Deno.test("a page that is a single file carries its styles, fonts, pictures and what draws its figures", async () => {
  const html = await singlePage(FIRST, "notebooks/02_best.ipynb", ["03_next"]);
  const addresses = [...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  assertEquals(addresses.filter((address) => !/^(data:|#)/.test(address)), []);
  assertEquals(
    /@import|url\((?!data:)/.test(html.replaceAll(/<script>[\s\S]*?<\/script>/g, "")),
    false,
  );
  assertEquals(html.match(/if \(!window\.Plotly\)/g)?.length, 1, "plotly.js once");
  assertEquals(html.match(/class="workbook-figure"/g)?.length, 3);
  assertEquals(html.includes('<details class="after-prediction"'), false);
  assertEquals(/id="(tools|run-bar|ipynb)"|run\/page\.js/.test(html), false);
});

Deno.test("a single file has the fonts of its formulas and no others", async () => {
  const fonts = async (source: string) => {
    const html = await singlePage(notebook(markdown("m", source)), "notebooks/a.ipynb", []);
    return [...html.matchAll(/font-family:"(KaTeX_\w+)"/g)].map(([, family]) => family);
  };
  assertEquals(await fonts("no formula"), []);
  const plain = new Set(await fonts("$a$"));
  assert(plain.has("KaTeX_Main") && plain.has("KaTeX_Math") && !plain.has("KaTeX_AMS"));
  assert(new Set(await fonts("$\\mathbb E$")).has("KaTeX_AMS"));
  assert(new Set(await fonts("$$\\int$$")).has("KaTeX_Size2"));
});

Deno.test("what Jupyter has drawn stands on a single page as it came", async () => {
  const script = '<div class="workbook-figure"></div><script>draw("</b>")</script>';
  const output = shown({ "text/plain": "F", "text/html": script, "image/png": PIXEL });
  const html = await singlePage(notebook(code("c1", "x", [output])), "a.ipynb", []);
  assertStringIncludes(html, `<div class="html">${script}</div>`);
  assertEquals(html.includes(PIXEL), false);
});
