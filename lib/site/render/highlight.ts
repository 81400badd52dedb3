/**
 * Code with its colours: TypeScript as the page's editor colours it, since both go by the same
 * grammar and the same classes (`tok-keyword`, …).
 *
 * @module
 */
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser } from "@lezer/javascript";
import { escapeHtml } from "@/notebook/figure_html.ts";

const typescript = parser.configure({ dialect: "ts" });

/** TypeScript as HTML, with a `<span>` around what has a colour. */
export function codeHtml(code: string): string {
  let html = "";
  highlightCode(
    code,
    typescript.parse(code),
    classHighlighter,
    (text, classes) => {
      const escaped = escapeHtml(text);
      html += classes === "" ? escaped : `<span class="${classes}">${escaped}</span>`;
    },
    () => html += "\n",
  );
  return html;
}
