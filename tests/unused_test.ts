/** What nobody uses is not in the library. */
import { join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "./support/commands.ts";
import { exportsOf, filesBelow, importsOf, nodesOf, sourcesBelow } from "./support/source.ts";

const lib = await sourcesBelow("lib");
const others = await sourcesBelow("tests", "tools");
/** The code of all notebooks, and what names a file as something to run. */
const notebooks = await textsOf(
  (await filesBelow("notebooks")).filter((f) => f.endsWith(".ipynb")),
);
const commands = await textsOf(["deno.json", ".ci/run"]);
/** Files of programs, threads and pages, which are started by their path. */
const started = [...lib, ...others].map(({ text }) => text).join("\n");

async function textsOf(paths: string[]): Promise<string> {
  return (await Promise.all(paths.map((path) => Deno.readTextFile(join(ROOT, path))))).join("\n");
}

/** By the path of a file and a name in it, separated by #, how many other files take it. */
const taken = Map.groupBy(
  [...lib, ...others].flatMap((source) =>
    importsOf(source).map(({ from, name }) => ({ key: `${from}#${name}`, by: source.path }))
  ),
  ({ key }) => key,
);

/** Types are exported where the signature of something exported has them, whoever names them. */
const isType = (declaration: string) =>
  declaration.startsWith("TS") && !/Enum|Declare/.test(declaration);

function inNotebooks(name: string): boolean {
  return new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(notebooks);
}

Deno.test("every value that a file of lib exports is used by another file or a notebook", () => {
  const unused = lib.flatMap((source) =>
    exportsOf(source).filter(({ name, declaration }) =>
      !isType(declaration) && !taken.has(`${source.path}#${name}`) &&
      !taken.has(`${source.path}#*`) && !inNotebooks(name)
    ).map(({ name }) => `${source.path}: ${name}`)
  );
  assertEquals(unused, []);
});

Deno.test("every name that a file of lib declares at its top is used", () => {
  const unused = lib.flatMap(({ path, text, tree }) => {
    const uses = new Map<string, number>();
    for (const node of nodesOf(tree)) {
      if (node.type !== "Identifier" && node.type !== "JSXIdentifier") continue;
      uses.set(node.name as string, (uses.get(node.name as string) ?? 0) + 1);
    }
    return exportsOf({ path, text, tree }).filter(({ name }) =>
      // What a WASM module exports is described where the module is written.
      !name.endsWith("Exports") && uses.get(name) === 1 && !taken.has(`${path}#${name}`) &&
      !taken.has(`${path}#*`) &&
      !inNotebooks(name)
    ).map(({ name }) => `${path}: ${name}`);
  });
  assertEquals(unused, []);
});

Deno.test("every file of lib is imported, or started by a command", () => {
  const imported = new Set([...taken.keys()].map((key) => key.split("#")[0]));
  const unused = lib.map(({ path }) => path).filter((path) =>
    !imported.has(path) && !commands.includes(path) &&
    !notebooks.includes(`@/${path.slice("lib/".length)}`) && !startedByPath(path)
  );
  assertEquals(unused, []);
  assert(imported.size > 100);
});

function startedByPath(path: string): boolean {
  return started.includes(`"${path.split("/").at(-1)}"`) || started.includes(path);
}
