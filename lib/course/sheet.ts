/**
 * A table as a spreadsheet saves it: with commas, semicolons or tabs between its cells, in one of
 * Unicode's encodings, with its columns in any order. What cannot be read for certain is refused:
 * nothing is guessed.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";
import { decodeText } from "@/formats/text.ts";
import { plain } from "./tables.ts";

/** A table. */
export interface Sheet {
  /** Columns that are not the table's own, in their order. */
  others: string[];
  rows: SheetRow[];
  /** What stands between its cells. */
  delimiter: string;
}

export interface SheetRow {
  /** Its number in a spreadsheet, where the names of the columns are in row 1. */
  number: number;
  /** By column; empty for a cell that is not there. */
  cells: Record<string, string>;
}

const DELIMITERS = [",", ";", "\t"];

/** How to get a file that can be read. */
const SAVE_AS_UTF8 =
  'save it as "CSV UTF-8" (in LibreOffice: Text CSV, character set UTF-8) and run the same command again';

/**
 * Reads a table.
 *
 * @param own Its columns; those with `true` it must have.
 * @throws {RangeError} If it cannot be read for certain.
 */
export function readSheet(bytes: Uint8Array, path: string, own: Record<string, boolean>): Sheet {
  const refuse = (reason: string): never => {
    throw new RangeError(`Cannot read ${path}: ${reason}`);
  };
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    refuse(`it is a workbook and no CSV; ${SAVE_AS_UTF8}`);
  }
  const decoded = decodeText(bytes);
  if (decoded === undefined) {
    return refuse(`it must be UTF-8, and was saved in another encoding; ${SAVE_AS_UTF8}`);
  }
  // Excel writes and reads such a first line.
  const hint = decoded.match(/^sep=(.)\r?\n/);
  const text = hint ? decoded.slice(hint[0].length) : decoded;
  // `Points ` is the column `points`; what is not the table's own stays as it is written.
  const columnName = (text: string) => {
    const name = text.trim().toLowerCase();
    return name in own ? name : text.trim();
  };
  const required = Object.keys(own).filter((name) => own[name]);
  const header = (delimiter: string) =>
    (Papa.parse<string[]>(text, { delimiter, preview: 1 }).data[0] ?? []).map(columnName);
  const delimiter = DELIMITERS.find((each) =>
    required.every((name) => header(each).includes(name))
  );
  if (delimiter === undefined) {
    const first = text.split(/\r?\n|\r/, 1)[0].slice(0, 100);
    return refuse(
      `its first row must name the columns ${required.join(", ")}, in English, got ${
        JSON.stringify(first)
      }`,
    );
  }
  const { data, errors } = Papa.parse<string[]>(text, { delimiter });
  const quotes = errors.find(({ type }) => type === "Quotes");
  if (quotes) refuse(`row ${(quotes.row ?? 0) + 1} has a quotation mark too many or too few`);
  const columns = header(delimiter);
  const twice = columns.find((name, i) => name !== "" && columns.indexOf(name) !== i);
  if (twice) refuse(`it has two columns ${twice}`);
  const offset = hint ? 2 : 1;
  const rows = data.map((cells, i) => ({ cells, number: i + offset })).slice(1)
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  for (const { cells, number } of rows) {
    const beyond = cells.slice(columns.length).find((cell) => cell.trim() !== "");
    if (beyond !== undefined) {
      refuse(
        `row ${number} has more cells than there are columns, the last is ${
          JSON.stringify(beyond)
        }; a text with a "${delimiter}" in it must be in quotation marks`,
      );
    }
  }
  return {
    delimiter,
    others: columns.filter((name) => name !== "" && !(name in own)),
    rows: rows.map(({ cells, number }) => ({
      number,
      cells: Object.fromEntries(columns.map((name, i) => [name, plain(cells[i] ?? "")])),
    })),
  };
}
