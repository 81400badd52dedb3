import { assertEquals, assertThrows } from "@std/assert";
import {
  type Cell,
  cellsWithOutputs,
  METADATA,
  type Notebook,
  notebookText,
  offences,
  parseNotebook,
  programOf,
  sourceOf,
  stripped,
} from "@/notebook/document.ts";
import { Random } from "@/random.ts";

let ids = 0;
const code = (source: string | string[], more: Partial<Cell> = {}): Cell => ({
  cell_type: "code",
  execution_count: null,
  id: `c${ids++}`,
  metadata: {},
  outputs: [],
  source,
  ...more,
});
const prose = (source: string): Cell => ({
  cell_type: "markdown",
  id: `m${ids++}`,
  metadata: {},
  source,
});
const notebookOf = (...cells: Cell[]): Notebook => ({
  cells,
  metadata: METADATA,
  nbformat: 4,
  nbformat_minor: 5,
});

Deno.test("a notebook that is read and written again is the same, byte by byte", async () => {
  const path = new URL("fixtures/machinery.ipynb", import.meta.url);
  const text = await Deno.readTextFile(path);
  assertEquals(notebookText(parseNotebook(text, "machinery")), text);
  assertEquals(notebookText(stripped(parseNotebook(text, "machinery"))), text);
});

Deno.test("a cell's source is text or lines", () => {
  assertEquals(sourceOf(code("a;\nb;")), sourceOf(code(["a;\n", "b;"])));
});

const refused: [string, (notebook: Notebook) => unknown, string][] = [
  ["of another format", (n) => ({ ...n, nbformat_minor: 4 }), 'nbformat 4.5, got "4.4"'],
  ["without cells", ({ cells: _, ...n }) => n, "list of cells"],
  ["with a cell without an id", (n) => ({ ...n, cells: [{ ...prose(""), id: undefined }] }), "id"],
  ["with an id twice", (n) => ({ ...n, cells: [n.cells[0], n.cells[0]] }), "the same id"],
  [
    "with a cell of an unknown kind",
    (n) => ({ ...n, cells: [{ ...prose(""), cell_type: "x" }] }),
    "x",
  ],
  ["that is a list", () => [], "a notebook is an object, got []"],
  ["that is null", () => null, "a notebook is an object, got null"],
  ["with metadata that are none", (n) => ({ ...n, metadata: null }), "metadata must be an object"],
  ["with a cell that is null", (n) => ({ ...n, cells: [null] }), "a cell is an object"],
  [
    "with a cell without metadata",
    (n) => ({ ...n, cells: [{ ...prose(""), metadata: undefined }] }),
    "a cell's metadata is an object",
  ],
  [
    "with a source of numbers",
    (n) => ({ ...n, cells: [{ ...prose(""), source: [1] }] }),
    "source is text or lines",
  ],
  [
    "with outputs that are no list",
    (n) => ({ ...n, cells: [{ ...code(""), outputs: {} }] }),
    "outputs are a list",
  ],
  [
    "with a cell without a source",
    (n) => ({ ...n, cells: [{ ...prose(""), source: 3 }] }),
    "got 3",
  ],
];
for (const [what, change, message] of refused) {
  Deno.test(`a notebook ${what} is refused`, () => {
    const text = JSON.stringify(change(notebookOf(code("1;"), prose("a"))));
    assertThrows(() => parseNotebook(text, "a.ipynb"), TypeError, message);
  });
}

Deno.test("a byte order mark before a notebook is read over", () => {
  const text = notebookText(notebookOf(code("1;")));
  assertEquals(notebookText(parseNotebook(`\ufeff${text}`, "a.ipynb")), text);
});

Deno.test("what is no JSON is refused by name", () => {
  assertThrows(() => parseNotebook("{", "a.ipynb"), TypeError, "Cannot read a.ipynb");
});

Deno.test("outputs and run numbers are found, and gone after stripping", () => {
  const output = { output_type: "display_data" as const, data: {}, metadata: {} };
  const notebook = notebookOf(
    code("1;"),
    prose("a"),
    code("2;", { outputs: [output] }),
    code("3;", { execution_count: 7 }),
  );
  assertEquals(cellsWithOutputs(notebook), [2, 3]);
  assertEquals(offences(notebook), ["cells 2, 3 have outputs"]);
  assertEquals(cellsWithOutputs(stripped(notebook)), []);
  assertEquals(offences(stripped(notebook)), []);
});

Deno.test("editors' metadata are found, in the notebook and in its cells", () => {
  const told = "it has an editor's metadata";
  assertEquals(offences(notebookOf(code("1;", { metadata: { collapsed: true } }))), [told]);
  const ofEditor = { ...notebookOf(code("1;")), metadata: { ...METADATA, vscode: {} } };
  assertEquals(offences(ofEditor), [told]);
  const ofAuthor = { ...notebookOf(code("1;")), metadata: { ...METADATA, authors: [] } };
  assertEquals(offences(ofAuthor), []);
});

Deno.test("a cell of checks is kept folded, also where a reader has opened it; no other cell is", () => {
  const folded = { tags: ["checks"], jupyter: { source_hidden: true } };
  assertEquals(offences(notebookOf(code("1;", { metadata: folded }))), []);
  for (const jupyter of [undefined, {}, { source_hidden: false }, { source_hidden: true, a: 1 }]) {
    const opened = notebookOf(code("1;", { metadata: { tags: ["checks"], jupyter } }));
    assertEquals(stripped(opened).cells[0].metadata, folded);
    assertEquals(offences(opened).length, 1);
  }
  const other = notebookOf(code("1;", { metadata: { ...folded, tags: ["figure"] } }));
  assertEquals(stripped(other).cells[0].metadata, { tags: ["figure"] });
  const prosaic = notebookOf({ ...prose("a"), metadata: folded });
  assertEquals(stripped(prosaic).cells[0].metadata, { tags: ["checks"] });
});

Deno.test("a pasted picture, tags, slides and nbgrader's metadata outlive stripping", () => {
  const picture = { "image.png": { "image/png": "iVBORw0KGgo=" } };
  const metadata = {
    tags: ["hide-input"],
    slideshow: { slide_type: "slide" },
    nbgrader: { grade: true },
    deletable: false,
    editable: false,
    format: "text/x-rst",
  };
  const cells = [
    { ...prose("![](attachment:image.png)"), attachments: picture, metadata },
    { ...prose("raw"), cell_type: "raw" as const, attachments: picture, metadata },
    code("1;", { metadata }),
  ];
  const kept = stripped(notebookOf(...cells));
  assertEquals(kept.cells, cells);
});

Deno.test("what is no output, run number or editor's note outlives parsing, stripping and writing, known or not", () => {
  const random = new Random(1);
  const value = (depth: number): unknown => {
    const kind = random.integer(depth > 0 ? 6 : 4);
    if (kind === 0) return random.integer(1000) - 500;
    if (kind === 1) return `text ${random.integer(100)}\n"\u00e9\u2028`;
    if (kind === 2) return random.integer(2) === 1;
    if (kind === 3) return null;
    const items = Array.from({ length: random.integer(4) }, () => value(depth - 1));
    return kind === 4 ? items : Object.fromEntries(items.map((item, i) => [`field${i}`, item]));
  };
  const fields = () =>
    Object.fromEntries(Array.from({ length: random.integer(4) }, (_, i) => [`x-${i}`, value(3)]));
  for (let i = 0; i < 200; i++) {
    const cells = Array.from({ length: random.integer(5) }, (): Cell => {
      const kind = (["code", "markdown", "raw"] as const)[random.integer(3)];
      const cell = kind === "code" ? code(["a;\n", "b;"]) : { ...prose("text"), cell_type: kind };
      return { ...fields(), ...cell, metadata: fields() };
    });
    const kept = {
      ...fields(),
      ...notebookOf(...cells),
      metadata: { ...fields(), ...METADATA },
    } as Notebook;
    const run = {
      ...kept,
      cells: kept.cells.map((cell) => {
        const own = { ...cell, metadata: { ...cell.metadata, scrolled: true, vscode: {} } };
        const outputs = [{ output_type: "stream" as const, name: "stdout", text: "1" }];
        return cell.cell_type === "code" ? { ...own, outputs, execution_count: 3 } : own;
      }),
      metadata: { ...kept.metadata, widgets: {} },
    };
    const written = notebookText(stripped(parseNotebook(notebookText(run), "x")));
    assertEquals(JSON.parse(written), JSON.parse(notebookText(kept)));
    // In the order in which they were: what did not change is no change.
    assertEquals(notebookText(stripped(parseNotebook(written, "x"))), written);
  }
});

Deno.test("a notebook of another kernel keeps its kernel", () => {
  const metadata = { kernelspec: { name: "python3", display_name: "Python 3" }, language_info: {} };
  assertEquals(stripped({ ...notebookOf(code("1")), metadata }).metadata, metadata);
});

Deno.test("outputs that the kernel can lose are found: console, and what is not awaited", () => {
  const notebook = notebookOf(
    code("const a = 1;\nconsole.log(a);"),
    code("await show(a);\nshow(a);\nconst chart = await liveFigure(a);\nanswer(a);"),
  );
  assertEquals(offences(notebook).map((text) => text.split(":")[0]), [
    "cell 1, line 2",
    "cell 2, line 2",
    "cell 2, line 4",
  ]);
});

Deno.test("what several cells import, the program imports once, and its lines stay where they were", () => {
  const notebook = notebookOf(
    code('import { a, b } from "@/x.ts";\none(a, b);'),
    code(
      'import {\n  a,\n  c,\n} from "@/x.ts";\nimport { a as own } from "@/x.ts";\ntwo(a, c, own);',
    ),
    code('import { b } from "@/x.ts";\nimport { b as other } from "@/y.ts";\nthree(b);'),
  );
  const { text, locate } = programOf(notebook);
  const lines = text.split("\n");
  assertEquals(lines.filter((line) => line.startsWith("import")), [
    'import { a, b } from "@/x.ts";',
    'import { c } from "@/x.ts";',
    'import { a as own } from "@/x.ts";',
    'import { b as other } from "@/y.ts";',
  ]);
  const placeOf = (source: string) => locate(lines.indexOf(source) + 1);
  assertEquals(placeOf("two(a, c, own);"), { cell: 2, line: 6, source: "two(a, c, own);" });
  assertEquals(placeOf("three(b);"), { cell: 3, line: 3, source: "three(b);" });
});

Deno.test("the program has the code cells in order, and knows where each line stands", () => {
  const notebook = notebookOf(prose("# a"), code("one();\ntwo();"), prose("b"), code(["three();"]));
  const { text, locate } = programOf(notebook);
  const lines = text.split("\n");
  const placeOf = (source: string) => locate(lines.indexOf(source) + 1);
  assertEquals(placeOf("one();"), { cell: 1, line: 1, source: "one();" });
  assertEquals(placeOf("two();"), { cell: 1, line: 2, source: "two();" });
  assertEquals(placeOf("three();"), { cell: 2, line: 1, source: "three();" });
  assertEquals(locate(1), undefined);
  assertEquals(programOf(notebook, 1).text.includes("three"), false);
});
