/**
 * How a playground is named among the formats of an output, and its place on a page of the site.
 *
 * @module
 */

/** What a page needs to embed it. */
export interface EmbeddedPlayground {
  /** The end of its address, behind the #. */
  address: string;
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
