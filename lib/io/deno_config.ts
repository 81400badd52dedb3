/**
 * The deno.json that applies to a folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { isFile } from "./files.ts";

/** The nearest deno.json upwards from a folder, by its absolute path. */
export async function nearestConfig(folder: string): Promise<string | undefined> {
  for (let at = folder;; at = dirname(at)) {
    const file = join(at, "deno.json");
    if (await isFile(file)) return file;
    if (at === dirname(at)) return undefined;
  }
}
