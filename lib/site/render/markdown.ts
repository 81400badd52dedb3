/**
 * Markdown of a notebook as HTML, and what is said in it.
 *
 * @module
 */
import MarkdownItDefault, { type MarkdownIt, type Token } from "markdown-it";
import { escapeHtml } from "@/notebook/figure_html.ts";
import { codeHtml } from "./highlight.ts";
import { type PagePlace, slug, targetOf } from "./links.ts";
import { formulaText, withMathematics } from "./mathematics.ts";
import { allowedHtml } from "./tags.ts";

/** A heading of a page. */
export interface Heading {
  level: number;
  id: string;
  /** Its text with formulas and code, and without links. */
  html: string;
  text: string;
}

/** Text below a heading, without markup; what is before the first heading has none. */
export interface Passage {
  heading?: Heading;
  text: string;
}

/** What Markdown has become. */
export interface Rendered {
  html: string;
  /** One passage for each heading, in order, and one before the first if there is text. */
  passages: Passage[];
}

/** Pictures that a cell carries with it, by their names: Jupyter's attachments. */
export type Attachments = Record<string, Record<string, string>>;

/** Renders the Markdown of one notebook, so that no two headings have the same id. */
export class MarkdownRenderer {
  readonly #markdown: MarkdownIt;
  readonly #ids: Set<string>;
  #attachments: Attachments = {};

  /** @param taken Ids that no heading may have. */
  constructor(place: PagePlace, taken: Iterable<string> = []) {
    this.#ids = new Set(taken);
    const highlight = (code: string, language: string) =>
      /^(ts|typescript|js|javascript)$/.test(language) ? codeHtml(code) : "";
    this.#markdown = new MarkdownItDefault({ html: true, highlight });
    withMathematics(this.#markdown);
    withLinks(this.#markdown, place, (name) => this.#attachments[name]);
    withLooks(this.#markdown);
  }

  /**
   * @throws {FormulaError} If a formula cannot be typeset.
   */
  render(source: string, attachments: Attachments = {}): Rendered {
    this.#attachments = attachments;
    const tokens = this.#markdown.parse(source, {});
    const passages = this.#passages(tokens);
    nameHeaders(tokens);
    return { html: this.#markdown.renderer.render(tokens, this.#markdown.options, {}), passages };
  }

  /** A line of Markdown without a paragraph around it. */
  line(source: string): string {
    return this.#markdown.renderInline(source);
  }

  /** Names the headings, and collects the text below each. */
  #passages(tokens: Token[]): Passage[] {
    const passages: Passage[] = [];
    tokens.forEach((token, i) => {
      if (token.type === "heading_open") {
        const [inline, level] = [tokens[i + 1], Number(token.tag.slice(1))];
        const heading = { level, ...this.#heading(inline) };
        if (level > 1) token.attrSet("id", heading.id);
        passages.push({ heading, text: "" });
        return;
      }
      const said = tokens[i - 1]?.type === "heading_open" ? "" : plainText(token);
      if (said === "") return;
      if (passages.length === 0) passages.push({ text: "" });
      const last = passages[passages.length - 1];
      last.text = last.text === "" ? said : `${last.text} ${said}`;
    });
    return passages;
  }

  #heading(inline: Token): Omit<Heading, "level"> {
    const children = (inline.children ?? []).filter(({ type }) => !type.startsWith("link_"));
    const text = plainText(inline);
    const plain = slug(text);
    let id = plain;
    for (let n = 2; this.#ids.has(id); n++) id = `${plain}-${n}`;
    this.#ids.add(id);
    const html = this.#markdown.renderer.renderInline(children, this.#markdown.options, {});
    return { id, html, text };
  }
}

/** What a token says, formulas in characters, without markup. */
function plainText(token: Token): string {
  if (token.type === "formula") return formulaText(token.content);
  if (token.type === "inline") {
    return token.children!.map((child) =>
      child.type === "softbreak" || child.type === "hardbreak" ? " " : plainText(child)
    ).join("").trim();
  }
  return ["text", "code_inline", "image"].includes(token.type) ? token.content : "";
}

function withLinks(
  markdown: MarkdownIt,
  place: PagePlace,
  attached: (name: string) => Record<string, string> | undefined,
): void {
  const { rules } = markdown.renderer;
  rules.link_open = (tokens, i) => {
    const target = targetOf(written(tokens[i], "href"), place);
    if ("file" in target) return "";
    const title = written(tokens[i], "title");
    return `<a href="${escapeHtml(target.href)}"${title ? ` title="${escapeHtml(title)}"` : ""}>`;
  };
  rules.link_close = (tokens, i) => {
    const target = targetOf(written(opening(tokens, i), "href"), place);
    return "file" in target ? ` (<code>${escapeHtml(target.file)}</code>)` : "</a>";
  };
  rules.image = (tokens, i) => {
    const source = written(tokens[i], "src");
    const alt = escapeHtml(tokens[i].content);
    const named = attached(decodeURI(source.replace(/^attachment:/, "")));
    if (source.startsWith("attachment:") && named) {
      const [[type, data]] = Object.entries(named);
      return `<img src="data:${escapeHtml(type)};base64,${escapeHtml(data)}" alt="${alt}">`;
    }
    const target = targetOf(source, place);
    return "file" in target
      ? `${alt} (<code>${escapeHtml(target.file)}</code>)`
      : `<img src="${escapeHtml(target.href)}" alt="${alt}" loading="lazy">`;
  };
}

/**
 * Headers of tables that are read aloud: one that is empty is no header, and one that is a formula
 * alone has its characters as text, since MathML gives a header no name.
 */
function nameHeaders(tokens: Token[]): void {
  tokens.forEach((token, i) => {
    if (token.type !== "th_open") return;
    const children = tokens[i + 1].children!;
    if (children.length === 0) return [token, tokens[i + 2]].forEach((own) => own.tag = "td");
    if (children.some(({ type }) => type !== "formula")) return;
    for (const child of children) child.meta = { named: formulaText(child.content) };
  });
}

/** An attribute of a token; empty if it has none. */
function written(token: Token, name: string): string {
  return String(token.attrGet(name) ?? "");
}

/** The token that opens the link that token i closes. */
function opening(tokens: Token[], i: number): Token {
  let at = i - 1;
  while (tokens[at].type !== "link_open") at--;
  return tokens[at];
}

/** Headings with links to themselves, tables and code that scroll, and no HTML but what is allowed. */
function withLooks(markdown: MarkdownIt): void {
  const { rules } = markdown.renderer;
  const linked = (tokens: Token[], i: number) =>
    tokens[i + 1].children!.some(({ type }) => type === "link_open");
  rules.heading_open = (tokens, i) => {
    const id = tokens[i].attrGet("id");
    if (!id) return `<${tokens[i].tag}>`;
    const anchor = linked(tokens, i) ? "" : `<a class="anchor" href="#${id}">`;
    return `<${tokens[i].tag} id="${id}">${anchor}`;
  };
  rules.heading_close = (tokens, i) => {
    const own = tokens[i].tag !== "h1" && !linked(tokens, i - 2);
    return `${own ? "</a>" : ""}</${tokens[i].tag}>\n`;
  };
  rules.table_open = () =>
    '<div class="table" tabindex="0" role="group" aria-label="Table"><table>\n';
  rules.table_close = () => "</table></div>\n";
  for (const rule of ["html_inline", "html_block"]) {
    rules[rule] = (tokens, i) => allowedHtml(tokens[i].content);
  }
  const fence = rules.fence!;
  rules.fence = (...call) => fence(...call).replace("<pre>", '<pre tabindex="0">');
  const block = rules.code_block!;
  rules.code_block = (...call) => block(...call).replace("<pre>", '<pre tabindex="0">');
}
