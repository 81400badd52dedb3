/** A student's own trial: what is told of a notebook, and that nothing hidden is. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { parseHandout, releasedText } from "@/course/assignment.ts";
import { tryOut } from "@/course/trial.ts";
import { notebookText, parseNotebook, sourceOf } from "@/notebook/document.ts";
import {
  ASSIGNMENTS,
  readAssignment,
  smallAssignment,
  submission,
} from "../support/submissions.ts";

const small = smallAssignment();
const handout = parseHandout(releasedText(small), "small.ipynb");
const trial = (text: string) => tryOut(handout, new TextEncoder().encode(text));

Deno.test("a handout is read as its assignment, and handed out again it is the same", async () => {
  for (const name of ASSIGNMENTS) {
    const assignment = await readAssignment(name);
    const text = releasedText(assignment);
    const read = parseHandout(text, `${name}.ipynb`);
    assertEquals(releasedText(read), text);
    assertEquals([read.items, read.functions], [assignment.items, assignment.functions]);
  }
});

Deno.test("a blank handout: each check says what is not written, and where it goes", async () => {
  const { holds, lines } = await trial(releasedText(small));
  assertFalse(holds);
  assertEquals(lines, [
    "✗ double-visible         Twice a number",
    "    double is not written yet: code cell 2",
    "✗ double-hidden          Twice other numbers",
    "    double is not written yet: code cell 2",
    "✗ sum-doubled            The sum of doubled numbers",
    "    total is not written yet: code cell 5",
    "· essay-why              Small: not answered yet",
    "",
    "0 of 3 visible checks hold. Hidden checks with other inputs are run when your work is graded, and a check counts only as a whole.",
  ]);
});

Deno.test("half of it: what holds, what was expected, what came, and in which cells", async () => {
  const { holds, lines } = await trial(submission(small, {
    double: "function double(x: number): number {\n  return 2 * x;\n}",
    total: "function total(xs: number[]): number {\n  return xs.length + 1;\n}",
  }));
  assertFalse(holds);
  assertEquals(lines.slice(0, 5), [
    "✓ double-visible         Twice a number",
    "✓ double-hidden          Twice other numbers",
    "✗ sum-doubled            The sum of doubled numbers",
    "    code cell 6 calls total (code cell 5)",
    "    twice 0, 0.5 and 1: expected 3, got 4",
  ]);
  assertStringIncludes(lines.at(-1)!, "2 of 3 visible checks hold");
});

Deno.test("all visible checks hold where only hidden ones would fail, of which nothing is told", async () => {
  const { holds, lines } = await trial(submission(small, {
    double: "function double(x: number): number {\n  return x === 2 ? 4 : x === 0 ? 0 : 2 * x;\n}",
    total: "function total(xs: number[]): number {\n  return 3;\n}",
  }));
  assertEquals(holds, true);
  assertStringIncludes(lines.at(-1)!, "All 3 visible checks hold.");
  assertFalse(/12345|secret|random number/.test(lines.join("\n")));
});

Deno.test("an answer in words is seen, and its text is left to whoever grades it", async () => {
  const student = parseNotebook(releasedText(small), "small.ipynb");
  const cell = student.cells.at(-1)!;
  cell.source = sourceOf(cell).replace("YOUR ANSWER HERE", "Because twice two is four.");
  const { lines } = await trial(notebookText(student));
  assertStringIncludes(lines.join("\n"), "Small: answered; a person will read it");
});

Deno.test("a deleted check, a lost function and a cell that cannot be parsed are named", async () => {
  const student = parseNotebook(
    submission(small, { total: "function total(xs) { return ( }" }),
    "",
  );
  student.cells = student.cells.filter(({ id }) => id !== "double-visible" && id !== "double");
  const { lines } = await trial(notebookText(student));
  const all = lines.join("\n");
  assertStringIncludes(all, "the check, whose cell you have deleted, calls double (in no cell)");
  assertStringIncludes(all, "no function double. Write it under the name that it has in handouts/");
  assertStringIncludes(all, "no function total that can be used: look at code cell 3");
  assertStringIncludes(all, "code cell 3: SyntaxError");
});

Deno.test("a file that is no notebook, or another one, is said to be that", async () => {
  assertEquals(await trial("no notebook"), {
    holds: false,
    lines: ["Nothing could be checked: the file is no notebook: it is not JSON."],
  });
  const other = releasedText(await readAssignment("a1_theory"));
  assertStringIncludes((await trial(other)).lines[0], "the notebook has nothing of small in it");
});
