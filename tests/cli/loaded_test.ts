/** What a command loads before it knows what is asked of it. */
import { join } from "node:path";
import { assertEquals, assertGreater } from "@std/assert";
import { loadedBy, loadedWith, packagesLoadedWith } from "../support/loaded.ts";
import { ROOT, runHere } from "../support/commands.ts";

const COMMANDS = [
  ...["train", "sample", "evaluate", "check", "assignment", "bench", "kernel", "notebooks", "site"],
  ...["worker", "jobs", "sweep", "compare"],
];

for (const name of COMMANDS) {
  Deno.test(`${name} --help loads commander and no other package`, async () => {
    const packages = await packagesLoadedWith(`lib/cli/${name}.ts`);
    packages.delete("commander");
    assertEquals([...packages.values()], []);
    assertEquals((await runHere(name, "--help")).code, 0);
  });
}

for (const name of COMMANDS) {
  // The program waits for it at its top level, and would then be waited for: neither goes on.
  Deno.test(`what ${name} loads later does not load ${name} itself`, async () => {
    const program = `lib/cli/${name}.ts`;
    const later = [
      ...(await Deno.readTextFile(join(ROOT, program))).matchAll(/import\("\.\/(.*?)"\)/g),
    ];
    assertGreater(later.length, 0);
    for (const [, file] of later) {
      const { files } = await loadedWith(`lib/cli/${file}`);
      assertEquals(files.has(program), false, `lib/cli/${file} loads ${program}`);
    }
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
