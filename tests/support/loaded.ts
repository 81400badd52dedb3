/** What is loaded with a file of the project: what it imports, and what that imports, types and import() left out. */
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./commands.ts";

/** The specifiers that a file imports or exports from, but for those of which it takes types alone. */
export function loadedBy(text: string): string[] {
  const statement = /^(?:import|export)\s+(?:([^"';]*?)\s+from\s+)?"([^"]+)"/gm;
  return [...text.matchAll(statement)]
    .filter(([, names]) => names === undefined || !onlyTypes(names))
    .map(([, , specifier]) => specifier);
}

/** `type T`, or `{ type A, type B }`: what Deno takes out before the program runs. */
function onlyTypes(names: string): boolean {
  if (/^type\s/.test(names)) return true;
  const list = names.match(/^\{([^}]*)\}$/)?.[1];
  return list !== undefined &&
    list.split(",").every((name) => name.trim() === "" || /^\s*type\s/.test(name));
}

/** The packages that are loaded with a file of the project, each with the way to it. */
export async function packagesLoadedWith(file: string): Promise<Map<string, string>> {
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
  return packages;
}
