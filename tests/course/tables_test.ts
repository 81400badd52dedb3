/** Grades are written in pieces, the same bytes as at once; marks of a class are kept once. */
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { parseGrades } from "@/course/grades.ts";
import { jsonPieces, writeJson } from "@/course/tables.ts";
import { inTempFolder } from "../support/commands.ts";
import { inPublishedClass } from "../support/published_class.ts";

Deno.test("JSON in pieces is what JSON.stringify makes, whatever it is about", async () => {
  const row = { name: 'a "b"\n\u2028ü', list: [1, [2, []], {}], none: undefined, nothing: null };
  const values: object[] = [
    {},
    [],
    [row, row],
    row,
    { a: 1, rows: [row, row], empty: [], none: undefined, of: { deep: [row] }, last: "x" },
    { rows: [[], {}, "text", null] },
  ];
  for (const value of values) {
    const text = `${JSON.stringify(value, null, 1)}\n`;
    assertEquals((await Array.fromAsync(jsonPieces(value))).join(""), text);
    // A list may come one by one.
    const streamed = Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        Array.isArray(field) ? ReadableStream.from(field) : field,
      ]),
    );
    if (Array.isArray(value)) continue;
    assertEquals((await Array.fromAsync(jsonPieces(streamed))).join(""), text);
  }
});

Deno.test("no piece has more than one student, and what is longer than a piece is written whole", () =>
  inTempFolder(async (folder) => {
    const students = Array.from({ length: 300 }, (_, i) => ({ i, text: `é${i}`.repeat(200) }));
    const pieces = await Array.fromAsync(jsonPieces({ seed: 1, students }));
    assert(Math.max(...pieces.map(({ length }) => length)) < 1500);
    const path = join(folder, "grades.json");
    await writeJson(path, { seed: 1, students });
    assertEquals(JSON.parse(await Deno.readTextFile(path)), { seed: 1, students });
  }));

Deno.test("equal marks of two students are one object, and those with an answer are not", () =>
  inPublishedClass({ ada: { answer: "So." }, bob: { answer: "So." } }, async ({ out }) => {
    const path = join(out, "grades.json");
    const { students: [ada, bob] } = parseGrades(await Deno.readTextFile(path), path);
    for (const [i, mark] of ada.marks.entries()) {
      assertEquals(mark === bob.marks[i], mark.outcome !== "by hand", mark.id);
    }
  }));
