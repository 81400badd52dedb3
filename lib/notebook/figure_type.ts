/**
 * How a figure is named among the formats of an output.
 *
 * @module
 */

/**
 * A figure as it is, with its frames and what it has for narrow pages: for pages that draw figures
 * themselves.
 */
export const FIGURE_TYPE = "application/vnd.gan-workbook.figure+json";
