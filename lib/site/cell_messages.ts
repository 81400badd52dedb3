/**
 * What a page and the worker that runs its cells say to each other.
 *
 * The page sends {@link ToCells} and the worker answers with {@link FromCells}; both are plain data
 * that the browser copies. Cells run one at a time and in the order in which they were asked for.
 *
 * @module
 */
import { type Output } from "@/notebook/document.ts";

/** A cell that is to be run. */
export interface CellToRun {
  /** Its id in the notebook. */
  id: string;
  /** Its place among the code cells, from 1. */
  number: number;
  /** TypeScript, as the reader has left it. */
  code: string;
}

/** What the reader has chosen; it holds until the worker is started anew. */
export interface CellSettings {
  backend: "auto" | "webgpu" | "wasm" | "cpu";
  /** Whether memory may be shared between threads: the page is cross-origin isolated. */
  isolated: boolean;
}

/** From the page to the worker. The first message is `start`. */
export type ToCells =
  | { type: "start"; settings: CellSettings }
  | { type: "run"; cells: CellToRun[] }
  /** Ends the cell that runs at its next step, and forgets those that wait. */
  | { type: "stop" }
  /** A file that the reader has picked: code reads it by its name. */
  | { type: "file"; name: string; bytes: Uint8Array<ArrayBuffer> };

/** A line of what a cell threw, ready to be shown. */
export interface CellError {
  name: string;
  message: string;
  /** The cell's number and its line, from 1, where they are known. */
  cell?: number;
  line?: number;
  stack: string;
}

/** From the worker to the page. */
export type FromCells =
  /** The worker can run cells. */
  | { type: "ready" }
  | { type: "began"; id: string }
  /** A cell that fails or is stopped takes with it those that wait. */
  | { type: "ended"; id: string; seconds: number; error?: CellError; stopped?: true }
  /** An output of the cell; `displayId` names it, so that `update` can replace it. */
  | { type: "output"; id: string; output: Output; displayId?: string }
  | { type: "update"; displayId: string; output: Output }
  /** What computes, for the line of status: such as "WASM, 4 threads" or "WebGPU on …". */
  | { type: "computes"; text: string }
  /** How much of a file has come, in bytes; `total` is unknown on some hosts. */
  | { type: "fetching"; name: string; loaded: number; total?: number }
  /** A file for the reader to keep. */
  | { type: "download"; name: string; bytes: Uint8Array<ArrayBuffer> };
