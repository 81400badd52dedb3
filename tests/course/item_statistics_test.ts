/** What a report says of items and of the course is what the formulas say. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { classReport } from "@/course/class_report.ts";
import { courseOf, discrimination } from "@/course/item_statistics.ts";
import { type ClassGrades } from "@/course/grades.ts";

/** A class in which each student has points of two items. */
function classOf(points: [number | undefined, number][], assignment = "x"): ClassGrades {
  const items = ["a", "b"].map((id) => {
    return { id, part: id, title: id, points: 5, kind: "check" as const };
  });
  const students = points.map((own, i) => ({
    student: `s${i}`,
    status: "graded",
    notes: [],
    parts: {},
    total: (own[0] ?? 0) + own[1],
    marks: items.map(({ id }, j) => ({
      id,
      outcome: own[j] === 5 ? "right" as const : "wrong" as const,
      points: own[j],
      message: "<i>no</i>",
      got: "=1",
    })),
  }));
  return { assignment, seed: 1, items, students };
}

Deno.test("discrimination is the correlation with the other items' points", () => {
  // By hand: 1.8 / sqrt(1.2 · 5.2).
  const some = classOf([[0, 1], [0, 2], [1, 2], [1, 3], [1, 4]]);
  assertAlmostEquals(discrimination(some, "a")!, 1.8 / Math.sqrt(1.2 * 5.2), 1e-12);
  assertAlmostEquals(discrimination(some, "b")!, 1.8 / Math.sqrt(1.2 * 5.2), 1e-12);
  const against = classOf([[0, 5], [1, 4], [2, 3], [3, 2], [5, 0]]);
  assertAlmostEquals(discrimination(against, "a")!, -1, 1e-12);
  assertEquals(discrimination(classOf([[5, 1], [5, 2], [5, 3], [5, 4], [5, 5]]), "a"), undefined);
  assertEquals(discrimination(classOf([[0, 1], [1, 2]]), "a"), undefined);
  // Who is not graded in it yet says nothing about it.
  const open = classOf([[undefined, 5], [0, 1], [0, 2], [1, 2], [1, 3], [1, 4]]);
  assertAlmostEquals(discrimination(open, "a")!, 1.8 / Math.sqrt(1.2 * 5.2), 1e-12);
});

Deno.test("quartiles and means are shares of an assignment's points; an empty one is left out", () => {
  assertEquals(courseOf([classOf([]), classOf([[5, 5], [0, 0], [0, 5]], "y")]), [
    { assignment: "y", students: 3, mean: 0.5, quartiles: [0.25, 0.5, 0.75] },
  ]);
});

Deno.test("the report shows discrimination, the course and the counts of wrong answers, as text, and prints", async () => {
  const now = classOf([[0, 1], [0, 2], [1, 2], [1, 3], [1, 4]]);
  const page = await classReport(now, { earlier: [classOf([[5, 5]], "earlier one")] });
  assertStringIncludes(page, "0.72");
  assertStringIncludes(page, "earlier one");
  assertStringIncludes(page, "&lt;i&gt;no&lt;/i&gt;");
  assertStringIncludes(page, '<td class="points">5</td>');
  assertStringIncludes(page, "@media print");
});
