/**
 * Mathematics, typeset when a page is made: KaTeX writes HTML for the eye and MathML for screen
 * readers, and the page needs no script for either.
 *
 * In Markdown a formula stands between `$…$`, `$$…$$`, `\(…\)` or `\[…\]`, or is an environment
 * (`\begin{aligned}…\end{aligned}`). As elsewhere, a dollar that is followed by a space or closed
 * before a digit is a dollar, and so is `\$`.
 *
 * @module
 */
import katex from "katex";
import { type MarkdownIt, type StateBlock, type StateInline } from "markdown-it";
import { escapeHtml } from "@/notebook/figure_html.ts";

/** A formula that cannot be typeset. */
export class FormulaError extends Error {
  override name = "FormulaError";
}

/**
 * A formula as HTML.
 *
 * @throws {FormulaError} If KaTeX cannot read it.
 */
function formulaHtml(tex: string, display: boolean): string {
  try {
    return katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "error",
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FormulaError(`Cannot typeset the formula ${tex.trim()}: ${why}`);
  }
}

/** A formula as the characters of a line: `p_\text{data}` as "pdata". */
export function formulaText(tex: string): string {
  const mathml = katex.renderToString(tex, { output: "mathml", throwOnError: false });
  return mathml.replace(/<annotation[\s\S]*<\/annotation>/, "").replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Teaches a Markdown parser mathematics. Its tokens are `formula`, with the TeX as their content. */
export function withMathematics(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("escape", "formula", inlineFormula);
  markdown.block.ruler.before("fence", "formula", blockFormula, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  markdown.renderer.rules.formula = (tokens, i) => {
    const { content, markup, block, meta } = tokens[i];
    const display = markup === "display";
    const html = formulaHtml(content, display);
    if (meta?.named !== undefined) {
      return `<span class="unseen">${
        escapeHtml(String(meta.named))
      }</span><span aria-hidden="true">${html}</span>`;
    }
    if (!display) return html;
    // It scrolls where it is wider than the page, also by keys.
    const tag = block ? "div" : "span";
    return `<${tag} class="formula" tabindex="0" role="group" aria-label="Formula">${html}</${tag}>`;
  };
}

/** What opens a formula, what closes it, and whether it has a line of its own. */
const FENCES = [
  { open: "$$", close: "$$", display: true },
  { open: "$", close: "$", display: false },
  { open: "\\(", close: "\\)", display: false },
  { open: "\\[", close: "\\]", display: true },
];

/** The formula that begins at a place of a text; where it ends. */
function formulaAt(text: string, at: number) {
  const environment = /^\\begin\{([a-z]+\*?)\}/.exec(text.slice(at, at + 40));
  if (environment) {
    const close = `\\end{${environment[1]}}`;
    const end = text.indexOf(close, at) + close.length;
    return end < close.length ? undefined : { tex: text.slice(at, end), end, display: true };
  }
  for (const { open, close, display } of FENCES) {
    if (!text.startsWith(open, at)) continue;
    const from = at + open.length;
    const to = closing(text, from, close);
    if (to === -1) continue;
    const tex = text.slice(from, to);
    if (tex.trim() === "") continue;
    const end = to + close.length;
    if (open === "$" && (/^\s|\s$/.test(tex) || /\d/.test(text[end] ?? ""))) continue;
    return { tex, end, display };
  }
  return undefined;
}

/** Where a formula is closed; a dollar with a backslash does not close it. */
function closing(text: string, from: number, close: string): number {
  let at = text.indexOf(close, from);
  while (at !== -1 && close[0] === "$" && text[at - 1] === "\\") {
    at = text.indexOf(close, at + 1);
  }
  return at;
}

function inlineFormula(state: StateInline, silent: boolean): boolean {
  if (!"$\\".includes(state.src[state.pos])) return false;
  const found = formulaAt(state.src, state.pos);
  if (!found) return false;
  if (!silent) {
    const token = state.push("formula", "", 0);
    token.content = found.tex;
    token.markup = found.display ? "display" : "inline";
  }
  state.pos = found.end;
  return true;
}

/** A displayed formula with its lines to itself: within, no line begins a list. */
function blockFormula(state: StateBlock, first: number, last: number, silent: boolean): boolean {
  const start = state.bMarks[first] + state.tShift[first];
  if (!/^(\$\$|\\\[|\\begin\{)/.test(state.src.slice(start, start + 8))) return false;
  let line = first;
  for (; line < last && (line === first || !state.isEmpty(line)); line++) {
    const text = state.getLines(first, line + 1, state.blkIndent, false).trim();
    const found = formulaAt(text, 0);
    if (!found?.display) continue;
    if (found.end !== text.length) return false;
    if (silent) return true;
    const token = state.push("formula", "", 0);
    Object.assign(token, { content: found.tex, markup: "display", block: true });
    token.map = [first, line + 1];
    state.line = line + 1;
    return true;
  }
  return false;
}
