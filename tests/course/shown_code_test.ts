/** Beside a failed check stands the student's code that it calls, as text; the page says what was graded. */
import { join } from "node:path";
import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { Grader } from "@/course/grade.ts";
import { calledCode, functionsCalled } from "@/course/shown_code.ts";
import { inPublishedClass } from "../support/published_class.ts";
import { cell, changed, readAssignment, smallAssignment } from "../support/submissions.ts";

const assignment = smallAssignment();

Deno.test("a check calls what its cell names, and every check of the three assignments calls something", async () => {
  assertEquals([...functionsCalled(assignment)], [
    ["double-visible", ["double"]],
    ["double-hidden", ["double"]],
    ["sum-doubled", ["total"]],
    ["essay-why", []],
  ]);
  for (const name of ["a1_theory", "a2_gan", "a3_evaluation"]) {
    const all = await readAssignment(name);
    const called = functionsCalled(all);
    const without = all.items.filter(({ id, kind }) =>
      kind === "check" && called.get(id)!.length === 0
    );
    assertEquals(without, [], name);
  }
});

Deno.test("the last declaration in any form is found, and no more than a page of it is shown", () => {
  const cells = [
    "function total(xs) { return 1; }",
    "const total = (xs) => 2;",
    "total(3)",
    "let x",
  ]
    .map((source, i) => cell(source, { id: String(i) }));
  assertEquals(calledCode(cells, ["total", "double"]), "const total = (xs) => 2;");
  const long = cell(`function total() {${" ".repeat(10_000)}x }`, { id: "long" });
  assertEquals(calledCode([long], ["total"]).length < 4_100, true);
});

Deno.test("a mark that is not right has the code, one that is right has none", async () => {
  await using grader = await Grader.start(assignment, { seed: 1 });
  const { marks } = await grader.grade(changed(assignment, [["return 2 * x;", "return 3 * x;"]]));
  assertStringIncludes(marks[0].code!, "return 3 * x;");
  assertStringIncludes(marks[2].code!, "function total");
  assertEquals((await grader.grade(changed(assignment, []))).marks.map(({ code }) => code), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("the page shows the code as text, and says which file, seed and versions were graded", () =>
  inPublishedClass({
    ada: {
      checks: {
        "sum-doubled": {
          outcome: "wrong",
          points: 0,
          message: "no",
          code: "</pre><script>1</script>",
        },
      },
    },
  }, async (class_) => {
    const page = await Deno.readTextFile(join(class_.out, "ada", "feedback.html"));
    assertStringIncludes(page, "&lt;/pre&gt;&lt;script&gt;1&lt;/script&gt;");
    assertFalse(page.includes("<script>"));
    assertMatch(
      page,
      /Graded: ada\/small\.ipynb, SHA-256 1…, seed 1, checks [0-9a-f]{12}, grader \d+\./,
    );
  }));
