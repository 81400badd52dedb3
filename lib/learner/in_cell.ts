/**
 * How a page finds, in what a reader is told, what to do in the cell.
 *
 * @module
 */

/** The class of the words that say it. */
export const IN_CELL = "workbook-in-cell";
