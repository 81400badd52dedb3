/**
 * Text and tables as HTML: no line ends within a word, as lines of plain text do in Jupyter, and
 * the decimal points of numbers are aligned. A table that is wider than its page scrolls sideways.
 *
 * @module
 */
import { type Table } from "@/plot/table.ts";
import { typeset } from "@/plot/typeset.ts";
import { escapeHtml } from "./figure_html.ts";

const WHOLE_WORDS = "word-break: normal; overflow-wrap: break-word";
const STYLE = "overflow-wrap: normal; word-break: normal; vertical-align: top";

export function textHtml(text: string): string {
  return `<div class="workbook-text" style="white-space: pre-wrap; ${WHOLE_WORDS}">${
    typeset(escapeHtml(text))
  }</div>`;
}

export function tableHtml({ headings, rows, numeric }: Table): string {
  const line = (cells: string[], tag: string) =>
    cells.map((text, i) => {
      // A header without a name is none.
      const own = tag === "th" && text === "" ? "td" : tag;
      const look = numeric[i]
        ? `text-align: right; font-variant-numeric: tabular-nums; ${STYLE}`
        : `text-align: left; ${STYLE}`;
      const wide = tag === "td" && (numeric[i] || text.length < 24) ? "; white-space: nowrap" : "";
      return `<${own} style="${look}${wide}">${
        typeset(escapeHtml(numeric[i] ? spaced(text) : text))
      }</${own}>`;
    }).join("");
  return [
    '<div style="overflow-x: auto" tabindex="0">',
    '<table style="table-layout: auto; width: auto">',
    `<thead><tr>${line(headings, "th")}</tr></thead>`,
    "<tbody>",
    ...rows.map((row) => `<tr>${line(row, "td")}</tr>`),
    "</tbody>",
    "</table>",
    "</div>",
  ].join("\n");
}

/** The spaces after a number as wide as the point and the digits that they stand for. */
function spaced(number: string): string {
  return number.replace(/ +$/, (spaces) => "\u2008" + "\u2007".repeat(spaces.length - 1));
}
