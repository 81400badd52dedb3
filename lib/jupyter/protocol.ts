/**
 * What the two parts of our kernel, outside and inside Deno's kernel, say to each other.
 *
 * @module
 */

/**
 * How connections of the inside part begin, before the token: one listens, one waits for its end.
 */
export const GREETINGS = { listen: "listen ", watch: "watch  " } as const;

/** To the part inside, which has said its token: lines of JSON. */
export type ToInside =
  /** Stop the cell that runs. */
  | { interrupt: true }
  /** Clear away the promise of a calculation that V8 has ended. */
  | { collect: true }
  /** Say when all outputs so far have gone; `ended` when a cell has. */
  | { flush: number; ended: boolean };

/** The type of the message that follows the outputs on their way. It goes no further than to us. */
export const FLUSHED = "workbook_flushed";

/** What that message says. */
export interface Flushed {
  flush: number;
  /** The line of the cell at which its last statement began, from 1. */
  line?: number;
}

/** The target of the comm by which a page that comes back asks what runs. */
export const REATTACH = "workbook";

/**
 * The type of the output that answers it, with a `Reattached`; the outputs of the cell that runs
 * follow.
 */
export const REATTACHED = "application/vnd.workbook.reattached+json";

/** What runs and waits, and what has ended. */
export interface Reattached {
  cells: { id: string; code: string; running: boolean }[];
  /** Numbers of the cells that have ended, by the ids of their requests. */
  ended: Record<string, number>;
}

/** The global name under which a cell's text finds its tools. */
export const CELL_TOOLS = "$cell";

/** What the text of a cell is made to call, so that it can be stopped. */
export interface CellTools {
  /**
   * A statement begins, on this line of the cell that runs; what it begins belongs to that cell.
   */
  at(line: number): void;
  /** What is awaited, or an `Interrupted` as soon as the cell is stopped. */
  on(awaited: unknown): unknown;
  /** What `for await` goes through, in the same way. */
  each(iterable: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown>;
}
