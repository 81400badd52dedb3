/** A right answer gets its points, by whatever habits it is written. */
import { assertEquals } from "@std/assert";
import { styled, styles } from "../support/styles.ts";
import { grade, readAssignment } from "../support/submissions.ts";
import { gateTest } from "../support/gate.ts";

const NAMES = Object.keys(styles);
const SOME = NAMES.filter((_, i) => i % 6 === 0);

Deno.test(`right answers in ${SOME.length} of ${NAMES.length} styles have all points`, () => {
  return assertFullMarks(SOME);
});

gateTest(`right answers in all ${NAMES.length} styles have all points`, () => {
  return assertFullMarks(NAMES);
});

async function assertFullMarks(names: string[]): Promise<void> {
  const assignment = await readAssignment("a1_theory");
  const texts = names.map((name) => styled(assignment, styles[name]));
  const gradings = await grade(assignment, texts, { limits: { callMs: 1_000 } });
  const lost = names.map((name, i) => {
    const { marks, notes } = gradings[i];
    const open = marks.filter(({ id, outcome }) => outcome !== "right" && id !== "essay-loss");
    return { name, marks: open.map(({ id, message }) => `${id}: ${message}`), notes };
  }).filter(({ marks }) => marks.length > 0);
  assertEquals(lost, []);
}
