/**
 * `deno task notebooks`: runs notebooks in a real Deno kernel and makes pages of them.
 *
 * @module
 */
import { join } from "node:path";
import { nameOf, notebookText, parseNotebook, stripped } from "@/notebook/document.ts";
import { type Execution, type Failure, Jupyter } from "@/notebook/execute.ts";
import { findNotebooks, selectNotebooks } from "@/notebook/folder.ts";
import { notebookPage } from "@/notebook/html.ts";
import { writeAtomically } from "@/io/files.ts";
import { RequestError } from "@/run/request_error.ts";
import { createProgram, integer, main, path } from "./program.ts";

const FOLDER = "notebooks";

interface Flags {
  check?: boolean;
  strip?: boolean;
  repeat: number;
  timeout: number;
  out: string;
}

function parse(args: string[]): Flags & { names: string[] } {
  const program = createProgram(
    "notebooks",
    "Runs notebooks in a real Deno kernel through Jupyter, each from a clean kernel.",
  )
    .allowExcessArguments(true)
    .argument("[names...]", "which: numbers (2), names (02_optimal_discriminator) or files")
    .option("--check", "run them, write nothing")
    .option("--strip", "run nothing; take outputs and editors' metadata out of the files")
    .option("--repeat <n>", "run each so many times", integer(1), 1)
    .option("--timeout <seconds>", "limit for one cell", integer(1), 120)
    .option("--out <dir>", "folder of the executed copies and HTML pages", path, "build/notebooks")
    .addHelpText(
      "after",
      "\nWithout names, all of notebooks/. The notebooks themselves are kept without outputs.",
    );
  program.parse(args, { from: "user" });
  const flags = program.opts<Flags>();
  if (flags.check && flags.strip) program.error("error: --check and --strip exclude each other");
  return { ...flags, names: program.args };
}

async function run(args: string[]): Promise<number> {
  const { names, check, strip, repeat, timeout, out } = parse(args);
  let paths: string[];
  try {
    paths = await selectNotebooks(await findNotebooks(FOLDER), names);
  } catch (error) {
    throw error instanceof RangeError ? new RequestError(error.message) : error;
  }
  if (strip) {
    for (const path of paths) await stripFile(path);
    return 0;
  }
  await using jupyter = await Jupyter.start();
  if (!check) await Deno.mkdir(out, { recursive: true });
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
    const copy = join(out, `${name}.ipynb`);
    await write(copy, notebookText(execution.notebook));
    await write(join(out, `${name}.html`), await notebookPage(jupyter.python, copy));
  }
  if (!check) console.log(`Executed copies and pages: ${out}`);
  if (failed > 0) console.log(`${failed} of ${paths.length * repeat} runs failed.`);
  return failed > 0 ? 1 : 0;
}

function summary(name: string, { cells, outputs, seconds }: Execution, ok: boolean): string {
  return `${ok ? "ok    " : "FAILED"}  ${name.padEnd(28)} ${cells} cells  ${outputs} outputs  ${
    seconds.toFixed(1)
  } s`;
}

function describeFailure(path: string, { cell, line, source, error }: Failure): string {
  const place = line === undefined ? `cell ${cell}` : `cell ${cell}, line ${line}`;
  return `  ${path}, ${place}: ${source.trim()}\n    ${error.replaceAll("\n", "\n    ")}`;
}

/** One line that is written over, in a terminal only. */
function progress(text: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

async function stripFile(path: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const clean = notebookText(stripped(parseNotebook(text, path)));
  if (clean === text) return;
  await write(path, clean);
  console.error(`stripped  ${path}`);
}

async function write(path: string, text: string): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(text));
}

if (import.meta.main) await main(() => run(Deno.args));
