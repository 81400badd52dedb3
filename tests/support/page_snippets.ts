/**
 * The snippets of a documentation page, and the project with them applied.
 *
 * A `diff` block begins with `+++ path`, has hunks between lines `@@`, and each hunk's old lines stand in the file exactly
 * once. A `ts` block that begins with `// path` is a new file. A line `cp from to` of a `sh` block copies a file.
 */
import { dirname, join } from "node:path";

/** One change of a file. */
export interface Snippet {
  path: string;
  /** The whole file, if it is a new one. */
  text?: string;
  /** Lines that go out, context included, and lines that come in. */
  hunks?: { old: string; new: string }[];
  /** The file that it is a copy of. */
  from?: string;
}

/** The snippets of a page, in its order. */
export function snippetsOf(page: string): Snippet[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].flatMap(([, language, body]) => {
    if (language === "diff") return [diffOf(body)];
    const path = /^\/\/ (\S+\.ts)\n/.exec(body)?.[1];
    if (language === "ts" && path !== undefined) return [{ path, text: body }];
    return language !== "sh"
      ? []
      : [...body.matchAll(/^cp (\S+) (\S+)/gm)].map(([, from, path]) => ({ path, from }));
  });
}

function diffOf(body: string): Snippet {
  const [first, ...lines] = body.trimEnd().split("\n");
  const path = /^\+\+\+ (\S+)$/.exec(first)?.[1];
  if (path === undefined) {
    throw new TypeError(`Cannot read a diff: its first line must be +++ and a path, got ${first}`);
  }
  const hunks = lines.join("\n").split(/^@@\n/m).map((hunk) => {
    const all = hunk.trimEnd().split("\n");
    const side = (sign: string) =>
      all.filter((line) => line === "" || " ".includes(line[0]) || line[0] === sign)
        .map((line) => `${line.slice(1)}\n`).join("");
    return { old: side("-"), new: side("+") };
  });
  return { path, hunks };
}

/**
 * Applies snippets to a copy of the project.
 *
 * @throws {RangeError} If the old lines of a hunk are not in the file exactly once, or a new file is there.
 */
export async function apply(snippets: Snippet[], root: string): Promise<void> {
  for (const { path, text, hunks, from } of snippets) {
    const file = join(root, path);
    if (hunks) {
      let content = await Deno.readTextFile(file);
      for (const hunk of hunks) {
        const places = content.split(hunk.old).length - 1;
        if (places !== 1) {
          throw new RangeError(
            `Cannot apply a snippet to ${path}: these lines must be in it once, got ${places} times:\n${hunk.old}`,
          );
        }
        content = content.replace(hunk.old, () => hunk.new);
      }
      await Deno.writeTextFile(file, content);
      continue;
    }
    await Deno.mkdir(dirname(file), { recursive: true });
    if (from !== undefined) await Deno.copyFile(join(root, from), file);
    else await Deno.writeTextFile(file, text!, { createNew: true });
  }
}

/** A copy of what the snippets need, with what is only read linked into it. */
export async function copyOfProject(root: string, folder: string): Promise<void> {
  const copied = [
    "lib",
    "tests/support",
    "tests/gan",
    "docs/examples",
    "notebooks/assignments",
    "tools",
  ];
  for (const path of copied) await copyTree(join(root, path), join(folder, path));
  for (const path of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(join(root, path), join(folder, path));
  }
  for (const path of ["data", "links"]) {
    await Deno.symlink(join(root, path), join(folder, path), { type: "dir" });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
