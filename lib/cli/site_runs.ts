/**
 * What `deno task site` does with its arguments: builds the site, packs it, or serves it.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "node:path";
import { writeAtomically } from "@/io/files.ts";
import { FolderLock } from "@/io/lock.ts";
import { checkOutput, checkOutputFolder } from "@/io/outputs.ts";
import { endedBySignal } from "@/io/processes.ts";
import { nameOf } from "@/notebook/document.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { asRequestError } from "@/run/request_error.ts";
import { buildSite, type SiteProgress } from "@/site/build/site.ts";
import { checkSiteFolder, replaceFolder } from "@/site/build/site_folder.ts";
import { isPackedSite, packSite } from "@/site/serve/handout.ts";
import { changesIn } from "@/site/serve/watch.ts";
import { WatchedSite } from "@/site/serve/watched_site.ts";
import { PROJECT, projectPath } from "./place.ts";
import { type SiteFlags } from "./site.ts";
import { StopSignals } from "./stop_signals.ts";

/** The name of an archive that was given none. */
const ARCHIVE = "gan-workbook.zip";

/** Builds the site, or serves it until a signal ends that; the exit code. */
export async function runSite(flags: SiteFlags): Promise<number> {
  const out = flags.out ?? projectPath("build/site");
  const all = await findNotebooks(join(PROJECT, "notebooks"));
  let chosen: string[];
  try {
    chosen = await selectNotebooks(all, flags.names);
  } catch (error) {
    throw asRequestError(error);
  }
  await checkSiteFolder(out, flags.overwrite);
  if (flags.serve) return await serve(out, flags);
  const zip = flags.zip === true ? join(dirname(resolve(out)), ARCHIVE) : flags.zip;
  if (zip !== undefined) await checkArchive(zip, flags.overwrite);
  await build(out, { all, chosen: chosen.map(nameOf) });
  console.log(out);
  if (zip !== undefined) {
    await writeAtomically(zip, await packSite(out));
    console.log(zip);
  }
  return 0;
}

/** Refuses to write over an archive that is not one of ours, before the site is built. */
async function checkArchive(zip: string, overwrite?: boolean): Promise<void> {
  await checkOutputFolder(zip);
  const kind = "an archive of the site";
  await checkOutput(zip, { inputs: [], kind, ours: isPackedSite, overwrite });
}

/** One build at a time into a folder. */
async function build(out: string, notebooks: { all: string[]; chosen: string[] }): Promise<void> {
  const place = resolve(out);
  using _lock = await FolderLock.take(dirname(place), { name: `.${basename(place)}.lock` });
  using progress = new SiteProgressLines();
  await replaceFolder(out, (fresh) => buildSite(fresh, { ...notebooks, progress }));
}

/** Serves the site, and builds it again in a process of its own, which has the new library. */
async function serve(out: string, { names, port }: SiteFlags): Promise<number> {
  const rebuild = () => builtApart(resolve(out), names);
  const code = await rebuild();
  if (code !== 0) return code;
  using stop = new StopSignals();
  await using site = new WatchedSite(out, port);
  console.log(`The site is at ${site.url} (Ctrl-C ends it)`);
  const folders = ["notebooks", "lib", "data"].map((folder) => join(PROJECT, folder));
  for await (const changed of changesIn(folders, { signal: stop.signal })) {
    const [first, ...others] = changed.map((path) => relative(PROJECT, path));
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    console.error(`Changed: ${first}${more}`);
    if (await rebuild() === 0) site.reload();
    else console.error("The site stays as it was. It is built again after the next change.");
  }
  return stop.code!;
}

/** Builds in another process; its exit code. */
async function builtApart(out: string, names: string[]): Promise<number> {
  const program = join(PROJECT, "lib/cli/site.ts");
  const rights = ["read", "write", "env", "sys", "run"].map((right) => `--allow-${right}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...rights, program, "--out", out, "--", ...names],
    stdin: "null",
    stdout: "null",
  }).spawn();
  using _end = endedBySignal(child);
  return (await child.status).code;
}
