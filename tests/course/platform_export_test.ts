/** What is written for a platform is found there: the tests read it as Moodle's and Canvas' importers do. */
import { join } from "node:path";
import { unzipSync } from "fflate";
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { feedbackArchive, platformTable } from "@/course/platform_export.ts";
import { type RosterRow } from "@/course/roster.ts";
import { run } from "../support/commands.ts";
import { inPublishedClass, type PublishedClass } from "../support/published_class.ts";

const wrong = { "double-visible": { outcome: "wrong" as const, points: 0, message: "<b>no</b>" } };
const handed = {
  "Ada Lovelace_101": {},
  "Bob_Bold_102": { checks: wrong },
  "Eve_103": { answer: "Because." },
  "stranger": {},
};

/** As Moodle finds students: the text after "Participant ", and a number with its unit in the order of columns. */
function asMoodleReads(text: string): Map<string, [grade: string, modified: string]> {
  assertFalse(text.startsWith("\ufeff"));
  const [columns, ...rows] = Papa.parse<string[]>(text.trim()).data;
  const [id, grade, modified] = ["Identifier", "Grade", "Last modified (grade)"].map((name) =>
    columns.indexOf(name)
  );
  assertEquals([id, grade, modified].every((index) => index >= 0), true);
  return new Map(
    rows.map((row) => [row[id].slice("Participant ".length), [row[grade], row[modified]]]),
  );
}

/** As Moodle takes a path of an archive apart. */
function asMoodleUnpacks(path: string): string[] {
  const [folder, ...rest] = path.split("/");
  const [, number, type, plugin, ...more] = folder.split("_");
  return [number, type, plugin, [...more, ...rest].join("/")];
}

Deno.test("Moodle finds grades and feedback by its numbers, without a roster; who is incomplete or unknown is named", () =>
  inPublishedClass(handed, async (class_) => {
    const grades = await class_.run();
    const { text, numbers, told } = platformTable(grades, "moodle", []);
    assertEquals([...asMoodleReads(text)], [["101", ["90", ""]], ["102", ["60", ""]]]);
    assertEquals(
      told,
      [
        "stranger is not in the file (no row of the roster is theirs)",
        "Eve_103 has answers that are not graded yet and is not in the file",
        "Eve_103 is in the roster and has no submission",
      ].slice(0, 2),
    );
    const files = unzipSync(feedbackArchive(
      new Map([...numbers].map(([, number]) => [number, new Uint8Array([1])])),
    ));
    assertEquals(Object.keys(files).map(asMoodleUnpacks), [
      ["101", "assignfeedback", "file", "feedback.html"],
      ["102", "assignfeedback", "file", "feedback.html"],
    ]);
  }));

const row = (id: string, more: Partial<RosterRow> = {}): RosterRow => ({
  ...{ number: 2, student: "", name: `Name ${id}`, id, email: "", login: "", sis: "" },
  ...{ section: "", modified: "" },
  ...more,
});

Deno.test("Canvas finds students by its columns and the assignment by its title", () =>
  inPublishedClass(handed, async (class_) => {
    const { text, told } = platformTable(
      await class_.run(),
      "canvas",
      [row("101", { name: "Lovelace, Ada", sis: "s1", login: "ada", section: "One" }), row("104")],
      "A1 (77)",
    );
    assertEquals(Papa.parse<string[]>(text.trim()).data, [
      ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "A1 (77)"],
      ["    Points Possible", "", "", "", "", "100"],
      ["Lovelace, Ada", "101", "s1", "ada", "One", "90"],
    ]);
    assertStringIncludes(told.join("\n"), "Name 104 is in the roster and has no submission");
  }));

Deno.test("formulas in names do nothing, in identifiers they are left out, an identifier of two is nobody's", () =>
  inPublishedClass(handed, async (class_) => {
    const grades = await class_.run();
    const names = [row("101", { name: "=cmd|' /C calc'!A0" }), row("102", { name: "@x" })];
    for (const platform of ["moodle", "canvas", "csv"] as const) {
      const { text } = platformTable(grades, platform, names);
      for (const cell of Papa.parse<string[]>(text.trim()).data.flat()) {
        assertFalse(/^[=+@]/.test(cell), cell);
      }
    }
    const odd = [row("101", { email: "=1+1" }), row("102")];
    const { numbers, told } = platformTable(grades, "moodle", odd);
    assertEquals([...numbers.values()], ["102"]);
    assertStringIncludes(told.join("\n"), "would take for a formula and is not in the file");
    const twins = [
      row("7", { student: "Ada Lovelace_101" }),
      row("7", { student: "Bob_Bold_102", number: 3 }),
    ];
    const both = platformTable(grades, "moodle", twins);
    assertEquals(both.numbers.size, 0);
    assertStringIncludes(both.told.join("\n"), "2 have an id that another student has as well");
  }));

Deno.test("more points than there are is told for Moodle, which would pass over them", () =>
  inPublishedClass({ "Ada_1": {} }, async (class_) => {
    await extra(class_);
    const { text, told } = platformTable(await class_.run(), "moodle", []);
    assertEquals([...asMoodleReads(text)], [["1", ["105", ""]]]);
    assertStringIncludes(told[0], "more than 100 points, which Moodle passes over in silence");
  }));

async function extra(class_: PublishedClass): Promise<void> {
  const student = "Ada_1";
  await class_.decide("ann", { student, item: "essay-why", points: 15, reason: "on paper" });
}

Deno.test("deno task assignment report --export moodle writes the file and the archive beside the grades", () =>
  inPublishedClass(handed, async ({ out }) => {
    const roster = join(out, "..", "roster.csv");
    await Deno.writeTextFile(roster, "student,id\nAda Lovelace_101,9\n");
    const args = ["report", "--grades", out, "--export", "moodle", "--roster", roster];
    const { code, stdout, stderr } = await run("assignment", ...args);
    await Deno.remove(roster);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, join(out, "moodle.csv"));
    assertEquals([...asMoodleReads(await Deno.readTextFile(join(out, "moodle.csv"))).keys()], [
      "9",
    ]);
    const files = unzipSync(await Deno.readFile(join(out, "moodle_feedback.zip")));
    const page = new TextDecoder().decode(files["Participant_9_assignfeedback_file/feedback.html"]);
    assertStringIncludes(page, "small: Ada Lovelace_101");
    const without = await run("assignment", "report", "--grades", out, "--export", "canvas");
    assertEquals(without.code, 2);
    assertStringIncludes(without.stderr, "add --roster");
  }));
