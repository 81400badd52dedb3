/** What is missing, on notebooks as they come back. A real kernel: tests/jupyter/real/. */
import { assertEquals } from "@std/assert";
import { type Cell, METADATA, type Notebook, type Output } from "@/notebook/document.ts";
import { type Shown } from "@/notebook/display.ts";
import { missingOutputs } from "@/notebook/execute.ts";
import { REPORT_TYPE } from "@/notebook/outputs_report.ts";

const code = (outputs: Output[]): Cell => ({
  cell_type: "code",
  id: crypto.randomUUID(),
  metadata: {},
  source: "",
  outputs,
});
const output = (number: number, change = 0): Output => ({
  output_type: "display_data",
  data: {},
  metadata: { workbook_output: number, workbook_change: change },
});
const reportOf = (...shown: Shown[]) =>
  code([{ output_type: "display_data", data: { [REPORT_TYPE]: { shown } } }]);
const report = (...texts: string[]) => reportOf(...texts.map((text) => ({ text, changes: 0 })));
const notebookOf = (...cells: Cell[]): Notebook => ({
  cells,
  metadata: METADATA,
  nbformat: 4,
  nbformat_minor: 5,
});

Deno.test("nothing is missing when every output that was shown arrived", () => {
  const notebook = notebookOf(code([output(1), output(2)]), code([]), code([output(3)]));
  assertEquals(missingOutputs(notebook, report("a", "b", "c")), []);
});

Deno.test("a lost output is named, with the cells that it was in: at the end and between", () => {
  const notebook = notebookOf(code([output(1)]), code([]), code([output(3)]), code([]));
  assertEquals(missingOutputs(notebook, report("a", "b", "c", "d")), [
    "output 2 of 4 was lost, in cells 1 to 3: b",
    "output 4 of 4 was lost, in cells 3 to 4: d",
  ]);
});

Deno.test("a figure that changes in place is missing its last change", () => {
  const live = (arrived: number) =>
    missingOutputs(notebookOf(code([output(1, arrived)])), reportOf({ text: "a", changes: 3 }));
  assertEquals(live(3), []);
  assertEquals(live(2), ["change 3 of output 1 was lost, last was 2: a"]);
});

Deno.test("a lost count is not taken for a count of none", () => {
  assertEquals(missingOutputs(notebookOf(code([])), code([])), [
    "the kernel's own count of its outputs did not arrive",
  ]);
});

Deno.test("a value at a cell's end and printed text are refused: the kernel can lose them", () => {
  const notebook = notebookOf(
    code([{ output_type: "execute_result", data: {}, metadata: {} }]),
    code([{ output_type: "stream", name: "stdout", text: "a" }]),
    code([{ output_type: "stream", name: "stderr", text: "a warning" }]),
  );
  assertEquals(missingOutputs(notebook, report()).map((text) => text.slice(0, 6)), [
    "cell 1",
    "cell 2",
  ]);
});
