/** The layer rule: a file imports only from its own folder and from those above it in this list. */
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

const LAYERS = [
  "tf.ts",
  "random.ts",
  "io",
  "wasm",
  "tfjs",
  "backend_choice.ts",
  "math",
  "data",
  "gan",
  "engine",
  "backend.ts",
  "eval",
  "experiments",
  "plot",
  "run",
  "bench",
  "jupyter",
  "notebook",
  "course",
  "cli",
  "mod.ts",
];

const LIB = fileURLToPath(new URL("../lib", import.meta.url));

async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await sources(path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

/** What a file imports, statically or not, re-exports included. */
function importsOf(text: string): string[] {
  const pattern = /(?:from|import)\s*\(?\s*"([^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

/** The name in `LAYERS` that a path under lib belongs to. */
function layerOf(path: string): string {
  return relative(LIB, path).split("/")[0];
}

Deno.test("every file of lib is in a layer, and imports from no layer below it", async () => {
  const offences: string[] = [];
  for (const file of await sources(LIB)) {
    const own = LAYERS.indexOf(layerOf(file));
    if (own === -1) offences.push(`${relative(LIB, file)} is in no layer`);
    for (const specifier of importsOf(await Deno.readTextFile(file))) {
      let target: string;
      if (specifier.startsWith("@/")) target = join(LIB, specifier.slice(2));
      else if (specifier.startsWith(".")) target = normalize(join(dirname(file), specifier));
      else continue;
      const other = LAYERS.indexOf(layerOf(target));
      if (other === -1 || other > own) {
        offences.push(`${relative(LIB, file)} imports ${specifier}`);
      }
    }
  }
  assertEquals(offences, []);
});

Deno.test("only tf.ts imports TensorFlow.js, and only two files touch Deno.jupyter", async () => {
  const offences: string[] = [];
  for (const file of await sources(LIB)) {
    const text = await Deno.readTextFile(file);
    const name = relative(LIB, file);
    if (name !== "tf.ts" && importsOf(text).some((s) => s.startsWith("@tensorflow/"))) {
      offences.push(`${name} imports TensorFlow.js`);
    }
    if (
      !["notebook/display.ts", "notebook/outputs_report.ts", "jupyter/inside.ts"].includes(name) &&
      /Deno\s*\.\s*jupyter/.test(text)
    ) {
      offences.push(`${name} touches Deno.jupyter`);
    }
  }
  assertEquals(offences, []);
});

Deno.test("the rule sees what it should: an import of a lower layer is found", () => {
  assertEquals(importsOf('import { a } from "@/gan/gan.ts";\nexport * from "./b.ts";'), [
    "@/gan/gan.ts",
    "./b.ts",
  ]);
  assertEquals(importsOf('import "./c.ts";\nawait import("@/d.ts")'), ["./c.ts", "@/d.ts"]);
});
