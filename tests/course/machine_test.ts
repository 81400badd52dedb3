/** What the machine does as a class is graded is never a mark: it is tried again, told, and made good by the next run. */
import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type ClassOptions } from "@/course/class.ts";
import { classReport } from "@/course/class_report.ts";
import { parseGrades } from "@/course/grades.ts";
import { readResult } from "@/course/results.ts";
import { FolderLock, FolderLockedError } from "@/io/lock.ts";
import { notebookText } from "@/notebook/document.ts";
import { ended, inTempFolder, run as runCommand, start } from "../support/commands.ts";
import { injectFaults, systemError } from "../support/faults.ts";
import { leftBehind, processesOf } from "../support/killed_grading.ts";
import { changed, smallAssignment, smallNotebook } from "../support/submissions.ts";
import { gradeAndRead } from "../support/graded_class.ts";

const assignment = smallAssignment();
const solution = changed(assignment, []);

async function hand(folder: string, students: string[], text = solution): Promise<void> {
  for (const student of students) {
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
  }
}

async function run(folder: string, options: Partial<ClassOptions> = {}) {
  const said: string[] = [];
  const summary = await gradeAndRead(assignment, {
    submissions: join(folder, "in"),
    out: join(folder, "out"),
    jobs: 2,
    seed: 1,
    pauseMs: 1,
    onTrouble: (line) => said.push(line),
    ...options,
  });
  const totals = Object.fromEntries(
    summary.grades.students.map(({ student, total }) => [student, total]),
  );
  return { ...summary, totals, said };
}

const table = (folder: string) => Deno.readTextFile(join(folder, "out", "grades.csv"));
const grader = (folder: string) =>
  [...Deno.readDirSync(join(folder, "out", ".results"))].map(({ name }) => name)
    .filter((name) => name.startsWith("grader-"));

Deno.test("a submission that nobody may read has no points, a reason in the table, and no other is touched", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada", "bob", "cyd"]);
    {
      let tries = 0;
      using _ = injectFaults(({ name, path }) => {
        if (name !== "readFile" || !path?.includes("/bob/")) return undefined;
        tries++;
        return systemError("EACCES");
      });
      const { totals, ungraded, grades } = await run(folder);
      assertEquals(totals, { ada: 90, bob: undefined, cyd: 90 });
      assertEquals(ungraded.map(({ student }) => student), ["bob"]);
      assertStringIncludes(ungraded[0].reason, "EACCES");
      // It is looked at to know whether it is graded, and to grade it: more would not help.
      assertEquals(tries, 2);
      const page = await classReport(grades);
      assertStringIncludes(page, "1 of them not graded");
      assertStringIncludes(page, "mean 90");
    }
    assertStringIncludes(await table(folder), "bob,,,,,not graded: Cannot read ");
    assertEquals(
      [...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name).includes("bob"),
      false,
    );
    const { totals, graded } = await run(folder);
    assertEquals([totals.bob, graded], [90, 1]);
  }));

Deno.test("what could not be graded loses the page of an earlier grading, which the table no longer says", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada"]);
    await run(folder);
    await hand(folder, ["ada"], changed(assignment, [["return 2 * x;", "return 3 * x;"]]));
    using _ = injectFaults(({ name, path }) =>
      name === "readFile" && path?.includes("/ada/") ? systemError("EIO") : undefined
    );
    assertEquals((await run(folder)).totals, { ada: undefined });
    assertEquals([...Deno.readDirSync(join(folder, "out", "ada"))], []);
  }));

Deno.test("a machine that refuses for a while is asked again, later and for less at a time, and the run says so", () =>
  inTempFolder(async (folder) => {
    const students = Array.from({ length: 6 }, (_, i) => `s${i}`);
    await hand(folder, students);
    let refusals = 9;
    using _ = injectFaults(({ name, functions }) => {
      if (name !== "spawn" || !functions.includes("oneRound")) return undefined;
      return refusals-- > 0 ? systemError("EAGAIN") : undefined;
    });
    const { totals, ungraded, said } = await run(folder, { jobs: 4 });
    assertEquals(Object.values(totals), Array(6).fill(90));
    assertEquals(ungraded, []);
    assert(said.length > 0);
    for (const line of said) {
      assert(/could not be graded: .*EAGAIN.*Trying again, [14] at a time/.test(line), line);
    }
  }));

Deno.test("a question that is lost on its way is asked again: the process that waits is not taken for a student's loop", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada"]);
    let asked = 0;
    using _ = injectFaults(({ name, functions }) =>
      name === "pipe.lost" && functions.includes("oneRound") && ++asked === 3
        ? systemError("EIO")
        : undefined
    );
    const { totals, ungraded } = await run(folder, { limits: { callMs: 1000 } });
    assertEquals([totals, ungraded], [{ ada: 90 }, []]);
    assert(asked > 3);
  }));

Deno.test(
  "what a system kills that has no memory left is asked again, a submission that kills itself comes to an end",
  {
    ignore: Deno.build.os === "windows",
  },
  () =>
    inTempFolder(async (folder) => {
      await hand(folder, ["ada"]);
      let killed = 0;
      {
        using _ = injectFaults(({ name, path, functions }) => {
          const isCall = name === "pipe.write" && functions.includes("Student.#ask") &&
            functions.includes("oneRound");
          if (isCall && killed++ < 3) Deno.kill(Number(path), "SIGKILL");
          return undefined;
        });
        const { totals, ungraded } = await run(folder);
        assertEquals([totals, ungraded], [{ ada: 90 }, []]);
      }
      assert(killed > 3);
      const itself = 'return Deno.kill(Deno.pid, "SIGKILL") as any;';
      await hand(folder, ["bob"], changed(assignment, [["return 2 * x;", itself]]));
      const { totals, ungraded } = await run(folder);
      assertEquals([totals, ungraded], [{ ada: 90, bob: 0 }, []]);
    }),
);

Deno.test("a machine that refuses for good is given up soon: all have no points, and the next run grades them", () =>
  inTempFolder(async (folder) => {
    await hand(folder, Array.from({ length: 12 }, (_, i) => `s${String(i).padStart(2, "0")}`));
    let tries = 0;
    {
      using _ = injectFaults(({ name, functions }) => {
        if (name !== "spawn" || !functions.includes("oneRound")) return undefined;
        tries++;
        return systemError("EAGAIN");
      });
      const { totals, ungraded } = await run(folder);
      assertEquals(Object.values(totals), Array(12).fill(undefined));
      assertEquals(ungraded.length, 12);
      for (const { reason } of ungraded) assertStringIncludes(reason, "EAGAIN");
    }
    assert(tries < 25, `${tries} tries`);
    assertEquals(await table(folder).then((text) => text.match(/not graded: /g)!.length), 12);
    const { totals } = await run(folder);
    assertEquals(Object.values(totals), Array(12).fill(90));
  }));

Deno.test("the grader's folder is removed as it works: it is made anew once, no mark differs", () =>
  inTempFolder(async (folder) => {
    await hand(folder, Array.from({ length: 6 }, (_, i) => `s${i}`));
    let removed = 0;
    const remove = (done: number) => {
      if (done !== 2 || removed > 0) return;
      for (const name of grader(folder)) {
        Deno.removeSync(join(folder, "out", ".results", name), { recursive: true });
        removed++;
      }
    };
    const { totals, ungraded } = await run(folder, { onProgress: remove });
    assertEquals([removed, Object.values(totals), ungraded], [1, Array(6).fill(90), []]);
    assertEquals(await leftBehind(join(folder, "out")), []);
  }));

Deno.test("the grader's folder is removed again and again: the run ends and says so, no mark is published", () =>
  inTempFolder(async (folder) => {
    await hand(folder, Array.from({ length: 8 }, (_, i) => `s${i}`));
    const remove = () => {
      for (const name of grader(folder)) {
        Deno.removeSync(join(folder, "out", ".results", name), { recursive: true });
      }
    };
    const error = await assertRejects(() => run(folder, { onProgress: remove }), Error);
    assertStringIncludes(error.message, "working folder was removed while it worked");
    const { totals } = await run(folder);
    assertEquals(Object.values(totals), Array(8).fill(90));
  }));

Deno.test("the folder of grades is removed as the grader works: the run ends and says so", () =>
  inTempFolder(async (folder) => {
    await hand(folder, Array.from({ length: 6 }, (_, i) => `s${i}`));
    const remove = (done: number) =>
      done === 2 && Deno.removeSync(join(folder, "out"), { recursive: true });
    const error = await assertRejects(() => run(folder, { onProgress: remove }), Error);
    assert(/was removed/.test(error.message), error.message);
  }));

Deno.test("a disk that is full as the tables are written leaves the earlier ones", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada"]);
    await run(folder);
    const before = await table(folder);
    await hand(folder, ["bob"]);
    using _ = injectFaults(({ name, functions }) =>
      name === "file.write" && functions.includes("writeTables") ? systemError("ENOSPC") : undefined
    );
    const error = await assertRejects(() => run(folder), Error);
    assertStringIncludes(error.message, "Cannot write the grades to");
    assertStringIncludes(error.message, "What was graded is kept");
    assertEquals(await table(folder), before);
    assertEquals(await leftBehind(join(folder, "out")), []);
  }));

Deno.test("a result that is cut short, of another shape or with impossible points is graded anew", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada"]);
    await run(folder);
    const file = join(folder, "out", ".results", "ada.json");
    const whole = await Deno.readTextFile(file);
    const result = JSON.parse(whole);
    const [first, ...rest] = result.marks;
    const damaged = [
      whole.slice(0, -20),
      "",
      "null",
      "[]",
      "7",
      JSON.stringify({ ...result, marks: undefined }),
      JSON.stringify({ ...result, marks: {} }),
      JSON.stringify({ ...result, marks: rest }),
      JSON.stringify({ ...result, marks: [null, ...rest] }),
      JSON.stringify({ ...result, marks: [{ ...first, points: 1000 }, ...rest] }),
      JSON.stringify({ ...result, marks: [{ ...first, points: "30" }, ...rest] }),
      JSON.stringify({ ...result, marks: [{ ...first, id: "other" }, ...rest] }),
      JSON.stringify({ ...result, status: 3 }),
      JSON.stringify({ ...result, key: "of an older version" }),
    ];
    const known = () => readResult(join(folder, "out"), "ada", result, assignment);
    assertEquals((await known())?.grading.marks.length, assignment.items.length);
    for (const text of damaged) {
      await Deno.writeTextFile(file, text);
      assertEquals(await known(), undefined, text);
    }
    const { graded, totals } = await run(folder);
    assertEquals([graded, totals.ada], [1, 90]);
    assertEquals(await Deno.readTextFile(file), whole);
    assertEquals((await run(folder)).graded, 0);
  }));

Deno.test("a second run in the same folder ends at once, and the first one has all marks", () =>
  inTempFolder(async (folder) => {
    await hand(folder, Array.from({ length: 4 }, (_, i) => `s${i}`));
    let second: Promise<unknown> | undefined;
    const { totals } = await run(folder, {
      onProgress: () => second ??= run(folder).then(() => "graded", (error) => error),
    });
    assert(await second instanceof FolderLockedError);
    assertEquals(Object.values(totals), Array(4).fill(90));
  }));

Deno.test("what a killed run has left is removed, and nothing else", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada"]);
    const results = join(folder, "out", ".results");
    await Deno.mkdir(join(results, "grader-1a2b"), { recursive: true });
    const temporary = `.writing-${"0".repeat(32)}.tmp`;
    for (const name of [temporary, "mine.tmp"]) await Deno.writeTextFile(join(results, name), "");
    await run(folder);
    assertEquals([...Deno.readDirSync(results)].map(({ name }) => name).sort(), [
      "ada.json",
      "mine.tmp",
    ]);
  }));

Deno.test("report names the file and the field of grades.json that is wrong, and what it found there", () =>
  inTempFolder(async (folder) => {
    await hand(folder, ["ada"]);
    const { grades } = await run(folder);
    const text = JSON.stringify(grades);
    assertEquals(parseGrades(text, "grades.json").students.length, 1);
    const without = (from: string, to: string) => {
      assert(text.includes(from), from);
      return text.replace(from, to);
    };
    const cases: [string, RegExp][] = [
      ["{", /^Cannot read grades\.json: it must be JSON, got /],
      ["null", /^Cannot read grades\.json: its content must be an object, got null$/],
      ["[]", /^Cannot read grades\.json: its content must be an object|assignment must be/],
      [without('"total":90', '"total":"90"'), /students\[0\]\.total must be number, got "90"$/],
      [without('"students":', '"pupils":'), /: students must be .*, got nothing$/],
      [without('"points":30', '"points":null'), /items\[0\]\.points must be number, got null$/],
      [
        without('"outcome":"right"', '"outcome":"fine"'),
        /students\[0\]\.marks\[0\]\.outcome must be .*, got "fine"$/,
      ],
      [
        text.replace(/\{"id":"double-visible","outcome":[^}]*\},/, ""),
        /students\[0\]\.marks must have a mark for each item, ada has none for double-visible$/,
      ],
    ];
    for (const [wrong, message] of cases) {
      const error = await assertRejects(
        async () => await parseGrades(wrong, "grades.json"),
        RangeError,
      );
      assert(message.test(error.message), error.message);
    }
  }));

Deno.test("grade: exit code 1 and a line for whom the machine kept from being graded; a folder at work is left alone", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "small.ipynb"), notebookText(smallNotebook()));
    await hand(folder, ["ada", "bob"]);
    const out = join(folder, "out");
    const args = [
      "grade",
      join(folder, "small.ipynb"),
      "--submissions",
      join(folder, "in"),
      "--out",
      out,
    ];
    {
      using _lock = await FolderLock.take(out);
      const { code, stderr } = await runCommand("assignment", ...args);
      assertEquals(code, 1);
      assertEquals(
        stderr.trim().split("\n").at(-1),
        `error: Cannot write to ${out}: another command is writing there. Wait for it, or choose another folder with --out`,
      );
    }
    // A folder where the result is to be written.
    await Deno.mkdir(join(out, ".results", "bob.json"), { recursive: true });
    const { code, stderr, stdout } = await runCommand("assignment", ...args);
    assertEquals([code, stdout.trim()], [1, join(out, "grades.csv")]);
    assert(/^error: bob is not graded: .*bob\.json/m.test(stderr), stderr);
    assert(/^error: 1 of 2 submissions are not graded and have no points/m.test(stderr), stderr);
    const rows = (await table(folder)).split("\n");
    assert(
      rows[1].startsWith("ada,90,") && rows[2].startsWith("bob,,,,,not graded: "),
      rows.join("\n"),
    );
  }));

Deno.test(
  "grade that is told to stop leaves no process and no folder, and its exit code names the signal",
  {
    ignore: Deno.build.os === "windows",
  },
  () =>
    inTempFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "small.ipynb"), notebookText(smallNotebook()));
      await hand(folder, ["ada", "bob"], changed(assignment, [["return 2 * x;", "for (;;);"]]));
      for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
        const child = start("assignment", [
          ...["grade", join(folder, "small.ipynb"), "--submissions", join(folder, "in")],
          ...["--out", join(folder, "out"), "--jobs", "2", "--timeout", "60"],
        ]);
        // Both submissions are in their loops.
        while ((await processesOf(folder)).length < 3) {
          await new Promise((done) => setTimeout(done, 50));
        }
        child.kill(signal);
        const end = await ended(child);
        assertEquals([end.code, end.stdout], [code, ""], end.stderr);
        assertStringIncludes(end.stderr, "stopped; the same command goes on from here");
        assertEquals(await processesOf(folder), []);
        assertEquals(await leftBehind(join(folder, "out")), []);
      }
    }),
);
