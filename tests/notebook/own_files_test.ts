/** Files that a notebook makes for its reader to keep. */
import { assertEquals, assertRejects } from "@std/assert";
import { offerOutlet } from "@/host/outlet.ts";
import { offerFile } from "@/notebook/own_files.ts";

Deno.test("beside a page a file is handed over, and what is shown says its size", async () => {
  const kept: [string, Uint8Array][] = [];
  const shown: string[] = [];
  offerOutlet({
    figures: "plain",
    keep: (...file) => void kept.push(file),
    // deno-lint-ignore require-await
    broadcast: async (_, { data }) =>
      void shown.push((data as Record<string, string>)["text/plain"]),
  });
  try {
    await offerFile("two.npy", new Uint8Array(1_500_000));
  } finally {
    offerOutlet(undefined!);
  }
  assertEquals(kept.map(([name, bytes]) => [name, bytes.length]), [["two.npy", 1_500_000]]);
  assertEquals(shown.length, 1);
  assertEquals(shown[0].startsWith("two.npy, 1.5 MB: once you have run this cell, a link"), true);
});

Deno.test("without a page a file is written to the folder of the program, and nowhere else", async () => {
  const folder = await Deno.makeTempDir();
  const before = Deno.cwd();
  try {
    Deno.chdir(folder);
    await offerFile("three.npy", Uint8Array.of(1, 2, 3));
    assertEquals(await Deno.readFile(`${folder}/three.npy`), Uint8Array.of(1, 2, 3));
    for (const name of ["../up.npy", "/root.npy", ".hidden", "a/b.npy", ""]) {
      await assertRejects(() => offerFile(name, new Uint8Array()), RangeError, "without a folder");
    }
  } finally {
    Deno.chdir(before);
    await Deno.remove(folder, { recursive: true });
  }
});
