/**
 * The cells of a notebook as HTML.
 *
 * A page of the site says in `data-…` attributes what its scripts need: which cell this is, what it
 * asks of the reader, which file has a figure. Outputs that answer a prediction are folded there, so
 * that a reader can make one first. A page that is a single file shows what Jupyter has shown.
 *
 * @module
 */
import { type Cell, isChecks, type Notebook, sourceOf } from "@/notebook/document.ts";
import { CHECKS_TITLE } from "@/notebook/checks.ts";
import { escapeHtml } from "@/notebook/figure_html.ts";
import { QUESTIONS } from "@/learner/exercises/mod.ts";
import { notebookOf, type Prediction } from "@/learner/questions.ts";
import { withForms, withoutKernel } from "./book.ts";
import { type SiteFile } from "./page_files.ts";
import { codeHtml } from "./highlight.ts";
import { type PagePlace } from "./links.ts";
import { type Attachments, type Heading, MarkdownRenderer, type Passage } from "./markdown.ts";
import { OutputWriter } from "./output_html.ts";

/** A notebook's cells, and what the rest of its page needs to know of them. */
export interface NotebookHtml {
  html: string;
  headings: Heading[];
  passages: Passage[];
  /** Pictures and figures beside the page. */
  files: SiteFile[];
  /** Bytes of the pictures that are fetched with the page. */
  eager: number;
}

/**
 * The cells of an executed notebook.
 *
 * @param about.number The notebook's on the site, "02"; undefined for a page that is a single file.
 * @throws {Error} If Markdown has a formula that cannot be typeset; the message names the cell.
 */
export async function notebookHtml(
  { cells }: Notebook,
  { name, place, number }: { name: string; place: PagePlace; number?: string },
): Promise<NotebookHtml> {
  const markdown = new MarkdownRenderer(place, [...IDS_OF_PAGES, ...cells.map(({ id }) => id)]);
  const outputs = new OutputWriter((source) => markdown.render(source).html, number);
  const [parts, passages]: [string[], Passage[]] = [[], []];
  let code = 0;
  for (const [i, cell] of cells.entries()) {
    try {
      if (cell.cell_type === "code") {
        parts.push(await codeCell(cell, ++code, outputs, number !== undefined));
      } else if (cell.cell_type === "markdown") {
        const { attachments } = cell as Cell & { attachments?: Attachments };
        const source = sourceOf(cell);
        const text = number === undefined
          ? source
          : withForms(i === 0 ? withoutKernel(source) : source);
        const rendered = markdown.render(text, attachments);
        passages.push(...rendered.passages);
        parts.push(`<section class="cell markdown" id="${cell.id}">\n${rendered.html}</section>`);
      }
    } catch (cause) {
      throw new Error(
        `Cannot make a page of ${name}, item ${i + 1} of its cells (id ${cell.id}): ${
          (cause as Error).message
        }`,
        { cause },
      );
    }
  }
  return {
    html: parts.join("\n"),
    headings: passages.flatMap(({ heading }) => heading ?? []),
    passages,
    files: outputs.files,
    eager: outputs.eagerBytes,
  };
}

/** Ids that the templates give, and scripts look for. */
const IDS_OF_PAGES = ["notebook", "run-bar", "tools", "ipynb", "found"];

/** A code cell. */
async function codeCell(
  cell: Cell,
  number: number,
  outputs: OutputWriter,
  onSite: boolean,
): Promise<string> {
  const source = sourceOf(cell);
  const checks = isChecks(cell);
  const code = `<div class="source"><pre tabindex="0"><code>${codeHtml(source)}</code></pre></div>`;
  const revealed = onSite ? asked(source, "reveal")[0] : undefined;
  const shown = await outputs.html(cell, revealed !== undefined);
  const folded = revealed !== undefined && shown !== "" ? afterPrediction(revealed, shown) : shown;
  return [
    `<section class="cell code${checks ? " checks" : ""}" id="${cell.id}" data-cell="${cell.id}" ` +
    `data-number="${number}"${onSite ? questionsOf(source) : ""}>`,
    checks ? `<details class="checks"><summary>${CHECKS_TITLE}</summary>${code}</details>` : code,
    `<div class="outputs">${folded}</div>`,
    "</section>",
  ].join("\n");
}

/** The questions that a cell's calls of a function name, each once. */
function asked(source: string, call: "predict" | "reveal" | "answer"): string[] {
  const calls = source.matchAll(new RegExp(`\\b${call}\\(\\s*"([^"]+)"`, "g"));
  return [...new Set([...calls].map(([, id]) => id))];
}

function questionOf(id: string): Prediction | undefined {
  return QUESTIONS[notebookOf(id)]?.predictions[id];
}

/** What a cell asks, for the forms that scripts make of it. Keys stay out of it. */
function questionsOf(source: string): string {
  const questions = asked(source, "predict").flatMap((id) => {
    const question = questionOf(id);
    return question ? [{ id, ...openly(question) }] : [];
  });
  const exercises = asked(source, "answer");
  const attribute = (name: string, list: unknown[]) =>
    list.length === 0 ? "" : ` data-${name}="${escapeHtml(JSON.stringify(list))}"`;
  return attribute("questions", questions) + attribute("exercises", exercises);
}

/** What may be read before a prediction is made: not how near it has to be. */
function openly(question: Prediction): object {
  const { asks, kind } = question;
  if (kind === "choice") return { asks, kind, choices: question.choices };
  if (kind === "sketch") return { asks, kind, x: question.x, y: question.y };
  return { asks, kind, between: question.between, unit: question.unit };
}

function afterPrediction(id: string, shown: string): string {
  const question = questionOf(id);
  const asks = question ? `: ${escapeHtml(question.asks)}` : "";
  return `<details class="after-prediction" data-prediction="${escapeHtml(id)}">` +
    `<summary><strong>Predict first.</strong> Then open the result${asks}</summary>\n${shown}\n</details>`;
}
