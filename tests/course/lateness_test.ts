/** A day late begins at once, free days come first, and what lateness costs is seen by everybody whom it concerns. */
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { latenessOf } from "@/course/late_work.ts";
import { daysLate, type Lateness, penaltyOf } from "@/course/lateness.ts";
import { publishAgain } from "@/course/publish.ts";
import { matchRoster, type RosterRow } from "@/course/roster.ts";
import { inPublishedClass } from "../support/published_class.ts";
import { tableOf as readTable } from "../support/spreadsheets.ts";
import { gradesIn } from "../support/graded_class.ts";

const due = "2026-05-04T22:00:00.000Z";
const late = (submitted: string, more: Partial<Lateness> = {}): Lateness => {
  return { submitted, due, freeDays: 0, percent: 10, ...more };
};

Deno.test("days are begun days: a second late is one, 24 hours are one, a second more are two", () => {
  const cases: [string, number][] = [
    ["2026-05-01T00:00:00Z", 0],
    ["2026-05-04T22:00:00Z", 0],
    ["2026-05-04T22:00:01Z", 1],
    ["2026-05-05T22:00:00Z", 1],
    ["2026-05-05T22:00:01Z", 2],
    ["2026-05-05T00:30:00+02:00", 1],
    ["2026-05-04T23:59:59+02:00", 0],
  ];
  for (const [submitted, days] of cases) {
    assertEquals(daysLate({ submitted, due }), days, submitted);
  }
});

Deno.test("a penalty is a share of the points, after the free days, and never more than all", () => {
  const penalty = (days: number, more: Partial<Lateness>, total = 80) =>
    penaltyOf(late(new Date(Date.parse(due) + days * 24 * 3600 * 1000).toISOString(), more), total);
  assertEquals(penalty(0, {}), 0);
  assertEquals(penalty(1, {}), 8);
  assertEquals(penalty(3, {}), 24);
  assertEquals(penalty(3, { freeDays: 2 }), 8);
  assertEquals(penalty(2, { freeDays: 5 }), 0);
  assertEquals(penalty(30, {}), 80);
  assertEquals(penalty(1, { percent: 7 }, 33.35), 2.33);
  assertEquals(penalty(4, { percent: 0 }), 0);
});

Deno.test("the penalty is in the total, the table and the feedback, once, however often tables are made", () =>
  inPublishedClass({
    ada: { answer: "Why?", late: late("2026-05-06T00:00:00Z", { freeDays: 1 }) },
    bob: { answer: "Why?", late: late("2026-05-04T00:00:00Z") },
    cyd: { answer: "Why?" },
  }, async (class_) => {
    for (let i = 0; i < 3; i++) {
      await publishAgain(class_.assignment, class_.out);
      const rows = readTable(await Deno.readTextFile(join(class_.out, "grades.csv")));
      assertEquals(
        rows.map((row) => [row.student, row.total, row["days late"], row.penalty]),
        [["ada", "81", "2", "9"], ["bob", "90", "0", ""], ["cyd", "90", "", ""]],
      );
      assertEquals(rows[0].double, "60");
    }
    // Points that come later cost their share.
    await class_.decide("ann", { answer: await class_.answerId("ada"), points: 10 });
    await publishAgain(class_.assignment, class_.out);
    const grades = gradesIn(class_.out);
    assertEquals([grades.students[0].total, grades.students[0].penalty], [90, 10]);
    const page = (student: string) => Deno.readTextFile(join(class_.out, student, "feedback.html"));
    assertStringIncludes(
      await page("ada"),
      "Handed in at 2026-05-06 00:00 UTC, due at 2026-05-04 22:00 UTC: 2 days late, 1 of them free of a penalty. Each other day costs 10% of the points: −10.",
    );
    assertStringIncludes(await page("bob"), "in time.");
    // Without the end there is no penalty, and that is said.
    const { changes } = await publishWithout(class_);
    assertEquals(changes.map(({ student, totals, why }) => [student, totals, why]), [
      ["ada", [90, 100], "lateness costs 0 and did 10"],
    ]);
  }));

async function publishWithout(class_: Parameters<Parameters<typeof inPublishedClass>[1]>[0]) {
  await class_.run(Object.fromEntries(
    Object.entries(class_.handed).map(([name, { answer }]) => [name, { answer }]),
  ));
  return { changes: class_.changes };
}

Deno.test("the roster's times come first, then the file's; an end or days of one's own count; what is unknown is told", () => {
  const row = (student: string, more: Partial<RosterRow>): RosterRow => ({
    ...{ number: 1, student, name: "", id: "", email: "", login: "", sis: "" },
    ...{ section: "", modified: "" },
    ...more,
  });
  const students = ["ada", "bob", "cyd", "dan"];
  const matched = matchRoster(students, [
    row("ada", { submitted: new Date("2026-05-06T00:00:00Z") }),
    row("bob", { due: new Date("2026-05-09T00:00:00Z"), lateDays: 3 }),
  ]);
  const files = new Map(
    ["ada", "bob", "cyd"].map((name) => [name, new Date("2026-05-10T12:00:00Z")]),
  );
  const policy = { due: new Date(due), freeDays: 0, percent: 10 };
  const { late, told } = latenessOf(students, (name) => files.get(name), policy, matched.rows);
  const found = students.map((name) => [late(name)]).map(([each]) =>
    each && [daysLate(each), each.freeDays]
  );
  assertEquals(found, [[2, 0], [2, 3], [6, 0], undefined]);
  assertStringIncludes(told[0], "are those of the files");
  assertStringIncludes(told[1], "have no penalty: dan");
  const only = latenessOf(
    students,
    (name) => files.get(name),
    { freeDays: 0, percent: 10 },
    matched.rows,
  );
  assertEquals(students.filter(only.late), ["bob"]);
});
