/**
 * Notebooks as files: the .ipynb format, its cells, and the one program that they make.
 *
 * A cell's number is its place among the code cells, from 1: the number that Jupyter writes beside
 * it, In [n], after a run from the top.
 *
 * Source: nbformat 4.5, https://nbformat.readthedocs.io
 *
 * @module
 */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";

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

/** What a cell has shown, as far as it is looked at here. */
export interface Output {
  output_type: "display_data" | "execute_result" | "stream" | "error";
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  name?: string;
  text?: string | string[];
}

/** A place in a notebook, for messages. */
export interface Place {
  cell: number;
  /** Line of the cell, from 1. */
  line: number;
  /** What is written there. */
  source: string;
}

/** The code cells, one after another, as a module. */
export interface Program {
  text: string;
  /** Where a line of `text`, from 1, stands in the notebook. */
  locate(line: number): Place | undefined;
}

/** Metadata that the notebooks have, and nothing else: editors like to add what changes often. */
export const METADATA = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: { file_extension: ".ts", mimetype: "text/x.typescript", name: "typescript" },
};

/**
 * Reads a notebook.
 *
 * @throws {TypeError} If the text is no notebook of format 4.5.
 */
export function parseNotebook(text: string, path: string): Notebook {
  const refuse = (rule: string, found: unknown): never => {
    throw new TypeError(`Cannot read ${path}: ${rule}, got ${Deno.inspect(found)}`);
  };
  let notebook: Notebook;
  try {
    notebook = JSON.parse(text);
  } catch (error) {
    return refuse("a notebook is JSON", (error as Error).message);
  }
  const format = `${notebook?.nbformat}.${notebook?.nbformat_minor}`;
  if (format !== "4.5") refuse("it must be of nbformat 4.5", format);
  if (!Array.isArray(notebook.cells)) refuse("it must have a list of cells", notebook.cells);
  const ids = new Set<string>();
  for (const [i, cell] of notebook.cells.entries()) {
    const rule = (what: string) => `${what} (item ${i + 1} of its list of cells)`;
    if (!["code", "markdown", "raw"].includes(cell.cell_type)) {
      refuse(rule("a cell is code, markdown or raw"), cell.cell_type);
    }
    const { source } = cell;
    if (typeof source !== "string" && !Array.isArray(source)) {
      refuse(rule("a cell's source is text or lines"), source);
    }
    if (typeof cell.id !== "string" || !/^[\w-]{1,64}$/.test(cell.id)) {
      refuse(rule("a cell has an id of 1 to 64 letters, digits, - or _"), cell.id);
    }
    if (ids.has(cell.id)) refuse(rule("no two cells have the same id"), cell.id);
    ids.add(cell.id);
  }
  return notebook;
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
 * The notebook as it is kept: no outputs, no run numbers, no editor's metadata. What nbgrader says of
 * a cell is the author's and stays.
 */
export function stripped(notebook: Notebook): Notebook {
  const cells = notebook.cells.map(({ cell_type, id, source, metadata: { nbgrader } }): Cell => {
    const metadata = nbgrader === undefined ? {} : { nbgrader };
    return cell_type === "code"
      ? { cell_type, execution_count: null, id, metadata, outputs: [], source }
      : { cell_type, id, metadata, source };
  });
  return { cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 };
}

/** What in a notebook as it is kept breaks a rule, a line each. */
export function offences(notebook: Notebook): string[] {
  const found: string[] = [];
  const run = cellsWithOutputs(notebook);
  if (run.length > 0) {
    const what = run.length === 1 ? `cell ${run[0]} has` : `cells ${run.join(", ")} have`;
    found.push(`${what} outputs; deno task notebooks --strip removes them`);
  } else {
    const own = ({ metadata, cells }: Notebook) => [metadata, cells.map((cell) => cell.metadata)];
    if (!isDeepStrictEqual(own(notebook), own(stripped(notebook)))) {
      found.push("it has an editor's metadata; deno task notebooks --strip removes them");
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
      if (/(?<!await |=> |return )\b(show|liveFigure|checkAnswer)\(/.test(line)) {
        found.push(`${place}: the kernel can lose what is not awaited; use await`);
      }
    });
  }
  return found;
}

/**
 * The code cells, or the first so many, as one module. Imports need no moving: a module hoists them. A
 * name that several cells import from one place is imported once: the kernel takes it each time, a
 * module does not.
 */
export function programOf(notebook: Notebook, cells?: number): Program {
  const imported = new Set<string>();
  const lines: string[] = [];
  const places: (Place | undefined)[] = [];
  const add = (line: string, place?: Place) => {
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
