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
  assertEquals(offences(notebook), [
    "cells 2, 3 have outputs; deno task notebooks --strip removes them",
  ]);
  assertEquals(cellsWithOutputs(stripped(notebook)), []);
  assertEquals(offences(stripped(notebook)), []);
});

Deno.test("editors' metadata are found, in the notebook and in its cells", () => {
  const told = "it has an editor's metadata; deno task notebooks --strip removes them";
  assertEquals(offences(notebookOf(code("1;", { metadata: { collapsed: true } }))), [told]);
  const named = { ...notebookOf(code("1;")), metadata: { ...METADATA, authors: [] } };
  assertEquals(offences(named), [told]);
});

Deno.test("outputs that the kernel can lose are found: console, and what is not awaited", () => {
  const notebook = notebookOf(
    code("const a = 1;\nconsole.log(a);"),
    code("await show(a);\nshow(a);\nconst chart = await liveFigure(a);\ncheckAnswer(a);"),
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
