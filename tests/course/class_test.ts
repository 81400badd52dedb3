/** A class is graded once, whatever interrupts it, and its tables and pages say what it earned. */
import { join } from "node:path";
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type ClassOptions } from "@/course/class.ts";
import { classReport, difficulty, wrongAnswers } from "@/course/class_report.ts";
import { Grader } from "@/course/grade.ts";
import { summaryLines } from "@/course/summary.ts";
import { unenforced } from "@/course/system_tools.ts";
import { notebookText, sourceOf } from "@/notebook/document.ts";
import { inTempFolder } from "../support/commands.ts";
import {
  changed,
  readAssignment,
  smallAssignment,
  submission,
  withCell,
} from "../support/submissions.ts";
import { gradeAndRead } from "../support/graded_class.ts";

const assignment = smallAssignment();
const solution = changed(assignment, []);
const stub = submission(assignment, {});
const wrong = changed(assignment, [["return 2 * x;", "return 3 * x;"]]);

async function hand(folder: string, texts: Record<string, string>): Promise<void> {
  for (const [student, text] of Object.entries(texts)) {
    await Deno.mkdir(join(folder, "in", student), { recursive: true });
    await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), text);
  }
}

const run = (folder: string, options: Partial<ClassOptions> = {}) =>
  gradeAndRead(assignment, {
    submissions: join(folder, "in"),
    out: join(folder, "out"),
    jobs: 2,
    seed: 1,
    ...options,
  });

async function table(folder: string, name: string): Promise<Record<string, string>[]> {
  const text = await Deno.readTextFile(join(folder, "out", name));
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

Deno.test("grades.csv has a row for each student: total, each part, status", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: solution, bob: stub, cyd: wrong });
    await Deno.mkdir(join(folder, "in", "dan"));
    await run(folder);
    assertEquals(await table(folder, "grades.csv"), [
      {
        student: "ada",
        total: "90",
        double: "60",
        sum: "30",
        essay: "",
        status: "graded, not yet by hand",
      },
      { student: "bob", total: "0", double: "0", sum: "0", essay: "0", status: "graded" },
      {
        student: "cyd",
        total: "0",
        double: "0",
        sum: "0",
        essay: "",
        status: "graded, not yet by hand",
      },
      {
        student: "dan",
        total: "",
        double: "",
        sum: "",
        essay: "",
        status: "no notebook: there is no small.ipynb",
      },
    ]);
    const { students } = JSON.parse(await Deno.readTextFile(join(folder, "out", "grades.json")));
    assertEquals(students.map(({ total }: { total?: number }) => total), [90, 0, 0, undefined]);
  }));

Deno.test("a second run grades nothing again, a changed submission is graded alone", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: solution, bob: stub });
    assertEquals((await run(folder)).graded, 2);
    const before = await Deno.readTextFile(join(folder, "out", "grades.csv"));
    assertEquals((await run(folder)).graded, 0);
    assertEquals(await Deno.readTextFile(join(folder, "out", "grades.csv")), before);
    await hand(folder, { bob: solution, eve: wrong });
    const { graded, grades } = await run(folder);
    assertEquals(graded, 2);
    assertEquals(grades.students.map(({ total }) => total), [90, 90, 0]);
  }));

Deno.test("another seed, and a result that is not whole, are graded again", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: solution, bob: stub });
    await run(folder);
    assertEquals((await run(folder, { seed: 2 })).graded, 2);
    await Deno.writeTextFile(join(folder, "out", ".results", "ada.json"), '{"key": "');
    assertEquals((await run(folder, { seed: 2 })).graded, 1);
  }));

Deno.test("a run that is stopped keeps what it has, and the next one grades the rest", () =>
  inTempFolder(async (folder) => {
    const names = Array.from({ length: 8 }, (_, i) => `s${i}`);
    await hand(folder, Object.fromEntries(names.map((name) => [name, solution])));
    const stop = new AbortController();
    const stopped = run(folder, {
      signal: stop.signal,
      onProgress: (done) => done >= 3 && stop.abort(),
    });
    await assertRejects(() => stopped, DOMException);
    const kept = [...Deno.readDirSync(join(folder, "out", ".results"))].map(({ name }) => name);
    assert(kept.length >= 3 && kept.length < 8, kept.join());
    assertEquals((await run(folder)).graded, 8 - kept.length);
    assertEquals(
      (await table(folder, "grades.csv")).map(({ total }) => total),
      Array(8).fill("90"),
    );
  }));

Deno.test("the same seed gives the same grades to the byte, another one other inputs", () =>
  inTempFolder(async (folder) => {
    // Wrong by a little that depends on the input.
    const near = changed(assignment, [[
      "return 2 * x;",
      "return x === 2 ? 4 : x === 0 ? 0 : 2.5 * x;",
    ]]);
    await hand(folder, { ada: solution, cyd: wrong, near });
    const text = async (out: string, seed: number) => {
      await run(folder, { out: join(folder, out), seed });
      return await Deno.readTextFile(join(folder, out, "grades.json"));
    };
    const first = await text("a", 5);
    assertEquals(await text("b", 5), first);
    assertNotEquals((await text("c", 6)).replace('"seed": 6', '"seed": 5'), first);
  }));

Deno.test("points given by hand are taken over, kept, and shown with their comment", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { "=ada": solution, bob: stub });
    assertEquals((await run(folder)).tally.open, 1);
    const rows = await table(folder, "by_hand.csv");
    assertEquals(rows.map(({ student, item, points, of }) => [student, item, points, of]), [
      ["'=ada", "essay-why", "", "10"],
    ]);
    assertStringIncludes(rows[0].answer, "Because.");
    const filled = Papa.unparse([{ ...rows[0], points: "7,5", comment: "=a good <b>start</b>" }]);
    await Deno.writeTextFile(join(folder, "out", "by_hand.csv"), filled);
    for (let i = 0; i < 2; i++) {
      const { grades, tally: { open }, graded } = await run(folder);
      assertEquals([grades.students[0].total, open, graded], [97.5, 0, 0]);
      assertEquals(grades.students[0].status, "graded");
    }
    const page = await Deno.readTextFile(join(folder, "out", "=ada", "feedback.html"));
    assertStringIncludes(page, "=a good &lt;b&gt;start&lt;/b&gt;");
    assertStringIncludes(page, "7.5 / 10");
  }));

Deno.test("no text of a student's is a formula in a table, whatever its lines", () =>
  inTempFolder(async (folder) => {
    const answers = ["=1+1", "=1+1\nmore", "@a\nb", "-1\n+2", "＝1", "'=1\n"];
    const texts = answers.map((answer) => {
      const own = JSON.parse(solution);
      own.cells.at(-1).source = answer;
      return JSON.stringify(own);
    });
    await hand(folder, Object.fromEntries(texts.map((text, i) => [`s${i}`, text])));
    await hand(folder, { "=a\nb": stub, "'=a": solution, "=a": wrong });
    await run(folder);
    for (const name of ["grades.csv", "by_hand.csv"]) {
      for (const row of await table(folder, name)) {
        for (const text of Object.values(row)) assertFalse(/^[=+@＝-]/.test(text), text);
      }
    }
    // And the marks of both are told apart.
    const rows = await table(folder, "by_hand.csv");
    const own = rows.filter(({ student }) => student.endsWith("=a"));
    assertEquals(own.map(({ student }) => student).sort(), ["''=a", "'=a"]);
    const filled = own.map((row) => ({ ...row, points: row.student === "'=a" ? "1" : "2" }));
    await Deno.writeTextFile(join(folder, "out", "by_hand.csv"), Papa.unparse(filled));
    const { students } = (await run(folder)).grades;
    const of = (name: string) => students.find(({ student }) => student === name)!.total;
    assertEquals([of("=a"), of("'=a")], [1, 92]);
  }));

Deno.test("a student called like a folder of the grader's is graded once", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { "grader-ada": solution });
    assertEquals((await run(folder)).graded, 1);
    assertEquals((await run(folder)).graded, 0);
  }));

Deno.test("a folder whose name is not UTF-8 is refused, not left out", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: solution });
    const args = ["-c", `mkdir "$0/$(printf 'b\\377')"`, join(folder, "in")];
    assert((await new Deno.Command("sh", { args }).output()).success);
    await assertRejects(() => run(folder), RangeError, "must be UTF-8, got b");
  }));

Deno.test("where processes for submissions do not start, nobody is given 0 points", {
  ignore: (await unenforced()).length > 0,
}, () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: solution });
    const limits = { memoryBytes: 2 ** 20 };
    await assertRejects(() => run(folder, { limits }), Error, "must start here");
    assertEquals([...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name), [".results"]);
    assertEquals([...Deno.readDirSync(join(folder, "out", ".results"))], []);
  }));

Deno.test("the checks do not lie beside the programs of submissions", () =>
  inTempFolder(async (folder) => {
    await using _ = await Grader.start(assignment, { seed: 1, parent: folder });
    const [{ name }] = [...Deno.readDirSync(folder)];
    for (const { name: file } of Deno.readDirSync(join(folder, name))) {
      assertFalse((await Deno.readTextFile(join(folder, name, file))).includes("12345"), file);
    }
  }));

Deno.test("a folder without students, and a student called like a file of grades, are refused", () =>
  inTempFolder(async (folder) => {
    await Deno.mkdir(join(folder, "in"));
    await assertRejects(() => run(folder), RangeError, "found none");
    await hand(folder, { "grades.csv": solution });
    await assertRejects(() => run(folder), RangeError, "may be called grades.csv");
  }));

Deno.test("feedback shows each check with its message and points, hidden ones in general only", () =>
  inTempFolder(async (folder) => {
    const late = changed(assignment, [["return 2 * x;", "return x > 3 ? 5 * x : 2 * x;"]]);
    const broken = submission(assignment, { total: "function total( {" });
    await hand(folder, { late, cyd: wrong, broken });
    await run(folder);
    const page = (student: string) =>
      Deno.readTextFile(join(folder, "out", student, "feedback.html"));
    const late_ = await page("late");
    assertStringIncludes(late_, "<strong>60 of 90 points</strong>".replace("90", "100"));
    assertStringIncludes(late_, "A hidden check failed: twice a random number");
    assertFalse(/12345|expected|got/.test(late_), late_);
    assertStringIncludes(late_, "and 10 points yet to be graded by hand");
    assertStringIncludes(await page("cyd"), "twice 2 is 4: expected 4, got 6");
    const broken_ = await page("broken");
    assertStringIncludes(broken_, "code cell 5: SyntaxError");
    assertStringIncludes(broken_, "the notebook has no function total");
  }));

Deno.test("own cells, magics, a missing id and an older format make no difference", () =>
  inTempFolder(async (folder) => {
    const old = JSON.parse(solution);
    old.nbformat_minor = 2;
    for (const each of old.cells) delete each.id;
    const moved = JSON.parse(solution);
    moved.cells.reverse();
    const bare = structuredClone(assignment.notebook);
    for (const each of bare.cells) each.metadata = {};
    await hand(folder, {
      old: JSON.stringify(old),
      moved: JSON.stringify(moved),
      bare: notebookText(bare),
      "byte order mark": "\ufeff" + solution,
      magics: withCell(assignment, "%%html\n<b>", "solution"),
      "waits for ever": withCell(
        assignment,
        "const never = await new Promise(() => {});",
        "solution",
      ),
    });
    const { grades } = await run(folder);
    assertEquals(grades.students.map(({ total }) => total), Array(6).fill(90));
    const notes = grades.students.filter(({ notes }) => notes.length > 0);
    assertEquals(notes.map(({ student, notes }) => [student, notes.length]), [["magics", 1]]);
  }));

Deno.test("the report has the hardest items first and the most frequent wrong answers", () =>
  inTempFolder(async (folder) => {
    const late = changed(assignment, [["return 2 * x;", "return x > 3 ? 5 * x : 2 * x;"]]);
    await hand(folder, { a: solution, b: wrong, c: wrong, d: late, e: solution, f: "{" });
    const { grades } = await run(folder);
    const share = (n: number | undefined) => n === undefined ? n : Math.round(5 * n);
    assertEquals(difficulty(grades).map((item) => [item.id, share(item.share)]), [
      // Of the five that were graded: f is no notebook.
      ["double-hidden", 2],
      ["double-visible", 3],
      ["sum-doubled", 3],
      ["essay-why", undefined],
    ]);
    const found = wrongAnswers(grades).map(({ id, got, count }) => [id, count, got]);
    assertEquals(found.filter(([id]) => id === "double-visible"), [["double-visible", 2, "6"]]);
    assertEquals(found.filter(([id]) => id === "double-hidden").map(([, count]) => count), [2, 1]);
    const page = await classReport(grades);
    assertStringIncludes(page, "6 submissions");
    // Seen where no script runs.
    assertMatch(page, /id="distribution"><img width="760"[^>]* src="data:image\/png;base64,/);
    assertStringIncludes(page, "the notebook is cut off: its end is missing");
    assertStringIncludes(page, "twice 2 is 4: expected 4, got 6");
    assertFalse(/https?:\/\/(?!plotly|[^"]*w3\.org|github)/.test(page.split("<script>")[0]));
  }));

Deno.test("points in part are part: in the mean share of an item, in colour and in sign", () =>
  inTempFolder(async (folder) => {
    const right = { double: "const double = (x) => 2 * x;" };
    await hand(folder, { a: solution, b: solution, c: solution, d: submission(assignment, right) });
    await Deno.mkdir(join(folder, "in", "nobody"));
    await run(folder);
    const rows = await table(folder, "by_hand.csv");
    const given: Record<string, string> = { a: "6", b: "8", c: "10" };
    const filled = rows.map((row) => ({ ...row, points: given[row.student] }));
    await Deno.writeTextFile(join(folder, "out", "by_hand.csv"), Papa.unparse(filled));
    const { grades } = await run(folder);
    const essay = difficulty(grades).find(({ id }) => id === "essay-why")!;
    assertEquals([essay.share, essay.full, essay.part, essay.none], [0.6, 1, 2, 1]);
    const report = await classReport(grades);
    assertStringIncludes(
      report,
      "5 submissions, 1 of them not graded and in none of the figures, mean 88.5",
    );
    assertStringIncludes(report.replaceAll(/<[^>]*>/g, ""), "60%✓ 1 ◐ 2 ✗ 1");
    const page = (student: string) =>
      Deno.readTextFileSync(join(folder, "out", student, "feedback.html"));
    assertStringIncludes(page("a"), '<td class="mark part">◐ by hand</td>');
    assertStringIncludes(page("c"), '<td class="mark full">✓ by hand</td>');
    assertStringIncludes(page("d"), '<td class="mark none">✗ not answered</td>');
    const nobody = page("nobody");
    assertStringIncludes(
      nobody,
      "Nothing was graded</strong>: no notebook: there is no small.ipynb",
    );
    assertFalse(/0 of|\b0 \//.test(nobody), nobody);
  }));

Deno.test("what is no notebook of this assignment has no points, and is told for what it is", async () => {
  const second = await readAssignment("a2_gan");
  await inTempFolder(async (folder) => {
    await hand(folder, {
      conflict: `<<<<<<< HEAD\n${solution}=======\n>>>>>>> theirs\n`,
      cut: solution.slice(0, -10),
      empty: "",
      page: "<!doctype html>",
      second: changed(second, []),
      renamed: submission(assignment, { double: "const twice = 2;", total: "const sum = 1;" }),
    });
    await run(folder);
    const rows = await table(folder, "grades.csv");
    const told = Object.fromEntries(rows.map((row) => [row.student, row.status]));
    assertEquals(told, {
      conflict: "the notebook has the marks of a merge conflict (<<<<<<<, >>>>>>>)",
      cut: "the notebook is cut off: its end is missing",
      empty: "the file is no notebook: it is empty",
      page: "the file is no notebook: it is a web page",
      second:
        `the notebook has nothing of small in it: it is "${"Assignment 2 · A GAN from its parts"}"`,
      renamed: "graded: none of the functions of this assignment is in the notebook",
    });
    for (const { student, total } of rows) assertEquals(total, student === "renamed" ? "0" : "");
  });
});

Deno.test("a summary names who has no points, what was graded under another name and what was left out", () =>
  inTempFolder(async (folder) => {
    await hand(folder, { ada: solution });
    await Deno.mkdir(join(folder, "in", "bob"));
    await Deno.mkdir(join(folder, "in", "kim"));
    await Deno.writeTextFile(join(folder, "in", "kim", "small (1).ipynb"), solution);
    for (let i = 0; i < 7; i++) {
      await Deno.writeTextFile(join(folder, "in", `${i}.ipynb`), solution);
    }
    const summary = await run(folder, { acceptRenamed: true });
    assertEquals(summaryLines(summary), [
      "2 graded",
      'kim: the notebook that was graded is "kim/small (1).ipynb"',
      "bob: no notebook: there is no small.ipynb",
      "1 of 3 submissions without points: there was nothing to grade",
      "Left out (in no student's folder; make one for it): 0.ipynb, 1.ipynb, 2.ipynb, 3.ipynb, 4.ipynb and 2 more",
      "7 files or folders left out",
      "To grade by hand: 2 in by_hand.csv. Fill in its points and run the same command again, or use assignment mark.",
    ]);
    assertEquals(
      summaryLines(await run(folder, { acceptRenamed: true }))[0],
      "0 graded, 2 already known",
    );
  }));

Deno.test("the small assignment's hidden check is hidden", () => {
  assertStringIncludes(sourceOf(assignment.notebook.cells[4]), "12345");
});
