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
import { type ClassGrades } from "./class.ts";
import { daysLate } from "./lateness.ts";

/** `grades.csv`: a row for each student. */
export function tableOf({ items, students }: ClassGrades): (string | number)[][] {
  const parts = [...new Set(items.map(({ part }) => part))];
  const isLate = students.some(({ submission }) => submission?.late);
  return [
    ["student", "total", ...parts, ...isLate ? ["days late", "penalty"] : [], "status"],
    ...students.map((row) => [
      row.student,
      row.total ?? "",
      ...parts.map((part) => row.parts[part] ?? ""),
      ...isLate
        ? [row.submission?.late ? daysLate(row.submission.late) : "", row.penalty ?? ""]
        : [],
      row.status,
    ]),
  ];
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
export function csv(rows: (string | number)[][], delimiter = ","): string {
  const options = { escapeFormulae: FORMULA, newline: "\n", delimiter };
  return BYTE_ORDER_MARK + Papa.unparse(rows, options) + "\n";
}

/** A text without the mark that `csv` may have added. */
export function plain(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}

/** Writes a text whole or not at all. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(text));
}

/** Writes a value as JSON, whole or not at all. */
export async function writeJson(path: string, value: object): Promise<void> {
  await writeAtomically(path, inBytes(jsonPieces(value)));
}

/**
 * The text `JSON.stringify(value, null, 1)`, and a line break, in pieces: each element of a list
 * in a field is one, so that the grades of a large class are never there as one text.
 */
export function* jsonPieces(value: object): Generator<string> {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (Array.isArray(value) || fields.length === 0) {
    return yield `${JSON.stringify(value, null, 1)}\n`;
  }
  const indented = (each: unknown, by: string) =>
    JSON.stringify(each, null, 1).replaceAll("\n", `\n${by}`);
  yield "{";
  for (const [i, [name, field]] of fields.entries()) {
    yield `${i === 0 ? "" : ","}\n ${JSON.stringify(name)}: `;
    if (!Array.isArray(field) || field.length === 0) {
      yield indented(field, " ");
      continue;
    }
    for (const [j, each] of field.entries()) {
      yield `${j === 0 ? "[" : ","}\n  ${indented(each, "  ")}`;
    }
    yield "\n ]";
  }
  yield "\n}\n";
}

/** How long a text is written at once, in characters. */
const PIECE = 65_536;

function* inBytes(texts: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "";
  for (const piece of texts) {
    text += piece;
    if (text.length < PIECE) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(text);
}
