/**
 * The filter by which git leaves out the outputs of this project's notebooks. It is set in the
 * configuration of this clone alone, with `strip_filter.ts` as the program. `.gitattributes` names
 * it for the notebooks; without the configuration git ignores that. `git_monitor.ts` keeps
 * `git status` clean.
 *
 * @module
 */
import { join } from "node:path";
import { isNoProgram, outputOf } from "@/io/processes.ts";
import { isSameNotebook, trackedFiles } from "./git_monitor.ts";
import { PROJECT } from "./place.ts";

/** The name in `.gitattributes`. */
const NAME = "gan-notebook";
const MONITOR = "core.fsmonitor";
const MONITOR_PROGRAM = "lib/cli/git_monitor.ts";

/** What git is asked to do with outputs. */
export interface GitFilter {
  /** Diffs and commits are without them. */
  set: boolean;
  /** `git status` does not name a notebook that was only run. */
  status: boolean;
}

/**
 * Sets the filter in the clone that the project is in.
 *
 * @throws {Error} If it is in none, or there is no git.
 */
export async function setGitFilter(project = PROJECT): Promise<void> {
  await checkClone("set", project);
  const clean = commandOf(project, "lib/cli/strip_filter.ts");
  await git(project, "config", "--local", `filter.${NAME}.clean`, clean);
  await git(project, "config", "--local", `filter.${NAME}.smudge`, "cat");
  // If Deno is no longer there, git takes a notebook as it is.
  await git(project, "config", "--local", `filter.${NAME}.required`, "false");
  if (!await mayMonitor(project)) return;
  const monitor = commandOf(project, MONITOR_PROGRAM, "--allow-read", "--allow-run=git");
  await git(project, "config", "--local", MONITOR, monitor);
  await git(project, "config", "--local", "core.fsmonitorHookVersion", "2");
  await refresh(project);
}

/**
 * Takes the filter out of the clone's configuration; without one nothing changes.
 *
 * @throws {Error} If the project is in no clone, or there is no git.
 */
export async function removeGitFilter(project = PROJECT): Promise<void> {
  const { set, status } = await checkClone("remove", project);
  if (set) await git(project, "config", "--local", "--remove-section", `filter.${NAME}`);
  if (!status) return;
  await git(project, "config", "--local", "--unset", MONITOR);
  await git(project, "config", "--local", "--unset", "core.fsmonitorHookVersion");
}

/** What is set; undefined if there is no clone that it could be set in. */
export async function gitFilter(project = PROJECT): Promise<GitFilter | undefined> {
  const inside = await ask(project, "rev-parse", "--is-inside-work-tree");
  if (inside?.trim() !== "true") return undefined;
  const value = (name: string) => ask(project, "config", "--local", "--get", name);
  return {
    set: await value(`filter.${NAME}.clean`) !== undefined,
    status: (await value(MONITOR))?.includes(MONITOR_PROGRAM) ?? false,
  };
}

async function checkClone(action: string, project: string): Promise<GitFilter> {
  const filter = await gitFilter(project);
  if (filter) return filter;
  throw new Error(
    await ask(project, "--version") === undefined
      ? `Cannot ${action} the git filter: there is no git here`
      : `Cannot ${action} the git filter: ${project} must be in a git clone, and is in none`,
  );
}

/**
 * Whether git may be told which files have changed: not if the user has a program that tells it,
 * nor if git would rely on ours for files that it does not know yet, nor in a part of a larger
 * clone.
 */
async function mayMonitor(project: string): Promise<boolean> {
  const prefix = await ask(project, "rev-parse", "--show-prefix");
  if (prefix?.trim() !== "") return false;
  const monitor = await ask(project, "config", "--get", MONITOR);
  if (monitor !== undefined && !monitor.includes(MONITOR_PROGRAM)) return false;
  for (const name of ["core.untrackedCache", "feature.manyFiles"]) {
    const value = await ask(project, "config", "--type=bool", "--get", name);
    if (value?.trim() === "true") return false;
  }
  return true;
}

/** Has git take note of the notebooks: those that are the same no longer count as changed. */
async function refresh(project: string): Promise<void> {
  for (const file of await trackedFiles(project)) {
    if (await isSameNotebook(project, file)) await git(project, "add", "--", file.path);
  }
  await git(project, "status", "--short");
}

/**
 * A command as git gives it to a shell, on Windows too: by absolute paths, and without asking a
 * network.
 */
function commandOf(project: string, program: string, ...permissions: string[]): string {
  // The lock file is given: without it, Deno would ask a registry which versions there are.
  const path = (name: string) => join(project, name).replaceAll("\\", "/");
  const deno = Deno.execPath().replaceAll("\\", "/");
  return [
    ...[deno, "run", "--quiet", "--no-prompt", "--cached-only", ...permissions],
    ...["--config", path("deno.json"), path(program)],
  ].map(quoted).join(" ");
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

async function git(project: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await outputOf("git", { args: ["-C", project, ...args] });
  if (success) return;
  const why = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot change the git filter: git ${args[0]} says ${why || "nothing"}`);
}

/** What git answers; undefined if it fails, is not there or is not allowed. */
async function ask(project: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await outputOf("git", { args: ["-C", project, ...args] });
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (isNoProgram(error)) return undefined;
    throw error;
  }
}
