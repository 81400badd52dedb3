/**
 * Outputs of a notebook's cells that are sure to arrive.
 *
 * Deno's own kernel (2.9.6) can publish an output after it has said that it is idle, and Jupyter's
 * clients then drop it: printed text and last-expression results were lost in 2 to 20 % of runs, an
 * awaited display followed by a wait never. So, where that kernel runs without ours
 * (`lib/jupyter`), every output is awaited and followed by a wait (`settleMs`).
 *
 * Outputs are numbered from 1 in their metadata, and those that were numbered are remembered here:
 * a program that runs a notebook compares the two and knows that nothing is missing.
 *
 * @module
 */
import { cellHost, throwIfInterrupted } from "@/host/cell.ts";
import { host } from "@/host/host.ts";

export { FIGURE_TYPE } from "./figure_type.ts";

/** One output in several formats, by MIME type; a page takes the richest that it knows. */
export type Bundle = { "text/plain": string } & Record<string, string | object>;

/** Where an output's number and that of its last change are kept in its metadata. */
export const NUMBER_KEY = "workbook_output";
export const CHANGE_KEY = "workbook_change";

/** Pixels of the page that a picture takes. */
export interface PictureSize {
  width: number;
  height: number;
}

/** An output as the kernel remembers it. */
export interface Shown {
  /** Its first line. */
  text: string;
  /** How often it was replaced. */
  changes: number;
}

/** The outputs of this session, in order; the first has number 1. */
const shown: Shown[] = [];

/** True in a cell of a notebook, false in a plain Deno program. */
export function inKernel(): boolean {
  return host.jupyter !== undefined;
}

/**
 * Shows a bundle below the cell, or its text line in a plain Deno program.
 *
 * @param options.displayId Names the output, so that `redisplay` can replace it.
 * @param options.size The size of the bundle's PNG on the page, if it has a different number of
 *   pixels.
 */
export async function display(
  bundle: Bundle,
  { displayId, size }: { displayId?: string; size?: PictureSize } = {},
): Promise<void> {
  if (!inKernel()) return console.log(bundle["text/plain"]);
  shown.push({ text: bundle["text/plain"].split("\n", 1)[0], changes: 0 });
  await send("display_data", bundle, { number: shown.length, displayId, size });
}

/** Replaces an output in place. A plain Deno program has printed its line already. */
export async function redisplay(bundle: Bundle, displayId: string, number: number): Promise<void> {
  if (!inKernel()) return;
  shown[number - 1].changes++;
  await send("update_display_data", bundle, { number, displayId });
}

/**
 * Sends an output again with more formats, without changing what it shows. As the last thing that a
 * cell does, this is also done for a cell that was stopped; it sets no timer, since a stopped cell
 * has lost its timers.
 */
export async function sendAgain(
  bundle: Bundle,
  about: About & { displayId: string },
): Promise<void> {
  if (!inKernel()) return;
  await broadcast("update_display_data", bundle, about);
  if (!cellHost()) await settled(bundle);
}

/** The outputs so far, in order. */
export function shownSoFar(): readonly Shown[] {
  return shown;
}

/** A page that has to draw more often than this falls behind. */
const REDRAWN_MS = 25;

async function send(type: MessageType, data: Bundle, about: About): Promise<void> {
  throwIfInterrupted();
  await broadcast(type, data, about);
  // The workbook's kernel says that it is idle when the outputs have gone.
  const update = type === "update_display_data";
  if (cellHost()) return await wait(update ? REDRAWN_MS : 0);
  await settled(data);
}

type MessageType = "display_data" | "update_display_data";

/** What is said about an output besides what it shows. */
interface About {
  number: number;
  displayId?: string;
  size?: PictureSize;
}

async function broadcast(
  type: MessageType,
  data: Bundle,
  { number, displayId, size }: About,
): Promise<void> {
  await host.jupyter?.broadcast(type, {
    data,
    metadata: {
      [NUMBER_KEY]: number,
      [CHANGE_KEY]: shown[number - 1].changes,
      ...(size ? { "image/png": size } : {}),
    },
    transient: displayId === undefined ? {} : { display_id: displayId },
  });
}

/** Waits until an output has gone. */
async function settled(data: Bundle): Promise<void> {
  const length = Object.values(data).reduce(
    (sum, format) => sum + (typeof format === "string" ? format : JSON.stringify(format)).length,
    0,
  );
  await wait(settleMs(length));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * How long an output with this many characters needs: half as much again as 20 ms, enough for a
 * line, and 100 ms, enough for a megabyte, each in 200 of 200 runs.
 */
export function settleMs(size: number): number {
  return 30 + Math.min(500, size / 8_000);
}
