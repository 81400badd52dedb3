import { assert, assertFalse } from "@std/assert";
import { METADATA, type Notebook, notebookText } from "@/notebook/document.ts";
import { isSealed, sealed } from "@/notebook/seal.ts";

const NOTEBOOK: Notebook = {
  cells: [
    { cell_type: "markdown", id: "a", metadata: { tags: ["x"] }, source: "one\ntwo" },
    {
      cell_type: "code",
      execution_count: null,
      id: "b",
      metadata: {},
      outputs: [{ output_type: "stream", name: "stdout", text: "1\n2" }],
      source: "// Write f",
    },
  ],
  metadata: METADATA,
  nbformat: 4,
  nbformat_minor: 5,
};

const bytes = (notebook: unknown) => new TextEncoder().encode(notebookText(notebook as Notebook));

Deno.test("a notebook that nobody has changed is known again, however an editor has written it", () => {
  const made = sealed(NOTEBOOK);
  assert(isSealed(bytes(made)));
  const lines = made.cells.map(({ source, ...cell }) => {
    const outputs = cell.outputs?.map((one) => ({ text: ["1\n", "2"], ...one }));
    return { source: (source as string).split(/(?<=\n)/), ...cell, ...(outputs && { outputs }) };
  });
  const metadata = { ...made.metadata, language_info: { version: "6" }, kernelspec: {} };
  assert(isSealed(bytes({ ...made, cells: lines, metadata })));
});

Deno.test("a notebook in which something was written, run, moved or pasted is a person's", () => {
  const made = sealed(NOTEBOOK);
  const [prose, code] = made.cells;
  const changed = [
    [prose, { ...code, source: "const f = 1;" }],
    [prose, { ...code, execution_count: 1 }],
    [prose, { ...code, outputs: [] }],
    [code, prose],
    [prose, code, { ...prose, id: "c" }],
    [prose],
    [{ ...prose, attachments: {} }, code],
    [{ ...prose, metadata: {} }, code],
  ];
  for (const cells of changed) assertFalse(isSealed(bytes({ ...made, cells })));
  assertFalse(isSealed(bytes(NOTEBOOK)), "without a seal");
  assertFalse(isSealed(new TextEncoder().encode("an essay")));
});

Deno.test("without a seal, a notebook of the same cells as the one to be written may be replaced", () => {
  assert(isSealed(bytes(NOTEBOOK), sealed(NOTEBOOK)));
  assertFalse(isSealed(bytes({ ...NOTEBOOK, cells: [] }), NOTEBOOK));
});
