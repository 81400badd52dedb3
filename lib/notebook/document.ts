/**
 * Notebooks as files: the .ipynb format, its cells, and the one program that they make.
 *
 * A cell's number is its place among the code cells, from 1: after a run from the top, Jupyter
 * writes that number beside it, In [n].
 *
 * Source: nbformat 4.5, https://nbformat.readthedocs.io
 *
 * @module
 */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parsedJson } from "@/formats/shaped.ts";
import { decodeText } from "@/formats/text.ts";
import { CHECKS } from "./checks.ts";

/** A notebook of format 4.5. */
export interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: Cell[];
}

export interface Cell {
  cell_type: "code" | "markdown" | "raw";
  id: string;
  metadata: Record<string, unknown>;
  source: string | string[];
  execution_count?: number | null;
  outputs?: Output[];
}

/** What a cell has shown, as far as it matters here. */
export interface Output {
  output_type: "display_data" | "execute_result" | "stream" | "error";
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  name?: string;
  text?: string | string[];
  execution_count?: number | null;
}

/** A place in a notebook, for messages. */
export interface CellPlace {
  cell: number;
  /** Line of the cell, from 1. */
  line: number;
  /** What is written there. */
  source: string;
}

/** The code cells, one after another, as a module. */
export interface NotebookProgram {
  text: string;
  /** Where a line of `text`, from 1, stands in the notebook. */
  locate(line: number): CellPlace | undefined;
}

/** Metadata of a notebook that says which kernel runs it. */
export const METADATA = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: { file_extension: ".ts", mimetype: "text/x.typescript", name: "typescript" },
};

/**
 * Reads the text of a notebook's file. A file that is not UTF-8 is refused: if it were read, it
 * would be written back with other letters.
 *
 * @throws {TypeError} If it is in another encoding.
 */
export async function readNotebookText(path: string): Promise<string> {
  const text = decodeText(await Deno.readFile(path));
  if (text === undefined) {
    throw new TypeError(`Cannot read ${path}: a notebook is a text in UTF-8, got another encoding`);
  }
  return text;
}

/**
 * Reads a notebook.
 *
 * @throws {TypeError} If the text is no notebook of format 4.5.
 */
export function parseNotebook(text: string, path: string): Notebook {
  const refuse = (rule: string, found: unknown): never => {
    throw new TypeError(`Cannot read ${path}: ${rule}, got ${Deno.inspect(found)}`);
  };
  const notebook = parsedJson(text, (found) => {
    throw new TypeError(`Cannot read ${path}: a notebook is JSON, got ${found}`);
  }) as Notebook;
  if (!isObject(notebook)) refuse("a notebook is an object", notebook);
  const format = `${notebook.nbformat ?? "none"}.${notebook.nbformat_minor ?? "none"}`;
  if (format !== "4.5") refuse("it must be of nbformat 4.5", format);
  if (!isObject(notebook.metadata)) refuse("its metadata must be an object", notebook.metadata);
  if (!Array.isArray(notebook.cells)) refuse("it must have a list of cells", notebook.cells);
  const ids = new Set<string>();
  for (const [i, cell] of notebook.cells.entries()) {
    const rule = (what: string) => `${what} (item ${i + 1} of its list of cells)`;
    checkCell(cell, (what, found) => refuse(rule(what), found));
    if (ids.has(cell.id)) refuse(rule("no two cells have the same id"), cell.id);
    ids.add(cell.id);
  }
  return notebook;
}

/** Checks what matters here in a cell; fields that are not known may be anything. */
function checkCell(cell: Cell, refuse: (rule: string, found: unknown) => never): void {
  if (!isObject(cell)) refuse("a cell is an object", cell);
  const { cell_type, source, id, metadata, outputs = [] } = cell;
  if (!["code", "markdown", "raw"].includes(cell_type)) {
    refuse("a cell is code, markdown or raw", cell_type);
  }
  const lines = typeof source === "string" ? [source] : source;
  if (!Array.isArray(lines) || lines.some((line) => typeof line !== "string")) {
    refuse("a cell's source is text or lines", source);
  }
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) {
    refuse("a cell has an id of 1 to 64 letters, digits, - or _", id);
  }
  if (!isObject(metadata)) refuse("a cell's metadata is an object", metadata);
  if (!Array.isArray(outputs) || !outputs.every(isObject)) {
    refuse("a cell's outputs are a list of objects", outputs);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The notebook as a file, the way Jupyter writes it. */
export function notebookText(notebook: Notebook): string {
  return JSON.stringify(notebook, null, 1) + "\n";
}

/** A cell's text. */
export function sourceOf({ source }: Cell): string {
  return typeof source === "string" ? source : source.join("");
}

export function codeCells({ cells }: Notebook): Cell[] {
  return cells.filter(({ cell_type }) => cell_type === "code");
}

/** Numbers of the cells that have outputs or were run, as they are in the file. */
export function cellsWithOutputs(notebook: Notebook): number[] {
  return codeCells(notebook).flatMap(({ outputs = [], execution_count = null }, i) =>
    outputs.length > 0 || execution_count !== null ? [i + 1] : []
  );
}

/**
 * What editors note in a cell's metadata about how it is seen and when it was run. All else is the
 * author's: tags, slides, nbgrader's fields, whether it may be changed, and what is not known here.
 */
const EDITORS_OF_CELLS = [
  "collapsed",
  "execution",
  "ExecuteTime",
  "heading_collapsed",
  "hidden",
  "jupyter",
  "pycharm",
  "scrolled",
  "trusted",
  "vscode",
];

/** The same of a notebook's metadata; `widgets` are outputs. */
const EDITORS_OF_NOTEBOOKS = [
  "orig_nbformat",
  "toc-autonumbering",
  "toc-showcode",
  "toc-showmarkdowntxt",
  "toc-showtags",
  "varInspector",
  "vscode",
  "widgets",
];

/** Whether a cell checks what the text says, and is folded. */
export function isChecks({ cell_type, metadata: { tags } }: Cell): boolean {
  return cell_type === "code" && Array.isArray(tags) && tags.includes(CHECKS);
}

function isFolded({ metadata: { jupyter } }: Cell): boolean {
  return isObject(jupyter) && jupyter.source_hidden === true;
}

/**
 * The notebook as it is kept: without outputs, run numbers, and the metadata in which editors note
 * what changes often; cells of checks are folded, also where a reader has opened one. Every other
 * field stays, known or not: an attached picture, an author's name.
 */
export function stripped(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell): Cell => {
    const metadata = {
      ...without(cell.metadata, EDITORS_OF_CELLS),
      ...(isChecks(cell) ? { jupyter: { source_hidden: true } } : {}),
    };
    const { execution_count: _, outputs: __, ...text } = cell;
    return cell.cell_type === "code"
      ? { ...cell, metadata, execution_count: null, outputs: [] }
      : { ...text, metadata };
  });
  const metadata = without(notebook.metadata, EDITORS_OF_NOTEBOOKS);
  const kernel = metadata.kernelspec as { name?: unknown } | undefined;
  // The version of Deno, and what a menu calls it, differ from machine to machine.
  const own = kernel === undefined || kernel?.name === METADATA.kernelspec.name;
  return { ...notebook, cells, metadata: own ? { ...metadata, ...METADATA } : metadata };
}

/**
 * The text of the notebook as it is kept: stripped, and with its fields in the order in which
 * Jupyter writes them, so that a notebook that was run and saved becomes the same text again.
 */
export function keptText(notebook: Notebook): string {
  const { cells, ...rest } = stripped(notebook);
  const inLines = cells.map((cell) => ({ ...cell, source: linesOf(sourceOf(cell)) }));
  return notebookText(inOrder({ ...rest, cells: inLines }) as Notebook);
}

/** Each line with the break at its end. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The value with the fields of every object sorted by their names. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}

/** The notebook with the kernel that runs it here, whichever it names. */
export function withKernel(notebook: Notebook): Notebook {
  return { ...notebook, metadata: { ...notebook.metadata, ...METADATA } };
}

function without<T extends object>(record: T, names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** What in a notebook breaks the rules for keeping it, a line each. */
export function offences(notebook: Notebook): string[] {
  const found: string[] = [];
  const run = cellsWithOutputs(notebook);
  if (run.length > 0) {
    const what = run.length === 1 ? `cell ${run[0]} has` : `cells ${run.join(", ")} have`;
    found.push(`${what} outputs`);
  } else {
    const own = ({ metadata, cells }: Notebook) => [metadata, cells.map((cell) => cell.metadata)];
    const open = codeCells(notebook).findIndex((cell) => isChecks(cell) && !isFolded(cell));
    if (open !== -1) {
      found.push(
        `cell ${
          open + 1
        } has the tag "checks" and is not folded: its metadata lacks "jupyter": {"source_hidden": true}`,
      );
    } else if (!isDeepStrictEqual(own(notebook), own(stripped(notebook)))) {
      found.push("it has an editor's metadata");
    }
  }
  return [...found, ...codeOffences(notebook)];
}

/** What in the code lets the kernel lose an output, a line each. */
export function codeOffences(notebook: Notebook): string[] {
  const found: string[] = [];
  for (const [i, cell] of codeCells(notebook).entries()) {
    sourceOf(cell).split("\n").forEach((line, at) => {
      const place = `cell ${i + 1}, line ${at + 1}`;
      if (/\bconsole\s*\./.test(line)) {
        found.push(`${place}: the kernel can lose what console prints; use await show(…)`);
      }
      if (
        /(?<!await |=> |return )\b(show|liveFigure|predict|reveal|answer|recordTry|showScore)\(/
          .test(line)
      ) {
        found.push(`${place}: the kernel can lose what is not awaited; use await`);
      }
    });
  }
  return found;
}

/**
 * The code cells, or the first few of them, as one module. Imports need not be moved: a module
 * hoists them. A name that several cells import from one place is imported once: the kernel accepts
 * it each time, but a module does not.
 */
export function programOf(notebook: Notebook, cells?: number): NotebookProgram {
  const imported = new Set<string>();
  const lines: string[] = [];
  const places: (CellPlace | undefined)[] = [];
  const add = (line: string, place?: CellPlace) => {
    lines.push(line);
    places.push(place);
  };
  for (const [i, cell] of codeCells(notebook).slice(0, cells).entries()) {
    add(`// In [${i + 1}]`);
    const written = sourceOf(cell).split("\n");
    onceImported(sourceOf(cell), imported).split("\n").forEach((line, at) =>
      add(line, { cell: i + 1, line: at + 1, source: written[at] })
    );
  }
  add("export {};");
  return { text: lines.join("\n") + "\n", locate: (line) => places[line - 1] };
}

/** The text without the names that are imported already; its lines stay where they are. */
function onceImported(source: string, imported: Set<string>): string {
  return source.replaceAll(
    /^import (type )?\{([^}]*)\} from ("[^"\n]+");?$/gm,
    (statement, type = "", names: string, from) => {
      const all = names.split(",").map((name) => name.trim()).filter((name) => name !== "");
      const fresh = all.filter((name) => !imported.has(`${type}${name} ${from}`));
      for (const name of fresh) imported.add(`${type}${name} ${from}`);
      if (fresh.length === all.length) return statement;
      const lines = "\n".repeat(statement.split("\n").length - 1);
      return fresh.length === 0
        ? lines
        : `import ${type}{ ${fresh.join(", ")} } from ${from};${lines}`;
    },
  );
}

/** `notebooks/02_optimal_discriminator.ipynb` as `02_optimal_discriminator`. */
export function nameOf(path: string): string {
  return basename(path, ".ipynb");
}
