/**
 * The service worker of a site, with the list of what a browser keeps of it.
 *
 * @module
 */
import { join } from "node:path";
import { bundleForBrowser } from "./bundler.ts";
import { digestsOf, filesIn, LIST, versionOf } from "./site_folder.ts";

/** Its name in the site's folder, which is what it keeps. */
const NAME = "sw";

const PROGRAM = new URL("../page/service_worker.ts", import.meta.url);

/** Bytes from which on a file is kept only once it was asked for. */
const LARGE = 2_000_000;

/** Paths of what only those who serve the site need. */
const NOT_KEPT = [LIST, `${NAME}.js`, "README.txt", "serve.ts"];

/** Writes `sw.js`, when all that browsers are to keep is in the folder. */
export async function writeServiceWorker(folder: string): Promise<void> {
  const paths = (await filesIn(folder)).filter((path) => !NOT_KEPT.includes(path));
  const files = await digestsOf(folder, paths);
  const large: string[] = [];
  for (const path of paths) {
    if ((await Deno.stat(join(folder, path))).size >= LARGE) large.push(path);
  }
  const program = { [NAME]: `import ${JSON.stringify(PROGRAM.href)};` };
  await bundleForBrowser(program, folder, { minified: true });
  const file = join(folder, `${NAME}.js`);
  const edition = JSON.stringify({ version: versionOf(files), files, large });
  await Deno.writeTextFile(file, `self.__BOOK = ${edition};\n${await Deno.readTextFile(file)}`);
}
