import { join } from "node:path";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { isSameFile, isTemporary, writeAtomically, writeTextAtomically } from "@/io/files.ts";
import { ended, inTempFolder, startProgram } from "../support/commands.ts";

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

const WRITER = "tests/support/write_megabyte.ts";
const ON_UNIX = { ignore: Deno.build.os === "windows" };

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
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const file = join(folder, "x");
      await writeAtomically(file, new Uint8Array([1, 2]));
      const { code, stdout } = await ended(startProgram(WRITER, [file], { fileSizeLimit: 8 }));
      assertEquals(code, 0);
      assertStringIncludes(stdout, "File too large");
      assertEquals(await Deno.readFile(file), new Uint8Array([1, 2]));
      assertEquals(await names(folder), ["x"]);
    }),
});

Deno.test("a folder that is missing is an error, with the name of the file that was to be written", async () => {
  const error = await assertRejects(
    () => writeAtomically("/nowhere/at/all/x", new Uint8Array(1)),
    Deno.errors.NotFound,
  );
  assertStringIncludes(error.message, "/nowhere/at/all/x");
  assertFalse(error.message.includes(".tmp"));
});

Deno.test("an error of the system names the file as it was given, and stays of its class", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "x");
    await Deno.writeTextFile(file, "");
    const below = join(file, "y");
    const error = await assertRejects(
      () => writeTextAtomically(below, ""),
      Deno.errors.NotADirectory,
    );
    assertEquals(error.message.indexOf(`Cannot write ${below}: Not a directory`), 0, error.message);
  }));

Deno.test("of 20 writers at once to one file each writes a whole file, and none fails", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "x");
    await Promise.all(Array.from(
      { length: 20 },
      (_, i) => writeAtomically(file, new Uint8Array(300_000).fill(i)),
    ));
    const bytes = await Deno.readFile(file);
    assertEquals(bytes, new Uint8Array(300_000).fill(bytes[0]));
    assertEquals(await names(folder), ["x"]);
  }));

Deno.test("four processes that write to one file at once do not get into each other's way", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "x");
    const writers = ["1", "2", "3", "4"].map((byte) => startProgram(WRITER, [file, byte, "10"]));
    for (const { code, stdout } of await Promise.all(writers.map(ended))) {
      assertEquals([code, stdout], [0, ""]);
    }
    const bytes = await Deno.readFile(file);
    assertEquals(bytes.length, 2 ** 20);
    assert(bytes.every((byte) => byte === bytes[0]));
    assertEquals(await names(folder), ["x"]);
  }));

Deno.test("a user's own x.tmp beside x is not touched", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "x.tmp"), "mine");
    await Deno.writeTextFile(join(folder, ".writing-mine.tmp"), "mine, too");
    await writeTextAtomically(join(folder, "x"), "new");
    assertEquals(await Deno.readTextFile(join(folder, "x.tmp")), "mine");
    assertEquals(await names(folder), [".writing-mine.tmp", "x", "x.tmp"]);
  }));

Deno.test({
  name: "what a link leads to is written, there already or not, and the link stays a link",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      await Deno.mkdir(join(folder, "far", "away"), { recursive: true });
      await Deno.writeTextFile(join(folder, "far", "x"), "old");
      await Deno.symlink("far/x", join(folder, "one"));
      await Deno.symlink("one", join(folder, "two"));
      await Deno.symlink("far/away", join(folder, "folder"));
      await Deno.symlink("../new", join(folder, "far", "away", "dangling"));
      await writeTextAtomically(join(folder, "two"), "new");
      assertEquals(await Deno.readTextFile(join(folder, "far", "x")), "new");
      // Beside the file itself: .. leads to far, though the link is not there.
      await writeTextAtomically(join(folder, "folder", "dangling"), "made");
      assertEquals(await Deno.readTextFile(join(folder, "far", "new")), "made");
      for (const link of ["one", "two", join("far", "away", "dangling")]) {
        assert((await Deno.lstat(join(folder, link))).isSymlink, link);
      }
      assertEquals(await names(join(folder, "far")), ["away", "new", "x"]);
      await Deno.symlink("b", join(folder, "a"));
      await Deno.symlink("a", join(folder, "b"));
      await assertRejects(() => writeTextAtomically(join(folder, "a"), ""), Error, "in a circle");
    }),
});

Deno.test({
  name: "a file that is replaced keeps its permissions, a new one gets those of any new file",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const mode = async (name: string) => (await Deno.stat(join(folder, name))).mode! & 0o7777;
      for (const rights of [0o600, 0o640, 0o755, 0o604]) {
        const name = rights.toString(8);
        await Deno.writeTextFile(join(folder, name), "old");
        await Deno.chmod(join(folder, name), rights);
        await writeTextAtomically(join(folder, name), "new");
        assertEquals((await mode(name)).toString(8), name);
      }
      await writeTextAtomically(join(folder, "fresh"), "new");
      assertEquals(await mode("fresh"), 0o666 & ~Deno.umask());
    }),
});

Deno.test({
  name: "a pipe is written to and stays a pipe",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const pipe = join(folder, "pipe");
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      const [, text] = await Promise.all([
        writeTextAtomically(pipe, "through"),
        Deno.readTextFile(pipe),
      ]);
      assertEquals(text, "through");
      assert((await Deno.lstat(pipe)).isFifo);
    }),
});

Deno.test("what a killed process left is removed by the next one, what is being written is not", () =>
  inTempFolder(async (folder) => {
    const temporary = (digit: string) => join(folder, `.writing-${digit.repeat(32)}.tmp`);
    await Deno.writeTextFile(temporary("a"), "left behind");
    using other = await Deno.open(temporary("b"), { write: true, create: true });
    await other.lock(true);
    const { code } = await ended(startProgram(WRITER, [join(folder, "x")]));
    assertEquals(code, 0);
    assertEquals(await names(folder), [`.writing-${"b".repeat(32)}.tmp`, "x"]);
    assert(isTemporary(`.writing-${"b".repeat(32)}.tmp`));
    assertFalse(isTemporary("x.tmp"));
  }));

Deno.test({
  name: "two paths are one file through links, hard links and dots, and not by their text",
  ...ON_UNIX,
  fn: () =>
    inTempFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      await Deno.writeTextFile(at("a"), "same");
      await Deno.writeTextFile(at("b"), "same");
      await Deno.link(at("a"), at("hard"));
      await Deno.symlink("a", at("soft"));
      assert(await isSameFile(at("a"), at("a")));
      assert(await isSameFile(at("a"), at("hard")));
      assert(await isSameFile(at("soft"), at("hard")));
      assert(await isSameFile(at("a"), `${folder}/./a`));
      assertFalse(await isSameFile(at("a"), at("b")));
      assertFalse(await isSameFile(at("a"), at("missing")));
      assertFalse(await isSameFile(at("missing"), at("missing")));
    }),
});
