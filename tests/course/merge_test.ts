/** Folders of grades are joined: everybody once, nothing that people gave lost, contradictions refused. */
import { join } from "node:path";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Aliases } from "@/course/aliases.ts";
import { readDecisions } from "@/course/decisions.ts";
import { mergeClasses } from "@/course/merge.ts";
import { inTempFolder } from "../support/commands.ts";
import { type Handed, PublishedClass } from "../support/published_class.ts";
import { tableOf as readTable, textOf } from "../support/spreadsheets.ts";
import { smallAssignment } from "../support/submissions.ts";
import { gradesIn } from "../support/graded_class.ts";

const [ada, bob, cyd] = ["ada", "bob", "cyd"].map((name): Handed => ({ answer: `Since ${name}.` }));
const assignment = smallAssignment();

/** Two folders of grades, and a third one for both together. */
function inParts(
  handed: [Record<string, Handed>, Record<string, Handed>],
  test: (
    parts: {
      a: PublishedClass;
      b: PublishedClass;
      out: string;
      merge(): ReturnType<typeof mergeClasses>;
    },
  ) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (folder) => {
    const [a, b] = ["a", "b"].map((name) => new PublishedClass(join(folder, name)));
    await Deno.mkdir(a.out);
    await Deno.mkdir(b.out);
    await a.run(handed[0]);
    await b.run(handed[1]);
    const out = join(folder, "both");
    await test({ a, b, out, merge: () => mergeClasses(assignment, [a.out, b.out], out) });
  });
}

async function fillIn(class_: PublishedClass, student: string, points: string): Promise<void> {
  const path = join(class_.out, "by_hand.csv");
  const table = readTable(await Deno.readTextFile(path));
  Object.assign(table.find((row) => row.student === student)!, {
    points,
    comment: `for ${student}`,
  });
  await Deno.writeTextFile(path, textOf(table));
  await class_.run();
}

Deno.test("parts of a class become one, with points of the sheets and of the pages, as often as it is done", () =>
  inParts([{ ada, bob }, { cyd }], async ({ a, b, out, merge }) => {
    await fillIn(a, "ada", "7");
    await b.decide("ann", { student: "cyd", answer: await b.answerId("cyd"), points: 9 });
    await b.decide("ann", {
      student: "cyd",
      item: "double-visible",
      points: 10,
      reason: "the idea",
    });
    for (let i = 0; i < 2; i++) {
      await merge();
      const grades = gradesIn(out);
      assertEquals(grades.students.map(({ student, total }) => [student, total]), [
        ["ada", 97],
        ["bob", 90],
        ["cyd", 79],
      ]);
      assertEquals((await readDecisions(out)).all.length, 2);
      const rows = readTable(await Deno.readTextFile(join(out, "by_hand.csv")));
      assertEquals(rows.map(({ student, points }) => [student, points]), [
        ["ada", "7"],
        ["bob", ""],
        ["cyd", ""],
      ]);
    }
    // More is marked, and joined again.
    await fillIn(a, "bob", "3");
    const { changes } = await merge();
    const grades = gradesIn(out);
    assertEquals(grades.students[1].total, 93);
    assertEquals(changes.map(({ student, why }) => [student, why]), [[
      "bob",
      "by hand: by_hand.csv",
    ]]);
  }));

Deno.test("a class that two people have marked apart: agreement counts, contradiction is a dispute", () =>
  inParts([{ ada, bob }, { ada, bob }], async ({ a, b, out, merge }) => {
    for (const [class_, grader, points] of [[a, "ann", 6], [b, "ben", 8]] as const) {
      await class_.decide(grader, { answer: await class_.answerId("ada"), points: 5 });
      const answer = await class_.answerId("bob");
      await class_.decide(grader, { student: "bob", answer, points });
    }
    const { byHand } = await merge();
    const grades = gradesIn(out);
    assertEquals(grades.students.map(({ total }) => total), [95, 90]);
    assertEquals(byHand, ["bob, essay-why: in dispute: 6 by ann, 8 by ben"]);
  }));

Deno.test("what contradicts is refused with the places, and nothing is written", async (t) => {
  const refused: [string, Handed, (b: PublishedClass) => Promise<unknown>, string][] = [
    [
      "another submission",
      { ...ada, version: "2" },
      async () => {},
      "ada has different submissions in ",
    ],
    [
      "another result",
      { ...ada, checks: { "sum-doubled": { outcome: "wrong", points: 0 } } },
      async () => {},
      "ada has different results for one submission",
    ],
    ["other points", ada, (b) => fillIn(b, "ada", "8"), 'has the points "7" in '],
    ["another seed", ada, (b) => patch(b, { seed: 2 }), "was graded with the seed 2"],
    ["another assignment", ada, (b) => patch(b, { assignment: "x" }), "has the grades of x"],
    ["another version", ada, (b) => patch(b, { digest: "x" }), "another version of small"],
    ["another grader", ada, (b) => patch(b, { grader: 1 }), "another version of small"],
  ];
  for (const [name, handed, change, message] of refused) {
    await t.step(name, () =>
      inParts([{ ada }, { ada: handed }], async ({ a, b, out, merge }) => {
        await fillIn(a, "ada", "7");
        await change(b);
        const error = await assertRejects(merge, RangeError, message);
        assertStringIncludes(error.message, "Cannot join the folders");
        const left = await Array.fromAsync(Deno.readDir(out)).catch(() => []);
        assertEquals(left.map(({ name }) => name), []);
      }));
  }
});

async function patch({ out }: PublishedClass, change: Record<string, unknown>): Promise<void> {
  const path = join(out, "grades.json");
  const grades = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...grades, ...change }));
}

/** Makes a folder of grades anonymous, under these numbers. */
async function number(class_: PublishedClass, numbers: Record<string, string>): Promise<void> {
  await patch(class_, { anonymous: true });
  const rows = Object.entries(numbers).map(([name, number]) => `${name},${number}\n`);
  await Deno.writeTextFile(`${class_.out}.key.csv`, `student,number\n${rows.join("")}`);
  await Deno.mkdir(join(class_.out, ".results"));
  for (const [name, number] of Object.entries(numbers)) {
    await Deno.writeTextFile(join(class_.out, ".results", `${number}.json`), `of ${name}`);
  }
}

Deno.test("anonymous parts are joined by their keys: one number for two students, and two for one", () =>
  inParts(
    [{ "1001": ada, "1002": bob }, { "1001": cyd, "1003": ada }],
    async ({ a, b, out, merge }) => {
      await fillIn(a, "1001", "7");
      // Ben has seen what Ann gave, and overrules her; then she marks another answer.
      const answer = await b.answerId("1001");
      const over = await b.decide("ann", { student: "1001", answer, points: 9 });
      await b.decide("ben", { student: "1001", answer, points: 4, over });
      await b.decide("ann", { student: "1003", answer: "of long ago", points: 1 });
      await number(a, { ada: "1001", bob: "1002" });
      await assertRejects(merge, RangeError, `${a.out} has numbers and ${b.out} has names`);
      await patch(b, { anonymous: true });
      await assertRejects(merge, RangeError, `put it at ${b.out}.key.csv`);
      await number(b, { cyd: "1001", ada: "1003" });
      for (let i = 0; i < 2; i++) {
        await merge();
        const grades = gradesIn(out);
        const aliases = await Aliases.read(`${out}.key.csv`);
        const totals = grades.students.map((
          { student, total },
        ) => [aliases.nameOf(student), total]);
        assertEquals(Object.fromEntries(totals), { ada: 97, bob: 90, cyd: 94 });
        assertEquals(grades.anonymous, true);
        for (const { student } of grades.students) {
          const result = await Deno.readTextFile(join(out, ".results", `${student}.json`));
          assertEquals(result, `of ${aliases.nameOf(student)}`);
        }
        assertEquals((await readDecisions(out)).all.length, 3);
      }
      // What is there has other numbers than a merge with names would have.
      await Deno.remove(`${out}.key.csv`);
      await assertRejects(merge, RangeError, "nobody knows whose the grades are");
    },
  ));

Deno.test("what contradicts under two numbers is refused before there is a key", () =>
  inParts([{ "1001": ada }, { "1002": { ...ada, version: "2" } }], async ({ a, b, out, merge }) => {
    await number(a, { ada: "1001" });
    await number(b, { ada: "1002" });
    await assertRejects(merge, RangeError, "ada has different submissions in ");
    await assertRejects(() => Deno.stat(`${out}.key.csv`), Deno.errors.NotFound);
  }));
