/** The shape of the notebooks: short cells, and something to do for their reader. */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Cell, nameOf, type Notebook, parseNotebook } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import { isFile } from "@/io/files.ts";
import { type Asked, lengthOffences, shapeOffences } from "../support/shape.ts";

const notebooks = await findNotebooks("notebooks");
const assignments = await findNotebooks("notebooks/assignments");
const read = async (path: string) => parseNotebook(await Deno.readTextFile(path), path);

async function questionsOf(path: string): Promise<Asked | undefined> {
  const file = join("lib", "learner", "exercises", `${nameOf(path)}.ts`);
  if (!await isFile(file)) return undefined;
  const { questions } = await import(`@/learner/exercises/${nameOf(path)}.ts`);
  return questions;
}

Deno.test("the notebooks are 00 to 11", () => {
  const numbers = notebooks.map((path) => nameOf(path).slice(0, 2));
  assertEquals(numbers, Array.from({ length: 12 }, (_, i) => String(i).padStart(2, "0")));
});

for (const path of notebooks) {
  const name = nameOf(path);
  Deno.test(`${name}: cells are short, and in each part its reader does something`, async () => {
    assertEquals(shapeOffences(await read(path), name.slice(0, 2), await questionsOf(path)), []);
  });
}

for (const path of assignments) {
  Deno.test(`${nameOf(path)}: cells are short, those apart that are graded or filled in`, async () => {
    assertEquals(lengthOffences(await read(path)), []);
  });
}

const FOLDED = { tags: ["checks"], jupyter: { source_hidden: true } };

/** A notebook in which everything is as it should be. */
const GOOD: [string, string, Record<string, unknown>?][] = [
  ["markdown", "# A notebook\n\n**Predict:** where is the top?"],
  ["code", 'await predict("02-1", undefined);\nawait predict("02-2", undefined);'],
  [
    "code",
    'import { lineChart } from "@/plot/charts.ts";\nawait reveal("02-1", 1, lineChart({}));',
  ],
  ["code", 'await reveal("02-2", 1);'],
  ["code", 'claims("In [2]", {}, () => 1 < 2);', FOLDED],
  ["markdown", "## Try it"],
  ["code", 'await recordTry("02", { k: 1 }, { steps: 800, modes: 8 });'],
  ["code", 'await answer("02-1", undefined);'],
  ["code", 'await answer("02-2", undefined);'],
  ["code", 'await showScore("02");'],
];

const ASKED: Asked = {
  predictions: { "02-1": { kind: "number" }, "02-2": { kind: "number" } },
  exercises: { "02-1": { mistakes: [1] }, "02-2": { mistakes: [1] } },
  experiment: { best: { outcome: "steps", if: { modes: 8 } } },
};

function notebookOf(cells: typeof GOOD): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map(([cell_type, source, metadata = {}], i): Cell => ({
      cell_type: cell_type as Cell["cell_type"],
      id: `c${i}`,
      metadata,
      source,
    })),
  };
}

/** What is found if the cells from `at` on, so many of them, are replaced by these. */
function found(at: number, many: number, ...cells: typeof GOOD): string[] {
  return shapeOffences(notebookOf(GOOD.toSpliced(at, many, ...cells)), "02", ASKED);
}

Deno.test("a notebook of the right shape has no offence, and one without questions has", () => {
  assertEquals(found(0, 0), []);
  const none = shapeOffences(notebookOf(GOOD), "02");
  assertEquals(none, ["it has no questions in lib/learner/exercises"]);
});

Deno.test("cells that are too many or too long are found, those of a grader left out", () => {
  const lines = (n: number) => "f();\n".repeat(n).trim();
  assertEquals(found(6, 0, ["code", lines(15)]), []);
  assertEquals(found(6, 0, ["code", lines(16)]), ["code cell 5 has 16 lines, at most 15"]);
  assertEquals(found(6, 0, ["code", lines(16), { nbgrader: {} }]), []);
  const many = Array.from({ length: 10 }, () => ["code", lines(9)] as [string, string]);
  assertEquals(found(6, 0, ...many), ["the median code cell has 9 lines, at most 8"]);
  const prose = Array.from({ length: 36 }, () => ["markdown", "p"] as [string, string]);
  assertEquals(found(6, 0, ...prose), ["46 cells, at most 45"]);
});

Deno.test("a figure that comes late, and checks that are open, empty, many or shown are found", () => {
  const wall = Array.from({ length: 2 }, () => ["code", "let a;"] as [string, string]);
  assertEquals(found(1, 0, ...wall).slice(0, 1), ["the first figure is in code cell 4, at most 3"]);
  const check = (source: string, metadata: Record<string, unknown> = FOLDED) =>
    found(4, 1, ["code", source, metadata]);
  assertEquals(check('claims("", {}, () => 1 < 2);', { tags: ["checks"] }).length, 1);
  assertEquals(check("assert(1 < 2);").length, 1);
  assertEquals(check('claims("", {}, () => 1 < 2); await show("a");').length, 1);
  assertEquals(found(4, 0, GOOD[4], GOOD[4], GOOD[4]).length, 1);
  const open: typeof GOOD[0] = ["code", GOOD[4][1]];
  assertEquals(found(4, 1, open, open, open), []);
  assertEquals(found(4, 1, open, open, open, open).length, 1);
});

Deno.test("a prediction without question, prose or truth, and a truth that comes first, are found", () => {
  const asks = (...ids: string[]): typeof GOOD[0] => [
    "code",
    ids.map((id) => `await predict("${id}", undefined);`).join("\n"),
  ];
  assertEquals(found(1, 1, asks("02-1")), ['no cell calls predict("02-2")']);
  assertEquals(found(1, 1, asks("02-1", "02-2", "02-2")), ['predict("02-2") stands twice']);
  assertEquals(found(1, 1, asks("02-1", "02-2", "02-7")), [
    'predict("02-7") has no question',
    "prediction 02-7 is not revealed",
  ]);
  assertEquals(found(3, 1, ["code", 'await reveal("02-7", 1);']), [
    "prediction 02-2 is not revealed",
    "reveal of 02-7, which nothing asks",
  ]);
  const early = "prediction 02-1 is revealed before it is asked for, or in its own cell";
  assertEquals(found(1, 2, GOOD[2], GOOD[1]), [early]);
  assertEquals(found(1, 2, ["code", `${GOOD[1][1]}\n${GOOD[2][1]}`]), [early]);
  assertEquals(found(1, 0, ["code", "let a;"]), []);
  assertEquals(found(1, 0, ["markdown", "What now?"]).length, 2);
  const none = shapeOffences(notebookOf(GOOD), "02", { ...ASKED, predictions: {} });
  assertEquals(none[0], 'predict("02-1") has no question');
  assert(none.includes("0 predictions, at least 2"));
});

Deno.test("a try that is not recorded, a score that is not last, keys and exercises are found", () => {
  assertEquals(found(6, 1).length, 3);
  assertEquals(found(6, 1, ["code", 'await recordTry("02", {}, { steps: 3 });']), [
    'no try records "modes", by which tries are compared',
  ]);
  assertEquals(found(10, 0, ["code", "let a;"]).length, 1);
  assertEquals(found(8, 1), ['no cell calls answer("02-2")']);
  assertEquals(found(8, 1, ["code", GOOD[8][1] + "\nconst key = { mistakes: [1] };"]).length, 1);
  const noMistake = {
    ...ASKED,
    exercises: { "02-1": { mistakes: [] }, "02-2": { mistakes: [1] } },
  };
  assertEquals(shapeOffences(notebookOf(GOOD), "02", noMistake).length, 1);
});
