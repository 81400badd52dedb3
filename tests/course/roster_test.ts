/** A roster is read in the forms in which it comes, and nobody gets another one's row. */
import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { matchRoster, moment, readRoster } from "@/course/roster.ts";
import { inTempFolder } from "../support/commands.ts";

function rosterOf(text: string) {
  let rows: Awaited<ReturnType<typeof readRoster>> = [];
  return inTempFolder(async (folder) => {
    const file = join(folder, "roster.csv");
    await Deno.writeTextFile(file, text);
    rows = await readRoster(file);
  }).then(() => rows);
}

Deno.test("our own roster, Moodle's worksheet and Canvas' gradebook are read, with commas or semicolons", async () => {
  const own = await rosterOf(
    "student;id;email;submitted;due;late days\nada;17;a@b.c;2026-05-04T20:00:00Z;2026-05-05 10:00+02:00;2\n",
  );
  assertEquals(own.map(({ student, id, email, lateDays }) => [student, id, email, lateDays]), [
    ["ada", "17", "a@b.c", 2],
  ]);
  assertEquals(own[0].due?.toISOString(), "2026-05-05T08:00:00.000Z");
  const moodle = await rosterOf(
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (submission)","Last modified (grade)"\n' +
      '"Participant 12345","Ada Lovelace",a@b.c,Submitted,-,100.00,"Monday, 4 May 2026, 10:05 PM",-\n',
  );
  const [{ id, name, email, modified, submitted }] = moodle;
  assertEquals([id, name, email, modified], ["12345", "Ada Lovelace", "a@b.c", "-"]);
  assertEquals(submitted?.getTime(), new Date(2026, 4, 4, 22, 5).getTime());
  const canvas = await rosterOf(
    'Student,ID,SIS User ID,SIS Login ID,Section,"A1 (77)"\n"    Points Possible",,,,,100\n"Lovelace, Ada",678,s1,ada,One,\n',
  );
  assertEquals(canvas.map((row) => [row.student, row.id, row.sis, row.login, row.section]), [
    ["Lovelace, Ada", "678", "s1", "ada", "One"],
  ]);
});

Deno.test("a time that can be read in two ways is refused with its row", async () => {
  for (const text of ["04/05/2026 10:00", "2026-05-04T10:00", "yesterday", "2026-13-40T10:00Z"]) {
    assertEquals(moment(text), undefined, text);
    await assertRejects(
      () => rosterOf(`student,submitted\nada,${text}\n`),
      RangeError,
      "row 2: submitted must be a time with its zone",
    );
  }
  await assertRejects(() => rosterOf("student,late days\nada,two\n"), RangeError, "a whole number");
  await assertRejects(() => rosterOf("who,what\nada,1\n"), RangeError, "first row must name");
});

Deno.test("folders are found by name, number or full name; what fits two rows, or two folders, fits none", async () => {
  const rows = await rosterOf(
    "student,id,name\nada,1,\n,2,Bob Bold\n,3,José\n,4,Twin\n,5,Twin\n,6,Six\n",
  );
  const students = ["ada", "lovelace_2", "Jose\u0301", "Twin", "eve", "six_6", "Six"];
  const { rows: found, strangers, without } = matchRoster(students, rows);
  assertEquals([...found].map(([student, { id }]) => [student, id]), [
    ["ada", "1"],
    ["lovelace_2", "2"],
    ["Jose\u0301", "3"],
  ]);
  assertEquals(strangers, [
    { student: "Twin", reason: "the rows 5 and 6 may be theirs" },
    { student: "eve", reason: "no row of the roster is theirs" },
    { student: "six_6", reason: "row 7 may be that of six_6 or Six" },
    { student: "Six", reason: "row 7 may be that of six_6 or Six" },
  ]);
  assertEquals(without.map(({ id }) => id), ["4", "5"]);
});
