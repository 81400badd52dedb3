/**
 * Runs notebooks for the site in Deno, without Jupyter, as pages run them (`lib/site/cells`).
 *
 * What was run is kept by a digest of all that decides it, so that a second build takes no time.
 *
 * @module
 */
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { host } from "@/host/host.ts";
import { readIfFile, writeTextAtomically } from "@/io/files.ts";
import { startChild } from "@/io/processes.ts";
import {
  codeCells,
  type Notebook,
  notebookText,
  parseNotebook,
  readNotebookText,
  sourceOf,
  stripped,
} from "@/notebook/document.ts";
import { type CellToRun } from "@/site/cell_messages.ts";
import { type CellsRun } from "./run_cells.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

/** These rooms decide nothing of what a cell shows. */
const APART = /^lib\/(cli|bench|site\/(page|render|serve))\//;

/** Where notebooks that were run are kept. */
const KEPT = join(PROJECT, "build", "executed");

export interface ExecutionSettings {
  /** A folder of notebooks that were run. */
  kept?: string;
  /** Called when a notebook is not among them and is run. */
  onRun?(path: string): void;
}

/**
 * The notebook with its outputs. Figures are as pages draw them, with their pictures.
 *
 * @throws {Error} If a cell fails: with the cell, the line and the message.
 */
export async function executedNotebook(
  path: string,
  { kept = KEPT, onRun }: ExecutionSettings = {},
): Promise<Notebook> {
  const notebook = stripped(parseNotebook(await readNotebookText(path), path));
  const digest = host.sha256(notebookText(notebook), await digestOfSources()).slice(0, 16);
  const file = join(kept, `${basename(path, ".ipynb")}-${digest}.ipynb`);
  const found = await readIfFile(file);
  if (found) return parseNotebook(new TextDecoder().decode(found), file);
  onRun?.(path);
  const executed = await execute(path, notebook);
  await Deno.mkdir(kept, { recursive: true });
  await removeOlder(file);
  await writeTextAtomically(file, notebookText(executed));
  return executed;
}

async function execute(path: string, notebook: Notebook): Promise<Notebook> {
  const cells = codeCells(notebook).map((cell, i): CellToRun => ({
    id: cell.id,
    number: i + 1,
    code: sourceOf(cell),
  }));
  const { outputs, error } = await runCells(path, cells);
  if (error) {
    const { cell, line } = error;
    const place = `${cell ? `, cell ${cell}` : ""}${line ? `, line ${line}` : ""}`;
    throw new Error(`Cannot run ${relative(Deno.cwd(), path)}${place}: ${error.stack}`);
  }
  const numbers = new Map(cells.map(({ id, number }) => [id, number]));
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.cell_type === "code"
        ? { ...cell, execution_count: numbers.get(cell.id), outputs: outputs[cell.id] ?? [] }
        : cell
    ),
  };
}

/** Runs cells in a process of their own: they share nothing with those of another notebook. */
async function runCells(path: string, cells: CellToRun[]): Promise<CellsRun> {
  using started = startChild(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-env",
      "--allow-sys",
      `--config=${join(PROJECT, "deno.json")}`,
      fileURLToPath(new URL("run_cells.ts", import.meta.url)),
    ],
    cwd: dirname(await Deno.realPath(path)),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  await using child = started.child;
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(cells)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout).split("\n").at(-1)!);
  throw new Error(
    `Cannot run the cells of ${relative(Deno.cwd(), path)}: their process has ended with ${
      new TextDecoder().decode(stderr).trim()
    }`,
  );
}

/** Of what decides what a cell shows, besides its text. */
function digestOfSources(): Promise<string> {
  return sources ??= (async () => {
    const parts = [Deno.version.deno, await Deno.readTextFile(join(PROJECT, "deno.lock"))];
    for (const name of (await filesBelow("lib")).concat(await filesBelow("data"))) {
      if (APART.test(name)) continue;
      parts.push(name, host.sha256(await Deno.readFile(join(PROJECT, name))));
    }
    return host.sha256(parts.join("\n"));
  })();
}

let sources: Promise<string> | undefined;

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(PROJECT, folder))) {
    const path = `${folder}/${name}`;
    found.push(...isDirectory ? await filesBelow(path) : [path]);
  }
  return found.sort();
}

/** Runs of the same notebook with other sources are of no use any more. */
async function removeOlder(file: string): Promise<void> {
  const stem = basename(file).replace(/-[0-9a-f]{16}\.ipynb$/, "");
  for await (const { name } of Deno.readDir(dirname(file))) {
    const [, of] = name.match(/^(.*)-[0-9a-f]{16}\.ipynb$/) ?? [];
    if (of === stem) await Deno.remove(join(dirname(file), name));
  }
}
