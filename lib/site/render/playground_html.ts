/**
 * The page of the playground, as it is built: its words, its mathematics and a still picture. What
 * moves is added by its script (`lib/site/playground`).
 *
 * @module
 */
import { FORMULAS, type LossFormula, STEP_STAGES } from "@/site/playground/algorithm.ts";
import { type Lesson } from "@/site/playground/lesson.ts";
import { GLOSSARY } from "@/site/playground/glossary.ts";
import { LESSONS } from "@/site/playground/lessons.ts";
import { assetText } from "@/host/host.ts";
import { type PagePlace } from "./links.ts";
import { MarkdownRenderer } from "./markdown.ts";
import { type SiteFile, textFile } from "./page_files.ts";
import { pageHtml, type Shell } from "./template.ts";

/** Its name on the site. */
const PLAYGROUND_PAGE = "playground.html";

/** The picture, and where it comes from. */
const PICTURE = { path: "pictures/playground.jpg", width: 559, height: 559 };
const PICTURE_OF_PROJECT = new URL("../../../docs/images/playground.jpg", import.meta.url);

/** Its own rules, beside those of all pages. */
const SHEET = "style/playground.css";

/** The losses that a page begins with. */
const FIRST = new Set(["original", "nonSaturating"]);

/** The page, its style sheet and its picture. */
export async function playgroundFiles(
  shell: Pick<Shell, "root" | "style">,
  { book, place }: { book: string; place: PagePlace },
): Promise<SiteFile[]> {
  const markdown = new MarkdownRenderer(place);
  const line = (text: string) => markdown.line(text);
  const html = await pageHtml(
    {
      ...shell,
      style: `${shell.style}\n<link rel="stylesheet" href="${SHEET}">`,
      title: `Playground · ${book}`,
      description: "A generative adversarial net in which everything can be touched.",
      kind: "playground-page",
    },
    "playground",
    {
      book,
      picture: PICTURE.path,
      width: PICTURE.width,
      height: PICTURE.height,
      glossary: GLOSSARY.map(([word, text]) => [line(word), line(text)]),
      lessons: LESSONS.map((lesson) => lessonHtml(lesson, line)),
      stages: Object.entries(STEP_STAGES),
      formulas: FORMULAS.map((formula) => formulaPieces(formula, line)),
    },
  );
  return [
    textFile(PLAYGROUND_PAGE, html),
    textFile(SHEET, await assetText("lib/site/playground/playground.css")),
    { path: PICTURE.path, bytes: await Deno.readFile(PICTURE_OF_PROJECT) },
  ];
}

function lessonHtml(lesson: Lesson, line: (text: string) => string): object {
  const { id, title, question, choices, steps, answer, link } = lesson;
  return {
    id,
    title,
    question: line(question),
    choices: choices.map(line),
    steps: steps.map(({ text }) => withCharts(line(text))),
    answer: withCharts(line(answer)),
    href: `${link.notebook.replace(/\.ipynb$/, "")}.html#${link.anchor}`,
    text: link.text,
  };
}

/** Links to a chart lead to the numbers; the page's script finds the chart itself. */
function withCharts(html: string): string {
  return html.replace(/href="#chart-(\w+)"/g, 'href="#numbers" data-chart="$1"');
}

function formulaPieces({ player, loss, pieces }: LossFormula, line: (text: string) => string) {
  return {
    player,
    loss,
    first: FIRST.has(loss),
    pieces: pieces.map(([stage, tex]) => ({ stage, html: line(`$${tex}$`) })),
  };
}
