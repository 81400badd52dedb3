/**
 * The notebooks of a folder, and those of them that a reader names.
 *
 * @module
 */
import { join } from "node:path";
import { nameOf } from "./document.ts";

/** Paths of a folder's notebooks, in their order. */
export async function findNotebooks(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".ipynb")) found.push(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

/**
 * The notebooks that are named: by number (2 or 02), by name or by file. Without names, all.
 *
 * @throws {RangeError} If a name is none of them, or there are none at all.
 */
export async function selectNotebooks(all: string[], names: string[]): Promise<string[]> {
  if (names.length === 0 && all.length > 0) return all;
  if (names.length === 0) throw new RangeError("Cannot select a notebook: there is none");
  const found = await Promise.all(names.map(async (name) => {
    if (name.endsWith(".ipynb") && await Deno.stat(name).then(() => true, () => false)) return name;
    const path = all.find((path) =>
      /^\d+$/.test(name) ? parseInt(nameOf(path)) === Number(name) : nameOf(path) === nameOf(name)
    );
    if (path) return path;
    throw new RangeError(
      `Cannot find notebook "${name}": it must be one of ${
        all.map(nameOf).join(", ") || "(there are none)"
      }, its number, or a file`,
    );
  }));
  return [...new Set(found)];
}
