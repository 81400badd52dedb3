import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { writeAtomically } from "@/io/atomic.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("a file is written, replaced, and nothing else is left", () =>
  inFolder(async (folder) => {
    const file = join(folder, "x");
    await writeAtomically(file, new Uint8Array([1, 2]));
    await writeAtomically(file, new Uint8Array([3]));
    assertEquals(await Deno.readFile(file), new Uint8Array([3]));
    assertEquals(await names(folder), ["x"]);
  }));

Deno.test({
  name: "on a full disk the old file stays as it was and the temporary one goes",
  // /dev/full refuses every byte with ENOSPC; only Linux has it.
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      const file = join(folder, "x");
      await writeAtomically(file, new Uint8Array([1, 2]));
      await Deno.symlink("/dev/full", `${file}.tmp`);
      const error = await assertRejects(() => writeAtomically(file, new Uint8Array(1000)));
      assertEquals(/space/i.test(error.message), true, error.message);
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
