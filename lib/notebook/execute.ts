/**
 * Runs a notebook in a real Deno kernel through Jupyter, from a clean kernel, in order.
 *
 * Jupyter's side is Python's nbclient (`execute.py`). A cell of our own runs after the notebook's
 * last: it asks the kernel what was shown, and what did not arrive is missing.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { isFile } from "@/io/files.ts";
import { startChild } from "@/io/processes.ts";
import { makeTempFolder, removeTempFolder } from "@/io/temporary.ts";
import { CHANGE_KEY, NUMBER_KEY, type Shown } from "./display.ts";
import {
  type Cell,
  codeCells,
  codeOffences,
  type Notebook,
  notebookText,
  parseNotebook,
  readNotebookText,
  sourceOf,
  stripped,
  withKernel,
} from "./document.ts";
import { writeKernelSpec } from "./kernelspec.ts";
import { actOnCells } from "./cell_program.ts";
import { findPython, type Python } from "./python.ts";
import { REPORT_TYPE } from "./outputs_report.ts";

/** A cell that did not succeed. */
export interface Failure {
  cell: number;
  /** Line of the cell, from 1, where it is known. */
  line?: number;
  /** What is written there, or the cell's first line. */
  source: string;
  error: string;
  /** Whether it was stopped because it took longer than was allowed. */
  late?: true;
}

/** How a run went. */
export interface NotebookRun {
  /** The notebook with its outputs, up to and including the cell that failed. */
  notebook: Notebook;
  seconds: number;
  cells: number;
  /** Outputs that arrived. */
  outputs: number;
  failure?: Failure;
  /** Outputs that were lost, or could be lost another time; a line each. */
  missing: string[];
}

export interface ExecuteOptions {
  /** Limit for one cell. */
  timeoutSeconds: number;
  /** Called as a code cell begins, counted from 1. */
  onCell?(cell: number, of: number): void;
}

/** What `execute.py` says, a line at a time. */
type Event =
  | { cell: number }
  | { error: { cell: number; name: string; message: string; traceback: string } }
  | { timeout: number }
  | { died: number }
  | { starts: number }
  | { done: true };

/** A Jupyter of our own: its kernels are the Deno that runs this, and no user's settings count. */
export class Jupyter implements AsyncDisposable {
  private constructor(readonly python: Python, private readonly folder: string) {}

  /** @throws {Error} If there is no Python with nbclient. */
  static async start(): Promise<Jupyter> {
    const folder = await makeTempFolder({ prefix: "jupyter-" });
    try {
      await writeKernelSpec(folder);
      return new Jupyter(await findPython(folder), folder);
    } catch (error) {
      await removeTempFolder(folder);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTempFolder(this.folder);
  }

  /** Runs a notebook from its file; the file stays as it is. */
  async execute(path: string, { timeoutSeconds, onCell }: ExecuteOptions): Promise<NotebookRun> {
    const kept = stripped(parseNotebook(await readNotebookText(path), path));
    const code = codeCells(kept);
    const numberOf = (index: number) => code.indexOf(kept.cells[index]) + 1;
    const [source, out] = ["in.ipynb", "out.ipynb"].map((name) => join(this.folder, name));
    // What an earlier notebook has left must not be taken for this one's.
    if (await isFile(out)) await Deno.remove(out);
    await Deno.writeTextFile(
      source,
      notebookText(withKernel({ ...kept, cells: [...kept.cells, reportCell()] })),
    );
    const began = performance.now();
    let end: Event | undefined;
    const stderr = await this.#python(
      [source, dirname(resolve(path)), String(timeoutSeconds), out],
      (event) => {
        if (!("cell" in event)) end = event;
        else if (event.cell < kept.cells.length) onCell?.(numberOf(event.cell), code.length);
      },
    );
    const seconds = (performance.now() - began) / 1000;
    if (!end) throw new Error(`Cannot run ${path}: Jupyter ended early. ${stderr.trim()}`);
    if ("starts" in end) {
      // Each try says the same thing.
      const said = [...new Set(stderr.trim().split("\n"))].join("\n");
      throw new Error(
        `Cannot run ${path}: the kernel did not start in ${end.starts} tries. ${said}`,
      );
    }
    const executed = parseNotebook(await Deno.readTextFile(out), out);
    const report = executed.cells.pop()!;
    const notebook = withOutputs(kept, executed.cells);
    const failure = await failureOf(path, end, numberOf, (n) => sourceOf(code[n - 1]));
    return {
      notebook,
      seconds,
      cells: code.length,
      outputs: codeCells(notebook).flatMap(({ outputs = [] }) => outputs).length,
      failure,
      missing: failure ? [] : [...codeOffences(kept), ...missingOutputs(notebook, report)],
    };
  }

  async #python(args: string[], on: (event: Event) => void): Promise<string> {
    const script = fileURLToPath(new URL("execute.py", import.meta.url));
    const { executable, env } = this.python;
    using started = startChild(executable, {
      args: [script, ...args],
      env,
      stdout: "piped",
      stderr: "piped",
    });
    await using child = started.child;
    const stderr = new Response(child.stderr).text();
    // deno-lint-ignore no-explicit-any -- Node's and the web's types of the same stream differ.
    const lines = createInterface({ input: Readable.fromWeb(child.stdout as any) });
    for await (const line of lines) if (line.startsWith("{")) on(JSON.parse(line));
    await child.status;
    return await stderr;
  }
}

/** A notebook with what its code cells have shown, and nothing else that Jupyter added. */
function withOutputs(notebook: Notebook, executed: Cell[]): Notebook {
  const cells = notebook.cells.map((cell, i): Cell => {
    if (cell.cell_type !== "code") return cell;
    const { outputs = [], execution_count = null } = executed[i] ?? {};
    return { ...cell, outputs, execution_count };
  });
  return { ...notebook, cells };
}

/** A cell that has the kernel report what it has shown. */
function reportCell(): Cell {
  const module = new URL("outputs_report.ts", import.meta.url).href;
  return {
    cell_type: "code",
    id: "outputs-report",
    metadata: {},
    source: `await (await import(${JSON.stringify(module)})).reportOutputs();`,
    execution_count: null,
    outputs: [],
  };
}

/**
 * Compares what the kernel has shown with what arrived.
 *
 * What a cell printed, or its last expression's value, is refused as well: the kernel loses such
 * outputs now and then, so one that has arrived proves nothing.
 */
export function missingOutputs(notebook: Notebook, reportCell: Cell): string[] {
  const found: string[] = [];
  const report = reportCell.outputs?.map(({ data }) => data?.[REPORT_TYPE])
    .find((data) => data !== undefined) as { shown: Shown[] } | undefined;
  const cellOf = new Map<number, number>();
  const changeOf = new Map<number, unknown>();
  for (const [i, { outputs = [] }] of codeCells(notebook).entries()) {
    for (const output of outputs) {
      const number = output.metadata?.[NUMBER_KEY];
      if (typeof number === "number") {
        cellOf.set(number, i + 1);
        changeOf.set(number, output.metadata?.[CHANGE_KEY]);
      }
      if (output.output_type === "execute_result") {
        found.push(`cell ${i + 1} ends in a value, which the kernel can lose; use await show(…)`);
      }
      if (output.output_type === "stream" && output.name === "stdout") {
        found.push(`cell ${i + 1} prints, which the kernel can lose; use await show(…)`);
      }
    }
  }
  if (!report) found.push("the kernel's own count of its outputs did not arrive");
  report?.shown.forEach(({ text, changes }, i) => {
    if (cellOf.has(i + 1)) {
      const arrived = changeOf.get(i + 1);
      if (arrived !== changes) {
        found.push(`change ${changes} of output ${i + 1} was lost, last was ${arrived}: ${text}`);
      }
      return;
    }
    const before = Math.max(0, ...[...cellOf].filter(([n]) => n <= i).map(([, cell]) => cell));
    const after = Math.min(
      codeCells(notebook).length,
      ...[...cellOf].filter(([n]) => n > i + 1).map(([, cell]) => cell),
    );
    found.push(
      `output ${i + 1} of ${report.shown.length} was lost, in cells ${
        Math.max(1, before)
      } to ${after}: ${text}`,
    );
  });
  return found;
}

async function failureOf(
  path: string,
  end: Event,
  numberOf: (index: number) => number,
  sourceOfCell: (cell: number) => string,
): Promise<Failure | undefined> {
  if ("done" in end) return undefined;
  const at = (index: number, error: string): Failure => {
    const cell = numberOf(index);
    // Not a cell of the notebook: our own, or none at all.
    if (cell === 0) throw new Error(`Cannot run ${path}: ${error}`);
    return { cell, source: sourceOfCell(cell).split("\n")[0], error };
  };
  if ("timeout" in end) {
    return { ...at(end.timeout, "it did not end within the time limit"), late: true };
  }
  if ("died" in end) return at(end.died, "the kernel ended");
  if (!("error" in end)) throw new Error(`Cannot run ${path}: Jupyter said ${Deno.inspect(end)}`);
  const { cell, name, message } = end.error;
  const failure = at(cell, `${name}: ${message}`);
  const [, line, words] = message.match(/^line (\d+), column \d+: (.*)$/s) ?? [];
  if (name === "SyntaxError" && line) {
    const source = sourceOfCell(failure.cell).split("\n")[Number(line) - 1];
    return { ...failure, line: Number(line), source, error: `${name}: ${words}` };
  }
  // The kernel knows the line where a statement began; a plain Deno program knows the one that
  // threw.
  const { success, stderr, place } = await actOnCells("run", [path], { cells: failure.cell });
  if (success || place?.cell !== failure.cell) return failure;
  const located = { ...failure, line: place.line, source: place.source };
  return stderr.includes(message) ? located : failure;
}
