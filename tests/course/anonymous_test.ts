/** In an anonymous class nobody's name is in the folder of grades, and the key brings everybody's grade back to them. */
import { join } from "node:path";
import { unzipSync } from "fflate";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Aliases } from "@/course/aliases.ts";
import { inTempFolder, run as runCommand } from "../support/commands.ts";
import { changed, smallAssignment } from "../support/submissions.ts";
import { tableOf as readTable } from "../support/spreadsheets.ts";
import { gradeAndRead } from "../support/graded_class.ts";

const assignment = smallAssignment();
const right = changed(assignment, []);
const wrong = changed(assignment, [["return 2 * x;", "return 3 * x;"]]);

async function textsBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    found.push(name);
    const path = join(folder, name);
    if (isDirectory) found.push(...await textsBelow(path));
    else found.push(new TextDecoder().decode(await Deno.readFile(path)));
  }
  return found;
}

Deno.test("no name is in the folder of grades; numbers stay when somebody comes; the key gives everybody their own", () =>
  inTempFolder(async (folder) => {
    const [out, key] = [join(folder, "out"), join(folder, "key.csv")];
    const hand = async (student: string, file: string, text: string) => {
      await Deno.mkdir(join(folder, "in", student), { recursive: true });
      await Deno.writeTextFile(join(folder, "in", student, file), text);
    };
    await hand("Lovelace_11", "small.ipynb", right);
    await hand("Babbage_12", "small.ipynb", wrong);
    await hand("Menabrea_13", "small (1).ipynb", right);
    const grade = (more: object) =>
      gradeAndRead(assignment, { submissions: join(folder, "in"), out, jobs: 2, seed: 1, ...more });
    await grade({ key });
    const all = (await textsBelow(out)).join("\n");
    assertFalse(/Lovelace|Babbage|Menabrea/.test(all));
    const before = await Aliases.read(key);
    await hand("Somerville_14", "small.ipynb", right);
    const { grades } = await grade({ key });
    const aliases = await Aliases.read(key);
    for (const name of ["Lovelace_11", "Babbage_12", "Menabrea_13"]) {
      assertEquals(aliases.numberOf(name), before.numberOf(name));
    }
    const total = (name: string) =>
      grades.students.find(({ student }) => student === aliases.numberOf(name))!.total;
    assertEquals([total("Lovelace_11"), total("Babbage_12"), total("Menabrea_13")], [
      90,
      0,
      undefined,
    ]);
    await assertRejects(() => grade({}), RangeError, "it was graded anonymously");
    await Deno.rename(key, `${key}.away`);
    await assertRejects(() => grade({ key }), RangeError, "nobody knows whose the grades are");
    await Deno.rename(`${key}.away`, key);

    const sheet = join(out, "by_hand.csv");
    await Deno.writeTextFile(sheet, (await Deno.readTextFile(sheet)).replaceAll(",,10,", ",5,10,"));
    await grade({ key });
    const args = ["report", "--grades", out, "--export", "moodle"];
    assertStringIncludes((await runCommand("assignment", ...args)).stderr, "add --key");
    const { code, stderr } = await runCommand("assignment", ...args, "--key", key);
    assertEquals(code, 0, stderr);
    // Others have the folder itself.
    assertFalse(/Lovelace|Babbage|Menabrea/.test((await textsBelow(out)).join("\n")));
    const rows = readTable(await Deno.readTextFile(`${out}.moodle.csv`));
    assertEquals(
      rows.map((row) => [row.Identifier, row.Grade]).toSorted(),
      [["Participant 11", "95"], ["Participant 12", "5"], ["Participant 14", "95"]],
    );
    const files = unzipSync(await Deno.readFile(`${out}.moodle_feedback.zip`));
    for (const [number, total] of [["11", "95"], ["12", "5"]]) {
      const page = files[`Participant_${number}_assignfeedback_file/feedback.html`];
      assertStringIncludes(new TextDecoder().decode(page), `<strong>${total} of 100 points`);
    }
  }));

Deno.test("no path that a platform makes of a name is shown, be it late, flat or renamed", () =>
  inTempFolder(async (folder) => {
    const name = "lovelaceada_12345";
    const aliases = await Aliases.open(join(folder, "key.csv"), [name, "Al"], true);
    const read = (student: string) =>
      Promise.resolve(
        student === "Al" ? { problem: 'no notebook, only "Al/notes.txt" of Alice' } : {
          path: "lovelaceada_LATE_12345_678_small.ipynb",
          bytes: new Uint8Array(),
          renamed: true,
          problem:
            'there are 2: "lovelaceada_LATE_12345_678_a.ipynb", "lovelaceada_12345_9_b.ipynb"',
        },
      );
    const hidden = aliases.hide({ students: [name, "Al"], read });
    const [number, other] = [name, "Al"].map((each) => aliases.numberOf(each));
    assertEquals(hidden.students, [number, other].toSorted());
    const { path, problem } = await hidden.read(number);
    assertEquals(path, "a notebook of another name");
    assertEquals(problem, `there are 2: "${number}_678_a.ipynb", "${number}_9_b.ipynb"`);
    assertEquals(
      (await hidden.read(other)).problem,
      `no notebook, only "${other}/notes.txt" of Alice`,
    );
  }));

Deno.test("a key with a name or a number twice, or a short number, is refused", () =>
  inTempFolder(async (folder) => {
    const key = join(folder, "key.csv");
    for (const rows of ["ada,1000\nada,1001", "ada,1000\nbob,1000", "ada,17", ",1000"]) {
      await Deno.writeTextFile(key, `student,number\n${rows}\n`);
      await assertRejects(() => Aliases.read(key), RangeError, "Cannot read the key");
    }
  }));

Deno.test("a thousand students have a thousand numbers, in an order that says nothing", () =>
  inTempFolder(async (folder) => {
    const names = Array.from({ length: 1000 }, (_, i) => `s${String(i).padStart(4, "0")}`);
    const aliases = await Aliases.open(join(folder, "key.csv"), names, true);
    const numbers = names.map((name) => Number(aliases.numberOf(name)));
    assertEquals(new Set(numbers).size, 1000);
    const rising = numbers.filter((number, i) => i > 0 && number > numbers[i - 1]).length;
    assert(rising > 400 && rising < 600, String(rising));
  }));
