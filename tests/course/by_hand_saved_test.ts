/** by_hand.csv is read in whatever form it was saved, or refused as it is. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fill, inSheet } from "../support/hand_sheet.ts";
import { inWindows1252, type Table, textOf } from "../support/spreadsheets.ts";

Deno.test("the tables begin with a byte order mark, and a file that says the same is not written again", () =>
  inSheet(["김", "José"], async (sheet) => {
    assertEquals([...await Deno.readFile(sheet.path)].slice(0, 3), [0xef, 0xbb, 0xbf]);
    const before = (await Deno.stat(sheet.path)).ino;
    await sheet.run();
    assertEquals((await Deno.stat(sheet.path)).ino, before);
  }));

const SAVED: [how: string, save: (table: Table) => string | Uint8Array][] = [
  ["as it was", (table) => textOf(table)],
  ["with a byte order mark and lines of Windows", (t) => "\ufeff" + textOf(t, { newline: "\r\n" })],
  ["with semicolons", (table) => "\ufeff" + textOf(table, { delimiter: ";", newline: "\r\n" })],
  ["with tabs", (table) => textOf(table, { delimiter: "\t" })],
  [
    "with sep=; in the first line",
    (table) => "sep=;\r\n" + textOf(table, { delimiter: ";", newline: "\r\n" }),
  ],
  ["with everything in quotation marks", (table) => textOf(table, { quotes: true })],
  ["with old Macintosh lines", (table) => textOf(table, { newline: "\r" })],
  ["as UTF-16", (table) => {
    const text = "\ufeff" + textOf(table, { delimiter: "\t" });
    return new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  }],
  [
    "with columns in another order",
    (table) => textOf(table, { columns: Object.keys(table[0]).reverse() }),
  ],
  ["with other capitals in the first row", (table) => {
    const [first, ...rest] = textOf(table).split("\n");
    return [first.replace("student", " Student ").replace("points", "POINTS"), ...rest].join("\n");
  }],
  ["with empty rows and columns", (table) => {
    const lines = textOf(table, { newline: "\n" }).split("\n").map((line) => `${line},,`);
    return [lines[0], ",,,,,,,,,,,,", ...lines.slice(1), ",,,,,,,,,,,,"].join("\n");
  }],
];

for (const [how, save] of SAVED) {
  Deno.test(`points are taken over from a file saved ${how}, decimal comma or not`, () =>
    inSheet(["ada", "김", "José"], async (sheet) => {
      for (const points of ["7,5", "7.5"]) {
        await sheet.edit(fill(points), save);
        assertEquals(await sheet.points(), { ada: 7.5, 김: 7.5, José: 7.5 });
        assertEquals(sheet.told, []);
        assertEquals([...await sheet.run()].map(([, { comment }]) => comment).sort(), [
          "é 0",
          "é 1",
          "é 2",
        ]);
      }
    }));
}

Deno.test("a file keeps the separator that it was saved with, and columns of somebody's own", () =>
  inSheet(["ada", "bob"], async (sheet) => {
    await sheet.edit((table) => {
      table.forEach((row, i) => Object.assign(row, { points: "8,5", "Graded by": `me ${i}` }));
    }, (table) => textOf(table, { delimiter: ";" }));
    await sheet.run();
    const text = await Deno.readTextFile(sheet.path);
    assertStringIncludes(text, "student;item;points");
    assertEquals((await sheet.table()).map((row) => [row.points, row["Graded by"]]), [
      ["8,5", "me 0"],
      ["8,5", "me 1"],
    ]);
  }));

const REFUSED: [what: string, save: (table: Table) => string | Uint8Array, told: string][] = [
  [
    "in Windows' old encoding",
    (t) => inWindows1252(textOf(t)),
    'it must be UTF-8, and was saved in another encoding; save it as "CSV UTF-8"',
  ],
  ["in Korea's old encoding", (t) => {
    const [before, after] = textOf(t).split("é 0");
    const bytes = (text: string) => new TextEncoder().encode(text.replaceAll(/[^\0-\x7f]/g, ""));
    return new Uint8Array([...bytes(before), 0xb1, 0xe8, 0xc0, 0xcc, ...bytes(after)]);
  }, "it must be UTF-8"],
  ["as a workbook", () => "PK\x03\x04", "it is a workbook and no CSV"],
  [
    "with a translated first row",
    (t) => textOf(t).replace("student", "Schüler"),
    'must name the columns student, item, points, in English, got "Schüler,item',
  ],
  [
    "without a first row",
    (t) => textOf(t).split("\n").slice(1).join("\n"),
    "must name the columns",
  ],
  ["empty", () => "", "must name the columns"],
  [
    "with a column twice",
    (t) => textOf(t).replace("comment", "points"),
    "it has two columns points",
  ],
  [
    "with an open quotation mark",
    (t) => textOf(t) + '\nada,essay-why,7,,"',
    "a quotation mark too many or too few",
  ],
  [
    "with a comma that is not in quotation marks",
    (t) => textOf(t) + "\n" + "a,b,".repeat(8),
    "must be in quotation marks",
  ],
];

for (const [what, save, told] of REFUSED) {
  Deno.test(`a file ${what} is refused and stays as it is`, () =>
    inSheet(["ada", "José"], async (sheet) => {
      await sheet.edit(fill("7"), save);
      const before = await Deno.readFile(sheet.path);
      await assertRejects(() => sheet.run(), RangeError, told);
      assertEquals(await Deno.readFile(sheet.path), before);
    }));
}

for (
  const points of [
    "8/10",
    "８",
    "eight",
    "-1",
    "11",
    "NaN",
    "1e1",
    "10.5",
    "08. Mai",
    "1.000,5",
    "Infinity",
    "0x5",
    "5 %",
  ]
) {
  Deno.test(`points ${points} are refused, with file, row, column and value`, () =>
    inSheet(["ada", "bob"], async (sheet) => {
      await sheet.edit((table) => void (table[1].points = points));
      const before = await Deno.readFile(sheet.path);
      await assertRejects(
        () => sheet.run(),
        RangeError,
        `${sheet.path}: row 3: points must be a number from 0 to 10, or empty, got "${points}" for bob`,
      );
      assertEquals(await Deno.readFile(sheet.path), before);
    }));
}

Deno.test("spaces around points and names change nothing", () =>
  inSheet(["ada"], async (sheet) => {
    await sheet.edit((table) => void (table[0].points = "\u00a08 "));
    assertEquals(await sheet.points(), { ada: 8 });
  }));
