/** An instructor's way with a download of Moodle: grade, fill in by_hand.csv in a spreadsheet, grade again, report. */
import { join } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { released } from "@/course/assignment.ts";
import { notebookText, sourceOf } from "@/notebook/document.ts";
import { inTempFolder, run } from "../support/commands.ts";
import { inWindows1252, tableOf, textOf } from "../support/spreadsheets.ts";
import { changed, smallAssignment, submission } from "../support/submissions.ts";
import { zipOf } from "../support/zip_files.ts";

const assignment = smallAssignment();
const right = changed(assignment, []);
const wrong = submission(assignment, { double: "const double = (x) => 3 * x;" });

/** The essay is in a cell of its own, below the one for it. */
function besideItsCell(): string {
  const own = JSON.parse(right);
  const answer = own.cells.at(-1);
  own.cells.push({ cell_type: "markdown", id: "own", metadata: {}, source: "Because." });
  answer.source = sourceOf(released(assignment).cells.at(-1)!);
  return JSON.stringify(own);
}

Deno.test("an instructor grades a download of Moodle, with points by hand from a spreadsheet", () =>
  inTempFolder(async (folder) => {
    const source = join(folder, "small.ipynb");
    await Deno.writeTextFile(source, notebookText(assignment.notebook));
    const archive = join(folder, "GANs-Assignment-4711.zip");
    const inMoodle = "assignsubmission_file";
    await Deno.writeFile(
      archive,
      zipOf([
        { path: `Ada Lovelace_101_${inMoodle}/small.ipynb`, data: besideItsCell() },
        { path: `José_102_${inMoodle}/small (1).ipynb`, data: right },
        {
          path: `김 서연_103_${inMoodle}/hand in.zip`,
          data: zipOf([{ path: "hand in/small.ipynb", data: right, deflate: true }]),
        },
        { path: `Zoë_104_${inMoodle}/small.ipynb`, data: wrong },
        { path: `Kim_105_assignsubmission_onlinetext/onlinetext.html`, data: "<p>sorry" },
        { path: "list.csv", data: "" },
      ]),
    );
    const out = join(folder, "grades");
    const grade = async (...more: string[]) => {
      const args = ["grade", source, "--submissions", archive, "--out", out, ...more];
      const { code, stderr } = await run("assignment", ...args);
      const rows = tableOf(await Deno.readTextFile(join(out, "grades.csv")));
      return {
        code,
        stderr,
        totals: Object.fromEntries(rows.map(({ student, total }) => [student, total])),
      };
    };

    const first = await grade();
    assertEquals(first.code, 0, first.stderr);
    for (
      const line of [
        "3 graded",
        'José_102: no notebook: there is no small.ipynb, but "José_102_assignsubmission_file/small (1).ipynb"',
        "Kim_105: no notebook: there is no small.ipynb, only a text that was typed",
        "2 of 5 submissions without points",
        "Left out (in no student's folder): list.csv",
        "To grade by hand: 2 in by_hand.csv",
      ]
    ) assertStringIncludes(first.stderr, line);
    assertEquals(first.totals, {
      "Ada Lovelace_101": "90",
      José_102: "",
      Kim_105: "",
      Zoë_104: "0",
      "김 서연_103": "90",
    });

    const second = await grade("--accept-renamed");
    assertStringIncludes(
      second.stderr,
      "1 graded, 3 already known\nJosé_102: the notebook that was graded is",
    );
    const byHand = join(out, "by_hand.csv");
    const table = tableOf(await Deno.readTextFile(byHand));
    assertEquals(table.map(({ student, note }) => [student, note]), [
      ["Ada Lovelace_101", "it was found outside its cell"],
      ["José_102", ""],
      ["김 서연_103", ""],
    ]);
    table.forEach((row, i) => Object.assign(row, { points: ["6,5", "8", "10"][i] }));
    const saved = inWindows1252(textOf(table, { delimiter: ";" }));
    await Deno.writeFile(byHand, saved);
    const refused = await grade("--accept-renamed");
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, 'save it as "CSV UTF-8"');
    assertEquals(await Deno.readFile(byHand), saved);
    await Deno.writeTextFile(byHand, "\ufeff" + textOf(table, { delimiter: ";", newline: "\r\n" }));
    const third = await grade("--accept-renamed");
    assertEquals(third.code, 0, third.stderr);
    assertEquals(third.totals, {
      "Ada Lovelace_101": "96.5",
      José_102: "98",
      Kim_105: "",
      Zoë_104: "0",
      "김 서연_103": "100",
    });
    const report = await run("assignment", "report", "--grades", out);
    assertEquals(report.code, 0, report.stderr);
    assertStringIncludes(
      await Deno.readTextFile(join(out, "report.html")),
      "5 submissions, 1 of them not graded and in none of the figures, mean 73.6",
    );
  }));
