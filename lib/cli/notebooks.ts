/**
 * `deno task notebooks`: runs notebooks in a real Deno kernel and makes pages of them.
 *
 * @module
 */
import { join } from "node:path";
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
import { notebookPage } from "@/notebook/html.ts";
import { isSealed, sealed } from "@/notebook/seal.ts";
import { FolderLock } from "@/io/lock.ts";
import { asRequestError, RequestError } from "@/run/request_error.ts";
import { projectPath } from "./place.ts";
import { createProgram, integerArgument, main, path } from "./program.ts";

const FOLDER = "notebooks";

interface Flags {
  check?: boolean;
  strip?: boolean;
  repeat: number;
  timeout: number;
  out?: string;
  overwrite?: boolean;
}

function parse(args: string[]): Flags & { names: string[] } {
  const program = createProgram(
    "notebooks",
    "Runs notebooks in a real Deno kernel through Jupyter, each from a clean kernel.",
  )
    .allowExcessArguments(true)
    .argument("[names...]", "which: files, numbers (2) or names (02_optimal_discriminator)")
    .option("--check", "run them, write nothing")
    .option("--strip", "run nothing; take outputs and editors' metadata out of the files")
    .option("--repeat <n>", "run each so many times", integerArgument(1), 1)
    .option("--timeout <seconds>", "limit for one cell", integerArgument(1), 120)
    .option(
      "--out <dir>",
      "folder of the executed copies and HTML pages (default: the project's build/notebooks)",
      path,
    )
    .option(
      "--overwrite",
      "replace files there though they are no copies and pages as they were left",
    )
    .addHelpText(
      "after",
      "\nWithout names, all of notebooks/. The notebooks themselves are kept without outputs.",
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  if (flags.check && flags.strip) program.error("error: --check and --strip exclude each other");
  return { ...flags, names: program.args };
}

export async function run(args: string[]): Promise<number> {
  const { names, check, strip, repeat, timeout, overwrite, ...flags } = parse(args);
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
    await writeTextAtomically(page, sealedPage(await notebookPage(jupyter.python, copy)));
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

/** Before anything is run, which takes minutes. */
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

/** One line that is written over, in a terminal only. */
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

if (import.meta.main) await main(() => run(Deno.args));
