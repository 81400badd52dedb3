/**
 * How heavy a page is, and how heavy it may be.
 *
 * @module
 */
import { type SiteFile } from "./page_files.ts";

/** Bytes of a page. */
export interface Weight {
  /** What is fetched before the reader scrolls: text, styles, fonts, the first pictures. */
  first: number;
  /** All that belongs to it: with every picture and every figure, without what runs cells. */
  whole: number;
}

const MOST: Weight = { first: 1_000_000, whole: 3_000_000 };

/** Adds up a page. */
export function weightOf(
  html: string,
  { styles, eager, files }: { styles: number; eager: number; files: readonly SiteFile[] },
): Weight {
  const text = new TextEncoder().encode(html).length + styles;
  const beside = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { first: text + eager, whole: text + beside };
}

/**
 * @throws {RangeError} If a page is heavier than it may be.
 */
export function checkWeight(page: string, weight: Weight, files: readonly SiteFile[]): void {
  for (const part of ["first", "whole"] as const) {
    if (weight[part] <= MOST[part]) continue;
    const what = part === "first" ? "its first view" : "the page with its pictures and figures";
    const heaviest = files.toSorted((a, b) => b.bytes.length - a.bytes.length).slice(0, 3)
      .map(({ path, bytes }) => `${path} (${kilobytes(bytes.length)})`).join(", ");
    throw new RangeError(
      `Cannot publish ${page}: ${what} may have ${kilobytes(MOST[part])} at most, got ${
        kilobytes(weight[part])
      }. Its heaviest files are ${heaviest}`,
    );
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString("en")} kB`;
}
