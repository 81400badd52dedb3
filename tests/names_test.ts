/** What has one name is one thing: files of the library, and what they export. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { ROOT } from "./support/commands.ts";
import { exportsOf, filesBelow, sourcesBelow } from "./support/source.ts";

/**
 * What two rooms export of what is one word in both, the host, which is Deno or a browser, and what
 * each notebook asks.
 */
const SHARED_NAMES = ["Rows", "beside", "host", "questions", "run"];

/** Programs are named as what is typed, and may have the name of what they start. */
const commands = [
  ...(await Deno.readTextFile(join(ROOT, "deno.json"))).matchAll(/lib\/cli\/\w+\.ts/g),
].map(([path]) => path);

/** By each name that stands more than once, where it stands. */
function twice(found: { name: string; path: string }[]): Record<string, readonly string[]> {
  const places = Map.groupBy(found, ({ name }) => name);
  return Object.fromEntries(
    [...places].map(([name, own]) => [name, [...new Set(own.map(({ path }) => path))]] as const)
      .filter(([, paths]) => paths.length > 1),
  );
}

Deno.test("no two files of lib have the same name, but for mod.ts and the commands", async () => {
  const files = (await filesBelow("lib")).filter((path) => !commands.includes(path))
    .map((path) => ({ path, name: path.split("/").at(-1)! }))
    .filter(({ name }) => name !== "mod.ts");
  assertEquals(twice(files), {});
});

Deno.test("no two files of lib export different things under the same name", async () => {
  const exported = (await sourcesBelow("lib")).flatMap((source) =>
    exportsOf(source)
      // What is exported by its name alone was imported, or is declared just above.
      .filter(({ declaration }) => declaration !== "export")
      .map(({ name }) => ({ name, path: source.path }))
  );
  assertEquals(Object.keys(twice(exported)).toSorted(), SHARED_NAMES.toSorted());
});
