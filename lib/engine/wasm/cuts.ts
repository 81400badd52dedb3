/**
 * Into which chunks an operation is cut. No number depends on it, so it is free to serve the
 * threads: most of an operation in chunks as the planner makes them, which read their operands from
 * far away once for many rows, and its end in fine ones, so that no thread waits long for the one
 * that took the last.
 *
 * @module
 */
import { Code, GradientWord, PlacedWord, Word } from "../operation_protocol.ts";
import { TILE_ROWS } from "../layout.ts";

/** Of an operation, this much is cut finely, ... */
const FINE_SHARE = 1 / 4;
/** ... into chunks that are smaller by this, if that is a whole number of units. */
const FINER = 4;

/** Fewer threads than this wait so little that fine chunks cost more than they gain: 1 % on two. */
const MANY_THREADS = 4;

/** Sets the chunks of an operation for so many threads. */
export function cut(words: Int32Array, threads: number): void {
  if (threads < MANY_THREADS) return;
  const items = itemsOf(words);
  const [size, unit] = [words[Word.ChunkSize], unitOf(words)];
  if (items === undefined || size * 2 > items) return;
  const fine = Math.max(1, Math.round(size / FINER / unit)) * unit;
  if (fine >= size) return;
  const coarse = Math.floor(items * (1 - FINE_SHARE) / size);
  words[PlacedWord.FirstFine] = coarse;
  words[PlacedWord.FineSize] = fine;
  words[Word.Chunks] = coarse + Math.ceil((items - coarse * size) / fine);
}

/** What a product is cut into; undefined where an operation stays as it is. */
function itemsOf(words: Int32Array): number | undefined {
  switch (words[Word.Code]) {
    case Code.Forward:
      return Math.ceil(words[Word.Features] * words[Word.Pieces] / TILE_ROWS);
    case Code.Backward:
      return Math.ceil(words[Word.Features] / TILE_ROWS);
    case Code.Gradient:
      return words[GradientWord.InputPanels];
  }
}

/** Of which a chunk is a multiple: `Forward` takes whole units of a maxout layer. */
function unitOf(words: Int32Array): number {
  if (words[Word.Code] !== Code.Forward) return 1;
  let rows = words[Word.Pieces];
  while (rows % TILE_ROWS !== 0) rows += words[Word.Pieces];
  return rows / TILE_ROWS;
}
