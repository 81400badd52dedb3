/**
 * What a reader is told about a prediction or an answer: a line with a coloured edge.
 *
 * @module
 */
import { type Bundle, display } from "@/notebook/display.ts";
import { escapeHtml } from "@/notebook/figure_html.ts";
import { IN_CELL } from "./in_cell.ts";

/** How a message stands out. */
export type Tone = "open" | "good" | "off";

/** A message to the reader. */
export interface Notice {
  tone: Tone;
  /** What it is about, in bold. */
  head: string;
  text: string;
  /** What to do in the cell, before the text; a page names its form instead. */
  inCell?: string;
  /** What the reader may open. */
  folded?: { summary: string; text: string };
}

const COLOURS = { open: "#888888", good: "#009E73", off: "#D55E00" };
const MARKS = { open: "…", good: "✓", off: "✗" };

/** Shows a message below the cell. */
export async function tell(message: Notice): Promise<void> {
  await display(noticeBundle(message));
}

/** A message as text and as HTML. Words between backticks are code. */
export function noticeBundle({ tone, head, text, inCell, folded }: Notice): Bundle {
  const marked = `${MARKS[tone]} ${head}`;
  const more = folded ? `\n${folded.summary}: ${folded.text}` : "";
  const details = folded
    ? `<details><summary>${prose(folded.summary)}</summary>${prose(folded.text)}</details>`
    : "";
  const asked = inCell && `<span class="${IN_CELL}">${prose(inCell)}</span>`;
  const said = [asked, prose(text)].filter(Boolean).join(" ");
  return {
    "text/plain": `${[`${marked}:`, inCell, text].filter(Boolean).join(" ")}${more}`,
    "text/html": `<div class="workbook-verdict" style="border-left: 4px solid ${COLOURS[tone]};
  padding: 0.4em 0.8em"><strong>${escapeHtml(marked)}:</strong> ${said}${details}</div>`,
  };
}

/** What a reader is told who has given several values where one is meant. */
export function tooMany(head: string, values: unknown[]): Notice {
  const [whole, part] = values;
  const text = values.length === 2 && Number.isInteger(whole) && Number.isInteger(part)
    ? `a number with decimals is written with a point: ${whole}.${part}.`
    : "points of a sketch stand in one more pair of brackets.";
  return {
    tone: "off",
    head,
    text: `one value is meant, and ${values.length} were given: ${text}`,
  };
}

function prose(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
