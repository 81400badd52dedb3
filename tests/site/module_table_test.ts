/** The modules that cells of a page can import. */
import { assert, assertEquals } from "@std/assert";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { moduleTable } from "@/site/build/module_table.ts";
import { notebookImports } from "../support/notebook_imports.ts";
import { ROOT } from "../support/commands.ts";

const FOLDERS = ["notebooks", "notebooks/assignments"];
const paths = (await Promise.all(FOLDERS.map((folder) => findNotebooks(`${ROOT}/${folder}`))))
  .flat();
const { programs, table, names } = await moduleTable(paths);

Deno.test("all that notebooks import can be imported on a page, and @std/assert", async () => {
  const imports = await notebookImports();
  assertEquals(imports.filter((name) => !names.includes(name)), []);
  assert(names.includes("@std/assert") && names.includes("@/eval/own_images.ts"));
  for (const name of names) assert(table.includes(`${JSON.stringify(name)}: async`), name);
});

Deno.test("what needs TensorFlow.js is in a program of its own, and so loads when it is asked for", () => {
  const inMathematics = (name: string) => programs.mathematics.includes(`"${name}"`);
  assertEquals(
    ["@/math/stable.ts", "@/plot/charts.ts", "@/learner/predict.ts"].map(inMathematics),
    [
      true,
      true,
      true,
    ],
  );
  assertEquals(["@/tf.ts", "@/backend.ts", "@/gan/train.ts"].map(inMathematics), [
    false,
    false,
    false,
  ]);
  const exported = Object.values(programs).flatMap((text) => text.trim().split("\n"));
  assertEquals(exported.length, names.length);
});
