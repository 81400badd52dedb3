/** `grades.json` read row by row says what it says when it is read whole, however it is laid out. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { parseGrades } from "@/course/grades.ts";
import { GradesFile } from "@/course/grades_file.ts";
import { inPublishedClass } from "../support/published_class.ts";

const ODD = 'a "b" \\ ],}[{ "students": [{';

Deno.test("rows and head are those of the whole file, as it is written, on one line, and in another order", () =>
  inPublishedClass({ ada: { answer: ODD }, [ODD]: { answer: "é\u2028" } }, async ({ out }) => {
    const path = join(out, "grades.json");
    const written = await Deno.readTextFile(path);
    const { students, ...head } = JSON.parse(written);
    const texts = [
      written,
      JSON.stringify({ ...head, students }),
      `\ufeff${
        JSON.stringify({ students, more: { students: [1] }, note: "students", ...head }, null, 4)
      }`,
    ];
    for (const text of texts) {
      await Deno.writeTextFile(path, text);
      const whole = parseGrades(text, path);
      using file = (await GradesFile.open(path))!;
      assertEquals([...file.students], whole.students.map(({ student }) => student));
      for (const row of whole.students) assertEquals(await file.row(row.student), row);
      assertEquals(await file.row("stranger"), undefined);
      assertEquals(file.head, { ...whole, students: [] } as typeof file.head);
      assertEquals(file.hadEnd, false);
    }
  }));

Deno.test("a file that grade has not written, or not whole, is none", () =>
  inPublishedClass({ ada: {} }, async ({ out }) => {
    const path = join(out, "grades.json");
    const written = await Deno.readTextFile(path);
    const grades = JSON.parse(written);
    const others = [
      "",
      written.slice(0, -40),
      written.slice(0, written.length / 2),
      JSON.stringify({ ...grades, students: [3] }),
      JSON.stringify({ ...grades, students: [grades.students[0], [4]] }),
      JSON.stringify({ ...grades, students: [{ ...grades.students[0], marks: null }] }),
      JSON.stringify({
        ...grades,
        students: [{ ...grades.students[0], marks: grades.students[0].marks.slice(1) }],
      }),
    ];
    for (const text of others) {
      await Deno.writeTextFile(path, text);
      using file = await GradesFile.open(path);
      assertEquals(file, undefined, text);
    }
    await Deno.remove(path);
    using file = await GradesFile.open(path);
    assertEquals(file, undefined);
  }));
