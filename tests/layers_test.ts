/**
 * The layer rule: a file imports only from its own folder and from those above it in this list.
 * What is above `io`, and all that a notebook imports, asks `lib/host` and not Deno.
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { Parser, type Token } from "acorn";
import { isBuiltin } from "node:module";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { notebookImports } from "./support/notebook_imports.ts";

const LAYERS = [
  "host",
  "formats",
  "tf.ts",
  "random.ts",
  "remedy.ts",
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
  "playground",
  "io",
  "jobs",
  "run",
  "sweep",
  "bench",
  "jupyter",
  "notebook",
  "learner",
  "course",
  "site",
  "marking",
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
      const target = targetOf(file, specifier);
      if (target === undefined) continue;
      const other = LAYERS.indexOf(layerOf(target));
      if (other === -1 || other > own) {
        offences.push(`${relative(LIB, file)} imports ${specifier}`);
      }
    }
  }
  assertEquals(offences, []);
});

/** Where a file goes for what it imports from lib; undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith("@/")) return join(LIB, specifier.slice(2));
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : undefined;
}

/** Only in these files does the library name Deno and what Deno has of Node. */
const HOST_IN_DENO = ["host/deno.ts", "host/deno_files.ts"].map((name) => join(LIB, name));

/** AssemblyScript: it becomes `kernels.wasm`. */
const ASSEMBLY = join(LIB, "engine/wasm/assembly");

const TypeScript = Parser.extend(tsPlugin() as never);

/**
 * What a text says of Deno and of Node's modules in its code; its comments may say what they like.
 */
function denoIn(text: string): string[] {
  const tokens: (Token & { value?: unknown })[] = [];
  TypeScript.parse(text, {
    ecmaVersion: "latest",
    sourceType: "module",
    locations: true,
    onToken: tokens,
  });
  return tokens
    .filter(({ type: { label }, value }) =>
      (label === "name" && value === "Deno") ||
      (label === "string" && /^node:/.test(value as string))
    )
    .map(({ value, loc }) => `${value} (line ${loc!.start.line})`);
}

/** All that the notebooks import, and what that imports. */
async function importedByNotebooks(): Promise<string[]> {
  const found = new Set((await notebookImports()).map((name) => join(LIB, name.slice(2))));
  for (const file of found) {
    for (const specifier of importsOf(await Deno.readTextFile(file))) {
      const target = targetOf(file, specifier);
      if (target?.endsWith(".ts")) found.add(target);
    }
  }
  return [...found];
}

Deno.test("only the host in Deno speaks of Deno and node: in what is above io and in all that notebooks import", async () => {
  const imported = await importedByNotebooks();
  assert(imported.includes(join(LIB, "notebook/display.ts")), "show brings display");
  const above = (await sources(LIB)).filter((file) =>
    LAYERS.indexOf(layerOf(file)) < LAYERS.indexOf("io") && !file.startsWith(ASSEMBLY)
  );
  const offences: string[] = [];
  for (const file of new Set([...above, ...imported])) {
    if (HOST_IN_DENO.includes(file)) continue;
    const text = await Deno.readTextFile(file);
    const name = relative(LIB, file);
    for (const found of denoIn(text)) offences.push(`${name} says ${found}`);
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith("node:") && isBuiltin(specifier)) {
        offences.push(`${name} imports ${specifier}`);
      }
    }
  }
  assertEquals(offences, []);
});

Deno.test("the rule reads code: Deno and node: are found in it, and not in comments and texts", () => {
  assertEquals(denoIn('const a: Deno.FsFile = await Deno.open("x");\nglobalThis.Deno;'), [
    "Deno (line 1)",
    "Deno (line 1)",
    "Deno (line 2)",
  ]);
  assertEquals(denoIn('await import("node:fs");'), ["node:fs (line 1)"]);
  assertEquals(denoIn('/** @throws {Deno.errors.NotFound} */\nf("Deno.env"); // node:fs'), []);
  assertEquals(denoIn("const a = `${Deno.cwd()}`;"), ["Deno (line 1)"]);
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
      !["host/deno.ts", "jupyter/inside.ts"].includes(name) &&
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
