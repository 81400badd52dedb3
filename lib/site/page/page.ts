/**
 * Brings a page of the book to life: `run/page.js`.
 *
 * @module
 */
import "@/host/missing.ts";
import { BookSearch } from "./book_search.ts";
import { NotebookPage } from "./notebook_page.ts";
import { keepBook, saidOfThreads } from "./offline.ts";
import { wakeSavedFigures } from "./page_figures.ts";
import { copyAnchors, followReading } from "./reading.ts";
import { themeChoice } from "./theme.ts";

document.querySelector("#tools")?.append(new BookSearch().element, themeChoice());
const main = document.querySelector<HTMLElement>("main[data-notebook]");
if (main) {
  const page = new NotebookPage(main);
  page.say(saidOfThreads() || "Run any cell. To change one first, click into its code.");
  wakeSavedFigures();
}
followReading();
copyAnchors();
keepBook();
