/** What the notebooks say: titles that give nothing away, claims with a message, cells that can be run again. */
import { assertEquals } from "@std/assert";
import { codeCells, nameOf, type Notebook, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { stop } from "esbuild";
import { claimsOf } from "../support/claims_of.ts";
import { goesOn } from "../support/goes_on.ts";
import { shownOtherwise } from "../support/run_twice.ts";

const paths = [
  ...await findNotebooks("notebooks"),
  ...await findNotebooks("notebooks/assignments"),
];
const read = async (path: string) => parseNotebook(await Deno.readTextFile(path), path);

/** A notebook of these cells. */
function cells(...sources: string[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: sources.map((source, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, source })),
  };
}

/** Words that tell a result, and numbers; titles that are computed may have both. */
const RESULTS =
  /\b(always|never|beats?|died?|dies|falls?|rises?|grows?|gains?|settles?|stays?|vanish\w*|wanders?|follows?|soon|better|worse|works)\b|\d\.\d|\d,?\d\d/;

function revealing(notebook: Notebook): string[] {
  return codeCells(notebook).flatMap((cell, i) =>
    [...sourceOf(cell).matchAll(/\btitle: ("[^"\n]*"|`[^`$]*`)/g)]
      .filter(([, title]) => RESULTS.test(title)).map(([, title]) => `cell ${i + 1}: ${title}`)
  );
}

Deno.test("a title that tells a result, or a number that nothing computes, is found", () => {
  const found = revealing(cells(
    'show({ title: "The error falls" })',
    'show({ title: "Loss of D over the training" })',
    'show({ title: "After 25 steps near its floor" })',
    "show({ title: `Step ${step}: the error falls` })",
  ));
  assertEquals(found, ['cell 1: "The error falls"']);
  assertEquals(revealing(cells('show({ title: "below 0.03" })')).length, 1);
});

Deno.test("a claim that names the wrong cells or keeps a value to itself is found", async () => {
  const found = await claimsOf(cells(
    "const limit = 3;\nconst half = (x: number) => x / 2;",
    'claims("In [1]", { limit }, () => half(limit) < 2 && Math.PI > 3);',
    'const own = 4;\nfor (const limit of [1]) claims("", { limit, own }, [() => limit < own]);',
  ));
  assertEquals(found.map(({ made, missing }) => [made, missing]), [["In [1]", ["half"]], ["", []]]);
});

Deno.test("a cell that goes on from where it was is found, however it comes by what it trains", async () => {
  const made = "const gan = createGan(options, data);\nconst stream = new Random(1);";
  const found = async (source: string) => (await goesOn(cells(made, source))).length;
  for (
    const source of [
      "for await (const event of train(gan, { steps: 9 })) events.push(event);",
      "applyGradients(gan.optimiser, gan.weights, gradients, 1);",
      "const step = (own: Gan) => discriminatorStep(own);\nstep(gan);",
      "const step = () => discriminatorStep(gan);\nstep();",
      "for (const [i, own] of [gan].entries()) generatorStep(own);",
      "const more = stream.uniforms(3, 0, 1);",
      "const draw = () => stream.uniform();\ndraw();",
    ]
  ) assertEquals(await found(source) > 0, true, source);
  for (
    const source of [
      "const gan = createGan(options, data);\nfor await (const _ of train(gan, { steps: 9 }));",
      "const more = stream.split('more').uniforms(3, 0, 1);",
      "const step = (gan: Gan) => discriminatorStep(gan);\nstep(createGan(options, data));",
      "const losses = lossesOf(gan);",
    ]
  ) assertEquals(await found(source), 0, source);
});

for (const path of paths) {
  Deno.test(`${nameOf(path)}: titles give nothing away, claims tell, cells start afresh`, async () => {
    const notebook = await read(path);
    assertEquals(revealing(notebook), []);
    const bare = codeCells(notebook).flatMap((cell, i) =>
      /\bassert\w*\(/.test(sourceOf(cell)) ? [`cell ${i + 1}: an assert has no message`] : []
    );
    assertEquals(bare, []);
    for (const { cell, cells, made, missing } of await claimsOf(notebook)) {
      const told = cells === "the parts above" ? made : cells;
      assertEquals({ cell, cells: told, missing }, { cell, cells: made, missing: [] });
    }
    assertEquals(await goesOn(notebook), []);
  });
}

for (const path of paths.filter((path) => /\/0[1-4]_/.test(path))) {
  Deno.test(`${nameOf(path)}: every cell shows the same when it is run again`, async () => {
    assertEquals(await shownOtherwise(path), []);
  });
}

addEventListener("unload", () => void stop());
