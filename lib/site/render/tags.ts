/**
 * The HTML that may stand in Markdown: tags that set text, with the few attributes that they need.
 * All else, a script or a handler above all, is shown as it is written.
 *
 * @module
 */
import { escapeHtml } from "@/notebook/figure_html.ts";

const TAGS = new Set([
  ...["b", "blockquote", "br", "center", "code", "dd", "details", "div", "dl", "dt", "em", "h2"],
  ...["h3", "h4", "hr", "i", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong"],
  ...["sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"],
]);

const ATTRIBUTES = new Set(["align", "colspan", "open", "rowspan", "scope", "start", "title"]);

const TAG =
  /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/g;
const ATTRIBUTE = /([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

/** Markup as it may stand on a page. */
export function allowedHtml(html: string): string {
  let [allowed, at] = ["", 0];
  for (const found of html.matchAll(TAG)) {
    allowed += shown(html.slice(at, found.index)) + tagHtml(found);
    at = found.index + found[0].length;
  }
  return allowed + shown(html.slice(at));
}

/** Text between tags, whose entities stay. */
function shown(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function tagHtml([whole, closes, name, attributes]: RegExpMatchArray): string {
  if (name === undefined) return "";
  const tag = name.toLowerCase();
  if (!TAGS.has(tag)) return escapeHtml(whole);
  if (closes) return `</${tag}>`;
  const kept = [...attributes.matchAll(ATTRIBUTE)]
    .filter(([, own]) => ATTRIBUTES.has(own.toLowerCase()))
    .map(([, own, a, b, c]) => ` ${own.toLowerCase()}="${escapeHtml(a ?? b ?? c ?? "")}"`);
  return `<${tag}${kept.join("")}>`;
}
