/** What a command loads before it knows what is asked of it. */
import { assertEquals } from "@std/assert";
import { loadedBy, packagesLoadedWith } from "../support/loaded.ts";
import { runHere } from "../support/commands.ts";

const COMMANDS = ["train", "sample", "evaluate", "assignment", "bench", "kernel", "notebooks"];

for (const name of COMMANDS) {
  Deno.test(`${name} --help loads commander and no other package`, async () => {
    const packages = await packagesLoadedWith(`lib/cli/${name}.ts`);
    packages.delete("commander");
    assertEquals([...packages.values()], []);
    assertEquals((await runHere(name, "--help")).code, 0);
  });
}

Deno.test("what draws samples loads TensorFlow.js, and the rule above sees that", async () => {
  const packages = await packagesLoadedWith("lib/cli/sampling.ts");
  assertEquals(packages.has("@tensorflow/tfjs"), true);
});

Deno.test("types and import() are not loaded; names, whole files and what is exported on are", () => {
  assertEquals(
    loadedBy(`import type { A } from "a";
import { type B, type C } from "b";
import {
  type D,
  e,
} from "d";
import "f";
import * as g from "g";
export { h } from "h";
export * from "i";
const j = await import("j");
`),
    ["d", "f", "g", "h", "i"],
  );
});
