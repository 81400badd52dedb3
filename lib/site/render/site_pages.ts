/**
 * All pages of the site, from executed notebooks: the notebooks, the front page, their pictures and
 * figures, the style sheet with its fonts, and the search index. Nothing is written here.
 *
 * @module
 */
import MiniSearch from "minisearch";
import { nameOf, type Notebook, stripped } from "@/notebook/document.ts";
import { scriptJson } from "@/plot/plotly.ts";
import { type Chapter, chapterOf } from "./book.ts";
import { type SiteFile, textFile } from "./page_files.ts";
import { type PagePlace } from "./links.ts";
import { MarkdownRenderer } from "./markdown.ts";
import { type NotebookHtml, notebookHtml } from "./notebook_html.ts";
import { playgroundFiles } from "./playground_html.ts";
import { SEARCH_INDEX, SEARCH_OPTIONS, type Section } from "./search_options.ts";
import { STYLE_SHEET, Styles } from "./styles.ts";
import { pageHtml } from "./template.ts";
import { checkWeight, type Weight, weightOf } from "./weight.ts";

/** A notebook that was run, with what its cells have shown: figures as `FIGURE_TYPE`. */
export interface Executed {
  /** Its path in the project, such as "notebooks/02_optimal_discriminator.ipynb". */
  path: string;
  notebook: Notebook;
}

/** The pages of a site. */
export interface SitePages {
  files: SiteFile[];
  /** How heavy each notebook's page is, by its name. */
  weights: Record<string, Weight>;
}

const BOOK = "GAN workbook";

/** The picture of the front page, and where it comes from. */
const DIGITS = "pictures/digits.png";
const DIGITS_OF_PROJECT = new URL("../../../docs/images/digits.png", import.meta.url);

const STYLE = `<link rel="stylesheet" href="${STYLE_SHEET}">`;

/**
 * Makes the pages.
 *
 * @param options.repository The address of the project's files, ending in a slash, such as
 *   `https://…/blob/main/`: links to files that are not on the site lead there.
 * @throws {Error} If a formula cannot be typeset.
 * @throws {RangeError} If a page is too heavy.
 */
export async function sitePages(
  executed: readonly Executed[],
  { repository }: { repository?: string } = {},
): Promise<SitePages> {
  const styles = await Styles.load();
  const chapters = executed.map(({ path, notebook }) => chapterOf(nameOf(path), notebook));
  const names = new Set(chapters.map(({ name }) => name));
  const [files, sections]: [SiteFile[], Section[]] = [styles.files(), []];
  const weights: Record<string, Weight> = {};
  for (const [at, { path, notebook }] of executed.entries()) {
    const place = { names, folder: path.split("/").slice(0, -1).join("/"), repository };
    const { name, number, page } = chapters[at];
    const cells = await notebookHtml(notebook, { name, place, number: number || name });
    const html = await chapterPage(notebook, cells, chapters, at);
    const own = [textFile(page, html), ...cells.files];
    const sheet = { styles: styles.bytesFor(html), eager: cells.eager, files: cells.files };
    weights[name] = weightOf(html, sheet);
    checkWeight(page, weights[name], own);
    files.push(...own);
    sections.push(...sectionsOf(chapters[at], cells, sections.length));
  }
  const place = { names, folder: "notebooks", repository };
  files.push(
    textFile("index.html", await frontPage(chapters, place)),
    ...await playgroundFiles({ root: "./", style: STYLE }, { book: BOOK, place }),
    { path: DIGITS, bytes: await Deno.readFile(DIGITS_OF_PROJECT) },
    searchIndex(sections),
  );
  return { files, weights };
}

async function chapterPage(
  notebook: Notebook,
  cells: NotebookHtml,
  chapters: Chapter[],
  at: number,
): Promise<string> {
  const { name, number, title } = chapters[at];
  const named = number === "" ? title : `${number} · ${title}`;
  const shell = {
    title: `${named} · ${BOOK}`,
    kind: "notebook",
    root: "./",
    style: STYLE,
  } as const;
  return await pageHtml(shell, "notebook", {
    book: BOOK,
    name,
    chapters,
    headings: cells.headings.filter(({ level }) => level === 2 || level === 3),
    cells: cells.html,
    previous: chapters[at - 1],
    next: chapters[at + 1],
    ipynb: scriptJson(stripped(notebook)),
  });
}

async function frontPage(chapters: Chapter[], place: PagePlace): Promise<string> {
  const line = (text: string) => new MarkdownRenderer(place).line(text);
  const shell = {
    title: `${BOOK}: generative adversarial nets`,
    description:
      "Generative adversarial nets, taught by making every equation run in your browser.",
    kind: "front",
    root: "./",
    style: STYLE,
  } as const;
  return await pageHtml(shell, "front", {
    book: BOOK,
    digits: DIGITS,
    chapters: chapters.map((chapter) => ({
      ...chapter,
      about: line(about(chapter, chapters)),
      teaches: chapter.teaches.map(line),
    })),
  });
}

/** How long a notebook takes and what it needs, with links to what it builds on. */
function about({ minutes, needs }: Chapter, chapters: Chapter[]): string {
  const linked = needs?.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\b\d\d\b/g, (number) => {
      const other = chapters.find((chapter) => chapter.number === number);
      return other ? `[${number}](${other.name}.ipynb)` : number;
    });
  return [
    ...(minutes === undefined ? [] : [`${minutes} minutes`]),
    ...(linked === undefined ? [] : [`needs ${linked}`]),
  ].join("; ");
}

/** What can be found on a page. */
function sectionsOf(chapter: Chapter, { passages }: NotebookHtml, first: number): Section[] {
  const { page, number, title } = chapter;
  return passages.map(({ heading, text }, i) => ({
    id: first + i,
    page,
    title: number === "" ? title : `${number} · ${title}`,
    heading: heading?.text ?? "",
    anchor: heading === undefined || heading.level === 1 ? "" : heading.id,
    text,
  }));
}

function searchIndex(sections: Section[]): SiteFile {
  const index = new MiniSearch<Section>(SEARCH_OPTIONS);
  index.addAll(sections);
  return textFile(SEARCH_INDEX, JSON.stringify(index));
}
