/** What spreadsheets do to a table between opening and saving it. */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

export type Table = Record<string, string>[];

/** The rows of a table, by column. */
export function tableOf(text: string): Table {
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
}

/** As text again, with what a spreadsheet writes. */
export function textOf(table: Table, config: Papa.UnparseConfig = {}): string {
  return Papa.unparse(table, config);
}

/** In an encoding of one byte a letter; a letter that it lacks becomes `?`. */
export function inWindows1252(text: string): Uint8Array<ArrayBuffer> {
  const letters = new TextDecoder("windows-1252").decode(
    Uint8Array.from({ length: 256 }, (_, i) => i),
  );
  return Uint8Array.from(text, (letter) => {
    const byte = letters.indexOf(letter);
    return byte === -1 ? "?".charCodeAt(0) : byte;
  });
}

/** Names that look like numbers and dates are turned into them, as on opening a table. */
export function asTyped(text: string): string {
  if (/^0*\d+$/.test(text)) return String(Number(text));
  if (/^\d+e\d+$/i.test(text)) return String(Number(text));
  if (/^\d{1,2}-\d{1,2}$/.test(text)) {
    const [day, month] = text.split("-");
    return `${day.padStart(2, "0")}. ${["Jan", "Feb", "Mrz", "Apr"][Number(month) - 1] ?? month}`;
  }
  return text;
}
