/** Which cell makes a name that a cell has not found. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { adviceOnMaker, namesMadeBy, type Places } from "@/jupyter/makers.ts";
import { thrown } from "@/jupyter/words.ts";

const CELLS = [
  'import { linspace } from "@/math/stable.ts";\nimport { type Scale } from "@/plot/scale.ts";',
  "const xs = linspace(-6, 6, 201);",
  "// The slope.\nconst [slope, { at: [offset = 3] }] = lineOf(xs);\nconst top = 1;",
  "await show(xs.map((x) => slope * x));",
  "const top = slope * 20 + offset;\nfunction lineOf(xs: number[]) {}",
  "await show(`${top} is the top of a line whose slope is ${slope}.`);",
];

/** A notebook in a folder of its own; `change` may spoil its text. */
async function inFolder(
  notebooks: Record<string, string[]>,
  ask: (places: Places, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, sources] of Object.entries(notebooks)) {
      const cells = sources.flatMap((source, i) => [
        { cell_type: "markdown", source: "const xs = 3;" },
        { cell_type: "code", id: `cell-${i}`, source: i % 2 ? source : source.split(/(?<=\n)/) },
      ]);
      await Deno.writeTextFile(join(folder, name), JSON.stringify({ cells }));
    }
    await ask({ folders: [folder] }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the cell above that makes a name is named by its beginning, and all above are to be run", () =>
  inFolder({ "lines.ipynb": CELLS }, async (places) => {
    const told = (name: string, code: string) => adviceOnMaker(name, { code }, places);
    assertEquals(
      await told("xs", CELLS[3]),
      "`xs` is made by code cell 2 of lines.ipynb, which begins `const xs = linspace(-6, 6, 201);`. " +
        "Run all cells above this one first (Run All Above, in the menu Cell or Run)",
    );
    assertStringIncludes((await told("linspace", CELLS[1]))!, "imported by code cell 1 of");
    assertStringIncludes((await told("offset", CELLS[4]))!, "which begins `// The slope.`");
    // The last one above is the one whose value the cell would find.
    assertStringIncludes((await told("top", CELLS[5]))!, "code cell 5");
    assertStringIncludes((await told("top", CELLS[4]))!, "code cell 3");
    const below = (await told("lineOf", CELLS[2]))!;
    assertStringIncludes(below, "code cell 5 of lines.ipynb");
    assertStringIncludes(below, "stands further down");
  }));

Deno.test("a cell that was edited is still found, one that is not of the notebook is not", () =>
  inFolder({ "lines.ipynb": CELLS }, async (places, folder) => {
    const told = (code: string, own = places, cellId?: string) =>
      adviceOnMaker("slope", { code, cellId }, own);
    assertStringIncludes((await told("await show(xs.map((x) => 7 * slope * x));"))!, "code cell 3");
    const other = "const mine = [1, 2, 3].map((each) => each ** slope);";
    assertEquals(await told(other), undefined);
    // A front end that says which notebook it is, and which cell.
    const session = { session: join(folder, "lines.ipynb"), folders: [] };
    assertStringIncludes(
      (await told(other, session))!,
      "Run that cell and all cells above it first",
    );
    assertStringIncludes((await told(other, session, "cell-5"))!, "all cells above this one");
    assertStringIncludes((await told(other, session, "cell-0"))!, "further down");
    const gone = { session: join(folder, "renamed.ipynb"), folders: [folder] };
    assertStringIncludes((await told(CELLS[3], gone))!, "code cell 3");
  }));

Deno.test("nothing is said that one of the notebooks that fit would make false", async () => {
  const told = ({ folders }: Places) => adviceOnMaker("xs", { code: CELLS[3] }, { folders });
  await inFolder({ "a.ipynb": CELLS, "copy.ipynb": CELLS }, async (places) => {
    assertStringIncludes((await told(places))!, "code cell 2 of the notebook, which begins");
  });
  const other = CELLS.with(1, "const xs = [1, 2];");
  await inFolder({ "a.ipynb": CELLS, "b.ipynb": other }, async (places) => {
    assertEquals(await told(places), undefined);
  });
  // The same cell twice: before and after the one that makes the name.
  await inFolder({ "a.ipynb": [CELLS[3], CELLS[1], CELLS[3]] }, async (places) => {
    assertEquals(await told(places), undefined);
  });
  await inFolder({ "a.ipynb": [CELLS[1], CELLS[3], CELLS[3]] }, async (places) => {
    assertStringIncludes((await told(places))!, "code cell 1 of a.ipynb");
  });
  // Its own declaration, a block's and a type are no other cell's.
  const odd = ["{ const xs = 1; }", "type xs = 3;", "const xs = ;", CELLS[3] + "\nconst xs = 3;"];
  await inFolder({ "a.ipynb": odd }, async (places) => {
    assertEquals(await adviceOnMaker("xs", { code: odd[3] }, places), undefined);
  });
  await inFolder({ "a.ipynb": CELLS }, async (places, folder) => {
    for (const text of ["", "{}", "[]", '{"cells":3}', '{"cells":[{"cell_type":"code"}]}']) {
      await Deno.writeTextFile(join(folder, "b.ipynb"), text);
      assertStringIncludes((await told(places))!, "code cell 2 of a.ipynb");
    }
    assertEquals(await told({ folders: [join(folder, "none")] }), undefined);
  });
});

Deno.test("what a cell makes are its own declarations and imports, of all kinds, and no types", () => {
  const code = 'import a, { b as c, type D } from "x";\nimport * as e from "y";\n' +
    'import type { F } from "z";\nlet g = 1, { h, i: [j, ...k] } = l;\nasync function* m() { const n = 1; }\n' +
    "class O {}\nenum P { q }\ninterface R {}\nfor (const s of t) u = s;";
  assertEquals([...namesMadeBy(code).keys()].join(), "a,c,e,g,h,j,k,m,O,P");
  assertEquals(namesMadeBy(code).get("c"), "imported");
  assertEquals(namesMadeBy("no TypeScript").size, 0);
});

Deno.test("the cell that makes a name is said where a slip would be; a word without quotation marks is one", () => {
  const advice = (evalue: string, code: string, maker?: string) =>
    thrown({ ename: "", evalue, traceback: [] }, code, { line: 1, maker }).traceback.at(-1);
  assertEquals(advice("e is not defined", "f(e);", "`e` is made above"), "`e` is made above");
  assert(advice("e is not defined", "f(e);")?.includes("Math.E"));
  assert(
    advice("b is not defined", 'const a: "b" = b;', "made above")?.includes("quotation marks"),
  );
});

Deno.test("a hundred notebooks are searched within a moment", () =>
  inFolder(
    Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [
        `n${i}.ipynb`,
        [
          ...CELLS,
          ...Array.from({ length: 30 }, (_, j) => `${CELLS[3]}\nf(${i}, ${j});\n`.repeat(8)),
        ],
      ]),
    ),
    async (places) => {
      const code = `${CELLS[3]}\nf(1, 2);\n`.repeat(8);
      const began = performance.now();
      assertStringIncludes(
        (await adviceOnMaker("xs", { code }, places))!,
        "code cell 2 of n1.ipynb",
      );
      const ms = performance.now() - began;
      assert(ms < 5000, `${ms} ms`);
    },
  ));
