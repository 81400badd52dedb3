/** What a command loads before it knows what is asked of it. */
import { join } from "node:path";
import { assertEquals } from "@std/assert";
import { ROOT, runHere } from "../support/commands.ts";
import { loadedBy, loadedWith } from "../support/loaded.ts";

const COMMANDS = ["train", "sample", "evaluate", "assignment", "bench", "kernel", "notebooks"];

for (const name of COMMANDS) {
  Deno.test(`${name} --help loads commander and no other package`, async () => {
    const loaded = await loadedWith(`lib/cli/${name}.ts`);
    const packages = [...loaded].filter(([file]) => !file.endsWith(".ts") && file !== "commander");
    assertEquals(packages.map(([, way]) => way), []);
    assertEquals((await runHere(name, "--help")).code, 0);
  });
}

for (const name of COMMANDS) {
  // It waits at its end for what it has begun: what loads it again would wait for ever.
  Deno.test(`what ${name} loads later does not load ${name} itself`, async () => {
    const entry = `lib/cli/${name}.ts`;
    const later = [
      ...(await Deno.readTextFile(join(ROOT, entry))).matchAll(/import\("\.(.+?)"\)/g),
    ];
    assertEquals(later.length, 1);
    const loaded = await loadedWith(`lib/cli${later[0][1]}`);
    assertEquals(loaded.get(entry), undefined);
  });
}

Deno.test("what draws samples loads TensorFlow.js, and the rule above sees that", async () => {
  assertEquals((await loadedWith("lib/cli/sampling.ts")).has("@tensorflow/tfjs"), true);
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
