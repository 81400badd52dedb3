/**
 * Builds the whole site into an empty folder: runs the notebooks, makes their pages, bundles the
 * scripts that run cells, and adds what the site needs to be served and to be kept by a browser.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nameOf, parseNotebook, readNotebookText, stripped } from "@/notebook/document.ts";
import { type Executed, sitePages } from "@/site/render/site_pages.ts";
import { PROGRAM, readmeText } from "@/site/serve/handout.ts";
import { executedNotebook } from "./executed_notebook.ts";
import { writeServiceWorker } from "./kept_files.ts";
import { bundleScripts } from "./scripts.ts";
import { writeList } from "./site_folder.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

/** Hears how far a build is. */
export interface BuildProgress {
  /** A notebook is run, since what it showed the last time is not kept or no longer true. */
  running(name: string): void;
  /** A notebook has its outputs; `seconds` is undefined if they were kept. */
  ready(name: string, seconds?: number): void;
  /** Something else is done, in words such as "Bundling the scripts". */
  stage(text: string): void;
}

export interface SiteSettings {
  /** Paths of all notebooks of the site, in their order. */
  notebooks: string[];
  /** Whether a notebook is run; the page of another one shows no outputs. */
  isRun: (path: string) => boolean;
  /** The address of the project's files, with a slash at its end: where links out of the site lead. */
  repository?: string;
  progress: BuildProgress;
}

/**
 * Builds the site.
 *
 * @throws {Error} If a cell fails, a page cannot be made or a script cannot be bundled.
 */
export async function buildSite(folder: string, settings: SiteSettings): Promise<void> {
  const { progress, repository } = settings;
  const executed = await executedAll(settings);
  progress.stage("Making the pages");
  const { files } = await sitePages(executed, { repository });
  for (const { path, bytes } of files) await write(folder, path, bytes);
  progress.stage("Bundling the scripts");
  await bundleScripts(folder, settings.notebooks);
  progress.stage("Finishing");
  await addServer(folder);
  await writeServiceWorker(folder);
  await writeList(folder);
}

/** So many notebooks run at a time: while one reads, draws or waits, another computes. */
const AT_A_TIME = 2;

/** After a failure no other notebook begins; those that run come to their end. */
async function executedAll(settings: SiteSettings): Promise<Executed[]> {
  const waiting = [...settings.notebooks.entries()];
  const executed: Executed[] = [];
  const runner = async () => {
    try {
      for (let next; (next = waiting.shift());) {
        const [place, path] = next;
        executed[place] = await executedOf(path, settings);
      }
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_A_TIME }, runner));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return executed;
}

async function executedOf(path: string, { isRun, progress }: SiteSettings): Promise<Executed> {
  const name = nameOf(path);
  const place = `notebooks/${name}.ipynb`;
  if (!isRun(path)) {
    return { path: place, notebook: stripped(parseNotebook(await readNotebookText(path), path)) };
  }
  let began: number | undefined;
  const notebook = await executedNotebook(path, {
    onRun: () => {
      began = performance.now();
      progress.running(name);
    },
  });
  progress.ready(name, began && (performance.now() - began) / 1000);
  return { path: place, notebook };
}

async function write(folder: string, path: string, content: Uint8Array | string): Promise<void> {
  const file = join(folder, path);
  await Deno.mkdir(dirname(file), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(file, content);
  else await Deno.writeFile(file, content);
}

/** The program that serves the site, and how to start it. */
async function addServer(folder: string): Promise<void> {
  const program = new URL("../serve/server.ts", import.meta.url);
  const version = (await Deno.readTextFile(join(PROJECT, ".deno-version"))).trim();
  await write(folder, PROGRAM, await Deno.readTextFile(program));
  await write(folder, "README.txt", readmeText(version));
}
