/**
 * One operation of a machine as the planner writes it: its words, and how it is cut into chunks.
 * `operation_protocol.ts` names the words.
 *
 * @module
 */
import { Code, OP_BYTES, Word } from "./operation_protocol.ts";
import { PANEL, panelsOf } from "./layout.ts";
import { type Panels } from "./buffers.ts";

/** An operation, and its multiplications. */
export interface Operation {
  words: Int32Array;
  work: number;
}

export type Words = Partial<Record<number, number>>;

/**
 * Rows of a batch in panels: one group of them, or two (real, generated), each padded by itself.
 */
export interface Rows {
  panels: number;
  /** Panels of a group. */
  groupPanels: number;
  /** Valid columns of a group's last panel. */
  lastColumns: number;
  /** Rows of all groups. */
  count: number;
}

/** An operation is cut into about this many chunks, so that no thread waits long for another. */
const CHUNKS = 16;
/**
 * Multiplications of a chunk: at least about 3 µs, large beside a counter, and at most about 80 µs.
 */
const CHUNK_WORK = { least: 2 ** 17, most: 2 ** 22 };
/** Numbers of a chunk of an operation that only reads and writes. */
export const CHUNK_NUMBERS = 2 ** 12;
/** `groups` groups of `rows` rows each. */
export function rowsOf(groups: number, rows: number): Rows {
  const groupPanels = panelsOf(rows);
  return {
    panels: groups * groupPanels,
    groupPanels,
    lastColumns: rows - PANEL * (groupPanels - 1),
    count: groups * rows,
  };
}

/** The panels without their first `count` features. */
export function featuresFrom(panels: Panels, count: number): Panels {
  return { ...panels, address: panels.address + 4 * PANEL * count };
}

/** The panels from `first` on. */
export function panelsFrom(panels: Panels, first: number): Panels {
  return { ...panels, address: panels.address + first * panels.stride };
}

/** An operation; `floats` are the words that hold a float32. */
export function operation(code: Code, words: Words, floats: Words = {}, work = 0): Operation {
  const all = new Int32Array(OP_BYTES / 4);
  const asFloats = new Float32Array(all.buffer);
  all[Word.Code] = code;
  all[Word.Chunks] = 1;
  all[Word.ChunkSize] = 1;
  for (const [index, value] of Object.entries(words)) all[Number(index)] = value ?? 0;
  for (const [index, value] of Object.entries(floats)) asFloats[Number(index)] = value ?? 0;
  return { words: all, work };
}

export function chunks(all: number, size: number): Words {
  return { [Word.Chunks]: Math.ceil(all / size), [Word.ChunkSize]: size };
}

/**
 * How many of `count` items go into a chunk, a multiple of `unit`; `work` is the multiplications of
 * all of them.
 */
export function chunkSize(work: number, count: number, unit = 1): number {
  const wanted = Math.min(CHUNK_WORK.most, Math.max(CHUNK_WORK.least, work / CHUNKS));
  return Math.max(1, Math.round(wanted * count / work / unit)) * unit;
}

export function rowWords({ panels, groupPanels, lastColumns }: Rows): Words {
  return {
    [Word.Panels]: panels,
    [Word.GroupPanels]: groupPanels,
    [Word.LastColumns]: lastColumns,
  };
}
