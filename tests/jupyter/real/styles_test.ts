/**
 * The styles in which right answers are written are right: each scores full marks in a real kernel, with
 * the hidden checks in place.
 */
import { assertEquals } from "@std/assert";
import { parseNotebook } from "@/notebook/document.ts";
import { Jupyter } from "@/notebook/execute.ts";
import { styled, styles } from "../../support/styles.ts";
import { readAssignment } from "../../support/submissions.ts";
import { autograded, overwritten } from "./support/autograded.ts";

Deno.test("right answers in every style score full marks in a kernel", async () => {
  await using jupyter = await Jupyter.start();
  const assignment = await readAssignment("a1_theory");
  const queue = Object.entries(styles).filter(([, { endless }]) => !endless);
  const lost: [string, unknown][] = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, style] = next;
      const student = parseNotebook(styled(assignment, style), name);
      const scores = await autograded(jupyter, overwritten(student, assignment.notebook));
      const less = scores.filter(({ points, score }) => score !== points);
      if (less.length > 0) lost.push([name, less]);
    }
  };
  await Promise.all([work(), work()]);
  assertEquals(lost, []);
});
