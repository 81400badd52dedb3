/**
 * Checks the cells of the notebooks: kept without outputs, formatted, type checked, linted. Part of
 * `deno task ok`.
 *
 * @module
 */
import { keptText, offences, parseNotebook } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { actOnCells } from "@/notebook/cell_program.ts";

const paths = [
  ...await findNotebooks("notebooks"),
  ...await findNotebooks("notebooks/assignments"),
  ...await findNotebooks("tests/notebook/fixtures"),
];
let failed = false;
for (const path of paths) {
  const text = await Deno.readTextFile(path);
  const notebook = parseNotebook(text, path);
  const found = offences(notebook);
  // A notebook that was run and saved must become the same text again.
  if (found.length === 0 && text !== keptText(notebook)) {
    found.push("its fields are not in Jupyter's order");
  }
  if (text !== keptText(notebook)) {
    found.push("has outputs or editors' metadata: deno task notebooks --strip removes them");
  }
  if (await formatted(text) !== text) found.push("is not formatted: deno fmt does it");
  for (const offence of found) {
    console.log(`${path}: ${offence}`);
    failed = true;
  }
}
for (const action of ["check", "lint"] as const) {
  const { success, stdout, stderr } = await actOnCells(action, paths);
  if (success) continue;
  console.log(stdout + stderr);
  failed = true;
}
Deno.exit(failed ? 1 : 0);

/**
 * The text of a notebook as `deno fmt` would write it. `deno fmt --check` of Deno 2.9.6 calls every
 * notebook that its cache does not know unformatted, whatever is in it.
 */
async function formatted(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ipynb", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}
