/**
 * Makes `tests/course/sample_class`: thirty submissions of the first assignment, good, partial,
 * wrong and hostile, to try the grader with. Run it again after a change of the assignment: `deno
 * run -A tools/sample_class.ts`.
 *
 * @module
 */
import { join } from "node:path";
import { writeTextAtomically } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { type Assignment, TEXT_STUB } from "@/course/assignment.ts";
import { notebookText, parseNotebook, sourceOf } from "@/notebook/document.ts";
import { readAssignment, submission } from "../tests/support/submissions.ts";

const FOLDER = "tests/course/sample_class";
const NAME = "a1_theory";

/** Functions by their origin: the solution, the solution with a change, or a text of their own. */
interface Recipe {
  /** Functions that are as in the solution; the others are not written, except for those below. */
  solved: string[] | "all";
  /** Changes of the solution: each piece must be there once. */
  edits?: [from: string, to: string][];
  /** Functions with a text of their own. */
  own?: Record<string, string>;
  essay?: string;
  /** The whole file, instead of a notebook. */
  file?: string;
}

const EARLY = ["bceOnLogits", "valueOfGame", "optimalLogits"];
const BITS: [string, string] = ["pi * Math.log(pi / q[i])", "pi * Math.log2(pi / q[i])"];
const NAIVE: [string, string] = [
  "const softplus = (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));\n  // -log σ",
  "const softplus = (a: number) => Math.log(1 + Math.exp(a));\n  // -log σ",
];
const SWAPPED: [string, string] = [
  "labels[i] * softplus(-a) + (1 - labels[i]) * softplus(a)",
  "labels[i] * softplus(a) + (1 - labels[i]) * softplus(-a)",
];
const SUM: [string, string] = ["loss, 0) / losses.length", "loss, 0)"];
const NO_ZEROS: [string, string] = ["pi === 0 ? sum : sum + pi", "sum + pi"];
const NO_PRIOR: [string, string] = ["p - logQ[i] + odds", "p - logQ[i]"];
const NO_WIDTH: [string, string] = ["sum - width * (", "sum - ("];
const NO_MASS: [string, string] = ["logDensity === -Infinity ? 0 : Math.exp", "Math.exp"];

const GOOD =
  "A loss of log 2 says that this D answers ½. Only the optimal D would make it a statement about p_g. " +
  "An untrained D reads the same. Freeze G and train D: if the loss falls, the two differ.";
const SHORT = "She is right, the loss is log 2, so p_g = p_data.";

const recipes: Recipe[] = [
  // Good.
  { solved: "all", essay: GOOD },
  { solved: "all", essay: GOOD },
  { solved: "all", essay: SHORT },
  { solved: "all" },
  {
    solved: "all",
    essay: GOOD,
    own: {
      optimalLogits: `const optimalLogits = (p: number[], q: number[], prior = 0.5): number[] =>
  p.map((value, i) => value - q[i] + Math.log(prior / (1 - prior)));`,
    },
  },
  {
    solved: "all",
    essay: "D says ½ everywhere.",
    own: {
      js: `function js(p: number[], q: number[]): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const m = (p[i] + q[i]) / 2;
    if (p[i] > 0) sum += p[i] * Math.log(p[i] / m) / 2;
    if (q[i] > 0) sum += q[i] * Math.log(q[i] / m) / 2;
  }
  return sum;
}`,
    },
  },
  { solved: "all", essay: GOOD },
  { solved: "all", essay: SHORT },
  // Partial.
  { solved: EARLY, essay: SHORT },
  { solved: EARLY },
  { solved: ["bceOnLogits"] },
  { solved: ["bceOnLogits", "valueOfGame"], essay: SHORT },
  { solved: "all", edits: [NAIVE], essay: GOOD },
  { solved: "all", edits: [NAIVE, NO_PRIOR] },
  { solved: "all", edits: [NO_ZEROS, NO_MASS], essay: GOOD },
  { solved: [...EARLY, "kl", "js"], edits: [NO_ZEROS] },
  { solved: "all", edits: [NO_PRIOR], essay: SHORT },
  { solved: "all", edits: [NAIVE, NO_MASS], essay: SHORT },
  // Wrong.
  { solved: "all", edits: [BITS, SUM], essay: SHORT },
  { solved: "all", edits: [SWAPPED, NO_WIDTH] },
  { solved: ["bceOnLogits", "valueOfGame"], edits: [SUM] },
  { solved: EARLY, edits: [SWAPPED, NO_PRIOR], essay: SHORT },
  { solved: "all", edits: [BITS, NAIVE], own: { costOnGrid: "function costOnGrid( {" } },
  { solved: [] },
  // Hostile.
  {
    solved: "all",
    own: {
      bceOnLogits: "function bceOnLogits(a: number[], y: number[]): number {\n  for (;;);\n}",
    },
  },
  {
    solved: ["kl", "js"],
    own: {
      valueOfGame: `async function valueOfGame(): Promise<number> {
  const text = await Deno.readTextFile("notebooks/assignments/a1_theory.ipynb");
  return Number(text.match(/log/));
}`,
    },
  },
  {
    solved: EARLY,
    own: {
      kl: "function kl(): number {\n  Deno.exit(0);\n}",
      js: `function js(): number {
  for (const { prototype } of [Object, Number] as any[]) prototype.toJSON = () => Math.LN2;
  return { toJSON: () => Math.LN2 } as any;
}`,
    },
  },
  {
    solved: [],
    own: {
      bceOnLogits: `function bceOnLogits(): number {
  const all: unknown[] = [];
  for (;;) all.push(new Float64Array(2 ** 22).fill(1));
}`,
    },
    essay: '<script>alert("full marks")</script>',
  },
  {
    solved: [],
    own: {
      bceOnLogits: `function bceOnLogits(): number {
  Object.is = () => true;
  Math.abs = () => 0;
  Deno.stdout.writeSync(new TextEncoder().encode('{"value":0.6931471805599453}\\\\n'));
  return NaN;
}`,
    },
  },
  { solved: [], file: "this is no notebook" },
];

/** The notebook of a recipe. */
function handIn(assignment: Assignment, { solved, edits = [], own = {}, essay }: Recipe): string {
  const texts: Record<string, string> = { ...own };
  const solution = parseNotebook(notebookText(assignment.notebook), NAME);
  for (const cell of solution.cells) {
    let source = sourceOf(cell);
    for (const [from, to] of edits) source = source.replace(from, () => to);
    // Students do not leave the instructor's marks.
    source = source.replaceAll(/^.*(BEGIN|END) SOLUTION.*\n/gm, "");
    for (const [, name] of source.matchAll(/^function (\w+)/gm)) {
      if (!assignment.functions.includes(name) || name in texts) continue;
      if (solved !== "all" && !solved.includes(name)) continue;
      const from = source.indexOf(`function ${name}`);
      texts[name] = source.slice(from, source.indexOf("\n}", from) + 2);
    }
  }
  const student = parseNotebook(submission(assignment, texts), NAME);
  for (const cell of student.cells) {
    if (essay) cell.source = sourceOf(cell).replace(TEXT_STUB, () => essay);
  }
  return notebookText(student);
}

using _lock = await FolderLock.take(FOLDER);
const assignment = await readAssignment(NAME);
for (const [i, recipe] of recipes.entries()) {
  const folder = join(FOLDER, `student_${String(i + 1).padStart(2, "0")}`);
  await Deno.mkdir(folder, { recursive: true });
  await writeTextAtomically(
    join(folder, `${NAME}.ipynb`),
    recipe.file ?? handIn(assignment, recipe),
  );
}
console.log(`${recipes.length} submissions in ${FOLDER}`);
