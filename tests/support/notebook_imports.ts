/** What the notebooks import of the library. */
import { fileURLToPath } from "node:url";
import { findNotebooks } from "@/notebook/notebook_files.ts";

const FOLDERS = ["notebooks", "notebooks/assignments"].map((folder) =>
  fileURLToPath(new URL(`../../${folder}`, import.meta.url))
);

/** The modules that any notebook imports, as it names them: `@/math/stable.ts`. */
export async function notebookImports(): Promise<string[]> {
  const paths = (await Promise.all(FOLDERS.map(findNotebooks))).flat();
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  const names = texts.flatMap((text) => [...text.matchAll(/"(@\/[\w/]+\.ts)\\?"/g)]);
  return [...new Set(names.map(([, name]) => name))].sort();
}
