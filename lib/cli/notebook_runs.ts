/**
 * What `deno task notebooks` does with its arguments: runs notebooks in a real Deno kernel and
 * makes pages of them.
 *
 * @module
 */
import { join, relative } from "node:path";
import { writeTextAtomically } from "@/io/files.ts";
import { checkFolderToMake, checkOutput, isSealedPage, sealedPage } from "@/io/outputs.ts";
import {
  keptText,
  nameOf,
  notebookText,
  parseNotebook,
  readNotebookText,
} from "@/notebook/document.ts";
import { type Failure, Jupyter, type NotebookRun } from "@/notebook/execute.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/notebook_files.ts";
import { isSealed, sealed } from "@/notebook/seal.ts";
import { FolderLock } from "@/io/lock.ts";
import { asRequestError, RequestError } from "@/run/request_error.ts";
import { singlePage } from "@/site/render/single_page.ts";
import { projectPath } from "./place.ts";
import { type NotebookFlags } from "./notebooks.ts";

const FOLDER = "notebooks";

/** Runs the notebooks that are asked for; the exit code. */
export async function runNotebooks(
  { names, check, strip, repeat, timeout, overwrite, ...flags }: NotebookFlags,
): Promise<number> {
  const out = flags.out ?? projectPath("build/notebooks");
  let paths: string[];
  try {
    paths = await selectNotebooks(await findNotebooks(projectPath(FOLDER)), names);
  } catch (error) {
    throw asRequestError(error);
  }
  if (strip) {
    for (const path of paths) await stripFile(path);
    return 0;
  }
  if (!check) await checkOutputs(paths, out, overwrite);
  using _lock = check ? undefined : await FolderLock.take(out);
  await using jupyter = await Jupyter.start();
  let failed = 0;
  for (const path of paths.flatMap((path) => Array<string>(repeat).fill(path))) {
    const name = nameOf(path);
    const execution = await jupyter.execute(path, {
      timeoutSeconds: timeout,
      onCell: (cell, of) => progress(`${name}  cell ${cell} of ${of}`),
    });
    progress("");
    const ok = !execution.failure && execution.missing.length === 0;
    if (!ok) failed++;
    console.log(summary(name, execution, ok));
    if (execution.failure) console.log(describeFailure(path, execution.failure));
    for (const line of execution.missing) console.log(`  ${path}: ${line}`);
    if (check) continue;
    const { copy, page } = outputsOf(path, out);
    await writeTextAtomically(copy, notebookText(sealed(execution.notebook)));
    const inProject = relative(projectPath(""), path).replaceAll("\\", "/");
    const html = await singlePage(execution.notebook, inProject, paths.map(nameOf));
    await writeTextAtomically(page, sealedPage(html));
  }
  if (!check) console.log(`Executed copies and pages: ${out}`);
  if (failed > 0) console.log(`${failed} of ${paths.length * repeat} runs failed.`);
  return failed > 0 ? 1 : 0;
}

/** Where a notebook's executed copy and its page go. */
function outputsOf(path: string, out: string): { copy: string; page: string } {
  const name = nameOf(path);
  return { copy: join(out, `${name}.ipynb`), page: join(out, `${name}.html`) };
}

/** Checks the outputs before anything is run, since running takes minutes. */
async function checkOutputs(paths: string[], out: string, overwrite?: boolean): Promise<void> {
  await checkFolderToMake(out);
  const taken = new Map<string, string>();
  for (const path of paths) {
    const { copy, page } = outputsOf(path, out);
    const other = taken.get(copy);
    if (other !== undefined) {
      throw new RequestError(
        `Cannot run ${path} and ${other} together: the copies of both would be ${copy}. Run them one after the other, with an --out for each`,
      );
    }
    taken.set(copy, path);
    const rules = { inputs: paths, overwrite };
    await checkOutput(copy, { ...rules, kind: "an executed copy", ours: isSealed });
    await checkOutput(page, { ...rules, kind: "a notebook's page", ours: isSealedPage });
  }
}

function summary(name: string, { cells, outputs, seconds }: NotebookRun, ok: boolean): string {
  return `${ok ? "ok    " : "FAILED"}  ${name.padEnd(28)} ${cells} cells  ${outputs} outputs  ${
    seconds.toFixed(1)
  } s`;
}

function describeFailure(path: string, { cell, line, source, error, late }: Failure): string {
  const place = line === undefined ? `cell ${cell}` : `cell ${cell}, line ${line}`;
  const advice = late ? ". Give it longer with --timeout" : "";
  return `  ${path}, ${place}: ${source.trim()}\n    ${error.replaceAll("\n", "\n    ")}${advice}`;
}

/** One line that is overwritten, in a terminal only. */
function progress(text: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

async function stripFile(path: string): Promise<void> {
  const text = await readNotebookText(path);
  const clean = keptText(parseNotebook(text, path));
  if (clean === text) return;
  await writeTextAtomically(path, clean);
  console.error(`stripped  ${path}`);
}
