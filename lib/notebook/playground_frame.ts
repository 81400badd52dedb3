/**
 * How a playground is named among the formats of an output, and its place on a page of the site.
 *
 * It knows no settings, so that a page and `show` can use it without loading any.
 *
 * @module
 */
import { escapeHtml } from "./figure_html.ts";

/** What a page needs to embed it. */
export interface EmbeddedPlayground {
  /** The end of its address, behind the #. */
  address: string;
  /** What it is of, in words. */
  title: string;
}

/** How a playground is named among the formats of an output. */
export const PLAYGROUND_TYPE = "application/vnd.gan-workbook.playground+json";

/** Its place on a page beside the playground's own, as the attributes of an iframe. */
export function frameAttributes({ address, title }: EmbeddedPlayground): Record<string, string> {
  return {
    class: "playground-frame",
    src: `playground.html?embed#${address}`,
    title,
    loading: "lazy",
  };
}

/** Where `deno task site --serve` shows it. */
const SERVED = "http://127.0.0.1:8000/playground.html";

/** How to open it from where it cannot run. */
export function openingHtml({ address }: EmbeddedPlayground): string {
  const href = escapeHtml(`${SERVED}#${address}`);
  return `<p>A still picture. To touch it, start <code>deno task site --serve</code> and open ` +
    `<a href="${href}">this playground in your browser</a>.</p>`;
}
