/**
 * The cells of the notebooks: kept without outputs, type checked, linted. Part of `deno task ok`.
 *
 * @module
 */
import { offences, parseNotebook } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/folder.ts";
import { actOnCells } from "@/notebook/program.ts";

const paths = [
  ...await findNotebooks("notebooks"),
  ...await findNotebooks("tests/notebook/fixtures"),
];
let failed = false;
for (const path of paths) {
  for (const offence of offences(parseNotebook(await Deno.readTextFile(path), path))) {
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
