/**
 * What git runs to hear which files may have changed, where `deno task kernel --git-filter` has
 * asked for it (core.fsmonitor, version 2): all but the notebooks that are the same without their
 * outputs.
 *
 * Git compares sizes before it asks a filter, and so would name every notebook that was run. If
 * this program fails, git looks at every file, as it does without it.
 *
 * Source: https://git-scm.com/docs/githooks, fsmonitor-watchman.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { outputOf } from "@/io/processes.ts";
import { readIfFile } from "@/io/files.ts";
import { cleaned } from "./strip_filter.ts";

/** The files for which `.gitattributes` names the filter. */
const NOTEBOOK = /^notebooks\/.*\.ipynb$/;

export interface Tracked {
  path: string;
  /** The name that git has for its content. */
  id: string;
}

/** The files that git knows, in the clone whose folder this is. */
export async function trackedFiles(clone: string): Promise<Tracked[]> {
  // It must not ask this program again.
  const args = ["-C", clone, "-c", "core.fsmonitor=false", "ls-files", "--stage", "-z"];
  const { success, stdout } = await outputOf("git", { args });
  if (!success) throw new Error("git does not list its files");
  return new TextDecoder().decode(stdout).split("\0").filter(Boolean).map((line) => {
    const [about, path] = line.split("\t");
    return { id: about.split(" ")[1], path };
  });
}

/** Whether a file is a notebook that the filter turns into what git already has. */
export async function isSameNotebook(clone: string, { path, id }: Tracked): Promise<boolean> {
  if (!NOTEBOOK.test(path)) return false;
  const bytes = await readIfFile(join(clone, path));
  return bytes !== undefined && idOf(cleaned(bytes, () => {}), id.length) === id;
}

/** Git's name for a content: its digest, SHA-1 with 40 digits or SHA-256 with 64. */
function idOf(content: Uint8Array, digits: number): string {
  return createHash(digits === 40 ? "sha1" : "sha256")
    .update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** The answer to git: a token, which means nothing here, and the files that it is to look at. */
async function answerGit(clone: string): Promise<string> {
  const looked: string[] = [];
  for (const file of await trackedFiles(clone)) {
    if (!await isSameNotebook(clone, file)) looked.push(file.path);
  }
  return ["none", ...looked].map((text) => `${text}\0`).join("");
}

if (import.meta.main) {
  const [version] = Deno.args;
  if (version !== "2") Deno.exit(1);
  const bytes = new TextEncoder().encode(await answerGit(Deno.cwd()));
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
