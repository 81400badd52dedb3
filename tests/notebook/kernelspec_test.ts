import { basename, isAbsolute, join } from "node:path";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { remediesOf } from "@/remedy.ts";
import { kernelSpec, userDataFolder, writeKernelSpec } from "@/notebook/kernelspec.ts";
import { ended, inTempFolder, run, runHere, start } from "../support/commands.ts";

Deno.test("the kernel is ours by absolute paths, interrupted by message, uncoloured, with V8's flags", () => {
  const { argv, interrupt_mode, env } = kernelSpec();
  const [program, ...args] = argv;
  assertEquals([program, args.slice(-2)], [Deno.execPath(), ["--conn", "{connection_file}"]]);
  const files = args.filter((argument) => isAbsolute(argument));
  assertEquals(files.map((file) => basename(file)), ["deno.json", "main.ts"]);
  for (const file of files) assertEquals(Deno.statSync(file).isFile, true, file);
  assertEquals([interrupt_mode, env], ["message", {
    NO_COLOR: "1",
  }]);
});

Deno.test("--plain is Deno's own kernel, and says what is missing; --types asks ours for type checks", () =>
  inTempFolder(async (folder) => {
    const argv = async (...args: string[]) => {
      const { code, stderr } = await run("kernel", "--dir", folder, ...args);
      assertEquals(code, 0, stderr);
      const file = join(folder, "kernels", "deno", "kernel.json");
      return { argv: JSON.parse(await Deno.readTextFile(file)).argv.slice(1), stderr };
    };
    const plain = await argv("--plain");
    assertEquals(plain.argv, ["jupyter", "--kernel", "--conn", "{connection_file}"]);
    assertStringIncludes(plain.stderr, "warning: this is Deno's own kernel");
    // Each replaces the one before it.
    const types = await argv("--types");
    assertEquals(types.argv.slice(-3), ["--conn", "{connection_file}", "--types"]);
    assertEquals(types.stderr.includes("warning"), false);
    assertEquals((await argv()).argv.slice(-1), ["{connection_file}"]);
    const both = await run("kernel", "--dir", folder, "--types", "--plain");
    assertEquals(both.code, 2, both.stderr);
  }));

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

Deno.test("without HOME the account's home counts; a folder that depends on where one stands is refused", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const account = () => "/home/a";
  for (const values of [{}, { HOME: "" }, { XDG_DATA_HOME: "" }] as Record<string, string>[]) {
    const found = userDataFolder("linux", env(values), account);
    assertEquals(found, "/home/a/.local/share/jupyter");
    assertEquals(userDataFolder("darwin", env(values), account), "/home/a/Library/Jupyter");
  }
  assertEquals(userDataFolder("windows", env({}), account), "/home/a/.jupyter/data");
  for (const home of [undefined, "", "relative"]) {
    const error = assertThrows(() => userDataFolder("linux", env({}), () => home), Error);
    assertEquals(remediesOf(error), [{ do: "give", setting: "jupyterData" }]);
  }
  const relative: Record<string, string>[] = [
    { HOME: "." },
    { HOME: "/h", XDG_DATA_HOME: "data" },
    { HOME: "/h", JUPYTER_DATA_DIR: "jupyter" },
  ];
  for (const values of relative) {
    const [name, value] = Object.entries(values).at(-1)!;
    const message = `${name} must be an absolute path, got ${value}`;
    assertThrows(() => userDataFolder("linux", env(values), account), Error, message);
  }
});

Deno.test("where the folder of data cannot be known deno task kernel installs nothing; --help needs none", () =>
  inTempFolder(async (folder) => {
    // HOME itself stays: Deno's own cache is there.
    const none = { JUPYTER_DATA_DIR: undefined, XDG_DATA_HOME: undefined };
    const install = (env: Record<string, string>, ...args: string[]) =>
      ended(start("kernel", args, { from: folder, env: { ...none, ...env } }));
    const refused = await install({ JUPYTER_DATA_DIR: "data" });
    assertEquals(refused.code, 1, refused.stderr);
    assertStringIncludes(refused.stderr, "JUPYTER_DATA_DIR must be an absolute path, got data");
    assertEquals((await install({ JUPYTER_DATA_DIR: "data" }, "--help")).code, 0);
    assertEquals([...Deno.readDirSync(folder)], []);
    const own: Record<string, string> = Deno.build.os === "linux" ? { XDG_DATA_HOME: folder } : {
      JUPYTER_DATA_DIR: join(folder, "jupyter"),
    };
    assertEquals((await install(own)).code, 0);
    assertEquals([...Deno.readDirSync(join(folder, "jupyter", "kernels"))].length, 1);
  }));

Deno.test("deno task kernel writes the kernelspec, replaces an old one, and says where", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "kernels", "deno-gan", "kernel.json");
    for (const display of ["Deno", "Deno for GANs"]) {
      const args = ["--dir", folder, "--name", "deno-gan", "--display-name", display];
      const { code, stderr } = await run("kernel", ...args);
      assertEquals(code, 0, stderr);
      assertEquals(stderr.includes(join(folder, "kernels", "deno-gan")), true);
      assertEquals(JSON.parse(await Deno.readTextFile(file)), kernelSpec({ displayName: display }));
    }
  }));

Deno.test("beside the kernel lies what folds cells in Notebook 6; somebody's own script is not replaced", () =>
  inTempFolder(async (folder) => {
    const file = join(folder, "kernels", "deno", "kernel.js");
    const install = (...args: string[]) => run("kernel", "--dir", folder, ...args);
    assertEquals((await install("--plain")).code, 0);
    const script = await Deno.readTextFile(file);
    const [space, events] = [{ notebook: { get_cells: () => [] } }, { on() {} }];
    const defined: { onload(): void }[] = [];
    const define = (_: string[], make: (...parts: unknown[]) => { onload(): void }) =>
      defined.push(make(space, events));
    new Function("define", script)(define);
    assertEquals(defined.length, 1);
    defined[0].onload();
    // One of ours that is older.
    await Deno.writeTextFile(file, script.split("\n")[0]);
    assertEquals((await install()).code, 0);
    assertEquals(await Deno.readTextFile(file), script);
    await Deno.writeTextFile(file, "define({ onload() {} });");
    const refused = await install();
    assertEquals(refused.code, 2, refused.stderr);
    assertStringIncludes(refused.stderr, "it is not the script of such a kernel");
    assertEquals((await install("--overwrite")).code, 0);
    assertEquals(await Deno.readTextFile(file), script);
  }));

Deno.test("a name that Jupyter does not take is refused", async () => {
  await assertRejects(() => writeKernelSpec("/nowhere", "a b"), RangeError, 'got "a b"');
  for (const name of ["../x", "..", ".", "", "a/b"]) {
    const { code } = await runHere("kernel", "--dir", "/nowhere", "--name", name);
    assertEquals(code, 2, name);
  }
});
