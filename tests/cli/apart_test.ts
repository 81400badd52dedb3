/** A command and its work: the arguments are read first, and the work is loaded when it is known. */
import { assertEquals } from "@std/assert";
import { type Node, sourcesBelow } from "../support/source.ts";

/** The names of values, and not of types, that an import takes; "" for the file as a whole. */
function valuesOf({ importKind, specifiers }: Node): string[] {
  if (importKind === "type") return [];
  const taken = specifiers as Node[];
  if (taken.length === 0) return [""];
  return taken.filter((one) => one.importKind !== "type")
    .map((one) => (one.local as Node).name as string);
}

Deno.test("nothing takes a value from a command, which would wait for what waits for it", async () => {
  const sources = await sourcesBelow("lib");
  const commands = sources.filter(({ path, text }) =>
    path.startsWith("lib/cli/") && text.includes("if (import.meta.main) await")
  ).map(({ path }) => path.split("/").at(-1)!);
  assertEquals(commands.includes("evaluate.ts") && commands.includes("assignment.ts"), true);
  const found = sources.filter(({ path }) => path.startsWith("lib/cli/")).flatMap((source) =>
    (source.tree.body as Node[]).filter(({ type }) => type === "ImportDeclaration")
      .filter((each) => commands.some((name) => (each.source as Node).value === `./${name}`))
      .flatMap(valuesOf).map((name) => `${source.path}: ${name}`)
  );
  assertEquals(found, []);
});
