/**
 * Tables: columns of words and numbers in, aligned text out.
 *
 * @module
 */
import { alignedNumbers, numberAlone } from "./typeset.ts";

/** Columns by their heading, which includes the unit. All are equally long. */
export interface Table {
  /** The heading of each column. */
  headings: string[];
  /** The text of each cell, row by row. */
  rows: string[][];
  /** Columns of numbers, which align right; spaces after a number align the decimal points. */
  numeric: boolean[];
}

/**
 * A table of columns. Numbers are written to about four digits, each column with the same decimals.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { table, tableText } from "@/plot/table.ts";
 *
 * const losses = table({ "D says": ["1/2", "1"], "loss of D, nats": [2 * Math.LN2, 0] });
 * assertEquals(tableText(losses), "D says  loss of D, nats\n1/2               1.386\n1                 0");
 * ```
 *
 * @throws {TypeError} If the columns differ in length.
 */
export function table(columns: Record<string, ArrayLike<string | number>>): Table {
  const headings = Object.keys(columns);
  const values = Object.values(columns);
  const length = values[0]?.length ?? 0;
  for (const [i, column] of values.entries()) {
    if (column.length !== length) {
      throw new TypeError(
        `Cannot make a table: "${headings[i]}" must be as long as "${
          headings[0]
        }", ${length}, got ${column.length}`,
      );
    }
  }
  const numeric = values.map((column) =>
    Array.from(column).every((value) => typeof value === "number")
  );
  const texts = values.map((column, i) =>
    numeric[i] ? alignedNumbers(column as ArrayLike<number>) : Array.from(column, cell)
  );
  return {
    headings,
    numeric,
    rows: Array.from({ length }, (_, row) => texts.map((column) => column[row])),
  };
}

/** The table as lines of text. */
export function tableText({ headings, rows, numeric }: Table): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map((line) =>
    line.map((text, i) => numeric[i] ? text.padStart(widths[i]) : text.padEnd(widths[i]))
      .join("  ").trimEnd()
  ).join("\n");
}

/** A cell of a column that has words as well. */
function cell(value: string | number): string {
  return typeof value === "string" ? value : numberAlone(value);
}
