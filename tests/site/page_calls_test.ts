/** What a reader says is written into the call in a cell, and nothing else of the cell changes. */
import { assertEquals, assertThrows } from "@std/assert";
import { QUESTIONS } from "@/learner/exercises/mod.ts";
import { type FormulaKey } from "@/learner/verdict.ts";
import { codeCells, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { findNotebooks } from "@/notebook/notebook_files.ts";
import {
  answerAsCode,
  answerAsTyped,
  argumentOf,
  isGiven,
  withArgument,
} from "@/site/page/call_argument.ts";
import { aloneCode, cellsFor } from "@/site/page/needed_cells.ts";

const CELL = `import { answer } from "@/learner/answer.ts";

await answer("02-1", undefined); // per unit of x
await answer("02-2", (p, q) => p / (p + q)); // (p, q, prior) => …
await answer("02-12", [[1, 2], [3, 4]]);`;

Deno.test("the argument of a call is found whole, with the note behind it", () => {
  const { text, note } = argumentOf(CELL, "answer", "02-2")!;
  assertEquals([text, note], ["(p, q) => p / (p + q)", "(p, q, prior) => …"]);
  assertEquals(argumentOf(CELL, "answer", "02-12")!.text, "[[1, 2], [3, 4]]");
  assertEquals(
    argumentOf('predict( "02-1",\n  ")", // a\n)', "predict", "02-1")!.text.slice(0, 3),
    '")"',
  );
  const quoted = String.raw`"a \") b"`;
  assertEquals(argumentOf(`predict("02-1", ${quoted});`, "predict", "02-1")!.text, quoted);
  // What a slip makes, a decimal comma, is part of it.
  assertEquals(argumentOf('answer("02-1", 0,5);', "answer", "02-1")!.text, "0,5");
  for (const other of ["02-3", "02", "1"]) {
    assertEquals(argumentOf(CELL, "answer", other), undefined);
  }
  assertEquals(argumentOf(CELL, "predict", "02-1"), undefined);
  assertEquals(argumentOf('answer("02-1", (1;', "answer", "02-1"), undefined);
});

Deno.test("another argument takes its place, and the rest stays as it is", () => {
  const changed = withArgument(CELL, "answer", "02-2", "0.5");
  assertEquals(changed, CELL.replace("(p, q) => p / (p + q)", "0.5"));
  assertEquals(withArgument(changed, "answer", "02-2", "(p, q) => p / (p + q)"), CELL);
  // A text with a dollar sign is no pattern.
  assertEquals(
    withArgument('predict("02-1", 1)', "predict", "02-1", '"$&"'),
    'predict("02-1", "$&")',
  );
  assertThrows(
    () => withArgument(CELL, "answer", "02-9", "1"),
    RangeError,
    'it must call answer("02-9", …), which is no longer there',
  );
  assertEquals(["02-1", "02-2", "02-9"].map((id) => isGiven(CELL, "answer", id)), [
    false,
    true,
    false,
  ]);
});

Deno.test("numbers and formulas stay as they are typed, and words get their quotation marks", () => {
  const cases: Record<string, string | undefined> = {
    "": "undefined",
    "0.18": "0.18",
    "−2": "-2",
    "Math.log(2)": "Math.log(2)",
    "1/3": "1/3",
    "converged": '"converged"',
    "lazy D": '"lazy D"',
    '"a"': '"a"',
    "(p, q) => p / (p + q)": "(p, q) => p / (p + q)",
    "z => z ** 2": "z => z ** 2",
    "0,5": "0,5",
    "undefined": "undefined",
    "(1 + 2": undefined,
    "1)": undefined,
    '"a': undefined,
    "f(1]": undefined,
  };
  for (const [typed, code] of Object.entries(cases)) assertEquals(answerAsCode(typed), code, typed);
});

Deno.test("every right answer and every usual mistake of the book can be typed, and is shown as it was typed", () => {
  for (const { exercises } of Object.values(QUESTIONS)) {
    for (const [id, { expected, mistakes = [] }] of Object.entries(exercises)) {
      for (const value of [expected, ...mistakes.map((mistake) => mistake.value)]) {
        const typed = String(value as FormulaKey["expected"]);
        const code = answerAsCode(typed);
        const meant = typeof value === "string" ? JSON.stringify(value) : typed;
        assertEquals(code, meant, id);
        assertEquals(answerAsCode(answerAsTyped(code!)), meant, id);
      }
    }
  }
});

Deno.test("every question of the notebooks can be written into its cell", async () => {
  let count = 0;
  for (const path of await findNotebooks("notebooks")) {
    for (const cell of codeCells(parseNotebook(await Deno.readTextFile(path), path))) {
      const source = sourceOf(cell);
      for (const [, call, id] of source.matchAll(/\b(predict|answer)\("([^"]+)"/g)) {
        count++;
        const name = call as "predict" | "answer";
        assertEquals(isGiven(source, name, id), false, id);
        assertEquals(isGiven(withArgument(source, name, id, '"x"'), name, id), true, id);
      }
    }
  }
  assertEquals(count > 100, true);
});

Deno.test("a run needs the cells above that have not run, in their order", () => {
  const order = ["a", "b", "c", "d"];
  assertEquals(cellsFor("c", order, new Set()), ["a", "b", "c"]);
  assertEquals(cellsFor("c", order, new Set(["a", "d"])), ["b", "c"]);
  assertEquals(cellsFor("c", order, new Set(["a", "b", "c"])), ["c"]);
  assertEquals(cellsFor("a", order, new Set()), ["a"]);
});

Deno.test("a cell that only asks runs without the cells above, and on the same lines", () => {
  const alone = aloneCode('await predict("02-1", 0.5); // a number between 0 and 1');
  assertEquals(
    alone,
    'import { predict } from "@/learner/predict.ts"; await predict("02-1", 0.5); // a number between 0 and 1',
  );
  // What it imports itself is not imported twice.
  assertEquals(aloneCode(CELL), CELL);
  for (
    const plain of ['"never"', "[[-4, 0.5], [4, 1]]", "undefined", "(z) => Math.exp(-z)", "x => x"]
  ) {
    assertEquals(typeof aloneCode(`await answer("02-1", ${plain});`), "string", plain);
  }
  for (const needy of ["floor", "(z) => slope * z", "`${floor}`", "f(2)", "1 + floor.value"]) {
    assertEquals(aloneCode(`await answer("02-1", ${needy});`), undefined, needy);
  }
  const others = ["", "const a = 1;", 'await predict("02-1", 1);\nconst a = 1;', "// only words"];
  for (const other of others) assertEquals(aloneCode(other), undefined, other);
});
