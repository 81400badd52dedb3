/**
 * Outputs of the Deno kernel that arrive. The only file that touches `Deno.jupyter`.
 *
 * The kernel of Deno 2.9.6 can publish an output after it has said that it is idle, and Jupyter's
 * clients then drop it: printed text and last-expression results were lost in 2 to 20 % of runs, an
 * awaited display followed by a wait never. So every output is awaited and waits (`settleMs`).
 *
 * Outputs are numbered from 1 in their metadata, and what was numbered is remembered here: whoever
 * runs a notebook compares the two and knows that nothing is missing.
 *
 * @module
 */

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
  /** How often it was replaced in its place. */
  changes: number;
}

/** The outputs of this session, in order; the first has number 1. */
const shown: Shown[] = [];

/** True in a cell of a notebook, false in a plain Deno program. */
export function inKernel(): boolean {
  try {
    return Deno.jupyter !== undefined;
  } catch {
    return false; // Outside of the kernel the mere look at it throws.
  }
}

/**
 * Shows a bundle below the cell, or its text line in a plain Deno program.
 *
 * @param options.displayId Names the output, so that `redisplay` can replace it.
 * @param options.size Of the bundle's PNG, where that has other pixels than the page.
 */
export async function display(
  bundle: Bundle,
  { displayId, size }: { displayId?: string; size?: PictureSize } = {},
): Promise<void> {
  if (!inKernel()) return console.log(bundle["text/plain"]);
  shown.push({ text: bundle["text/plain"].split("\n", 1)[0], changes: 0 });
  await send("display_data", bundle, { number: shown.length, displayId, size });
}

/** Replaces an output in its place. A plain Deno program has said its line already. */
export async function redisplay(bundle: Bundle, displayId: string, number: number): Promise<void> {
  if (!inKernel()) return;
  shown[number - 1].changes++;
  await send("update_display_data", bundle, { number, displayId });
}

/** Sends an output again as it is, with more formats: no change of what it shows. */
export async function repeat(
  bundle: Bundle,
  options: { displayId: string; number: number; size?: PictureSize },
): Promise<void> {
  if (inKernel()) await send("update_display_data", bundle, options);
}

/** The outputs so far, in order. */
export function shownSoFar(): readonly Shown[] {
  return shown;
}

async function send(
  type: "display_data" | "update_display_data",
  data: Bundle,
  { number, displayId, size }: { number: number; displayId?: string; size?: PictureSize },
): Promise<void> {
  await Deno.jupyter.broadcast(type, {
    data,
    metadata: {
      [NUMBER_KEY]: number,
      [CHANGE_KEY]: shown[number - 1].changes,
      ...(size ? { "image/png": size } : {}),
    },
    transient: displayId === undefined ? {} : { display_id: displayId },
  });
  const length = Object.values(data).reduce(
    (sum, format) => sum + (typeof format === "string" ? format : JSON.stringify(format)).length,
    0,
  );
  await new Promise((resolve) => setTimeout(resolve, settleMs(length)));
}

/**
 * How long an output of so many characters needs: 20 ms were enough for a line and 100 ms for a
 * megabyte, each in 200 of 200 runs; a half more than that.
 */
export function settleMs(size: number): number {
  return 30 + Math.min(500, size / 8_000);
}
