/** The marking scheme is what the sources say. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { markingScheme } from "@/marking/marking_scheme.ts";
import { ASSIGNMENTS, readAssignment, smallAssignment } from "../support/submissions.ts";

for (const name of ASSIGNMENTS) {
  Deno.test(`the criteria of ${name} add up to the points of its written answer`, async () => {
    const assignment = await readAssignment(name);
    for (const { id, points } of assignment.items.filter(({ kind }) => kind === "written")) {
      const { question, model, criteria } = markingScheme(assignment, id);
      assertEquals(criteria.reduce((sum, each) => sum + each.points, 0), points);
      assertEquals(criteria.length, 4);
      assertEquals([model.length > 300, /Marking|SOLUTION/.test(model)], [true, false]);
      assertEquals([/^## /m.test(question), question.includes(model)], [true, false]);
    }
  });
}

Deno.test("an answer without criteria has its question and its model answer", () => {
  assertEquals(markingScheme(smallAssignment(), "essay-why"), {
    question: "Why?",
    model: "Because.",
    criteria: [],
  });
  assertStringIncludes(smallAssignment().items[3].kind, "written");
});
