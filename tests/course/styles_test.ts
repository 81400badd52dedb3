/** A right answer gets its points, by whatever habits it is written. */
import { assertEquals } from "@std/assert";
import { styled, styles } from "../support/styles.ts";
import { grade, readAssignment } from "../support/submissions.ts";

Deno.test(`right answers in ${Object.keys(styles).length} styles have all points`, async () => {
  const assignment = await readAssignment("a1_theory");
  const texts = Object.values(styles).map((style) => styled(assignment, style));
  const gradings = await grade(assignment, texts, { limits: { callMs: 2_000 } });
  const lost = Object.keys(styles).map((name, i) => ({
    name,
    marks: gradings[i].marks.filter(({ points }) => points === 0)
      .map(({ id, message }) => `${id}: ${message}`),
    notes: gradings[i].notes,
  })).filter(({ marks }) => marks.length > 1 || !marks[0]?.startsWith("essay-loss"));
  assertEquals(lost, []);
});
