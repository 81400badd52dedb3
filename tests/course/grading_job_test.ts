/** A class graded by jobs has the grades, byte for byte, that it has without them. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { EndOfWork } from "@/course/attempts.ts";
import { type ClassOptions } from "@/course/class.ts";
import { type Executor } from "@/jobs/executor.ts";
import { type JobOrder } from "@/jobs/job.ts";
import { JobFailed, QueueGoneError } from "@/jobs/job_errors.ts";
import { LocalExecutor } from "@/jobs/local_executor.ts";
import { inTempFolder } from "../support/commands.ts";
import { changed, smallAssignment, submission } from "../support/submissions.ts";
import { gradeAndRead } from "../support/graded_class.ts";

const PROGRAM = new URL("../../lib/cli/job_program.ts", import.meta.url);

const assignment = smallAssignment();
const solution = changed(assignment, []);
const CLASS: Record<string, string> = {
  "ada lovelace": solution,
  "bob": submission(assignment, {}),
  "cyd": changed(assignment, [["return 2 * x;", "return 3 * x;"]]),
  "dan, who copied": solution,
  "eve": "",
};

async function hand(folder: string): Promise<void> {
  for (const [student, text] of Object.entries(CLASS)) {
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
  }
}

const gradeInto = (folder: string, out: string, options: Partial<ClassOptions> = {}) =>
  gradeAndRead(assignment, {
    submissions: join(folder, "in"),
    out: join(folder, out),
    jobs: 2,
    seed: 1,
    ...options,
  });

async function tablesOf(folder: string): Promise<string[]> {
  const names = ["grades.csv", "grades.json", "by_hand.csv"];
  return await Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))));
}

/** An executor that tells what it was asked for. */
function watched(executor: Executor, asked: JobOrder[], forgotten: JobOrder[]): Executor {
  return {
    window: 2,
    run: (order, options) => {
      asked.push(order);
      return executor.run(order, options);
    },
    forget: (order) => {
      forgotten.push(order);
      return executor.forget(order);
    },
    standing: () => executor.standing(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("by jobs, here, and from results that are known, the tables have the same bytes", () =>
  inTempFolder(async (folder) => {
    await hand(folder);
    const [asked, forgotten]: JobOrder[][] = [[], []];
    await using pool = await LocalExecutor.start({ program: PROGRAM, size: 2 });
    const elsewhere = { executor: watched(pool, asked, forgotten), version: "v" };
    assertEquals((await gradeInto(folder, "jobs", { elsewhere })).graded, 4);
    await gradeInto(folder, "here");
    const here = await tablesOf(join(folder, "here"));
    assertEquals(await tablesOf(join(folder, "jobs")), here);
    for (const name of ["grades.csv", "grades.json"]) {
      await Deno.remove(join(folder, "here", name));
    }
    assertEquals((await gradeInto(folder, "here")).graded, 0);
    assertEquals(await tablesOf(join(folder, "here")), here);
    // What is no notebook needs no job, and what is kept is forgotten.
    assertEquals(asked.length, 4);
    assertEquals(forgotten.length, 4);
    for (const student of Object.keys(CLASS)) {
      assert(!JSON.stringify(asked).includes(student), `${student} is named in a job`);
    }
    assertEquals((await gradeInto(folder, "jobs", { elsewhere })).graded, 0);
    assertEquals(asked.length, 4, "a second run asks for nothing");
  }));

Deno.test("a job that has no result gives no points and a reason, and a queue that is gone ends the run", () =>
  inTempFolder(async (folder) => {
    await hand(folder);
    const failing = (error: Error): ClassOptions["elsewhere"] => ({
      version: "v",
      executor: {
        window: 2,
        run: () => Promise.reject(error),
        forget: () => Promise.resolve(),
        standing: () => Promise.resolve({ workers: 0, failures: 0, lost: 0 }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
    });
    const elsewhere = failing(new JobFailed("it is set aside"));
    const { ungraded, grades } = await gradeInto(folder, "out", { elsewhere });
    assertEquals(ungraded.length, 4);
    const bob = grades.students.find(({ student }) => student === "bob")!;
    assertEquals(bob.total, undefined);
    assertMatch(bob.status, /^not graded: it is set aside/);
    const gone = failing(new QueueGoneError("The queue does not answer"));
    await assertRejects(
      () => gradeInto(folder, "other", { elsewhere: gone }),
      EndOfWork,
      "The queue does not answer",
    );
  }));
