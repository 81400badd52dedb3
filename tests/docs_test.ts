/** What a visitor reads: the README's size, links that lead somewhere, commands that exist. */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { snippetsOf } from "./support/page_snippets.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDERS = ["", "docs", "data", ".github"];

const text = (path: string) => Deno.readTextFile(join(ROOT, path));

/** Every Markdown page that is written by hand, from the project's folder. */
async function pages(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of FOLDERS) {
    for await (const { name } of Deno.readDir(join(ROOT, folder))) {
      if (name.endsWith(".md")) found.push(join(folder, name));
    }
  }
  return found.sort();
}

/** What is left of a page without its code. */
const withoutCode = (page: string) =>
  page.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** Where the links and pictures of a page lead, those into the web left out. */
export function linksIn(page: string): string[] {
  return [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)|<img[^>]*src="([^"]+)"/g)]
    .map((match) => match[1] ?? match[2])
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** GitHub's anchor of a heading. */
export const anchorOf = (heading: string) =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");

const anchorsOf = (page: string) =>
  [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1]));

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The links of a page that lead nowhere. */
async function deadLinks(page: string): Promise<string[]> {
  const dead: string[] = [];
  for (const link of linksIn(await text(page))) {
    const [path, anchor] = link.split("#");
    const target = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
    if (!await isThere(join(ROOT, target))) dead.push(`${page}: ${link}`);
    else if (anchor && !anchorsOf(await text(target)).includes(anchor)) {
      dead.push(`${page}: ${link} (there is no such heading)`);
    }
  }
  return dead;
}

/** The tasks that a text names, as `deno task <name>`. */
export const tasksIn = (page: string) =>
  [...page.matchAll(/\bdeno task ([a-z][a-z:_-]*)/g)].map((match) => match[1]);

/** Programs of the project that a text starts or names, such as `tools/ok.ts`. */
export const programsIn = (page: string) =>
  [
    ...page.matchAll(/(?<![\w/.])((?:lib|tools|tests|bench|notebooks|docs)\/[\w./-]+\.\w+)/g),
  ].map((match) => match[1]);

/** The options that a shell line gives to a task, by the task's name. */
export function optionsIn(page: string): [task: string, option: string][] {
  const shell = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => match[1]).join("\n");
  return shell.split(/\n|&&/).flatMap((line) => {
    const found = /\bdeno task ([\w:]+)([^#]*)/.exec(line);
    return found === null ? [] : [...found[2].matchAll(/(?<=\s)--[a-z][\w-]*/g)]
      .map((match): [string, string] => [found[1], match[0]]);
  });
}

Deno.test("the README has at most 150 lines of at most 100 columns", async () => {
  const lines = (await text("README.md")).trimEnd().split("\n");
  assert(lines.length <= 150, `it has ${lines.length} lines`);
  assertEquals(lines.filter((line) => [...line].length > 100), []);
});

Deno.test("every page keeps to 100 columns, tables and the targets of links aside", async () => {
  const long: string[] = [];
  for (const page of await pages()) {
    for (const [i, line] of (await text(page)).split("\n").entries()) {
      const shown = line.replaceAll(/\]\([^)]*\)/g, "]");
      if ([...shown].length > 100 && !line.startsWith("|")) {
        long.push(`${page}:${i + 1}`);
      }
    }
  }
  assertEquals(long, []);
});

Deno.test("the README shows pictures before its first section, none over 60 kB", async () => {
  const readme = await text("README.md");
  const pictures = linksIn(readme).filter((link) => link.endsWith(".png"));
  const first = linksIn(readme.split("\n## ")[0]);
  assertEquals(pictures.filter((link) => !first.includes(link)), []);
  assertGreater(pictures.length, 2);
  for (const picture of pictures) {
    assert((await Deno.stat(join(ROOT, picture))).size < 60_000, `${picture} is too large`);
  }
});

Deno.test("every relative link of every page leads to a file, and to a heading of it", async () => {
  assertEquals((await Promise.all((await pages()).map(deadLinks))).flat(), []);
});

Deno.test("every page of docs/ is within two links of the README", async () => {
  const near = new Set(["README.md"]);
  for (let links = 0; links < 2; links++) {
    for (const page of [...near]) {
      for (const link of linksIn(await text(page))) {
        const target = relative(ROOT, join(ROOT, dirname(page), link.split("#")[0]));
        if (target.endsWith(".md") && await isThere(join(ROOT, target))) near.add(target);
      }
    }
  }
  assertEquals((await pages()).filter((page) => !near.has(page)), []);
});

Deno.test("every task and program that a page names exists", async () => {
  const { tasks } = JSON.parse(await text("deno.json"));
  const missing: string[] = [];
  for (const page of await pages()) {
    // What its own snippets make is not there before they are applied.
    const made = snippetsOf(await text(page)).map(({ path }) => path);
    for (const name of tasksIn(await text(page))) {
      if (!Object.hasOwn(tasks, name)) missing.push(`${page}: deno task ${name}`);
    }
    for (const path of programsIn(await text(page))) {
      // Earlier names stay in the log of experiments and in the changelog.
      if (["docs/experiments.md", "CHANGELOG.md"].includes(page) || made.includes(path)) continue;
      if (!await isThere(join(ROOT, path))) missing.push(`${page}: ${path}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("the layers of docs/architecture.md are those that are checked, in their order", async () => {
  const list = /const LAYERS = \[([\s\S]*?)\]/.exec(await text("tests/layers_test.ts"))![1];
  const layers = [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  const section = (await text("docs/architecture.md")).split("## Layers")[1].split("\n## ")[0];
  const rows = [...section.matchAll(/^\| `([\w.]+)\/?` /gm)].map((match) => match[1]);
  assertEquals(rows, layers);
});

Deno.test("every task of deno.json has its row in docs/commands.md", async () => {
  const { tasks } = JSON.parse(await text("deno.json"));
  const named = new Set(tasksIn(await text("docs/commands.md")));
  assertEquals(Object.keys(tasks).filter((name) => !named.has(name)), []);
});

Deno.test("every option of a command in a shell block is one that its program has", async () => {
  const { tasks } = JSON.parse(await text("deno.json"));
  const sources = new Map<string, string>();
  const missing: string[] = [];
  for (const page of await pages()) {
    for (const [task, option] of optionsIn(await text(page))) {
      if (!sources.has(task)) sources.set(task, await sourceOf(tasks[task].command));
      const positive = option.replace(/^--no-/, "--");
      const declared = [option, positive].some((one) =>
        new RegExp(`["'\`,\\s]${one}(?![\\w-])`).test(sources.get(task)!)
      );
      if (!declared) missing.push(`${page}: deno task ${task} ${option}`);
    }
  }
  assertEquals(missing, []);
});

/** The text of a task's program and of the files beside it that it imports. */
async function sourceOf(command: string): Promise<string> {
  const program = /\b((?:lib|tools)\/[\w/]+\.ts)/.exec(command.replace("lib/cli/v8_flags.ts", ""));
  if (program === null) return command;
  const source = await text(program[1]);
  const beside = [...source.matchAll(/from "\.\/([\w/]+\.ts)"/g)].map((match) => match[1]);
  return [source, ...await Promise.all(beside.map((file) => text(join(dirname(program[1]), file))))]
    .join("\n");
}

Deno.test("the pages' own tests see links, headings, tasks, programs and options", () => {
  const page = "[a](b.md#c-d) ![e](f.png) [g](https://h.i) `[j](k)`\n" +
    '<img src="l.png">\n```sh\ndeno task train --set x --no-quality # --not\n[m](n)\n```\nlib/a_b.ts';
  assertEquals(linksIn(page), ["b.md#c-d", "f.png", "l.png"]);
  assertEquals(anchorOf("V8's flags"), "v8s-flags");
  assertEquals(tasksIn(page), ["train"]);
  assertEquals(programsIn(page), ["lib/a_b.ts"]);
  assertEquals(optionsIn(page), [["train", "--set"], ["train", "--no-quality"]]);
});
