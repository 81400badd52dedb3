/**
 * Tables of a class as files: CSV, which a spreadsheet opens without running anything in it, and
 * JSON.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { writeAtomically } from "@/io/files.ts";
import { BYTE_ORDER_MARK } from "@/formats/text.ts";
import { type GradeRow, type GradesHead } from "./grades.ts";
import { daysLate } from "./lateness.ts";

/** A row of a table. */
export type TableRow = (string | number)[];

/**
 * The rows of `grades.csv`: one for each student, after the names of the columns.
 *
 * @param isLate Whether there was an end for anybody.
 */
export async function* gradesTable(
  { items }: GradesHead,
  rows: AsyncIterable<GradeRow>,
  isLate: boolean,
): AsyncGenerator<TableRow> {
  const parts = [...new Set(items.map(({ part }) => part))];
  yield ["student", "total", ...parts, ...isLate ? ["days late", "penalty"] : [], "status"];
  for await (const row of rows) {
    yield [
      row.student,
      row.total ?? "",
      ...parts.map((part) => row.parts[part] ?? ""),
      ...isLate
        ? [row.submission?.late ? daysLate(row.submission.late) : "", row.penalty ?? ""]
        : [],
      row.status,
    ];
  }
}

/**
 * How a text begins that a spreadsheet could take for a formula. Papa Parse's own pattern misses
 * those with a line break.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** Whether a spreadsheet could take a text for a formula. */
export function isFormula(text: string): boolean {
  return FORMULA.test(text);
}

/**
 * A table as text, beginning with a byte order mark: without it a spreadsheet reads names in an old
 * encoding. What a spreadsheet would take for a formula is marked as text by an additional '.
 */
export function csv(rows: TableRow[], delimiter = ","): string {
  return BYTE_ORDER_MARK + lines(rows, delimiter);
}

/** The same text, a row at a time. */
export async function* csvPieces(
  rows: AsyncIterable<TableRow>,
  delimiter = ",",
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK;
  for await (const row of rows) yield lines([row], delimiter);
}

function lines(rows: TableRow[], delimiter: string): string {
  const options = { escapeFormulae: FORMULA, newline: "\n", delimiter };
  return Papa.unparse(rows, options) + "\n";
}

/** A text without the mark that `csv` may have added. */
export function plain(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

/** Writes a text, which may come in pieces, whole or not at all. */
export async function writeText(
  path: string,
  text: string | Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  await writeAtomically(path, inBytes(typeof text === "string" ? [text] : text));
}

/** Writes a value as JSON, whole or not at all; a list in it may come element by element. */
export async function writeJson(path: string, value: object): Promise<void> {
  await writeText(path, jsonPieces(value));
}

/**
 * The text `JSON.stringify(value, null, 1)`, and a line break, in pieces: each element of a list in
 * a field is one, so that the grades of a large class are never there as one text. Such a list may
 * also be one whose elements come one after the other.
 */
export async function* jsonPieces(value: object): AsyncGenerator<string> {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (Array.isArray(value) || fields.length === 0) {
    return yield `${JSON.stringify(value, null, 1)}\n`;
  }
  const indented = (each: unknown, by: string) =>
    JSON.stringify(each, null, 1).replaceAll("\n", `\n${by}`);
  yield "{";
  for (const [i, [name, field]] of fields.entries()) {
    yield `${i === 0 ? "" : ","}\n ${JSON.stringify(name)}: `;
    if (!Array.isArray(field) && !isAsyncIterable(field)) {
      yield indented(field, " ");
      continue;
    }
    let isEmpty = true;
    for await (const each of field) {
      yield `${isEmpty ? "[" : ","}\n  ${indented(each, "  ")}`;
      isEmpty = false;
    }
    yield isEmpty ? "[]" : "\n ]";
  }
  yield "\n}\n";
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** How long a text is written at once, in characters. */
const PIECE = 65_536;

/** The bytes of a text that comes in pieces. */
export async function* inBytes(
  texts: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "";
  for await (const piece of texts) {
    text += piece;
    if (text.length < PIECE) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(text);
}
