/**
 * A notebook as a page that is a single file: it opens offline, and carries its styles, the fonts
 * that it uses, its pictures, and what draws its figures.
 *
 * @module
 */
import { posix } from "node:path";
import { nameOf, type Notebook } from "@/notebook/document.ts";
import { chapterOf } from "./book.ts";
import { notebookHtml } from "./notebook_html.ts";
import { Styles } from "./styles.ts";
import { pageHtml } from "./template.ts";

/**
 * The page of an executed notebook.
 *
 * @param path The notebook's path in the project.
 * @param others Names of the notebooks whose pages lie beside this one: links lead to them.
 */
export async function singlePage(
  notebook: Notebook,
  path: string,
  others: readonly string[],
): Promise<string> {
  const name = nameOf(path);
  const place = { names: new Set([...others, name]), folder: posix.dirname(path) };
  const cells = await notebookHtml(notebook, { name, place });
  const { title, number } = chapterOf(name, notebook);
  const styles = await Styles.load();
  const shell = {
    title: number === "" ? title : `${number} · ${title}`,
    kind: "single",
    style: `<style>\n${styles.inlined(cells.html)}\n</style>`,
  } as const;
  return await pageHtml(shell, "notebook", {
    name,
    headings: cells.headings.filter(({ level }) => level === 2 || level === 3),
    cells: cells.html,
  });
}
