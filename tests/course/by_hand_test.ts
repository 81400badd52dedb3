/** What a person has written into by_hand.csv is taken over, kept or refused: never dropped. */
import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { besideByHand, BY_HAND, readByHand, replaceByHand } from "@/course/by_hand.ts";
import { inTempFolder } from "../support/commands.ts";
import { assignment, fill, inSheet } from "../support/hand_sheet.ts";
import { asTyped, inWindows1252, type Table, tableOf, textOf } from "../support/spreadsheets.ts";
import { changed } from "../support/submissions.ts";
import { gradeAndRead } from "../support/graded_class.ts";

Deno.test("names that a spreadsheet has turned into numbers and dates are known by their answer_id, and told", () => {
  const names = ["007", "1E5", "3-4", "12345"];
  return inSheet(names, async (sheet) => {
    await sheet.edit((table) => {
      for (const row of table) Object.assign(row, { points: "7", student: asTyped(row.student) });
    });
    assertEquals(await sheet.points(), { "007": 7, "1E5": 7, "3-4": 7, "12345": 7 });
    assertEquals(sheet.told, [
      'by_hand.csv, row 2: "7" is taken for "007", whose answer_id it has',
      'by_hand.csv, row 4: "100000" is taken for "1E5", whose answer_id it has',
      'by_hand.csv, row 5: "03. Apr" is taken for "3-4", whose answer_id it has',
    ]);
    assertEquals((await sheet.table()).map(({ student }) => student), names.toSorted());
  });
});

Deno.test("without an answer_id a near name is offered, and the row is kept with its points", () =>
  inSheet(["007", "김", "José"], async (sheet) => {
    await sheet.edit((table) => {
      const names: Record<string, string> = { "007": "7", 김: "?", José: "jose\u0301 " };
      for (const row of table) {
        Object.assign(row, {
          points: "7",
          comment: "well",
          student: names[row.student],
          answer_id: "",
        });
      }
    });
    for (let i = 0; i < 2; i++) {
      assertEquals(await sheet.points(), {});
      assertEquals(sheet.told.length, 3);
      for (const name of ["007", "김", "José"]) {
        assert(
          sheet.told.some((line) => line.includes(`write "${name}" (`)),
          sheet.told.join("\n"),
        );
      }
    }
    // And where somebody writes the name, it counts.
    await sheet.edit((table) => {
      for (const row of table.filter(({ points }) => points !== "")) {
        row.student = { "7": "007", "?": "김" }[row.student] ?? "José";
      }
    });
    assertEquals(await sheet.points(), { "007": 7, 김: 7, José: 7 });
    assertEquals(sheet.told, []);
    assertEquals((await sheet.table()).length, 3);
  }));

Deno.test("a row that belongs to nobody is kept, named, and counts again when its student is back", () =>
  inSheet(["ada", "bob"], async (sheet) => {
    await sheet.edit(fill("9"));
    await sheet.run();
    const { ada } = sheet.answers;
    const away: [change: () => void, told: string][] = [
      [() => delete sheet.answers.ada, "no submission is called ada"],
      [() => void (sheet.answers.ada = undefined), "ada is not graded in this run: no notebook"],
      [() => void (sheet.answers.ada = ""), "ada has not answered essay-why"],
    ];
    for (const [change, told] of away) {
      change();
      // An empty cell of the answer is a touched one, and is seen by a person.
      if (sheet.answers.ada === "") {
        sheet.answers.ada = "YOUR ANSWER HERE";
      }
      for (let i = 0; i < 2; i++) {
        assertEquals(await sheet.points(), { bob: 9 });
        assertEquals(sheet.told.length, 1);
        assertStringIncludes(sheet.told[0], told);
        assertStringIncludes((await sheet.table()).at(-1)!.note, "counts for nobody");
      }
      sheet.answers.ada = ada;
      assertEquals(await sheet.points(), { ada: 9, bob: 9 });
      assertEquals(sheet.told, []);
    }
  }));

Deno.test("a row of another item, and one that somebody wrote below, stay; an empty one does not", () =>
  inSheet(["ada"], async (sheet) => {
    await sheet.edit((table) =>
      [
        ...table,
        { ...table[0], item: "double-visible", points: "3" },
        { ...table[0], item: "Essay-Why", points: "4", answer_id: "" },
        { student: "", item: "", comment: "see the mail of Monday" },
        { student: "eve", item: "essay-why", points: "" },
      ] as Table
    );
    assertEquals(await sheet.points(), {});
    assertEquals((await sheet.table()).map((row) => row.item), [
      "essay-why",
      "double-visible",
      "Essay-Why",
      "",
    ]);
    assertStringIncludes(
      sheet.told.join("\n"),
      'this assignment has no written answer called Essay-Why; write "essay-why"',
    );
    assertEquals((await sheet.table()).at(-1)!.comment, "see the mail of Monday");
  }));

Deno.test("points belong to an answer: another one is open, with the earlier points and comment beside it", () =>
  inSheet(["ada", "bob"], async (sheet) => {
    const first = sheet.answers.ada;
    await sheet.edit(fill("9"));
    await sheet.run();
    sheet.answers.ada = "On second thought, no.";
    for (let i = 0; i < 2; i++) {
      assertEquals(await sheet.points(), { bob: 9 });
      const [row] = await sheet.table();
      assertEquals([row.points, row["earlier points"], row["earlier comment"]], ["", "9", "é 0"]);
      assertStringIncludes(row.answer, "On second thought");
      assertStringIncludes(row.note, "another answer since");
    }
    // Handed in a third time before anybody has graded the second: the points of the first are still there.
    sheet.answers.ada = "On third thought, yes.";
    await sheet.run();
    assertEquals((await sheet.table())[0]["earlier points"], "9");
    await sheet.edit((table) => void Object.assign(table[0], { points: "4", comment: "worse" }));
    assertEquals(await sheet.points(), { ada: 4, bob: 9 });
    sheet.answers.ada = first;
    await sheet.run();
    assertEquals((await sheet.table())[0]["earlier points"], "4");
  }));

Deno.test("a file without answer_ids counts for the answers that it shows, or that are there", () =>
  inSheet(["ada", "bob"], async (sheet) => {
    await Deno.writeTextFile(sheet.path, "student,item,points\nada,essay-why,8\n");
    assertEquals(await sheet.points(), { ada: 8 });
    sheet.answers.ada = "Another one.";
    assertEquals(await sheet.points(), {});
    await Deno.writeTextFile(
      sheet.path,
      "student,item,points,answer\nada,essay-why,8,An older one.\n",
    );
    assertEquals(await sheet.points(), {});
    assertEquals((await sheet.table())[0]["earlier points"], "8");
  }));

Deno.test("rows that contradict each other are refused, those that say the same are one", () =>
  inSheet(["ada", "bob"], async (sheet) => {
    const twice = (points: string) => (table: Table) => [
      { ...table[0], points: "7" },
      ...table.slice(1),
      { ...table[0], points },
    ];
    for (const points of ["7", ""]) {
      await sheet.edit(twice(points));
      assertEquals(await sheet.points(), { ada: 7 });
      assertEquals((await sheet.table()).length, 2);
    }
    await sheet.edit(twice("8"));
    await assertRejects(
      () => sheet.run(),
      RangeError,
      'row 4: it has the points "8" for an answer that has "7" in row 2',
    );
  }));

Deno.test("a file of which only some columns were sorted is refused", () =>
  inSheet(["ada", "bob"], async (sheet) => {
    await sheet.edit((table) => {
      fill("7")(table);
      [table[0].student, table[1].student] = [table[1].student, table[0].student];
    });
    await assertRejects(() => sheet.run(), RangeError, "were only some of the columns sorted?");
    await sheet.edit((table) => {
      table[0].student = "cyd";
      table[1].student = "bob";
    });
    assertEquals(await sheet.points(), { bob: 7 });
    assertStringIncludes(
      sheet.told[0],
      'its answer_id is that of "ada": if that is right, write that name in the column student',
    );
  }));

Deno.test("a file that somebody saves while the grader writes is read again, and nothing is lost", () =>
  inSheet(["ada"], async (sheet) => {
    const read = await readByHand(sheet.out);
    await sheet.edit(fill("6"));
    assertFalse(await replaceByHand(read, () => ["anything"]));
    assertEquals(await sheet.points(), { ada: 6 });
    await Deno.remove(sheet.path);
    assertFalse(await replaceByHand(read, () => ["anything"]));
  }));

Deno.test("points that are filled in during a run count in it", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "out");
    for (const student of ["ada", "bob"]) {
      await Deno.mkdir(join(folder, "in", student), { recursive: true });
      await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), changed(assignment, []));
    }
    const run = (onProgress?: () => void) =>
      gradeAndRead(assignment, {
        submissions: join(folder, "in"),
        out,
        jobs: 1,
        seed: 1,
        onProgress,
      });
    await run();
    const table = tableOf(await Deno.readTextFile(join(out, BY_HAND)));
    fill("5")(table);
    const { grades } = await run(() => Deno.writeTextFileSync(join(out, BY_HAND), textOf(table)));
    assertEquals(grades.students.map(({ total }) => total), [95, 95]);
    // A file that cannot be read at the end stops the run before anything is written.
    const before = await Deno.readTextFile(join(out, "grades.csv"));
    const spoilt = inWindows1252(textOf(table));
    await assertRejects(
      () => run(() => Deno.writeFileSync(join(out, BY_HAND), spoilt)),
      RangeError,
      "UTF-8",
    );
    assertEquals(await Deno.readFile(join(out, BY_HAND)), spoilt);
    assertEquals(await Deno.readTextFile(join(out, "grades.csv")), before);
  }));

Deno.test("points whose row is gone are told, and stand beside the answer, which is open again", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "out");
    const file = join(out, BY_HAND);
    for (const student of ["ada", "bob"]) {
      await Deno.mkdir(join(folder, "in", student), { recursive: true });
      await Deno.writeTextFile(join(folder, "in", student, "small.ipynb"), changed(assignment, []));
    }
    const run = () =>
      gradeAndRead(assignment, { submissions: join(folder, "in"), out, jobs: 2, seed: 1 });
    await run();
    const table = tableOf(await Deno.readTextFile(file));
    fill("5")(table);
    await Deno.writeTextFile(file, textOf(table));
    await run();
    // Somebody saves only what a filter shows.
    await Deno.writeTextFile(file, textOf(table.slice(0, 1)));
    const { byHand, grades, tally: { open } } = await run();
    assertEquals([open, grades.students.map(({ total }) => total)], [1, [95, 90]]);
    assertEquals(byHand, [
      "by_hand.csv no longer has a row for bob, essay-why, which had 5 points: it is open again",
    ]);
    const [, bob] = tableOf(await Deno.readTextFile(file));
    assertEquals([bob.points, bob["earlier points"], bob["earlier comment"]], ["", "5", "é 1"]);
    assertStringIncludes(bob.note, "was missing from this file");
  }));

Deno.test("a spreadsheet's lock, a workbook and a copy beside the file are told", () =>
  inTempFolder(async (folder) => {
    for (
      const name of [
        BY_HAND,
        ".~lock.by_hand.csv#",
        "by_hand.xlsx",
        "by_hand (1).csv",
        "grades.csv",
      ]
    ) {
      await Deno.writeTextFile(join(folder, name), "");
    }
    const told = await besideByHand(folder);
    assertEquals(told.length, 3);
    assertStringIncludes(told[0], "is open in a spreadsheet (.~lock.by_hand.csv#)");
    assertStringIncludes(told[1], "by_hand (1).csv is not read");
    assertStringIncludes(told[2], "by_hand.xlsx is not read");
  }));
