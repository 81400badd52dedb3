/** What is loaded with a file of the project: what it imports, and what that imports, types and import() left out. */
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./commands.ts";
import { type Node, parseModule } from "./source.ts";

/** The specifiers that a file imports or exports from, but for those of which it takes types alone. */
export function loadedBy(text: string): string[] {
  return (parseModule(text).body as Node[]).flatMap((statement) => {
    const { source, importKind, exportKind, specifiers } = statement as Statement;
    if (!source || importKind === "type" || exportKind === "type") return [];
    // Deno takes an import out that names nothing but types; one that names nothing is run.
    const types = specifiers?.length && specifiers.every((name) => name.importKind === "type");
    return types ? [] : [source.value];
  });
}

interface Statement extends Node {
  source?: { value: string } | null;
  importKind?: string;
  exportKind?: string;
  specifiers?: (Node & { importKind?: string })[];
}

/** The packages that are loaded with a file of the project, each with the way to it. */
export async function packagesLoadedWith(file: string): Promise<Map<string, string>> {
  return (await loadedWith(file)).packages;
}

/** The packages and the project's own files that are loaded with a file of the project. */
export async function loadedWith(
  file: string,
): Promise<{ packages: Map<string, string>; files: Set<string> }> {
  const packages = new Map<string, string>();
  const seen = new Set([file]);
  const ways: string[][] = [[file]];
  for (const way of ways) {
    const from = way.at(-1)!;
    for (const specifier of loadedBy(await Deno.readTextFile(join(ROOT, from)))) {
      if (specifier.startsWith("node:") || specifier.endsWith(".json")) continue;
      const target = specifier.startsWith("@/")
        ? join("lib", specifier.slice(2))
        : specifier.startsWith(".")
        ? normalize(join(dirname(from), specifier))
        : undefined;
      if (target === undefined) {
        if (!packages.has(specifier)) packages.set(specifier, [...way, specifier].join(" → "));
      } else if (!seen.has(target)) {
        seen.add(target);
        ways.push([...way, target]);
      }
    }
  }
  return { packages, files: seen };
}
