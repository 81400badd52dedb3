/**
 * A notebook as it comes back from a student: of any version, by way of any editor, mail program or
 * shell. What can be read is read; for the rest a message says what it is.
 *
 * @module
 */
import { decodeText } from "@/formats/text.ts";
import { type Cell, sourceOf } from "@/notebook/document.ts";
import { type Assignment } from "./assignment.ts";
import { gradeIdOf } from "./nbgrader.ts";

/** A cell of a submission. */
export interface HandedInCell extends Cell {
  /** Pictures that were pasted into it, by name. */
  attachments?: Record<string, unknown>;
}

/** Notebooks with more than this are not looked at. */
export const MAX_NOTEBOOK_BYTES = 10 * 2 ** 20;
const MAX_SOURCE = 1_000_000;
const MAX_CELLS = 2_000;
/** The most characters of a title that are shown. */
const MOST_TITLE = 80;

const NO_NOTEBOOK = "the file is no notebook";

/** How files of other kinds begin. */
const KINDS: [begins: RegExp, what: string][] = [
  [/^%PDF/, "it is a PDF document"],
  [/^PK\p{Cc}/u, "it is a zip archive or an office document"],
  [/^\p{Cc}\x8b/u, "it is a gzip archive"],
  [/^(Rar!|7z\xbc\xaf)/, "it is an archive"],
  [/^(\x89PNG|\xff\xd8\xff|GIF8)/, "it is a picture"],
  [/^\s*<(!doctype|html|\?xml)/i, "it is a web page"],
  [/^version https:\/\/git-lfs/, "it is a pointer of Git LFS and not the file"],
  [/^\0*$/, "it has null bytes only"],
];

/** The text of a file that should be a notebook, or why it is not one. */
export function notebookTextOf(bytes: Uint8Array): { text: string } | { problem: string } {
  if (bytes.length === 0) return { problem: `${NO_NOTEBOOK}: it is empty` };
  const begin = String.fromCharCode(...bytes.subarray(0, 200));
  const kind = KINDS.find(([begins]) => begins.test(begin));
  if (kind) return { problem: `${NO_NOTEBOOK}: ${kind[1]}` };
  const text = decodeText(bytes);
  return text === undefined ? { problem: `${NO_NOTEBOOK}: it is not text` } : { text };
}

/** The cells of a notebook, or why there are none. */
export function readCells(text: string): HandedInCell[] | string {
  const notebook = parse(text);
  if (typeof notebook === "string") return notebook;
  const found = cellsIn(notebook);
  if (!found) return `${NO_NOTEBOOK}: it has no cells`;
  if (found.length > MAX_CELLS) return `the notebook has more than ${MAX_CELLS} cells`;
  const cells = found.flatMap(cellOf);
  const size = cells.reduce((sum, cell) => sum + sourceOf(cell).length, 0);
  return size > MAX_SOURCE ? `the cells hold more than ${MAX_SOURCE} characters` : cells;
}

function parse(text: string): Record<string, unknown> | string {
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      return JSON.parse(asPythonReads(text));
    } catch {
      return problemOf(text, (error as Error).message);
    }
  }
}

/**
 * JSON as Python writes and people edit it: with NaN and the like, and a comma after the last item.
 */
function asPythonReads(text: string): string {
  return text.replaceAll(
    /("(?:[^"\\]|\\[\s\S]?)*(?:"|$))|,(?=\s*[\]}])|-?\b(?:NaN|Infinity)\b/g,
    (found, quoted) => quoted ?? (found === "," ? "" : "null"),
  );
}

function problemOf(text: string, message: string): string {
  if (/^<{7} /m.test(text) && /^>{7} /m.test(text)) {
    return "the notebook has the marks of a merge conflict (<<<<<<<, >>>>>>>)";
  }
  const at = Number(message.match(/position (\d+)/)?.[1]);
  const cut = /^Unexpected end|^Unterminated/.test(message) || at >= text.trimEnd().length;
  if (text.trimStart().startsWith("{") && cut) return "the notebook is cut off: its end is missing";
  return `${NO_NOTEBOOK}: it is not JSON`;
}

/** The list of cells, which format 3 has in a worksheet. */
function cellsIn(notebook: Record<string, unknown>): unknown[] | undefined {
  if (Array.isArray(notebook?.cells)) return notebook.cells;
  const sheets = notebook?.worksheets;
  if (!Array.isArray(sheets)) return undefined;
  return sheets.flatMap((sheet) => Array.isArray(sheet?.cells) ? sheet.cells : []);
}

function cellOf(found: unknown): HandedInCell[] {
  if (typeof found !== "object" || found === null) return [];
  const { cell_type, id, metadata, source, input, attachments } = found as
    & Record<string, unknown>
    & Cell;
  // Format 3 calls a code cell's source its input, and has headings, HTML and plain text as cells.
  const text = source ?? input;
  const lines = Array.isArray(text) ? text : [text];
  if (!lines.every((line) => typeof line === "string")) return [];
  const type = ["heading", "html"].includes(cell_type)
    ? "markdown"
    : ["code", "markdown"].includes(cell_type)
    ? cell_type
    : "raw"; // Whatever it is to an editor, its text is somebody's.
  const isObject = (value: unknown) => typeof value === "object" && value !== null;
  return [{
    cell_type: type,
    id: String(id),
    metadata: isObject(metadata) ? metadata : {},
    // Line ends of an editor on Windows, and of an old Macintosh.
    source: lines.join("").replaceAll(/\r\n?/g, "\n"),
    ...(isObject(attachments) ? { attachments: attachments as Record<string, unknown> } : {}),
  }];
}

/**
 * Whether cells have anything of an assignment: an identifier of one of its cells, or one of the
 * functions that students write. In a notebook with identifiers of another assignment, such a
 * function must be declared.
 */
export function isOfAssignment(cells: Cell[], { notebook, functions }: Assignment): boolean {
  const own = new Set(notebook.cells.map(gradeIdOf));
  const ids = cells.map(gradeIdOf).filter((id) => id !== undefined);
  if (ids.some((id) => own.has(id))) return true;
  const before = ids.length > 0 ? "(?:function|const|let|var)\\s+" : "";
  const names = new RegExp(`\\b${before}(?:${functions.join("|")})\\b`);
  return cells.some((cell) => cell.cell_type === "code" && names.test(sourceOf(cell)));
}

/** Says that a notebook was made for something else; undefined if it may be the assignment's. */
export function ofAnotherAssignment(cells: Cell[], assignment: Assignment): string | undefined {
  if (isOfAssignment(cells, assignment)) return undefined;
  const lines = cells.filter(({ cell_type }) => cell_type === "markdown")
    .flatMap((cell) => sourceOf(cell).split("\n"));
  const title = lines.find((line) => /^#+ /.test(line))?.replace(/^#+ /, "").slice(0, MOST_TITLE);
  return `the notebook has nothing of ${assignment.name} in it${title ? `: it is "${title}"` : ""}`;
}
