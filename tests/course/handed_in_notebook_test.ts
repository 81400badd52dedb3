/** A notebook is read however it came, and what cannot be read is told for what it is. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { notebookTextOf, ofAnotherAssignment, readCells } from "@/course/handed_in_notebook.ts";
import { sourceOf } from "@/notebook/document.ts";
import { changed, readAssignment, smallAssignment } from "../support/submissions.ts";

const assignment = smallAssignment();
const text = changed(assignment, []);
const utf8 = (text: string) => new TextEncoder().encode(text);

function cellsOf(bytes: Uint8Array) {
  const read = notebookTextOf(bytes);
  return "problem" in read ? read.problem : readCells(read.text);
}

function utf16(text: string, big: boolean, mark: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + (mark ? 2 : 0)));
  const all = (mark ? "\ufeff" : "") + text;
  for (let i = 0; i < all.length; i++) view.setUint16(2 * i, all.charCodeAt(i), !big);
  return new Uint8Array(view.buffer);
}

const ROUNDABOUT: [how: string, bytes: Uint8Array][] = [
  ["a byte order mark", utf8("\ufeff" + text)],
  ["UTF-16 with its mark, as PowerShell writes", utf16(text, false, true)],
  ["UTF-16, big end first", utf16(text, true, true)],
  ["UTF-16 without a mark", utf16(text, false, false)],
  ["lines of Windows", utf8(text.replaceAll("\n", "\r\n").replaceAll("\\n", "\\r\\n"))],
  ["a comma behind the last item", utf8(text.replace(/\]\s*\}\s*$/, "],}").replace("[", "[ "))],
  ["Python's NaN in an output", utf8(text.replace('"outputs": []', '"outputs": [NaN, -Infinity]'))],
];

for (const [how, bytes] of ROUNDABOUT) {
  Deno.test(`a notebook with ${how} has the same cells`, () => {
    const [found, expected] = [cellsOf(bytes), readCells(text)];
    assert(typeof found !== "string" && typeof expected !== "string", String(found));
    assertEquals(found.map(sourceOf), expected.map(sourceOf));
  });
}

Deno.test("a notebook of format 3 has the same cells", () => {
  const { cells } = JSON.parse(text);
  const old = cells.map(({ cell_type, source, metadata }: Record<string, unknown>) => {
    if (cell_type !== "code") return { cell_type, source, metadata };
    return { cell_type, input: source, metadata, language: "typescript" };
  });
  old.unshift({ cell_type: "heading", level: 1, source: ["Title"], metadata: {} });
  const found = cellsOf(utf8(JSON.stringify({ nbformat: 3, worksheets: [{ cells: old }] })));
  assert(typeof found !== "string");
  const expected = readCells(text) as Exclude<ReturnType<typeof readCells>, string>;
  assertEquals(found.slice(1).map(sourceOf), expected.map(sourceOf));
  assertEquals(found[0].cell_type, "markdown");
});

Deno.test("raw cells and pasted pictures stay", () => {
  const picture = { "a.png": { "image/png": "AAAA" } };
  const cells = readCells(JSON.stringify({
    cells: [
      { cell_type: "raw", id: "a", metadata: {}, source: "mine" },
      { cell_type: "markdown", id: "b", metadata: {}, source: [], attachments: picture },
    ],
  }));
  assert(typeof cells !== "string");
  assertEquals(cells.map(({ cell_type }) => cell_type), ["raw", "markdown"]);
  assertEquals(cells[1].attachments, picture);
});

Deno.test("a cell of a kind that no notebook has keeps its text: it may be an answer", () => {
  const cells = readCells(JSON.stringify({ cells: [{ cell_type: "text", source: "mine" }] }));
  assert(typeof cells !== "string");
  assertEquals(cells.map((cell) => [cell.cell_type, sourceOf(cell)]), [["raw", "mine"]]);
});

const NONE: [bytes: Uint8Array, told: string][] = [
  [utf8(""), "it is empty"],
  [new Uint8Array(100), "it has null bytes only"],
  [utf8("%PDF-1.7"), "it is a PDF document"],
  [utf8("PK\x03\x04"), "it is a zip archive or an office document"],
  [utf8("\n<!DOCTYPE html><title>Log in</title>"), "it is a web page"],
  [new Uint8Array([0x1f, 0x8b, 8]), "it is a gzip archive"],
  [new Uint8Array([0x7b, 0x22, 0xe9]), "it is not text"],
  [utf8("version https://git-lfs.github.com/spec/v1"), "it is a pointer of Git LFS"],
  [utf8("const x = 1;"), "it is not JSON"],
  [utf8('{"a": 1}'), "it has no cells"],
  [utf8(text.slice(0, text.length / 2)), "the notebook is cut off"],
  [utf8(text.slice(0, -3)), "the notebook is cut off"],
  [
    utf8(text.replace("\n", "\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> theirs\n")),
    "the marks of a merge conflict",
  ],
];

for (const [bytes, told] of NONE) {
  Deno.test(`what is no notebook is told: ${told}`, () => {
    assertStringIncludes(String(cellsOf(bytes)), told);
  });
}

Deno.test("hostile texts are read, or refused, in no time", () => {
  const start = performance.now();
  for (
    const hostile of [
      '\\"'.repeat(1_000_000),
      `{"a": "${'\\"'.repeat(1_000_000)}\\`,
      ", ".repeat(1_000_000),
      `{${"\n".repeat(2_000_000)}`,
      "[".repeat(1_000_000),
      `{"cells": [${"[".repeat(100_000)}`,
    ]
  ) assertEquals(typeof readCells(hostile), "string");
  assert(performance.now() - start < 5_000);
});

Deno.test("another assignment's notebook under this name is told by its title", async () => {
  const second = await readAssignment("a2_gan");
  const cells = (text: string) => readCells(text) as Exclude<ReturnType<typeof readCells>, string>;
  assertStringIncludes(
    ofAnotherAssignment(cells(changed(second, [])), assignment)!,
    'the notebook has nothing of small in it: it is "Assignment 2',
  );
  assertEquals(ofAnotherAssignment(cells(text), assignment), undefined);
  const bare = JSON.parse(text);
  for (const cell of bare.cells) cell.metadata = {};
  assertEquals(ofAnotherAssignment(cells(JSON.stringify(bare)), assignment), undefined);
});
