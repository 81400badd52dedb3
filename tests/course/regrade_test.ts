/** After a change of a check only that check is run again, what people gave stays, and what has changed is said. */
import { join } from "node:path";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseAssignment } from "@/course/assignment.ts";
import { changesOf, keepChanges, readChanges } from "@/course/changes.ts";
import { type ClassOptions } from "@/course/class.ts";
import { DecisionFile } from "@/course/decisions.ts";
import { Grader } from "@/course/grade.ts";
import { ResultKeys } from "@/course/result_keys.ts";
import { summaryLines } from "@/course/summary.ts";
import { notebookText, sourceOf } from "@/notebook/document.ts";
import { inTempFolder } from "../support/commands.ts";
import { tableOf as readTable } from "../support/spreadsheets.ts";
import { changed, readAssignment, smallAssignment, smallNotebook } from "../support/submissions.ts";
import { gradeAndRead } from "../support/graded_class.ts";

const assignment = smallAssignment();

/** The assignment with a piece of its text replaced. */
function edited(from: string, to: string) {
  const notebook = smallNotebook();
  for (const cell of notebook.cells) {
    cell.source = sourceOf(cell).replace(from, () => to);
  }
  return parseAssignment(notebookText(notebook), "small.ipynb");
}

/** Three is the right sum of the doubled numbers; so is the solution's. */
const CHECK = 'near(await total(grid), 3, 1e-12, "twice 0, 0.5 and 1");';

Deno.test("what a change of the notebook makes stale: a check, its points, or all", () => {
  const before = new ResultKeys(assignment, 1);
  const stale = (from: string, to: string) => {
    const now = new ResultKeys(edited(from, to), 1);
    const same =
      now.of({ bytes: new Uint8Array() }).key === before.of({ bytes: new Uint8Array() }).key;
    const items = Object.keys(now.items).filter((id) => now.items[id] !== before.items[id]);
    return same ? items : "all";
  };
  assertEquals(stale("12345", "54321"), ["double-hidden"]);
  assertEquals(stale("1e-9", "1e-8"), ["double-hidden"]);
  // The students' notebook is another one: written answers are found in it anew, without a process.
  assertEquals(stale(CHECK, CHECK.replace("1e-12", "1e-6")), ["sum-doubled", "essay-why"]);
  assertEquals(stale("return 2 * x;", "return x + x;"), []);
  assertEquals(stale("linspace(0, 1, 3)", "linspace(0, 1, 5)"), "all");
  assertEquals(stale("function double(x: number)", "function double(x: any)"), "all");
  assertEquals(stale("// Twice other", "function helper() {}\n// Twice other"), "all");
});

Deno.test("every check of the three assignments has a digest of its own", async () => {
  for (const name of ["a1_theory", "a2_gan", "a3_evaluation"]) {
    const { items } = new ResultKeys(await readAssignment(name), 1);
    assertEquals(new Set(Object.values(items)).size, Object.keys(items).length, name);
  }
});

const texts = {
  ada: changed(assignment, []),
  // Right for the visible checks alone.
  bob: changed(assignment, [["return 2 * x;", "return x > 100 ? 0 : 2 * x;"]]),
  cyd: changed(assignment, [["sum + double(x), 0)", "sum + double(x), 1)"]]),
};

async function hand(folder: string, own: Record<string, string> = texts): Promise<void> {
  for (const [student, text] of Object.entries(own)) {
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
  }
}

const run = (folder: string, of = assignment, options: Partial<ClassOptions> = {}) =>
  gradeAndRead(of, {
    submissions: join(folder, "in"),
    out: join(folder, "out"),
    jobs: 2,
    seed: 1,
    ...options,
  });

Deno.test("a check that was wrong is run again alone; points by hand stay; whose totals changed is said with the reason", () =>
  inTempFolder(async (folder) => {
    await hand(folder);
    const out = join(folder, "out");
    const first = await run(folder);
    assertEquals(first.grades.students.map(({ total }) => total), [90, 60, 60]);
    assertEquals(first.changes, []);
    const { answer } = await answerOf(out, "ada");
    using file = await DecisionFile.open(out, "ann");
    await file.add([decision("ada", "essay-why", 8, answer)]);
    await run(folder);

    // The hidden check asked for something wrong, and the visible one was too strict for nobody.
    const other = edited('secret = freshRandom("double").uniform() + 12345', "secret = 50");
    const results = join(out, ".results", "ada.json");
    const spoilt = JSON.parse(await Deno.readTextFile(results));
    // A mark that only a whole run would find otherwise: it must not be run again.
    spoilt.marks[0].message = "kept as it was";
    await Deno.writeTextFile(results, JSON.stringify(spoilt));
    const second = await run(folder, other);
    assertEquals(second.graded, 3);
    assertEquals(second.grades.students.map(({ total }) => total), [98, 90, 60]);
    assertEquals(second.grades.students[0].marks[0].message, "kept as it was");
    assertEquals(
      second.changes.map((
        { student, item, before, after, totals, why },
      ) => [student, item, before, after, totals, why]),
      [["bob", "double-hidden", 0, 30, [60, 90], "the check was changed"]],
    );
    const lines = summaryLines(second).join("\n");
    assertStringIncludes(
      lines,
      "1 total changed:\n  1 × double-hidden: the check was changed\n  bob: 60 → 90",
    );
    assertEquals((await readChanges(out)).map(({ student, why }) => [student, why]), [
      ["ada", "by hand: ann"],
      ["bob", "the check was changed"],
    ]);
    // All is as if it had been graded so from the start.
    await Deno.writeTextFile(results, JSON.stringify({ ...spoilt, key: "none" }));
    const whole = await run(folder, other);
    assertEquals(whole.grades.students.map(({ total }) => total), [98, 90, 60]);
    assertEquals(whole.changes, []);
  }));

function decision(student: string, item: string, points: number, answer: string) {
  const at = "2026-01-01T10:00:00.000Z";
  return {
    ...{ at, grader: "ann", student, item, answer, points },
    ...{ comment: "", reason: "", submission: "", over: [] },
  };
}

async function answerOf(out: string, student: string): Promise<{ answer: string }> {
  const rows = readTable(await Deno.readTextFile(join(out, "by_hand.csv")));
  return { answer: rows.find((row) => row.student === student)!.answer_id };
}

Deno.test("one student or one item is graded again, and nothing else", () =>
  inTempFolder(async (folder) => {
    await hand(folder);
    await run(folder);
    const file = (student: string) => join(folder, "out", ".results", `${student}.json`);
    /** Marks that no run would give, so that it is seen which ones were given anew. */
    const spoil = async () => {
      for (const student of Object.keys(texts)) {
        const result = JSON.parse(await Deno.readTextFile(file(student)));
        for (const mark of result.marks) if (mark.outcome !== "by hand") mark.points = 1;
        await Deno.writeTextFile(file(student), JSON.stringify(result));
      }
    };
    const points = async (regrade: ClassOptions["regrade"]) => {
      await spoil();
      const { grades } = await run(folder, assignment, { regrade });
      return grades.students.map(({ marks }) => marks.slice(0, 3).map(({ points }) => points));
    };
    assertEquals(await points({ students: ["bob"], items: [] }), [[1, 1, 1], [30, 0, 30], [
      1,
      1,
      1,
    ]]);
    assertEquals(await points({ students: [], items: ["sum-doubled"] }), [
      [1, 1, 30],
      [1, 1, 30],
      [1, 1, 0],
    ]);
    assertEquals(await points({ students: ["cyd"], items: ["sum-doubled"] }), [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 0],
    ]);
    for (const regrade of [{ students: ["eve"], items: [] }, { students: [], items: ["x"] }]) {
      await assertRejects(
        () => run(folder, assignment, { regrade }),
        RangeError,
        "Cannot grade again",
      );
    }
  }));

Deno.test("a submission graded in parts has the marks of one graded whole", async () => {
  await using grader = await Grader.start(assignment, { seed: 1 });
  for (const text of Object.values(texts)) {
    const whole = await grader.grade(text);
    for (const id of ["double-visible", "double-hidden", "sum-doubled", "essay-why"]) {
      const kept = { ...whole, marks: whole.marks.filter((mark) => mark.id !== id) };
      assertEquals(await grader.grade(text, undefined, kept), whole);
    }
  }
});

Deno.test("a change that a killed run had already kept is kept once, and again when it comes back", () =>
  inTempFolder(async (folder) => {
    const change = (before: number, after: number, at: string) => ({
      ...{ at, student: "ada", item: "a", before, after, why: "graded again" },
      totals: [before, after] as [number, number],
    });
    await keepChanges(folder, [change(1, 2, "1")]);
    await keepChanges(folder, [change(1, 2, "2")]);
    assertEquals((await readChanges(folder)).map(({ at }) => at), ["1"]);
    await keepChanges(folder, [change(2, 1, "3")]);
    await keepChanges(folder, [change(1, 2, "4")]);
    assertEquals((await readChanges(folder)).map(({ at }) => at), ["1", "3", "4"]);
  }));

Deno.test("why points are others: by hand, taken back, another submission, points of the item, the seed; and who is gone", () => {
  const mark = (points: number | undefined, more = {}) => ({
    id: "a",
    outcome: "by hand" as const,
    points,
    message: "",
    ...more,
  });
  const grades = (points: number | undefined, more: Record<string, unknown> = {}, of = {}) => ({
    assignment: "x",
    seed: 1,
    digest: "d",
    items: [{ id: "a", part: "a", title: "A", points: 10, kind: "check" as const, digest: "i" }],
    students: [{
      student: "ada",
      status: "graded",
      notes: [],
      parts: {},
      marks: [mark(points, more.mark ?? {})],
      total: points ?? 0,
      submission: { digest: String(more.submission ?? 1) },
    }],
    ...of,
  });
  const why = (a: ReturnType<typeof grades>, b: ReturnType<typeof grades>) =>
    changesOf(a.students[0], b.students[0], { before: a, now: b }).map(({ why }) => why);
  const items = (change: object) => ({ items: [{ ...grades(0).items[0], ...change }] });
  assertEquals(why(grades(1), grades(1)), []);
  assertEquals(why(grades(1), grades(2, { mark: { graders: ["ann"], reason: "kind" } })), [
    "by hand: ann, kind",
  ]);
  assertEquals(why(grades(1, { mark: { graders: ["ann"] } }), grades(undefined)), [
    "the points by ann no longer count: taken back or in dispute",
  ]);
  assertEquals(
    why(grades(1, { mark: { graders: ["ann"] } }), grades(undefined, { submission: 2 })),
    [
      "the points by ann no longer count: another answer",
    ],
  );
  assertEquals(why(grades(1), grades(2, { submission: 2 })), ["another submission"]);
  assertEquals(why(grades(1), grades(2, {}, items({ points: 20 }))), [
    "the item has 20 points and had 10",
  ]);
  assertEquals(why(grades(1), grades(2, {}, items({ digest: "j" }))), ["the check was changed"]);
  assertEquals(why(grades(1), grades(2, {}, { seed: 2 })), ["the seed is 2 and was 1"]);
  assertEquals(why(grades(1), grades(2, {}, { digest: "e" })), ["the assignment was changed"]);
  assertEquals(why(grades(1), grades(2)), ["graded again"]);
  assertEquals(why(grades(1), { ...grades(1), students: [] }), [
    "the student is not among the submissions any more",
  ]);
});

Deno.test("a run without the end that the last one had says that lateness costs nothing now", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: texts.ada });
    const policy = { due: new Date("2020-01-01T00:00:00Z"), freeDays: 0, percent: 10 };
    const late = await run(folder, assignment, { policy });
    assertEquals(late.grades.students[0].total, 0);
    const { byHand, changes } = await run(folder);
    assertStringIncludes(byHand.join("\n"), "The last run had an end, and this one has none");
    assertEquals(changes.map(({ why }) => why), ["lateness costs 0 and did 90"]);
    assertEquals((await run(folder)).byHand, []);
  }));
