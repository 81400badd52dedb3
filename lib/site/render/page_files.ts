/**
 * Files that a renderer makes, before anybody writes them.
 *
 * @module
 */

/** A file of the site. */
export interface SiteFile {
  /** Where it belongs, seen from the site's own folder, with slashes. */
  path: string;
  bytes: Uint8Array;
}

/** A text as a file. */
export function textFile(path: string, text: string): SiteFile {
  return { path, bytes: new TextEncoder().encode(text) };
}
