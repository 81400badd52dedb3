/** Notebooks that are run for the site, without Jupyter. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { FIGURE_TYPE } from "@/notebook/display.ts";
import { codeCells, METADATA, notebookText } from "@/notebook/document.ts";
import { executedNotebook } from "@/site/build/executed_notebook.ts";

const CHART = `import { lineChart } from "@/plot/charts.ts";
import { liveFigure, show } from "@/notebook/show.ts";
const chart = (title: string) =>
  lineChart({ title, x: { label: "x", values: [0, 1] }, y: { label: "y" }, lines: { a: [0, 1] } });`;

/** A notebook of these cells, in a folder that goes when it is disposed of. */
async function written(...sources: string[]) {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "small.ipynb");
  const cells = sources.map((source, i) => ({
    cell_type: "code" as const,
    id: `c${i + 1}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: METADATA, cells };
  await Deno.writeTextFile(path, notebookText(notebook));
  return {
    path,
    kept: join(folder, "executed"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("a notebook has the figures of its cells with their pictures, and what they print", async () => {
  await using small = await written(
    `${CHART}\nconsole.log("a");\nconsole.log("b");`,
    `const live = await liveFigure(chart("first"));
     await live.update(chart("last"));
     1 + 1`,
  );
  const runs: string[] = [];
  const settings = { kept: small.kept, onRun: (path: string) => void runs.push(path) };
  const executed = await executedNotebook(small.path, settings);
  const [first, second] = codeCells(executed);
  assertEquals(first.outputs, [{ output_type: "stream", name: "stdout", text: "a\nb\n" }]);
  const [figure, value] = second.outputs!;
  assertStringIncludes(JSON.stringify(figure.data![FIGURE_TYPE]), "last");
  const png = Uint8Array.fromBase64(figure.data!["image/png"] as string);
  const size = figure.metadata!["image/png"] as { width: number; height: number };
  assertEquals(new DataView(png.buffer).getUint32(16), Math.round(1.5 * size.width));
  assertEquals(value.data, { "text/plain": "2" });
  assertEquals(second.execution_count, 2);
  assertEquals(await executedNotebook(small.path, settings), executed);
  assertEquals(runs, [small.path], "the second time it is kept");
});

Deno.test("a notebook that was changed is run again, and its old run is removed", async () => {
  await using small = await written("1");
  await executedNotebook(small.path, small);
  await Deno.writeTextFile(
    small.path,
    (await Deno.readTextFile(small.path)).replace('"1"', '"2"'),
  );
  const executed = await executedNotebook(small.path, small);
  assertEquals(codeCells(executed)[0].outputs![0].data, { "text/plain": "2" });
  assertEquals((await Array.fromAsync(Deno.readDir(small.kept))).length, 1);
});

Deno.test("a cell that fails fails the build: with its notebook, cell, line and message", async () => {
  await using small = await written(
    `const f = () => {\n  throw new RangeError("too far");\n};`,
    "f();",
  );
  const error = await assertRejects(() => executedNotebook(small.path, small), Error);
  assert(/small\.ipynb, cell 1, line 2: RangeError: too far/.test(error.message), error.message);
});

for (
  const [what, code, message] of [
    ["waits for ever", "await new Promise(() => {});", /cell 2: .*waits for something that never/],
    ["would end Deno", "\nDeno.exit(0);", /cell 2, line 2: .*Cannot end Deno/],
  ] as const
) {
  Deno.test(`a cell that ${what} fails the build by its number`, async () => {
    await using small = await written("1", code);
    const error = await assertRejects(() => executedNotebook(small.path, small), Error);
    assert(message.test(error.message), error.message);
  });
}

Deno.test("a cell may write to the standard output itself", async () => {
  await using small = await written('Deno.stdout.writeSync(new TextEncoder().encode("hi")); 1');
  const executed = await executedNotebook(small.path, small);
  assertEquals(codeCells(executed)[0].outputs![0].data, { "text/plain": "1" });
});
