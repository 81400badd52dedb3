/** `deno task notebooks`, as far as it needs no Jupyter. */
import { join } from "node:path";
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { cellsWithOutputs, notebookText, parseNotebook } from "@/notebook/document.ts";
import { inTempFolder, run, runHere } from "../support/commands.ts";

const FIXTURE = "tests/notebook/fixtures/machinery.ipynb";

for (const command of ["notebooks", "kernel"]) {
  Deno.test(`deno task ${command} --help shows its usage and succeeds`, async () => {
    const { code, stdout } = await runHere(command, "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Usage: deno task ${command}`);
  });
}

const wrong: [string[], string][] = [
  [["99"], 'Cannot find notebook "99"'],
  [["no_such_notebook"], '"no_such_notebook"'],
  [["none.ipynb"], '"none.ipynb"'],
  [["./02_optimal_discriminator.ipynb"], '"./02_optimal_discriminator.ipynb"'],
  [["/nowhere/02_optimal_discriminator"], '"/nowhere/02_optimal_discriminator"'],
  [["2", "--out", "README.md"], "it must be a folder, and README.md is a file"],
  [["2", "--out", "notebooks"], "it is a file that this command reads"],
  [["--check", "--strip"], "exclude each other"],
  [["--timeout", "0"], "integer of at least 1"],
  [["--chekc"], "unknown option '--chekc'"],
];
for (const [args, message] of wrong) {
  Deno.test(`notebooks ${args.join(" ")} is a wrong argument: exit code 2`, async () => {
    const { code, stderr } = await runHere("notebooks", ...args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, message);
    assertFalse(/\n\s+at /.test(stderr), "no stack");
  });
}

Deno.test("--strip refuses a notebook in another encoding and leaves it as it is", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "latin1.ipynb");
    const text = (await Deno.readTextFile(FIXTURE)).replace(
      '"metadata": {',
      '"metadata": {"name": "Zo\u00eb",',
    );
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    await Deno.writeFile(file, bytes);
    const { code, stderr } = await run("notebooks", "--strip", file);
    const rule = "a notebook is a text in UTF-8, got another encoding";
    assertEquals([code, stderr], [1, `error: Cannot read ${file}: ${rule}\n`]);
    assertEquals(await Deno.readFile(file), bytes);
  }));

Deno.test("--strip takes outputs out of a file, and leaves one without as it is", () =>
  inTempFolder(async (folder) => {
    const text = await Deno.readTextFile(FIXTURE);
    const notebook = parseNotebook(text, FIXTURE);
    for (const cell of notebook.cells) if (cell.outputs) cell.execution_count = 3;
    const [executed, clean] = ["a", "b"].map((name) => join(folder, `${name}.ipynb`));
    await Deno.writeTextFile(executed, notebookText(notebook));
    await Deno.writeTextFile(clean, text);
    const { code, stderr } = await run("notebooks", "--strip", executed, clean);
    assertEquals([code, stderr], [0, `stripped  ${executed}\n`]);
    assertEquals(await Deno.readTextFile(executed), text);
    assertEquals(await Deno.readTextFile(clean), text);
    assertEquals(cellsWithOutputs(parseNotebook(text, FIXTURE)), []);
  }));
