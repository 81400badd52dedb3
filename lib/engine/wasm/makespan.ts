/**
 * How long threads would take for a list of operations, by counting: who takes which chunk, and who
 * waits for whom. A model for numbers of threads that a machine does not have.
 *
 * @module
 */
import { Code, GradientWord, PlacedWord, Word } from "../operation_protocol.ts";
import { PANEL, TILE_ROWS } from "../layout.ts";
import { type Arranged, type ArrangedOperation } from "./arrange.ts";
import { type ByteRange } from "./touched.ts";

/** Speeds, in units of a second. */
export interface Speeds {
  /** Multiplications and additions of products, of one thread. */
  flop: number;
  /** Bytes of all other operations: of one thread, and of all of them together. */
  bytes: number;
  allBytes: number;
  /** Seconds for taking a chunk. */
  chunk: number;
  /** Seconds until the first thread opens the gate, and until it takes part itself. */
  gate: number;
  joins: number;
}

/** What comes of a list. */
export interface Makespan {
  /** Seconds from the first operation to the end of the last. */
  seconds: number;
  /** Seconds that threads wait, all of them together. */
  waiting: number;
  /** How often a thread waits. */
  waits: number;
  chunks: number;
}

/** Multiplications and additions of a product; 0 for other operations. */
function flopOf(words: Int32Array): number {
  const columns = words[Word.Panels] * PANEL;
  switch (words[Word.Code]) {
    case Code.Forward:
      return 2 * words[Word.Features] * words[Word.Pieces] * 4 * words[Word.Turns] * columns;
    case Code.Backward:
      return 2 * words[Word.Features] * TILE_ROWS * words[Word.Turns] * columns;
    case Code.Gradient:
      return 2 * words[GradientWord.InputPanels] * PANEL *
        words[GradientWord.OutputTiles] * TILE_ROWS * 4 * words[GradientWord.Turns];
    default:
      return 0;
  }
}

/** Sizes of the chunks of an operation, as shares of it. */
export function sharesOf(words: Int32Array): number[] {
  const fine = words[PlacedWord.FineSize];
  const sizes = Array.from(
    { length: words[Word.Chunks] },
    (_, chunk) => fine && chunk >= words[PlacedWord.FirstFine] ? fine : words[Word.ChunkSize],
  );
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => size / all);
}

/** Seconds of an operation on one thread of so many. */
function secondsOf({ words, touched }: ArrangedOperation, speeds: Speeds, threads: number): number {
  const flop = flopOf(words);
  if (flop > 0) return flop / speeds.flop;
  const bytes = [...touched.reads, ...touched.writes]
    .reduce((sum, [from, to]: ByteRange) => sum + to - from, 0);
  return bytes / Math.min(speeds.bytes, speeds.allBytes / threads);
}

/** Goes through a list as threads would. */
export function makespan({ list, gate }: Arranged, threads: number, speeds: Speeds): Makespan {
  const chunks = list.map((each) => {
    const seconds = secondsOf(each, speeds, threads);
    return sharesOf(each.words).map((share) => speeds.chunk + seconds * share);
  });
  const taken = list.map(() => 0);
  const ends = list.map(() => 0);
  const workers = Array.from({ length: threads }, (_, i) => ({
    time: i === 0 ? speeds.joins : 0,
    operation: 0,
  }));
  let [waiting, waits] = [0, 0];
  while (true) {
    const worker = workers.reduce((first, each) => each.time < first.time ? each : first);
    const i = worker.operation;
    if (i === list.length) break;
    const needed = i - list[i].words[PlacedWord.Ahead];
    const opened = i === gate ? speeds.gate : 0;
    const begin = Math.max(opened, ...ends.slice(0, needed));
    if (begin > worker.time && taken[i] < chunks[i].length) {
      waiting += begin - worker.time;
      waits++;
      worker.time = begin;
    } else if (taken[i] === chunks[i].length) {
      worker.operation++;
      if (worker.operation === list.length) worker.time = Infinity;
    } else {
      worker.time += chunks[i][taken[i]++];
      ends[i] = Math.max(ends[i], worker.time);
    }
  }
  const seconds = Math.max(...ends);
  return { seconds, waiting, waits, chunks: chunks.flat().length };
}
