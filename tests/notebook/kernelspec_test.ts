import { join } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { v8Flags } from "@/kernels/engine/v8_flags.ts";
import { kernelSpec, userDataFolder, writeKernelSpec } from "@/notebook/kernelspec.ts";
import { inTempFolder, run } from "../support/commands.ts";

Deno.test("the kernel is this Deno by its absolute path, interrupted by message, uncoloured, with V8's flags", () => {
  const { argv, interrupt_mode, env } = kernelSpec();
  assertEquals(argv, [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"]);
  assertEquals([interrupt_mode, env], ["message", { NO_COLOR: "1", DENO_V8_FLAGS: v8Flags() }]);
});

Deno.test("Jupyter's data folder is where Jupyter looks on each system", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const home = env({ HOME: "/home/a" });
  assertEquals(userDataFolder("linux", home), "/home/a/.local/share/jupyter");
  assertEquals(
    userDataFolder("linux", env({ HOME: "/h", XDG_DATA_HOME: "/x" })),
    "/x/jupyter",
  );
  assertEquals(userDataFolder("darwin", home), "/home/a/Library/Jupyter");
  assertEquals(userDataFolder("windows", env({ APPDATA: "/a" })), join("/a", "jupyter"));
  assertEquals(userDataFolder("linux", env({ HOME: "/h", JUPYTER_DATA_DIR: "/j" })), "/j");
});

Deno.test("deno task kernel writes the kernelspec, replaces an old one, and says where", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "kernels", "deno-gan", "kernel.json");
    for (const display of ["Deno", "Deno for GANs"]) {
      const args = ["--dir", folder, "--name", "deno-gan", "--display-name", display];
      const { code, stderr } = await run("kernel", ...args);
      assertEquals(code, 0, stderr);
      assertEquals(stderr.includes(join(folder, "kernels", "deno-gan")), true);
      assertEquals(JSON.parse(await Deno.readTextFile(file)), kernelSpec(display));
    }
  }));

Deno.test("a name that Jupyter does not take is refused", async () => {
  await assertRejects(() => writeKernelSpec("/nowhere", "a b"), RangeError, 'got "a b"');
  assertEquals((await run("kernel", "--name", "../x")).code, 2);
});
