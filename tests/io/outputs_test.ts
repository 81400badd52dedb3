import { join } from "node:path";
import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { remediesOf } from "@/remedy.ts";
import {
  checkFolderToMake,
  checkOutput,
  checkOutputFolder,
  isSealedPage,
  OutputRefusedError,
  sealedPage,
} from "@/io/outputs.ts";
import { inTempFolder } from "../support/commands.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("a sealed page is known again, one that was changed by a letter is not", () => {
  const page = sealedPage("<h1>Grades</h1>\n");
  assert(page.startsWith("<h1>Grades</h1>\n"));
  assert(isSealedPage(encode(page)));
  assertFalse(isSealedPage(encode(page.replace("Grades", "grades"))));
  assertFalse(isSealedPage(encode(`${page}<p>My notes</p>`)));
  assertFalse(isSealedPage(encode("<h1>Grades</h1>\n")));
});

Deno.test("an output may be new, empty or one of before; it may not be read, a person's or a folder", () =>
  inTempFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(at("input"), "in");
    await Deno.symlink("input", at("soft"));
    await Deno.link(at("input"), at("hard"));
    await Deno.writeTextFile(at("empty"), "");
    await Deno.writeTextFile(at("before"), "ours");
    await Deno.writeTextFile(at("mine"), "a thesis");
    await Deno.mkdir(at("folder"));
    const check = (name: string, overwrite = false) =>
      checkOutput(at(name), {
        inputs: [at("input")],
        ours: (bytes) => new TextDecoder().decode(bytes) === "ours",
        kind: "one of ours",
        overwrite,
      });
    for (const name of ["new", "empty", "before"]) await check(name);
    for (const name of ["input", "soft", "hard"]) {
      for (const overwrite of [false, true]) {
        await assertRejects(() => check(name, overwrite), OutputRefusedError, "this command reads");
      }
    }
    const error = await assertRejects(() => check("mine"), OutputRefusedError, "already a file");
    assertEquals(remediesOf(error).map((remedy) => "setting" in remedy && remedy.setting), [
      "overwrite",
      "place",
    ]);
    await check("mine", true);
    await assertRejects(() => check("folder", true), OutputRefusedError, "got a folder");
    assertEquals(await Deno.readTextFile(at("mine")), "a thesis");
  }));

Deno.test("a folder that is to hold an output must be there, or be one that can be made", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    await checkOutputFolder(join(folder, "new"));
    await checkOutputFolder(file);
    for (const path of [join(folder, "no", "x"), folder, join(file, "x")]) {
      await assertRejects(() => checkOutputFolder(path), OutputRefusedError, path);
    }
    await checkFolderToMake(join(folder, "no", "such", "folder"));
    for (const path of [file, join(file, "x", "y")]) {
      await assertRejects(() => checkFolderToMake(path), OutputRefusedError, `${file} is a file`);
    }
  }));
