/**
 * What `deno task site` does with its arguments: builds the site, packs it, or serves it.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { writeAtomically } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { checkOutput, checkOutputFolder } from "@/io/outputs.ts";
import { startChild } from "@/io/processes.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { asRequestError, RequestError } from "@/run/request_error.ts";
import { type BuildProgress, buildSite, type SiteSettings } from "@/site/build/site.ts";
import { checkSiteFolder, replaceFolder } from "@/site/build/site_folder.ts";
import { isPackedSite, packSite } from "@/site/serve/handout.ts";
import { changesIn } from "@/site/serve/file_changes.ts";
import { WatchedSite } from "@/site/serve/watched_site.ts";
import { PROJECT, projectPath } from "./place.ts";
import { type SiteFlags } from "./site.ts";
import { StopSignals } from "./stop_signals.ts";

/** The name of an archive that was given none. */
const ARCHIVE = "gan-workbook.zip";

/** Builds the site, or serves it until a signal ends that; the exit code. */
export async function runSite(flags: SiteFlags): Promise<number> {
  const out = flags.out ?? projectPath("build/site");
  const zip = flags.zip === true ? join(dirname(out), ARCHIVE) : flags.zip;
  const notebooks = await findNotebooks(join(PROJECT, "notebooks"));
  const chosen = await chosenNotebooks(notebooks, flags.names);
  await checkSiteFolder(out, flags.overwrite);
  if (zip !== undefined) await checkArchive(zip, out, flags.overwrite);
  if (flags.serve) return await serve(out, flags);
  const settings = {
    notebooks,
    isRun: (path: string) => chosen.includes(path),
    repository: flags.repository,
  };
  await build(out, settings, flags.overwrite);
  console.log(out);
  if (zip !== undefined) {
    await writeAtomically(zip, await packSite(out));
    console.log(zip);
  }
  return 0;
}

async function chosenNotebooks(all: string[], names: string[]): Promise<string[]> {
  let chosen: string[];
  try {
    chosen = await selectNotebooks(all, names);
  } catch (error) {
    throw asRequestError(error);
  }
  const real = await Promise.all(all.map((path) => Deno.realPath(path)));
  return await Promise.all(chosen.map(async (path) => {
    const place = real.indexOf(await Deno.realPath(path));
    if (place !== -1) return all[place];
    throw new RequestError(
      `Cannot build a page of ${path}: the site has the notebooks of ${projectPath("notebooks")}`,
    );
  }));
}

/** Refuses to write over an archive that is not one of ours, before the site is built. */
async function checkArchive(zip: string, out: string, overwrite?: boolean): Promise<void> {
  const way = relative(resolve(out), resolve(zip));
  if (!way.startsWith("..") && !isAbsolute(way)) {
    throw new RequestError(
      `Cannot write ${zip}: it is in the folder of the site, ${out}, which has its own files only. Choose another place`,
    );
  }
  await checkOutputFolder(zip);
  const kind = "an archive of the site";
  await checkOutput(zip, { inputs: [], kind, ours: isPackedSite, overwrite });
}

/** One build at a time into a folder. */
async function build(
  out: string,
  settings: Omit<SiteSettings, "progress">,
  overwrite?: boolean,
): Promise<void> {
  const place = resolve(out);
  using _lock = await FolderLock.take(dirname(place), { name: `.${basename(place)}.lock` });
  const progress = new BuildLines();
  await replaceFolder(out, async (fresh) => {
    await buildSite(fresh, { ...settings, progress });
    // Minutes may have passed, in which somebody has put something there.
    await checkSiteFolder(out, overwrite);
  });
  progress.end();
}

/** Tells how a build goes: a line for each notebook, and in a terminal what is being done. */
class BuildLines implements BuildProgress {
  readonly #running = new Set<string>();

  running(name: string): void {
    this.#running.add(name);
    this.#sayRunning();
  }

  ready(name: string, seconds?: number): void {
    this.#running.delete(name);
    if (seconds !== undefined) this.#line(`ran  ${name.padEnd(28)} ${seconds.toFixed(1)} s`);
    this.#sayRunning();
  }

  #sayRunning(): void {
    if (this.#running.size > 0) this.#now(`Running ${[...this.#running].join(" and ")}`);
  }

  stage(text: string): void {
    this.#now(text);
  }

  end(): void {
    this.#now("");
  }

  #line(text: string): void {
    this.#now("");
    console.error(text);
  }

  /** One line that is overwritten, in a terminal only. */
  #now(text: string): void {
    if (!Deno.stderr.isTerminal()) return;
    Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}${text && " …"}`));
  }
}

/** Serves the site, and builds it again in a process of its own, which has the new library. */
async function serve(out: string, { port, ...flags }: SiteFlags): Promise<number> {
  const code = await builtApart(resolve(out), flags);
  if (code !== 0) return code;
  using stop = new StopSignals();
  await using site = new WatchedSite(out, port);
  console.log(`The site is at ${site.url} (Ctrl-C ends it)`);
  const folders = ["notebooks", "lib", "data"].map((folder) => join(PROJECT, folder));
  for await (const changed of changesIn(folders, { signal: stop.signal })) {
    const [first, ...others] = changed.map((path) => relative(PROJECT, path));
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    console.error(`Changed: ${first}${more}`);
    const code = await builtApart(resolve(out), flags, stop.signal);
    if (code === 0) site.reload();
    else if (!stop.signal.aborted) {
      console.error("The site stays as it was. It is built again after the next change.");
    }
  }
  return stop.code!;
}

/** Builds in another process; its exit code. */
async function builtApart(
  out: string,
  { names, repository, overwrite }: Pick<SiteFlags, "names" | "repository" | "overwrite">,
  signal?: AbortSignal,
): Promise<number> {
  const rights = ["read", "write", "env", "sys", "run"].map((right) => `--allow-${right}`);
  using started = startChild(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...rights,
      `--config=${join(PROJECT, "deno.json")}`,
      join(PROJECT, "lib/cli/site.ts"),
      ...repository === undefined ? [] : ["--repository", repository],
      ...overwrite ? ["--overwrite"] : [],
      "--out",
      out,
      "--",
      ...names,
    ],
    stdin: "null",
    stdout: "null",
    signal,
  });
  return (await started.child.status).code;
}
