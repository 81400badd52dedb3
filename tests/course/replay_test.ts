/**
 * No check can be answered with what came before it: constants, inputs given back, answers to other
 * calls, and the answers of the visible checks earn nothing.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { useCheckSeed } from "@/course/check.ts";
import { tf } from "@/tf.ts";
import {
  checksOf,
  type Functions,
  type LoadedChecks,
  passed,
  solutionOf,
} from "../support/course_checks.ts";
import { keyOf, replays, useTensorsOf } from "../support/replays.ts";
import { ASSIGNMENTS, readAssignment } from "../support/submissions.ts";
import { gateTest } from "../support/gate.ts";

useTensorsOf(tf);

/** The functions that each check calls, and the answers that the visible parts give away. */
async function watched(loaded: LoadedChecks, solution: Functions) {
  const calls: Record<string, Set<string>> = {};
  const known = new Map<string, unknown>();
  let [id, hidden] = ["", false];
  const functions = Object.fromEntries(
    Object.entries(solution).map(([name, own]) => [name, (...args: unknown[]) => {
      calls[id].add(name);
      const key = keyOf(name, args);
      const answer = own(...args);
      if (!hidden) known.set(key, answer);
      return answer;
    }]),
  );
  useCheckSeed(1);
  for (id of loaded.ids) {
    calls[id] = new Set();
    hidden = false;
    await loaded.checks[id](functions, (now) => hidden = now);
  }
  return { calls, known };
}

for (const name of ASSIGNMENTS) {
  // The games of a2_gan are trained anew for every attack.
  const test = name === "a2_gan" ? gateTest : Deno.test;
  test(`${name}: what was said before answers no check`, async () => {
    const assignment = await readAssignment(name);
    await using checks = await checksOf(assignment);
    const solution = await (await solutionOf(assignment)).make();
    const first = await checks.load();
    const { calls, known } = await watched(first, solution);
    const earned: string[] = [];
    let tried = 0;
    const attack = async (replaced: string[], ids: string[]) => {
      for (const visible of [undefined, known]) {
        for (const { name, wipes, make } of replays(solution, replaced, visible)) {
          tried++;
          const found = await passed({ ...wipes ? await checks.load() : first, ids }, make);
          if (found.length > 0) earned.push(`${name}: ${found.join(" ")}`);
        }
      }
    };
    for (const each of assignment.functions) {
      await attack([each], first.ids.filter((id) => calls[id].has(each)));
    }
    await attack(assignment.functions, first.ids);
    assertGreater(tried, 300);
    // What is right earns everything, before and after.
    assertEquals(await passed(first, () => solution), first.ids);
    assertEquals(earned, []);
  });
}
