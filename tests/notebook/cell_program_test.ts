import { join } from "node:path";
import { assertEquals, assertFalse, assertRejects, assertStringIncludes } from "@std/assert";
import { METADATA, notebookText } from "@/notebook/document.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { actOnCells } from "@/notebook/cell_program.ts";
import { inTempFolder } from "../support/commands.ts";

/** Writes a notebook of these code cells. */
async function write(folder: string, name: string, ...sources: string[]): Promise<string> {
  const path = join(folder, `${name}.ipynb`);
  const cells = sources.map((source, i) => ({
    cell_type: "code" as const,
    execution_count: null,
    id: `c${i}`,
    metadata: {},
    outputs: [],
    source,
  }));
  const notebook = { cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 };
  await Deno.writeTextFile(path, notebookText(notebook));
  return path;
}

Deno.test("an error is told with the cell and its own line, types and empty lines counted", () =>
  inTempFolder(async (folder) => {
    const path = await write(
      folder,
      "a",
      "interface A {\n  a: number;\n}\n\nconst a: A = { a: 1 };",
      "// A comment.\n\nthrow new RangeError(`got ${a.a}`);",
    );
    const { success, stderr, place } = await actOnCells("run", [path]);
    assertEquals(success, false);
    assertStringIncludes(stderr, "RangeError: got 1");
    assertStringIncludes(stderr, "a.ipynb, cell 2, line 3");
    assertEquals([place?.cell, place?.line], [2, 3]);
    assertEquals((await actOnCells("run", [path], { cells: 1 })).success, true);
  }));

Deno.test("cells are type checked and linted as one program, a name declared once", () =>
  inTempFolder(async (folder) => {
    const good = await write(folder, "good", "const a: number = 1;", "if (a > 1) throw a;");
    const bad = await write(folder, "bad", "const a = 1;", "const a: string = 2;\nvar b;");
    assertEquals((await actOnCells("check", [good])).success, true);
    assertEquals((await actOnCells("lint", [good])).success, true);
    const types = await actOnCells("check", [good, bad]);
    assertEquals(types.success, false);
    assertStringIncludes(types.stderr, "bad.ipynb, cell 2, line 1");
    assertFalse(types.stderr.includes("good.ipynb"));
    const lint = await actOnCells("lint", [bad]);
    assertStringIncludes(lint.stderr + lint.stdout, "bad.ipynb, cell 2, line 2");
  }));

Deno.test("notebooks are selected by number, name or file, in the reader's order", () =>
  inTempFolder(async (folder) => {
    const paths = [];
    for (const name of ["01_one", "02_two", "10_ten"]) paths.push(await write(folder, name));
    const all = await findNotebooks(folder);
    assertEquals(all, paths);
    const [one, two, ten] = paths;
    assertEquals(await selectNotebooks(all, []), all);
    assertEquals(await selectNotebooks(all, ["10", "1", "01"]), [ten, one]);
    assertEquals(await selectNotebooks(all, ["02_two", two]), [two]);
    await assertRejects(() => selectNotebooks(all, ["3"]), RangeError, "01_one, 02_two, 10_ten");
    await assertRejects(() => selectNotebooks(all, ["x.ipynb"]), RangeError, '"x.ipynb"');
    await assertRejects(() => selectNotebooks([], []), RangeError, "there is none");
    assertEquals(await findNotebooks(join(folder, "none")), []);
  }));
