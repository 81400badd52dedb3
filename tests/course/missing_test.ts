/**
 * A function that is not written costs the points of its own checks, and of functions that cannot do
 * without it: no others.
 */
import { assertEquals } from "@std/assert";
import { type Assignment } from "@/course/assignment.ts";
import { statementsOf } from "@/course/statements.ts";
import { codeCells, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { checksOf, passed, solutionOf } from "../support/course_checks.ts";
import { ASSIGNMENTS, readAssignment, submission } from "../support/submissions.ts";

/** The functions that a function of the solution calls, directly or not, itself included. */
function neededBy(assignment: Assignment): (name: string) => Set<string> {
  const uses = new Map<string, Set<string>>();
  for (const cell of codeCells(assignment.notebook)) {
    for (const { kind, declares, uses: used } of statementsOf(sourceOf(cell), 0)) {
      if (kind === "function") uses.set(declares[0], used);
    }
  }
  return (name) => {
    const needed = new Set([name]);
    for (const each of needed) for (const used of uses.get(each) ?? []) needed.add(used);
    return needed;
  };
}

/** What the checks of a part are about. */
const SUBJECTS: Record<string, string[]> = {
  "blocks-discriminator": ["discriminatorBlock"],
  "blocks-norm": ["generatorBlock"],
  "blocks-generator": ["generatorBlock"],
  "losses-discriminator": ["discriminatorLoss"],
  "losses-generator": ["generatorLoss"],
  "losses-extremes": ["discriminatorLoss", "generatorLoss"],
  dstep: ["discriminatorStep"],
  gstep: ["generatorStep"],
  loop: ["trainGan"],
  bce: ["bceOnLogits"],
  value: ["valueOfGame"],
  dstar: ["optimalLogits"],
  "divergences-js": ["js"],
  divergences: ["kl"],
  cost: ["costOnGrid"],
  lme: ["logMeanExp"],
  "parzen-score": ["parzenScore"],
  "parzen-sigma": ["chooseSigma"],
  parzen: ["parzen"],
  coverage: ["coverage"],
  "interpolation-path": ["latentPath"],
  interpolation: ["slerp"],
};

for (const name of ASSIGNMENTS) {
  Deno.test(`${name}: a function that is missing costs what needs it, and nothing else`, async () => {
    const assignment = await readAssignment(name);
    await using made = await checksOf(assignment);
    const checks = await made.load();
    const needs = neededBy(assignment);
    for (const missing of assignment.functions) {
      const stub = `function ${missing}() {\n  throw new Error("Write ${missing}");\n}`;
      const text = submission(assignment, { [missing]: stub }, "solution");
      const solution = await solutionOf(assignment, parseNotebook(text, name));
      const found = await passed(checks, () => solution.make());
      const wanted = checks.ids.filter((id) =>
        !(SUBJECTS[id] ?? SUBJECTS[id.split("-")[0]]).some((own) => needs(own).has(missing))
      );
      assertEquals([missing, found], [missing, wanted]);
    }
  });
}
