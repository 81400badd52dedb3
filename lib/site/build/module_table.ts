/**
 * The modules that cells of a page can import, and the programs that hold them.
 *
 * They are two: one for what computes without TensorFlow.js, which most pages need at once, and one
 * for the rest. A cell's import loads the one that it needs.
 *
 * @module
 */
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { codeCells, parseNotebook, readNotebookText, sourceOf } from "@/notebook/document.ts";

const LIB = fileURLToPath(new URL("../../", import.meta.url));

/** Rooms that speak of no Deno: `tests/layers_test.ts` holds them to that. */
const ROOMS = ["formats", "math", "data", "gan", "eval", "experiments", "plot"];

/** Files that are no part of a room's own. */
const ALONE = [
  "backend.ts",
  "backend_choice.ts",
  "random.ts",
  "tf.ts",
  "host/cell.ts",
  "notebook/playground.ts",
];

/** Needed where pictures are made, and no page makes any. */
const LEFT_OUT = /^plot\/(still\/|mod\.ts)/;

/** Packages that cells may import. */
const PACKAGES = ["@std/assert"];

/** Where TensorFlow.js comes in. */
const HEAVY = "tf.ts";

/** The programs of modules, and the text of a table of them. */
export interface ModuleTable {
  /** TypeScript by name. */
  programs: Record<string, string>;
  /** An object of functions that load a module, by the name that a cell gives. */
  table: string;
  /** All names. */
  names: string[];
}

/** @param notebooks Paths of notebooks: what they import can be imported, whatever it is. */
export async function moduleTable(notebooks: string[]): Promise<ModuleTable> {
  const files = new Set(ALONE);
  for (const room of ROOMS) for (const file of await filesOf(room)) files.add(file);
  for (const path of notebooks) for (const file of await importedBy(path)) files.add(file);
  const heavy = await reachesHeavy([...files]);
  const names = [...[...files].sort().map((file) => `@/${file}`), ...PACKAGES];
  const programOf = (name: string) => heavy.has(name.slice(2)) ? "networks" : "mathematics";
  const programs: Record<string, string> = { mathematics: "", networks: "" };
  const entries: string[] = [];
  for (const [i, name] of names.entries()) {
    const program = programOf(name);
    programs[program] += `export * as m${i} from ${JSON.stringify(name)};\n`;
    entries.push(
      `${JSON.stringify(name)}: async () => (await import("./${program}.ts")).m${i}`,
    );
  }
  return { programs, table: `{\n${entries.join(",\n")}\n}`, names };
}

async function filesOf(room: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(LIB, room))) {
    const path = `${room}/${name}`;
    if (LEFT_OUT.test(isDirectory ? `${path}/` : path)) continue;
    if (isDirectory) found.push(...await filesOf(path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found;
}

/** The files of the library that the cells of a notebook name. */
async function importedBy(path: string): Promise<string[]> {
  const notebook = parseNotebook(await readNotebookText(path), path);
  const text = codeCells(notebook).map(sourceOf).join("\n");
  return [...text.matchAll(/"@\/([\w/]+\.ts)"/g)].map(([, file]) => file);
}

/** Those of the files that need TensorFlow.js, or import what does. */
async function reachesHeavy(files: string[]): Promise<Set<string>> {
  const needs = new Map<string, Promise<string[]>>();
  const importsOf = (file: string) => {
    if (!needs.has(file)) needs.set(file, readImports(file));
    return needs.get(file)!;
  };
  const heavy = new Set<string>();
  for (const file of files) {
    const seen = new Set([file]);
    for (const one of seen) for (const next of await importsOf(one)) seen.add(next);
    if (seen.has(HEAVY)) heavy.add(file);
  }
  return heavy;
}

/** What a file of the library takes from other files, types left out. */
async function readImports(file: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(LIB, file));
  const pattern = /^(?:import|export)\b(?! type)([^;"]*?)(?:from )?"([^"]+\.ts)"/gm;
  return [...text.matchAll(pattern)].flatMap(([, names, specifier]) => {
    const listed = names.match(/\{([^}]*)\}/)?.[1].split(",").map((name) => name.trim());
    const types = listed?.filter((name) => name !== "").every((name) => name.startsWith("type "));
    if (types) return [];
    if (specifier.startsWith("@/")) return [specifier.slice(2)];
    return specifier.startsWith(".") ? [normalize(join(dirname(file), specifier))] : [];
  });
}
