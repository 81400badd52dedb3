/**
 * The scripts of the site, in its folder `run/`: that of its pages, that of the worker in which
 * cells run, that of its threads, and the files that the library asks for.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFile } from "@/io/files.ts";
import { copyAssets } from "./assets.ts";
import { bundleForBrowser } from "./bundler.ts";
import { moduleTable } from "./module_table.ts";

const LIB = new URL("../../", import.meta.url);

/** The script of the pages. */
const PAGE = new URL("site/page/main.ts", LIB);

/**
 * Makes `run/` in the folder of a site.
 *
 * @param notebooks Paths of the notebooks: their cells can import what they import here.
 */
export async function bundleScripts(site: string, notebooks: string[]): Promise<void> {
  const run = join(site, "run");
  await Deno.mkdir(run, { recursive: true });
  const { programs, table } = await moduleTable(notebooks);
  const text = (url: URL) => JSON.stringify(url.href);
  const page: Record<string, string> = await isFile(fileURLToPath(PAGE))
    ? { page: `import ${text(PAGE)};` }
    : {};
  await bundleForBrowser(
    {
      ...page,
      ...programs,
      thread: 'import "@/wasm/worker.ts";',
      cells: `import { answerPage } from "@/site/cells/cells_worker.ts";\nanswerPage(${table});\n`,
    },
    run,
    { minified: true },
  );
  await copyAssets(run);
}
