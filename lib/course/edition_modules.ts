/**
 * Which modules of `lib` the students' edition needs.
 *
 * The grader, its marking page and the commands are the only rooms of which a student gets a part: what a command or
 * a notebook of the edition reaches. So the half of the grader that only an instructor uses stays
 * out, and so does a module that only hidden checks import, which may well hold a solution.
 *
 * @module
 */
import { dirname, join } from "node:path/posix";

/** Rooms of which only the modules that are reached go in. */
const BY_NEED = /^lib\/(course|cli|marking)\//;

/** A module as imports write it, or as a program that is started by its path. */
const MODULE = /["'`]((?:@\/|\.{1,2}\/|lib\/)[\w./-]+\.ts)["'`]/g;

/** What a text names as a module, by its path in the project. `file` is where the text stands. */
export function modulesNamedIn(text: string, file: string): string[] {
  return [...text.matchAll(MODULE)].map(([, name]) => {
    if (name.startsWith("@/")) return join("lib", name.slice(2));
    return name.startsWith("lib/") ? name : join(dirname(file), name);
  });
}

/**
 * The files of `lib` that go in, of those that the project has.
 *
 * @param files Paths in the project, all of them in `lib`.
 * @param roots Modules that commands and notebooks of the edition name.
 * @param read The text of a file.
 * @throws {Error} If a root is not among the files.
 */
export async function neededModules(
  files: string[],
  roots: string[],
  read: (path: string) => Promise<string>,
): Promise<string[]> {
  const known = new Set(files);
  const missing = roots.filter((path) => !known.has(path));
  if (missing.length > 0) {
    throw new Error(
      `Cannot take ${
        missing.join(", ")
      } into the students' edition: a command or a notebook of it needs that file, and git does not know it. Add it to git, or correct the name`,
    );
  }
  const whole = files.filter((path) => !BY_NEED.test(path));
  const reached = new Set<string>();
  const open = [...roots, ...whole];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    if (!path.endsWith(".ts")) continue;
    open.push(...modulesNamedIn(await read(path), path).filter((each) => known.has(each)));
  }
  return files.filter((path) => reached.has(path));
}
