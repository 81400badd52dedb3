/**
 * The filter by which git leaves the outputs of this project's notebooks out: set in the configuration of this clone
 * alone, with `strip_filter.ts` as the program. `.gitattributes` names it for the notebooks; without a configuration
 * git does nothing of it.
 *
 * @module
 */
import { join } from "node:path";
import { isNoProgram, outputOf } from "@/io/processes.ts";
import { PROJECT } from "./place.ts";

/** The name in `.gitattributes`. */
const NAME = "gan-notebook";
const PROGRAM = "lib/cli/strip_filter.ts";

/**
 * Sets the filter in the clone that the project is in.
 *
 * @throws {Error} If it is in none, or there is no git.
 */
export async function setGitFilter(project = PROJECT): Promise<void> {
  await checkClone("set", project);
  await git(project, "config", "--local", `filter.${NAME}.clean`, cleanCommand(project));
  await git(project, "config", "--local", `filter.${NAME}.smudge`, "cat");
  // Where Deno has gone, git takes a notebook as it is.
  await git(project, "config", "--local", `filter.${NAME}.required`, "false");
}

/**
 * Takes the filter out of the clone's configuration; without one nothing changes.
 *
 * @throws {Error} If the project is in no clone, or there is no git.
 */
export async function removeGitFilter(project = PROJECT): Promise<void> {
  await checkClone("remove", project);
  if (await hasGitFilter(project)) {
    await git(project, "config", "--local", "--remove-section", `filter.${NAME}`);
  }
}

/** Whether the filter is set; undefined where there is no clone that it could be set in. */
export async function hasGitFilter(project = PROJECT): Promise<boolean | undefined> {
  const answer = await ask(project, "rev-parse", "--is-inside-work-tree");
  if (answer?.trim() !== "true") return undefined;
  return await ask(project, "config", "--local", "--get", `filter.${NAME}.clean`) !== undefined;
}

async function checkClone(action: string, project: string): Promise<void> {
  if (await hasGitFilter(project) !== undefined) return;
  const found = await ask(project, "--version");
  throw new Error(
    found === undefined
      ? `Cannot ${action} the git filter: there is no git here`
      : `Cannot ${action} the git filter: ${project} must be in a git clone, and is in none`,
  );
}

/** The command as git gives it to a shell, on Windows too: by absolute paths, and without asking a network. */
function cleanCommand(project: string): string {
  const path = (name: string) => join(project, name).replaceAll("\\", "/");
  const deno = Deno.execPath().replaceAll("\\", "/");
  return [
    ...[deno, "run", "--quiet", "--no-prompt", "--cached-only", "--no-lock"],
    ...["--config", path("deno.json"), path(PROGRAM)],
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

/** What git answers; undefined where it fails, or is not there or not allowed. */
async function ask(project: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await outputOf("git", { args: ["-C", project, ...args] });
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (isNoProgram(error)) return undefined;
    throw error;
  }
}
