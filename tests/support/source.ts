/** The project's own TypeScript, parsed: what each file declares, exports and imports. */
import { dirname, join, relative } from "node:path";
import { Parser } from "acorn";
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { ROOT } from "./commands.ts";

/** A node of the syntax tree, as acorn and its TypeScript plugin make it. */
export interface Node {
  type: string;
  start: number;
  end: number;
  loc: { start: { line: number }; end: { line: number } };
  [field: string]: unknown;
}

/** A file of the project. */
export interface Source {
  /** As seen from the project's folder, with slashes. */
  path: string;
  text: string;
  tree: Node;
}

const TypeScript = Parser.extend(tsPlugin() as never);

/** Parses a module. */
export function parseModule(text: string): Node {
  const options = { ecmaVersion: "latest", sourceType: "module", locations: true } as const;
  return TypeScript.parse(text, options) as unknown as Node;
}

/** The paths of all files below a folder of the project, in order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path));
    else found.push(path);
  }
  return found.sort();
}

/** AssemblyScript: another language, whose decorators a parser of TypeScript does not know. */
const ASSEMBLY = /\/assembly\//;

/** Every TypeScript file below these folders, parsed, but for AssemblyScript. */
export async function sourcesBelow(...folders: string[]): Promise<Source[]> {
  const paths = (await Promise.all(folders.map(filesBelow))).flat()
    .filter((path) => path.endsWith(".ts") && !ASSEMBLY.test(path));
  return await Promise.all(paths.map(async (path) => {
    const text = await Deno.readTextFile(join(ROOT, path));
    return { path, text, tree: parseModule(text) };
  }));
}

/** Every node of a tree, each after what it is part of. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? field : [field]) {
      if (typeof child?.type === "string" && typeof child.start === "number") {
        yield* nodesOf(child);
      }
    }
  }
}

/** What a file exports under a name of its own; what it passes on from others is left out. */
export function exportsOf({ tree }: Source): { name: string; declaration: string }[] {
  return (tree.body as Node[]).flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.source) return [];
    const declaration = statement.declaration as Node | null;
    if (!declaration) {
      return (statement.specifiers as Node[]).map((specifier) => ({
        name: (specifier.exported as Node).name as string,
        declaration: "export",
      }));
    }
    const declared = (declaration.declarations as Node[] | undefined) ?? [declaration];
    return declared.flatMap(({ id }) => namesIn(id as Node)).map((name) => ({
      name,
      declaration: declaration.type,
    }));
  });
}

/** The names that a pattern declares. */
function namesIn(pattern: Node): string[] {
  if (pattern.type === "Identifier") return [pattern.name as string];
  if (pattern.type === "ArrayPattern") return (pattern.elements as Node[]).flatMap(namesIn);
  return (pattern.properties as Node[]).flatMap(({ value }) => namesIn(value as Node));
}

/** A name that a file takes from another file of the project; `*` for all of them. */
export interface Import {
  /** The path of the other file. */
  from: string;
  name: string;
}

/** What a file takes from other files of the project, imports of a type and `import()` included. */
export function importsOf({ path, text, tree }: Source): Import[] {
  const found: Import[] = [];
  const take = (specifier: string, names: string[]) => {
    const from = resolveSpecifier(path, specifier);
    if (from) found.push(...names.map((name) => ({ from, name })));
  };
  for (const statement of tree.body as Node[]) {
    const source = statement.source as { value: string } | null | undefined;
    if (!source) continue;
    const specifiers = statement.specifiers as Node[] | undefined;
    const names = specifiers?.map((specifier) => {
      const own = (specifier.imported ?? specifier.local) as Node;
      return specifier.type === "ImportNamespaceSpecifier" ? "*" : own.name as string;
    });
    take(source.value, names ?? ["*"]);
  }
  // Programs that are written in a text, too.
  for (const [, names, specifier] of text.matchAll(/import \{ ([\w, ]+) \} from "([^"]+)"/g)) {
    take(specifier, names.split(", "));
  }
  for (const [, specifier] of text.matchAll(/import\(\s*"([^"]+)"/g)) take(specifier, ["*"]);
  for (const [, specifier] of text.matchAll(/new URL\(\s*"([^"]+\.ts)"/g)) {
    take(specifier.replace(/^(?!\.)/, "./"), ["*"]);
  }
  return found;
}

function resolveSpecifier(path: string, specifier: string): string | undefined {
  if (specifier.startsWith("@/")) return `lib/${specifier.slice(2)}`;
  if (!specifier.startsWith(".")) return undefined;
  return relative(ROOT, join(ROOT, dirname(path), specifier)).replaceAll("\\", "/");
}
