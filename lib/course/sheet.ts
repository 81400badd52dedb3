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
 * @param kept What is to be kept of a row.
 * @throws {RangeError} If it cannot be read for certain.
 */
export function readSheet(
  bytes: Uint8Array,
  path: string,
  own: Record<string, boolean>,
  kept: (row: SheetRow, others: string[]) => SheetRow = (row) => row,
): Sheet {
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
  const columns = header(delimiter);
  const others = columns.filter((name) => name !== "" && !(name in own));
  const twice = columns.find((name, i) => name !== "" && columns.indexOf(name) !== i);
  const rows: SheetRow[] = [];
  const take = (row: SheetRow) => rows.push(kept(row, others));
  const problem = eachRow(text, { columns, delimiter, first: hint ? 2 : 1, twice }, take);
  if (problem) refuse(problem);
  return { delimiter, others, rows };
}

/** How the text of a table is to be read. */
interface Layout {
  columns: string[];
  delimiter: string;
  /** The number of the row with the names of the columns. */
  first: number;
  /** A column that is there twice. */
  twice?: string;
}

/**
 * Goes over the rows of a table, one after the other: that of a large class is never there as cells.
 * The first problem that is found, if there is one.
 */
function eachRow(
  text: string,
  { columns, delimiter, first, twice }: Layout,
  take: (row: SheetRow) => void,
): string | undefined {
  let count = 0;
  let [quotes, beyond]: (string | undefined)[] = [];
  const step = ({ data: cells, errors }: Papa.ParseStepResult<string[]>) => {
    const number = count++ + first;
    if (errors.some(({ type }) => type === "Quotes")) {
      quotes ??= `row ${count} has a quotation mark too many or too few`;
    }
    if (count === 1 || !cells.some((cell) => cell.trim() !== "")) return;
    const more = cells.slice(columns.length).find((cell) => cell.trim() !== "");
    beyond ??= more &&
      `row ${number} has more cells than there are columns, the last is ${
        JSON.stringify(more)
      }; a text with a "${delimiter}" in it must be in quotation marks`;
    take({
      number,
      cells: Object.fromEntries(columns.map((name, i) => [name, plain(cells[i] ?? "")])),
    });
  };
  Papa.parse<string[]>(text, { delimiter, step });
  return quotes ?? (twice && `it has two columns ${twice}`) ?? beyond;
}
