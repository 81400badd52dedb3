/**
 * How the book is searched: what a search index has of each section, for the program that writes
 * the index and for the page that loads it (`MiniSearch.loadJSON(text, SEARCH_OPTIONS)`).
 *
 * @module
 */

/** Text below a heading, as it is found. */
export interface Section {
  id: number;
  /** The page's address, seen from the site's folder. */
  page: string;
  /** The page's title, with its number. */
  title: string;
  /** The heading; empty before the first one. */
  heading: string;
  /** The heading's id on the page; empty before the first one. */
  anchor: string;
  text: string;
}

/** Where the index is, seen from the site's folder. */
export const SEARCH_INDEX = "search.json";

/** What the index was made with; whoever loads it must give the same. */
export const SEARCH_OPTIONS = {
  fields: ["title", "heading", "text"],
  storeFields: ["page", "title", "heading", "anchor", "text"],
  searchOptions: {
    boost: { title: 3, heading: 4 },
    prefix: true,
    fuzzy: (term: string) => term.length > 4 ? 0.2 : 0,
    combineWith: "AND" as const,
  },
};
