/** The cells of the notebooks that run quickly, as plain Deno programs: no Jupyter, figures as a line of text each. */
import { assert, assertFalse, assertStringIncludes } from "@std/assert";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { nameOf } from "@/notebook/document.ts";
import { actOnCells } from "@/notebook/cell_program.ts";

const FIXTURE = "tests/notebook/fixtures/machinery.ipynb";

const paths = [
  FIXTURE,
  ...await findNotebooks("notebooks"),
  ...await findNotebooks("notebooks/assignments"),
];
/** Those that train for long: the site's build runs them in Deno, the gate in a real kernel as well. */
const LONG = /\/(00|0[5-9]|1[01])_/;

for (const path of paths.filter((path) => !LONG.test(path))) {
  Deno.test(`the cells of ${nameOf(path)} run as a plain Deno program`, async () => {
    const { success, stdout, stderr } = await actOnCells("run", [path]);
    assert(success, stderr);
    assertStringIncludes(stdout, 'Figure "');
    // Answers are the reader's to give.
    assertFalse(/Exercise \S+ is right/.test(stdout), stdout);
  });
}
