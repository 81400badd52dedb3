/**
 * Text of a stranger as HTML: Markdown with formulas, and nothing that could do or fetch anything.
 *
 * There are no links, pictures or tags, and no definitions of links, which would hide their text. A
 * formula that cannot be typeset is shown as it was written. An answer may be large, so there is a
 * limit to what is typeset.
 *
 * @module
 */
import MarkdownItDefault, { type MarkdownIt } from "markdown-it";
import { escapeHtml } from "@/notebook/figure_html.ts";
import { withMathematics } from "@/site/render/mathematics.ts";

/** So many formulas of one text are typeset, and none that is longer. */
const MOST_FORMULAS = 300;
const MOST_OF_A_FORMULA = 2_000;

/** Renders one text after the other. */
export class AnswerRenderer {
  readonly #markdown: MarkdownIt;
  #formulas = 0;

  constructor() {
    this.#markdown = new MarkdownItDefault({ html: false, breaks: true });
    this.#markdown.disable(["image", "link", "autolink", "reference"]);
    withMathematics(this.#markdown);
    const { rules } = this.#markdown.renderer;
    const typeset = rules.formula!;
    rules.formula = (...call) => {
      const [tokens, i] = call;
      const { content } = tokens[i];
      const written = `<code class="tex">${escapeHtml(content)}</code>`;
      if (++this.#formulas > MOST_FORMULAS || content.length > MOST_OF_A_FORMULA) return written;
      try {
        return typeset(...call);
      } catch {
        return written;
      }
    };
  }

  /** The HTML of a text. */
  html(text: string): string {
    this.#formulas = 0;
    return this.#markdown.render(text);
  }
}
