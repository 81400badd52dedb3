/**
 * The notebooks of a folder, and those of them that a reader names.
 *
 * @module
 */
import { join } from "node:path";
import { isFile } from "@/io/files.ts";
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
 * The notebooks that are named: by file, by number (2 or 02) or by name. Without names, all.
 *
 * A path means what it means everywhere: a file that exists. Only something that is not a file is
 * taken as a number or a name, and never something with a folder in it.
 *
 * @throws {RangeError} If a name is none of them, or there are none at all.
 */
export async function selectNotebooks(all: string[], names: string[]): Promise<string[]> {
  if (names.length === 0 && all.length > 0) return all;
  if (names.length === 0) throw new RangeError("Cannot select a notebook: there is none");
  const found = new Map<string, string>();
  for (const name of names) {
    const path = name !== "" && await isFile(name)
      ? name
      : all.find((path) => isCalled(path, name));
    if (path === undefined) {
      const known = all.map(nameOf);
      const numbered = known.some((name) => /^\d/.test(name)) ? ", or its number" : "";
      throw new RangeError(
        `Cannot find notebook "${name}": it must be a file, or one of ${
          known.join(", ") || "(there are none)"
        }${numbered}`,
      );
    }
    const file = await Deno.realPath(path);
    if (!found.has(file)) found.set(file, path);
  }
  return [...found.values()];
}

function isCalled(path: string, name: string): boolean {
  if (name === "" || /[\\/]/.test(name)) return false;
  return /^\d+$/.test(name)
    ? parseInt(nameOf(path)) === Number(name)
    : nameOf(path) === nameOf(name);
}
