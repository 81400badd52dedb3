/** A right answer gets its points, by whatever habits it is written. */
import { assertEquals } from "@std/assert";
import { styled, styles } from "../support/styles.ts";
import { grade, readAssignment } from "../support/submissions.ts";

Deno.test(`right answers in ${Object.keys(styles).length} styles have all points`, async () => {
  const assignment = await readAssignment("a1_theory");
  const texts = Object.values(styles).map((style) => styled(assignment, style));
  const gradings = await grade(assignment, texts, { limits: { callMs: 2_000 } });
  const lost = Object.keys(styles).map((name, i) => {
    const { marks, notes } = gradings[i];
    const open = marks.filter(({ id, outcome }) => outcome !== "right" && id !== "essay-loss");
    return { name, marks: open.map(({ id, message }) => `${id}: ${message}`), notes };
  }).filter(({ marks }) => marks.length > 0);
  assertEquals(lost, []);
});
