/**
 * What `deno task kernel` does with its arguments: makes this Deno a kernel of Jupyter, with the
 * faults of Deno's own kernel mended.
 *
 * @module
 */
import { join } from "node:path";
import { checkFolderToMake, checkOutput } from "@/io/outputs.ts";
import { isKernelScript } from "@/notebook/classic.ts";
import {
  isDenoKernel,
  kernelFile,
  kernelScriptFile,
  userDataFolder,
  writeKernelSpec,
} from "@/notebook/kernelspec.ts";
import { FolderLock } from "@/io/lock.ts";
import { asRequestError } from "@/run/request_error.ts";
import { gitFilter as filterOf, removeGitFilter, setGitFilter } from "./git_filter.ts";
import { projectPath, quoted, taskCommand } from "./place.ts";
import { type KernelFlags } from "./kernel.ts";

/** What a reader goes without. */
const PLAIN_WARNING =
  "warning: this is Deno's own kernel. A syntax error shows nothing, a cell that waits cannot be stopped, cells after an error run " +
  "all the same, and outputs can be lost. Without --plain you get ours, which has none of these faults";

/** Installs a kernel, and sets or removes the filter of git; the exit code. */
export async function setUpKernel(
  { name, displayName, dir, plain, types, overwrite, gitFilter }: KernelFlags,
): Promise<number> {
  const data = dir ?? userDataFolder();
  if (gitFilter !== undefined) await (gitFilter ? setGitFilter() : removeGitFilter());
  try {
    const file = kernelFile(data, name);
    await checkFolderToMake(join(file, ".."));
    using _lock = await FolderLock.take(join(file, ".."), {
      setting: "dir",
    });
    const kind = "a kernel of Deno";
    await checkOutput(file, { inputs: [], ours: isDenoKernel, kind, overwrite });
    await checkOutput(kernelScriptFile(data, name), {
      inputs: [],
      ours: isKernelScript,
      kind: "the script of such a kernel",
      overwrite,
    });
    const folder = await writeKernelSpec(data, name, { displayName, plain, types });
    console.error(`kernel  ${name}: Deno ${Deno.version.deno}, ${Deno.execPath()}`);
    console.error(`folder  ${folder}`);
    if (plain) console.error(PLAIN_WARNING);
    const filter = await gitLine();
    if (filter) console.error(filter);
    const notebooks = quoted(projectPath("notebooks"));
    console.error(`Open a notebook with: jupyter notebook ${notebooks}, or in VS Code`);
    return 0;
  } catch (error) {
    throw asRequestError(error);
  }
}

/** What git does with outputs; undefined if the project is in no clone. */
async function gitLine(): Promise<string | undefined> {
  const filter = await filterOf();
  if (!filter) return undefined;
  if (!filter.set) {
    return `git     sees the outputs of notebooks; ${
      taskCommand("kernel", "--git-filter")
    } makes it leave them out`;
  }
  return filter.status
    ? "git     leaves out the outputs of notebooks"
    : "git     leaves the outputs of notebooks out of diffs and commits; git status may name a notebook that was run, until git add";
}
