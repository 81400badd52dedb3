/**
 * Where the user is and where the project is: every path and command that is printed works where
 * it is read.
 *
 * `deno task` works in the project's folder and keeps the user's own in INIT_CWD. A command goes
 * there first: a path that was typed counts from there, and a path of the project is written
 * relative to it.
 *
 * @module
 */
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const PROJECT = resolve(fileURLToPath(new URL("../../", import.meta.url)));

/** Goes to the folder in which the user typed the command. */
export function goToUser(): void {
  const folder = Deno.env.get("INIT_CWD");
  // If the command was not started by deno task, this may be an old one.
  if (!folder || Deno.realPathSync(".") !== Deno.realPathSync(PROJECT)) return;
  try {
    Deno.chdir(folder);
  } catch (error) {
    // It is not a folder here: paths count from the project.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A path of the project, relative to where the user is. */
export function projectPath(path: string): string {
  const whole = join(PROJECT, path);
  // The relative path from a folder to itself is empty, which is no path.
  const seen = relative(Deno.cwd(), whole) || ".";
  return seen.length <= whole.length ? seen : whole;
}

/** What to type for a task of the project: `deno` may be available only through npx. */
export function taskCommand(...args: string[]): string {
  const deno = Deno.env.get("npm_lifecycle_event") === "npx"
    ? ["npx", "-y", `deno@${Deno.version.deno}`]
    : ["deno"];
  return [...deno, "task", ...args].map(quoted).join(" ");
}

/** An argument, quoted so that a shell takes it for one, whatever is in it. */
export function quoted(text: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(text) && !(text.includes("\\") && !WINDOWS)) return text;
  return WINDOWS ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A path as an argument; one that begins like an option is written so that it is not one. */
export function pathArgument(path: string): string {
  return path.startsWith("-") ? `.${sep}${path}` : path;
}

const WINDOWS = Deno.build.os === "windows";
