/**
 * Grades a class whose results come at once and are large, twice, and prints how many bytes more were in use at most
 * than before: `large_class_program.ts FOLDER COUNT BYTES`, with V8's --expose-gc.
 */
import { join } from "node:path";
import { gradeClass } from "@/course/class.ts";
import { type Executor } from "@/jobs/executor.ts";
import { type Json } from "@/jobs/job.ts";
import { smallAssignment } from "./submissions.ts";

const [folder, count, bytes] = Deno.args;
const assignment = smallAssignment();

/** A result with a long text of the student's beside a check that does not hold. */
function resultOf(number: number): Json {
  const marks = assignment.items.map(({ id, kind, points }, i): Json => {
    if (kind !== "check") {
      return { id, outcome: "by hand", message: "", answer: `${number}`, digest: `${number}` };
    }
    if (i > 0) return { id, outcome: "right", points, message: "" };
    const code = `${number} `.repeat(Number(bytes)).slice(0, Number(bytes));
    return { id, outcome: "wrong", points: 0, message: "no", code };
  });
  // As it comes from elsewhere.
  return JSON.parse(JSON.stringify({ status: "graded", notes: [], marks }));
}

for (let i = 0; i < Number(count); i++) {
  const student = join(folder, "in", `student_${i}`);
  await Deno.mkdir(student, { recursive: true });
  await Deno.writeTextFile(join(student, `${assignment.name}.ipynb`), `{"number": ${i}}`);
}
let asked = 0;
const made = { host: "none", cores: 1, seconds: 0 };
const executor: Executor = {
  window: 1,
  run: () => Promise.resolve({ result: resultOf(asked++), made }),
  forget: () => Promise.resolve(),
  standing: () => Promise.resolve({ workers: 1, failures: 0, lost: 0 }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
declare const gc: () => void;

/** What is in use, without what is only waiting to be collected. */
function inUse(): number {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

for (let run = 0; run < 2; run++) {
  const before = inUse();
  let most = before;
  const look = setInterval(() => most = Math.max(most, inUse()), 100);
  await gradeClass(assignment, {
    submissions: join(folder, "in"),
    out: join(folder, "out"),
    jobs: 1,
    seed: 1,
    elsewhere: { executor, version: "any" },
  });
  clearInterval(look);
  console.log(most - before);
}
