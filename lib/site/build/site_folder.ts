/**
 * The folder of a built site: what is in it, whether it is as it was built, and how a new one takes
 * its place.
 *
 * `site.json` lists all other files with their digests. A folder whose files are those of its list
 * is as a command left it, and the next one may replace it; any other folder is a person's.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { host } from "@/host/host.ts";
import { isFolder, statIfThere } from "@/io/files.ts";
import { checkFolderToMake, OutputRefusedError } from "@/io/outputs.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { type Remedy, withRemedies } from "@/remedy.ts";

/** The name of the list. */
export const LIST = "site.json";

/** What `site.json` says. */
export interface SiteList {
  /** Says what the file is. */
  generator: typeof GENERATOR;
  /** A digest of all digests: equal for equal sites only. */
  version: string;
  /** By each file's path, its SHA-256. */
  files: Record<string, string>;
}

const GENERATOR = "GAN workbook, deno task site";

/** The paths of all files in a folder, in one order everywhere, with / between the names. */
export async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const list = async (below: string) => {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
      if (isDirectory) await list(`${below}${name}/`);
      else found.push(`${below}${name}`);
    }
  };
  await list("");
  return found.sort((a, b) => a < b ? -1 : 1);
}

/** Digests of files of a folder, by path. */
export async function digestsOf(folder: string, files: string[]): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const file of files) digests[file] = host.sha256(await Deno.readFile(join(folder, file)));
  return digests;
}

/** What tells a site with these files from all others. */
export function versionOf(digests: Record<string, string>): string {
  return host.sha256(JSON.stringify(digests)).slice(0, 16);
}

/** Writes the list, when all else is in the folder. */
export async function writeList(folder: string): Promise<void> {
  const files = await digestsOf(folder, await filesIn(folder));
  const list: SiteList = { generator: GENERATOR, version: versionOf(files), files };
  await Deno.writeTextFile(join(folder, LIST), `${JSON.stringify(list, null, 1)}\n`);
}

/** A list as it was written; undefined if the text is no list. */
export function parseList(text: string): SiteList | undefined {
  try {
    const list = JSON.parse(text) as SiteList;
    return list.generator === GENERATOR && list.version === versionOf(list.files)
      ? list
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * Checks that a new site may take the place of what is there, before it is built.
 *
 * @param overwrite Whether it may be a site that has been changed. What is no site stays.
 * @throws {OutputRefusedError} Saying what is there, and what to do.
 */
export async function checkSiteFolder(folder: string, overwrite = false): Promise<void> {
  await checkFolderToMake(folder);
  const there = await isFolder(folder) ? await Deno.realPath(folder) : resolve(folder);
  const way = relative(there, await Deno.realPath(PROJECT));
  if (!way.startsWith("..") && !isAbsolute(way)) {
    throw refusal(folder, "the project itself is in it", ELSEWHERE);
  }
  if (!await statIfThere(folder)) {
    if (await isLink(folder)) throw refusal(folder, "it is a link that leads nowhere", ELSEWHERE);
    return;
  }
  const files = await filesIn(folder);
  if (files.length === 0) return;
  const list = files.includes(LIST)
    ? parseList(await Deno.readTextFile(join(folder, LIST)))
    : undefined;
  if (list === undefined) {
    throw refusal(folder, "there is already a folder, and it is not a site", ELSEWHERE);
  }
  const change = overwrite ? undefined : await changeIn(folder, files, list);
  if (change === undefined) return;
  const anyway = { do: "give", setting: "overwrite" } as const;
  throw refusal(folder, `there is a site, and ${change}`, anyway, ELSEWHERE);
}

async function isLink(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
}

/** The folder of the project, in which this file is. */
const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

const ELSEWHERE = { do: "give", setting: "out" } as const;

/** What somebody has done to a site since it was built. */
async function changeIn(
  folder: string,
  files: string[],
  list: SiteList,
): Promise<string | undefined> {
  const own = files.filter((file) => file !== LIST);
  const extra = own.find((file) => !Object.hasOwn(list.files, file));
  if (extra !== undefined) return `it has a file that is not its own, ${extra}`;
  for (const file of own) {
    const digest = host.sha256(await Deno.readFile(join(folder, file)));
    if (digest !== list.files[file]) return `its ${file} has been changed since it was built`;
  }
}

function refusal(folder: string, rule: string, ...remedies: Remedy[]): OutputRefusedError {
  const error = new OutputRefusedError(`Cannot build a site in ${folder}: ${rule}`);
  return withRemedies(error, ...remedies);
}

/**
 * Has a new site made beside a folder, and puts it in the folder's place when it is whole: if it
 * cannot be made, what was there stays.
 *
 * @param make Fills the folder that it is given.
 */
export async function replaceFolder(
  folder: string,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  // A link stays a link, and the folder that it leads to is replaced.
  const target = await isFolder(folder) ? await Deno.realPath(folder) : resolve(folder);
  await Deno.mkdir(dirname(target), { recursive: true });
  const work = await makeTempFolder({ dir: dirname(target), prefix: `.${basename(target)}-` });
  try {
    const [fresh, old] = [join(work, "new"), join(work, "old")];
    await Deno.mkdir(fresh);
    await make(fresh);
    const replaces = await statIfThere(target) !== undefined;
    if (replaces) await Deno.rename(target, old);
    try {
      await Deno.rename(fresh, target);
    } catch (error) {
      if (replaces) await Deno.rename(old, target);
      throw error;
    }
  } finally {
    await removeTempFolder(work);
  }
}
