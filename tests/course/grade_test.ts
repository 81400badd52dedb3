/** Marks of one submission: what a fault costs, what is told, and what is no mark at all. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Assignment, parseAssignment } from "@/course/assignment.ts";
import { GraderFailure } from "@/course/failure.ts";
import { type Grading } from "@/course/grade.ts";
import { notebookText, parseNotebook, sourceOf } from "@/notebook/document.ts";
import {
  cell,
  changed,
  grade,
  readAssignment,
  smallAssignment,
  smallNotebook,
  submission,
} from "../support/submissions.ts";
import { gateTest } from "../support/gate.ts";

const assignment = smallAssignment();
const pointsOf = ({ marks }: Grading) =>
  marks.filter(({ id }) => !id.startsWith("essay")).map(({ points }) => points!);
const TOTAL = "function total(xs) { return xs.reduce((s, x) => s + 2 * x, 0); }";

/** The points of a submission with a loop in one function. */
async function pointsOfLoop(callMs: number): Promise<number[]> {
  const theory = await readAssignment("a1_theory");
  const text = await Deno.readTextFile("tests/course/sample_class/student_25/a1_theory.ipynb");
  const [grading] = await grade(theory, [text], { limits: { callMs } });
  const hung = grading.marks.filter(({ message }) => /^no answer within/.test(message));
  // Of bceOnLogits, and of valueOfGame, which calls it; the others are not asked again.
  assertEquals(hung.map(({ id }) => id), ["bce-one", "value-coin"]);
  return pointsOf(grading);
}

Deno.test("a loop in one function costs what reaches it", async () => {
  assertEquals((await pointsOfLoop(300)).reduce((sum, points) => sum + points, 0), 55);
});

gateTest("a loop in one function costs the same whatever the limit of a call", async () => {
  assertEquals(await pointsOfLoop(900), await pointsOfLoop(300));
});

Deno.test("a function that hung in one check is asked again where it has held before", async () => {
  const theory = await readAssignment("a1_theory");
  const hangs = changed(theory, [[
    "return p.reduce((sum, pi, i)",
    "while (p.length === 2 && p[0] === 0.5 && q[0] === 1);\n  return p.reduce((sum, pi, i)",
  ]]);
  const [{ marks }] = await grade(theory, [hangs], { limits: { callMs: 500 } });
  const lost = marks.filter(({ outcome }) => outcome === "no answer");
  assertEquals(lost.map(({ id }) => id), ["divergences-zeros"]);
});

Deno.test("what is changed in an instructor's cell is told, and does not count", async () => {
  const notebook = parseNotebook(
    submission(assignment, { double: "const double = (x) => twice(x);", total: TOTAL }),
    "small.ipynb",
  );
  const given = notebook.cells.find(({ id }) => id === "given")!;
  given.source = `${sourceOf(given)}\nfunction twice(x) { return 2 * x; }`;
  const check = notebook.cells.find(({ id }) => id === "sum-doubled")!;
  check.source = "// nothing to check";
  const spaces = notebook.cells.find(({ id }) => id === "double-visible")!;
  spaces.source = sourceOf(spaces).replaceAll("\n", "  \n") + "\n\n";
  const [grading] = await grade(assignment, [notebookText(notebook)]);
  assertEquals(pointsOf(grading), [0, 0, 30]);
  const told = "is the instructor's: what you changed in it does not count";
  assertEquals(grading.notes, [`code cell 1 ${told}`, `code cell 6 ${told}`]);
});

Deno.test("where the notebook is run whole, what was not run is named; of a hidden check nothing is", async () => {
  const notebook = parseNotebook(
    submission(assignment, { double: "const double = (x) => twice(x);", total: TOTAL }),
    "small.ipynb",
  );
  const own = [
    "globalThis.twice = (x) => { globalThis.seen = x; return x > 3 ? 0 : 2 * x; };",
    "if (globalThis.seen) throw new Error(`seen ${globalThis.seen}`);",
    "for (;;);",
    "throw new TypeError('an experiment');",
  ];
  notebook.cells.push(...own.map((source, i) => cell(source, { id: `own-${i}` })));
  const [grading] = await grade(assignment, [notebookText(notebook)], { limits: { callMs: 500 } });
  assertEquals(pointsOf(grading), [30, 0, 30]);
  assertEquals(grading.marks[1].message, "twice a random number");
  assertEquals(grading.notes, [
    "code cell 9: was not run: it did not end within 0.5 s",
    "code cell 10: TypeError: an experiment",
  ]);
});

Deno.test("a value that never comes, or ends the program, costs the functions that need it alone", async () => {
  const total = "function total(xs: number[]) { return 2 * xs.reduce((sum, x) => sum + x, 0); }";
  const texts = ["(() => { for (;;); })()", "Deno.exit(3)"].map((value) => {
    const double = `const factor = ${value};\nfunction double(x: number) { return factor * x; }`;
    return submission(assignment, { double, total });
  });
  const gradings = await grade(assignment, texts, { limits: { callMs: 500 } });
  assertEquals(gradings.map(pointsOf), [[0, 0, 30], [0, 0, 30]]);
});

Deno.test("a cell that only the whole notebook can read is no note", async () => {
  const double = `const same = (f: unknown) => f;
class Twice { accessor factor = 2; @same of(x: number) { return this.factor * x; } }
function double(x: number) { return new Twice().of(x); }`;
  const [grading] = await grade(assignment, [submission(assignment, { double, total: TOTAL })]);
  assertEquals([pointsOf(grading), grading.notes], [[30, 30, 30], []]);
});

/** The small assignment with another first check. */
function withCheck(source: string): Assignment {
  const notebook = smallNotebook();
  notebook.cells.find(({ id }) => id === "double-visible")!.source = source;
  return parseAssignment(notebookText(notebook), "small.ipynb");
}

Deno.test("a check that fails for the system, or by itself, is no mark; one that stumbles over an answer is", async () => {
  const right = changed(assignment, []);
  const failures = {
    'await Deno.readTextFile("/nowhere/at all");': "No such file or directory",
    'await double(2); await Deno.readTextFile("/nowhere/at all");': "No such file or directory",
    'await double(2); throw new RangeError("Array buffer allocation failed");': "allocation failed",
    "(undefined as any).field; await double(2);": "Cannot read properties of undefined",
  };
  for (const [source, said] of Object.entries(failures)) {
    await assertRejects(
      () => grade(withCheck(`// A check\n${source}`), [right]),
      GraderFailure,
      said,
    );
  }
  const stumbles = withCheck("// A check\nconst [[first]] = await double(2) as any;");
  const [{ marks: [first] }] = await grade(stumbles, [right]);
  assertEquals([first.outcome, first.points], ["wrong", 0]);
});

Deno.test("what was handed out and not written is called so, with our stub and with nbgrader's", async () => {
  const stub = (message: string) => `function double(x) { throw new Error("${message}"); }`;
  const texts = ["Write double: twice x", "Write double", "Write this function", "Write what?"]
    .map((message) => submission(assignment, { double: stub(message) }));
  const messages = (await grade(assignment, texts)).map(({ marks }) => marks[0].message);
  const unwritten = "double is not written yet";
  assertEquals(messages, [unwritten, unwritten, unwritten, "double fails: Error: Write what?"]);
});
