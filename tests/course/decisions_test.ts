/** What people decide about marks is kept, merged and never lost; where they contradict each other, it is said. */
import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DecisionFile, decisionId, readDecisions } from "@/course/decisions.ts";
import { publishAgain } from "@/course/publish.ts";
import { tableOf as readTable } from "../support/spreadsheets.ts";
import { inPublishedClass } from "../support/published_class.ts";
import { inTempFolder } from "../support/commands.ts";

const two = { ada: { answer: "Because of ada." }, bob: { answer: "Because of bob." } };

Deno.test("a decision counts in the total, in the part and for the student, and the next run keeps it", () =>
  inPublishedClass(two, async (class_) => {
    const answer = await class_.answerId("ada");
    await class_.decide("ann", { answer, points: 7.5, comment: "nearly" });
    for (let i = 0; i < 2; i++) {
      const { total, parts, status, marks } = await class_.row("ada");
      assertEquals([total, parts.essay, status], [97.5, 7.5, "graded"]);
      assertEquals([marks.at(-1)!.message, marks.at(-1)!.graders], ["nearly", ["ann"]]);
      assertEquals((await class_.row("bob")).status, "graded, not yet by hand");
    }
    assertEquals(class_.told, []);
    const [row] = readTable(await Deno.readTextFile(join(class_.out, "by_hand.csv")));
    assertEquals([row.points, row["marking page"]], ["", "7.5 by ann"]);
  }));

Deno.test("two graders who agree are one mark, two who do not are a dispute, which is open until somebody settles it", () =>
  inPublishedClass(two, async (class_) => {
    const answer = await class_.answerId("ada");
    const [first] = await class_.decide("ann", { answer, points: 7, comment: "good" });
    const [second] = await class_.decide("ben", { answer, points: 7, comment: "fine" });
    assertEquals((await class_.mark("ada", "essay-why")).message, "good\nfine");
    const [third] = await class_.decide("ben", { answer, points: 4 });
    const { total, status } = await class_.row("ada");
    assertEquals([total, status], [90, "graded, not yet by hand"]);
    assertEquals(class_.told, ["ada, essay-why: in dispute: 7 by ann, 4 by ben"]);
    // Whoever has seen only one of them settles nothing.
    await class_.decide("cyd", { answer, points: 6, over: [first] });
    assertEquals(class_.told.length, 1);
    assertEquals((await class_.row("ada")).total, 90);
    await class_.decide("cyd", { answer, points: 6, over: [first, second, third] });
    assertEquals((await class_.row("ada")).total, 96);
    assertEquals(class_.told, []);
    // Taken back, it is as it was before.
    await class_.decide("cyd", { answer, points: null });
    assertEquals((await class_.row("ada")).total, 90);
    assertStringIncludes(class_.told[0], "in dispute: 7 by ann, 4 by ben");
  }));

Deno.test("the sheet is one grader more: other points there are a dispute, and the cell stays", () =>
  inPublishedClass(two, async (class_) => {
    const answer = await class_.answerId("ada");
    await class_.decide("ann", { answer, points: 7 });
    await Deno.writeTextFile(
      join(class_.out, "by_hand.csv"),
      "student,item,points,comment\nada,essay-why,5,short\n",
    );
    assertEquals((await class_.row("ada")).total, 90);
    assertStringIncludes(class_.told.join(), "in dispute: 7 by ann, 5 by by_hand.csv");
    assertEquals(
      readTable(await Deno.readTextFile(join(class_.out, "by_hand.csv")))[0].points,
      "5",
    );
  }));

Deno.test("points stay where the answer stayed; another answer is open, and the earlier points are told", () =>
  inPublishedClass(two, async (class_) => {
    for (const student of ["ada", "bob"]) {
      await class_.decide("ann", { student, answer: await class_.answerId(student), points: 8 });
    }
    await class_.run({
      ada: { answer: "Because of ada.", version: "2" },
      bob: { answer: "Otherwise.", version: "2" },
    });
    assertEquals((await class_.row("ada")).total, 98);
    assertEquals((await class_.row("bob")).total, 90);
    assertEquals(class_.told, [
      "bob, essay-why: another answer than the one that ann gave 8 points, which count no longer",
    ]);
    await class_.run(two);
    assertEquals((await class_.row("bob")).total, 98);
  }));

Deno.test("points for a check need a reason, may be part of them or more, and outlive every run", () =>
  inPublishedClass(two, async (class_) => {
    const item = "double-visible";
    await class_.decide("ann", { item, points: 12 });
    assertEquals((await class_.row("ada")).total, 90);
    assertStringIncludes(class_.told.join(), "the 12 points by ann do not count");
    await class_.decide("ann", {
      item,
      points: 12,
      reason: "the right idea",
      comment: "see page 3",
    });
    await class_.decide("ann", { item, student: "bob", points: 35, reason: "a proof as well" });
    for (const version of ["1", "1", "2"]) {
      const wrong = { [item]: { outcome: "wrong" as const, points: 0, message: "expected 4" } };
      await class_.run({ ada: { ...two.ada, version, checks: wrong }, bob: two.bob });
      const mark = await class_.mark("ada", item);
      assertEquals([mark.points, mark.reason, mark.message], [12, "the right idea", "see page 3"]);
      assertEquals(mark.program, { points: 0, message: "expected 4" });
      assertEquals([(await class_.row("ada")).total, (await class_.row("bob")).total], [72, 95]);
    }
    assertEquals(class_.told, [
      `ada, ${item}: 12 by ann still count, and the submission has changed since`,
    ]);
    const page = await Deno.readTextFile(join(class_.out, "ada", "feedback.html"));
    assertStringIncludes(page, "the right idea");
    assertStringIncludes(page, "12 / 30");
  }));

Deno.test("tables that are made anew of themselves stay as they are, and what is taken back is as before", () =>
  inPublishedClass(two, async (class_) => {
    const item = "double-visible";
    const answer = await class_.answerId("ada");
    const checks = { [item]: { outcome: "wrong" as const, points: 0, message: "expected 4" } };
    await class_.run({ ada: { ...two.ada, checks }, bob: two.bob });
    const grades = async () => JSON.parse(await Deno.readTextFile(join(class_.out, "grades.json")));
    const before = await grades();
    await class_.decide("ann", { answer, points: 7, comment: "good" });
    await class_.decide("ann", { item, points: 12, reason: "the right idea" });
    await publishAgain(class_.assignment, class_.out);
    const given = await grades();
    await publishAgain(class_.assignment, class_.out);
    assertEquals(await grades(), given);
    assertEquals(given.students[0].total, 79);
    await class_.decide("ann", { answer, points: null }, { item, points: null });
    await publishAgain(class_.assignment, class_.out);
    assertEquals(await grades(), before);
  }));

Deno.test("decisions that come at the same moment are all kept, each on its line", () =>
  inTempFolder(async (folder) => {
    using file = await DecisionFile.open(folder, "ann");
    const at = "2026-01-01T10:00:00.000Z";
    await Promise.all(Array.from({ length: 50 }, (_, i) =>
      file.add([{
        ...{ at, grader: "ann", student: `s${i}`, item: "a", answer: "" },
        ...{ points: i, comment: "x".repeat(5000), reason: "", submission: "", over: [] },
      }])));
    assertEquals((await readDecisions(folder)).all.map(({ points }) => points), [
      ...Array(50).keys(),
    ]);
  }));

Deno.test("tables are not made anew with another version of the assignment", () =>
  inPublishedClass(two, async (class_) => {
    const before = await Deno.readTextFile(join(class_.out, "grades.json"));
    await assertRejects(
      () => publishAgain({ ...class_.assignment, digest: "0" }, class_.out),
      RangeError,
      "has changed since it was graded",
    );
    assertEquals(await Deno.readTextFile(join(class_.out, "grades.json")), before);
  }));

Deno.test("what was decided about nobody is kept and told", () =>
  inPublishedClass(two, async (class_) => {
    await class_.decide("ann", { student: "eve", points: 3 });
    await class_.decide("ann", { item: "essay-other", points: 3 });
    await class_.run();
    assertStringIncludes(class_.told[0], "ann decided about eve, essay-why, is kept");
    assertStringIncludes(class_.told[1], "this assignment has no item called essay-other");
    assertEquals((await readDecisions(class_.out)).all.length, 2);
  }));

Deno.test("a line that was cut off counts as never kept, and the next one is readable", () =>
  inPublishedClass(two, async (class_) => {
    const answer = await class_.answerId("ada");
    await class_.decide("ann", { answer, points: 7 });
    const path = join(class_.out, "marks", "ann.jsonl");
    const whole = await Deno.readFile(path);
    // Killed after each byte of the second line.
    await class_.decide("ann", { answer, points: 8, at: "2026-01-02T10:00:00.000Z" });
    const both = await Deno.readFile(path);
    for (let length = whole.length + 1; length < both.length - 1; length += 7) {
      await Deno.writeFile(path, both.subarray(0, length));
      const { all, told } = await readDecisions(class_.out);
      assertEquals([all.length, told.length], [1, 1]);
      assertStringIncludes(told[0], "ends in the middle of a line");
      await class_.decide("ann", { answer, points: 9, at: "2026-01-03T10:00:00.000Z" });
      assertEquals((await readDecisions(class_.out)).all.map(({ points }) => points), [7, 9]);
    }
    // Whole but for its end, it counts.
    await Deno.writeFile(path, both.subarray(0, both.length - 1));
    assertEquals((await readDecisions(class_.out)).all.map(({ points }) => points), [7, 8]);
    await class_.decide("ann", { answer, points: 9, at: "2026-01-03T10:00:00.000Z" });
    assertEquals((await readDecisions(class_.out)).all.map(({ points }) => points), [7, 8, 9]);
  }));

Deno.test("files of several machines are merged: the same line counts once, the latest one stands", () =>
  inPublishedClass(two, async (class_) => {
    const answer = await class_.answerId("ada");
    await class_.decide("ann", { answer, points: 7, at: "2026-01-01T12:00:00.000Z" });
    await class_.decide("ann", { answer, points: 8, at: "2026-01-03T12:00:00.000Z" });
    const folder = join(class_.out, "marks");
    const text = await Deno.readTextFile(join(folder, "ann.jsonl"));
    const [first] = text.split("\n");
    const other = { ...JSON.parse(first), points: 5, at: "2026-01-02T12:00:00.000Z" };
    await Deno.writeTextFile(
      join(folder, "ann-laptop.jsonl"),
      `${first}\n${JSON.stringify(other)}\n`,
    );
    assertEquals((await readDecisions(class_.out)).all.map(({ points }) => points), [7, 5, 8]);
    assertEquals((await class_.row("ada")).total, 98);
  }));

Deno.test("a line that cannot be read for certain is refused with its place, before anything is written", () =>
  inPublishedClass(two, async (class_) => {
    await class_.decide("ann", { points: 7 });
    const path = join(class_.out, "marks", "ann.jsonl");
    const line = (await Deno.readTextFile(path)).trim();
    const before = await Deno.readTextFile(join(class_.out, "grades.csv"));
    const spoilt: [line: string, message: string][] = [
      [line.replace('"points":7', '"points":"7"'), "points must be"],
      [line.replace('"points":7', '"points":-1'), "points must be"],
      [line.replace('"points":7', '"points":1e999'), "points must be"],
      [line.replace('"ann"', '"../ann"'), "grader is"],
      [line.slice(0, 40), "must be JSON"],
    ];
    for (const [text, message] of spoilt) {
      await Deno.writeTextFile(path, `${line}\n${text}\n`);
      const error = await assertRejects(() => class_.run(), RangeError, message);
      assertStringIncludes(error.message, "ann.jsonl: line 2");
      assertEquals(await Deno.readTextFile(join(class_.out, "grades.csv")), before);
    }
  }));

Deno.test("one grader marks in one window; a decision is known by all that it says", () =>
  inTempFolder(async (folder) => {
    using file = await DecisionFile.open(folder, "ann");
    await assertRejects(() => DecisionFile.open(folder, "ann"), Error, "is marking there already");
    using _other = await DecisionFile.open(folder, "ben");
    const decision = {
      at: "2026-01-01T10:00:00.000Z",
      grader: "ann",
      student: "ada",
      item: "a",
      answer: "x",
      points: 1,
      comment: "c",
      reason: "r",
      submission: "s",
      over: ["o"],
    };
    const [{ id }] = await file.add([decision]);
    for (const name of Object.keys(decision) as (keyof typeof decision)[]) {
      const value = name === "points" ? 2 : name === "over" ? [] : "other";
      assert(decisionId({ ...decision, [name]: value }) !== id, name);
    }
  }));
