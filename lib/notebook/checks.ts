/**
 * Cells that check what the text says. They are folded: JupyterLab and Notebook 7 go by
 * `jupyter.source_hidden` in a cell's metadata, Notebook 6 (`classic.ts`) and our pages (`lib/site/render/`)
 * by the tag.
 *
 * A check that holds shows nothing. One that fails shows its error, folded or not.
 *
 * @module
 */

/** The tag of such a cell. */
export const CHECKS = "checks";

/** The line that stands for its code. */
export const CHECKS_TITLE = "Checks of the text";
