/**
 * The scripts of the site, in its folder `run/`: that of its pages, that of the worker in which
 * cells run, that of its threads, and the files that the library asks for.
 *
 * @module
 */
import { join } from "node:path";
import { copyAssets } from "./assets.ts";
import { bundleForBrowser } from "./bundler.ts";
import { moduleTable } from "./module_table.ts";

const PROJECT = new URL("../../../", import.meta.url);

/** The scripts of the pages: those that bring them to life, and the one that runs before. */
const PAGE = new URL("lib/site/page/page.ts", PROJECT);
const PLAYGROUND = new URL("lib/site/playground/playground_page.ts", PROJECT);
const PLAYGROUND_WORKER = new URL("lib/site/playground/playground_worker.ts", PROJECT);
const EARLY = new URL("lib/site/page/early.ts", PROJECT);

/**
 * Makes `run/` in the folder of a site.
 *
 * @param notebooks Paths of the notebooks: their cells can import what they import here.
 */
export async function bundleScripts(site: string, notebooks: string[]): Promise<void> {
  const run = join(site, "run");
  await Deno.mkdir(run, { recursive: true });
  const { programs, table } = await moduleTable(notebooks);
  const importing = (url: URL) => `import ${JSON.stringify(url.href)};`;
  await bundleForBrowser(
    {
      page: importing(PAGE),
      playground: importing(PLAYGROUND),
      playground_worker: importing(PLAYGROUND_WORKER),
      ...programs,
      thread: 'import "@/wasm/worker.ts";',
      cells: `import { answerPage } from "@/site/cells/cells_worker.ts";\nanswerPage(${table});\n`,
    },
    run,
    { minified: true },
  );
  // No module, so it shares nothing.
  await bundleForBrowser({ early: importing(EARLY) }, run, { minified: true });
  await copyAssets(run);
}
