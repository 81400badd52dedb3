/**
 * The students' edition of the workbook: what a class gets, as files by their paths.
 *
 * It is made of the files that git knows, so there is no second copy that somebody has to keep.
 * Notebooks, data, licences and the pages that a reader of the notebooks needs go in as they are;
 * of `lib` see `edition_modules.ts`; `deno.json` keeps the tasks whose programs are there. In place
 * of the assignments are their handouts, twice: where students work, and as they were handed out.
 *
 * @module
 */
import { basename, dirname, join, normalize } from "node:path/posix";
import {
  nameOf,
  type Notebook,
  notebookText,
  parseNotebook,
  sourceOf,
} from "@/notebook/document.ts";
import { type Assignment, released } from "./assignment.ts";
import { modulesNamedIn, neededModules } from "./edition_modules.ts";
import { checkWorkflow, studentReadme } from "./edition_texts.ts";
import { HANDOUTS } from "./trial.ts";

/** Where students find the assignments. */
const WORK = "notebooks/assignments";

/** Tasks that need the instructor's notebooks, or do the work of others. */
const INSTRUCTORS_TASKS = ["assignment", "jobs", "worker"];

/** Pages for those who use the workbook; the others are for those who teach or change it. */
const PAGES = ["evaluation", "experiments", "notebooks", "performance", "training"];

/** Files that go in as they are, `lib` apart. */
const TAKEN = [
  /^(\.deno-version|\.gitattributes|\.gitignore|LICENSE|deno\.lock)$/,
  /^(data|links)\//,
  /^notebooks\/[^/]+\.ipynb$/,
  new RegExp(`^docs/(${PAGES.join("|")})\\.md$`),
];

/** The project that an edition is made of. */
export interface EditionSource {
  /** Paths of the files that git knows. */
  paths: string[];
  read(path: string): Promise<Uint8Array>;
}

/** A notebook of an edition. */
export interface TitledNotebook {
  name: string;
  path: string;
  /** Its first heading. */
  title: string;
}

/** The parts of deno.json that matter here. */
interface DenoConfig {
  tasks: Record<string, { description: string; command: string }>;
  exports: Record<string, string>;
  [field: string]: unknown;
}

/** What students get, by path. */
export async function studentEdition(
  { paths, read }: EditionSource,
  assignments: Assignment[],
): Promise<Map<string, Uint8Array>> {
  const text = async (path: string) => new TextDecoder().decode(await read(path));
  const config: DenoConfig = JSON.parse(await text("deno.json"));
  const tasks = studentsTasks(config);
  const taken = paths.filter((path) => TAKEN.some((pattern) => pattern.test(path)));
  const notebooks = await Promise.all(
    taken.filter((path) => path.endsWith(".ipynb"))
      .map(async (path) => ({ path, notebook: parseNotebook(await text(path), path) })),
  );
  const handouts = assignments.map((each) => ({
    path: `${WORK}/${each.name}.ipynb`,
    notebook: released(each),
  }));
  const roots = [
    ...Object.values(tasks).flatMap(({ command }) => programsIn(command)),
    ...[...notebooks, ...handouts].flatMap(({ path, notebook }) =>
      notebook.cells.flatMap((cell) => modulesNamedIn(sourceOf(cell), path))
    ),
  ];
  const modules = await neededModules(paths.filter((each) => each.startsWith("lib/")), roots, text);
  const files = new Map<string, Uint8Array>();
  for (const path of [...taken, ...modules]) files.set(path, await read(path));
  const put = (path: string, own: string) => files.set(path, new TextEncoder().encode(own));
  for (const { path, notebook } of handouts) {
    put(path, notebookText(notebook));
    put(`${HANDOUTS}/${basename(path)}`, notebookText(notebook));
  }
  put("deno.json", configText(config, tasks, files));
  put(".github/workflows/check.yml", checkWorkflow(assignments.map(({ name }) => name)));
  const facts = {
    deno: (await text(".deno-version")).trim(),
    notebooks: notebooks.map(titled),
    assignments: handouts.map(titled),
    tasks: Object.entries(tasks).map(([name, { description }]) => ({ name, description })),
  };
  put("README.md", studentReadme(facts));
  for (const path of [...files.keys()].filter((each) => each.endsWith(".md"))) {
    put(path, withoutDeadLinks(new TextDecoder().decode(files.get(path)), path, files));
  }
  return files;
}

/** The tasks of the commands, but for those of instructors. */
function studentsTasks({ tasks }: DenoConfig): DenoConfig["tasks"] {
  return Object.fromEntries(
    Object.entries(tasks).filter(([name, { command }]) =>
      !INSTRUCTORS_TASKS.includes(name) &&
      programsIn(command).some((path) => path.startsWith("lib/cli/"))
    ),
  );
}

/** deno.json with what is there: its tasks, its exports, and nothing about tests and publishing. */
function configText(
  { tasks: _all, exports, publish: _publish, test: _test, fmt, ...rest }: DenoConfig,
  tasks: DenoConfig["tasks"],
  files: Map<string, Uint8Array>,
): string {
  const own = Object.entries(exports).filter(([, path]) => files.has(normalize(path)));
  const { exclude: _exclude, ...format } = fmt as Record<string, unknown>;
  const config = { ...rest, exports: Object.fromEntries(own), tasks, fmt: format };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Programs of `lib` that a command starts. */
function programsIn(command: string): string[] {
  return command.match(/\blib\/[\w/]+\.ts\b/g) ?? [];
}

/** A notebook with its first heading. */
function titled({ path, notebook }: { path: string; notebook: Notebook }): TitledNotebook {
  const lines = notebook.cells.flatMap((cell) => sourceOf(cell).split("\n"));
  const title = lines.find((line) => line.startsWith("# "))?.slice(2) ?? nameOf(path);
  return { name: nameOf(path), path, title };
}

/** A page whose links to what is not there are plain text. */
function withoutDeadLinks(page: string, path: string, files: Map<string, Uint8Array>): string {
  return page.replaceAll(/(?<!!)\[([^\]]*)\]\(([^)\s]+)\)/g, (link, text, target) => {
    if (/^([a-z]+:|#)/.test(target)) return link;
    const place = normalize(join(dirname(path), target.split("#")[0]));
    const isThere = [...files.keys()].some((each) =>
      each === place || each.startsWith(`${place}/`)
    );
    return isThere ? link : text;
  });
}
