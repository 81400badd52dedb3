import { join } from "node:path";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { writeAtomically } from "@/io/files.ts";
import { ended, inTempFolder, startProgram } from "../support/commands.ts";

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("a file is written, replaced, and nothing else is left", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "x");
    await writeAtomically(file, new Uint8Array([1, 2]));
    await writeAtomically(file, new Uint8Array([3]));
    assertEquals(await Deno.readFile(file), new Uint8Array([3]));
    assertEquals(await names(folder), ["x"]);
  }));

Deno.test({
  name: "a write that fails half-way leaves the old file as it was and no temporary one",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inTempFolder(async (folder) => {
      const file = join(folder, "x");
      await writeAtomically(file, new Uint8Array([1, 2]));
      const program = "tests/support/write_megabyte.ts";
      const { code, stdout } = await ended(startProgram(program, [file], { fileSizeLimit: 8 }));
      assertEquals(code, 0);
      assertStringIncludes(stdout, "File too large");
      assertEquals(await Deno.readFile(file), new Uint8Array([1, 2]));
      assertEquals(await names(folder), ["x"]);
    }),
});

Deno.test("a folder that is missing is an error", async () => {
  await assertRejects(
    () => writeAtomically("/nowhere/at/all/x", new Uint8Array(1)),
    Deno.errors.NotFound,
  );
});
