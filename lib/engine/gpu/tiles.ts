/**
 * The tiles in which a product is made on a GPU, and which one a product of a shape gets.
 *
 * A workgroup makes `rows` × `columns` numbers of the result. It brings `inner` numbers of each row
 * and each column to its own memory, multiplies, and goes on to the next ones. A thread makes
 * `thread` × `thread` numbers. Where that leaves few threads for the numbers, several slices of
 * threads make the same numbers, each from its own share of `inner`, and are added at the end: many
 * threads hide the time that the memory takes. A product may also be split along its inner side,
 * `split` workgroups for each tile, whose sums another dispatch adds.
 *
 * A whole step has some fifty dispatches, each at a fixed price of about 4 µs on a large card. So a
 * small product gets small tiles with many slices rather than a split; and where something is
 * needed of whole rows of the result (batch norm, sums over the batch), a workgroup makes all
 * columns of a few rows, as long as the batch is small.
 *
 * The choice depends on shapes and limits alone: so do the bits of a training step.
 *
 * @module
 */

import { type GradientTile } from "./shaders/gradient_shader.ts";

/** What a workgroup makes of a product. */
export interface ProductTile {
  rows: number;
  columns: number;
  /** Numbers of the inner side that are in the workgroup's memory at a time. */
  inner: number;
  /** Rows, and columns, of the numbers that a thread makes. */
  thread: 4 | 8;
  /** Shares of `inner` that have threads of their own. */
  slices: number;
}

/** A tile, and how it is used for a product. */
export interface Tiling extends ProductTile {
  /** Workgroups along the inner side. */
  split: number;
  /** Whether a workgroup makes all columns of its rows, one tile after another. */
  whole: boolean;
}

/** A product: its sides, and whether something is needed of whole rows of the result. */
export interface ProductShape {
  rows: number;
  columns: number;
  inner: number;
  whole: boolean;
}

/** Says which tiles a product gets. */
export interface TileChoice {
  (shape: ProductShape): Tiling;
  /** The tile of the gradients of weights; by their shapes where it is undefined. */
  readonly gradients?: GradientTile;
}

/** What limits a workgroup: part of the limits of a device. */
export type TileLimits = Pick<
  GPUSupportedLimits,
  "maxComputeWorkgroupStorageSize" | "maxComputeInvocationsPerWorkgroup"
>;

/** Tiles by name, from the one that reads least for each number that it makes. */
export const TILES = {
  "128x128": { rows: 128, columns: 128, inner: 16, thread: 8, slices: 1 },
  "128x64": { rows: 128, columns: 64, inner: 16, thread: 8, slices: 1 },
  "64x64": { rows: 64, columns: 64, inner: 16, thread: 4, slices: 1 },
  "32x32": { rows: 32, columns: 32, inner: 64, thread: 4, slices: 4 },
  "16x32": { rows: 16, columns: 32, inner: 64, thread: 4, slices: 8 },
  "16x16": { rows: 16, columns: 16, inner: 64, thread: 4, slices: 16 },
  "8x32": { rows: 8, columns: 32, inner: 64, thread: 4, slices: 16 },
  "8x128": { rows: 8, columns: 128, inner: 32, thread: 4, slices: 4 },
  "4x128": { rows: 4, columns: 128, inner: 32, thread: 4, slices: 8 },
} as const satisfies Record<string, ProductTile>;

export type TileName = keyof typeof TILES;

/** Workgroups that keep the multiprocessors of a large card (132) at work. */
const ENOUGH = 100;
/**
 * From the largest tile on, and how many workgroups it must give: a larger tile reads less, and
 * leaves more of the card idle at the end.
 */
const BY_SIZE: [TileName, number][] = [
  ["128x128", 4 * ENOUGH],
  ["128x64", 2 * ENOUGH],
  ["64x64", 2 * ENOUGH],
  ["32x32", ENOUGH],
  ["16x32", ENOUGH],
  ["16x16", ENOUGH],
];
/**
 * The tiles of workgroups that make whole rows, and for how many columns and multiplications. A
 * tile of few rows reads much for each number that it makes. Where there is more to do, better
 * tiles and a dispatch that finishes the rows take less time: such a dispatch costs as much as
 * reading some 20 MB.
 */
const WHOLE: { columns: number; tiles: [name: TileName, most: number][] }[] = [
  { columns: 32, tiles: [["8x32", 5e7]] },
  { columns: 256, tiles: [["8x128", 7e7], ["4x128", 2.7e7]] },
];
/** Multiplications that are few: fewer workgroups do. */
const LITTLE = 5e6;
/** Parts that a product is split in at most. */
export const MOST_PARTS = 16;

/** Threads of a workgroup. */
export function threadsOf({ rows, columns, thread, slices }: ProductTile): number {
  return rows * columns / thread ** 2 * slices;
}

/**
 * Vectors of four numbers of a row of the left operand in the workgroup's memory, where they lie
 * along the inner side. One more, where a tile is narrow, puts neighbouring threads' rows into
 * different banks of it.
 */
export function leftVectors({ inner, columns }: ProductTile): number {
  return inner / 4 + (columns < 32 ? 1 : 0);
}

/**
 * Vectors of four numbers in a panel of the right operand in the workgroup's memory. The four more
 * put neighbouring panels into different banks of it.
 */
export function panelVectors({ inner }: ProductTile): number {
  return 4 * inner + 4;
}

/** Vectors of four numbers that the sums of slices take at the end: 16 KiB. */
const SUMS = 1024;

/**
 * Slices that all threads add together at the end. As long as there are more, the upper half gives
 * its sums to the lower half.
 */
export function slicesTogether({ rows, columns, slices }: ProductTile): number {
  return Math.max(1, Math.min(slices, SUMS / (rows * columns / 4)));
}

/** Vectors of four numbers of a workgroup's memory: both operands, later the slices' sums. */
export function sharedVectors(tile: ProductTile): number {
  const { rows, columns, slices } = tile;
  const operands = rows * leftVectors(tile) + columns / 16 * panelVectors(tile);
  const together = slicesTogether(tile);
  const kept = slices > together ? slices / 2 : together;
  return Math.max(operands, slices > 1 ? kept * rows * columns / 4 : 0);
}

/** Bytes of a workgroup's memory that sums over rows and over all threads take at most. */
function bytesForSums(tile: ProductTile): number {
  return 4 * threadsOf(tile) + 16 * tile.rows + 512;
}

/** Whether a workgroup of the device can make the tile. */
export function fits(tile: ProductTile, limits: TileLimits): boolean {
  const bytes = 16 * sharedVectors(tile) + bytesForSums(tile);
  return bytes <= limits.maxComputeWorkgroupStorageSize &&
    threadsOf(tile) <= limits.maxComputeInvocationsPerWorkgroup;
}

/** A tile with as many slices as the limits allow; undefined where they do not allow it at all. */
function fitted(tile: ProductTile, limits: TileLimits): ProductTile | undefined {
  if (fits(tile, limits)) return tile;
  const { inner, slices } = tile;
  if (slices > 1) return fitted({ ...tile, inner: inner / 2, slices: slices / 2 }, limits);
}

/** Tiles of a product, before it is split. */
function tilesIn({ rows, columns }: ProductShape, tile: ProductTile): number {
  return Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
}

/** A split into `parts` or fewer, none of which is empty. */
export function splitOf({ inner }: ProductShape, tile: ProductTile, parts: number): number {
  const turns = Math.ceil(inner / tile.inner);
  return Math.ceil(turns / Math.ceil(turns / Math.min(parts, turns)));
}

/** The tile in which workgroups make whole rows, where that is better. */
function wholeTile(shape: ProductShape, limits: TileLimits): ProductTile | undefined {
  const { rows, columns, inner } = shape;
  const work = rows * columns * inner;
  const tiles = WHOLE.find((each) => columns <= each.columns)?.tiles ?? [];
  const found = tiles.find(([name, most], i) => {
    const last = i === tiles.length - 1;
    const enough = rows > (ENOUGH - 1) * TILES[name].rows || last && work <= LITTLE;
    return work <= most && enough;
  });
  return found && fitted(TILES[found[0]], limits);
}

/** The tiles of a product of this shape. */
export function tileOf(shape: ProductShape, limits: TileLimits): Tiling {
  const { rows, columns, inner } = shape;
  const whole = shape.whole ? wholeTile(shape, limits) : undefined;
  if (whole) return { ...whole, split: 1, whole: true };
  const fit = (name: TileName) => fitted(TILES[name], limits);
  let smallest: ProductTile | undefined;
  for (const [name, least] of BY_SIZE) {
    const tile = fit(name);
    if (tile && tilesIn(shape, tile) >= least) return { ...tile, split: 1, whole: false };
    smallest = tile ?? smallest;
  }
  if (!smallest) {
    throw new RangeError(
      `Cannot make a product on this GPU: a workgroup must have 10 KiB of memory and 64 threads, got ${limits.maxComputeWorkgroupStorageSize} bytes and ${limits.maxComputeInvocationsPerWorkgroup} threads. Use --backend wasm`,
    );
  }
  const parts = rows * columns * inner <= LITTLE
    ? 1
    : Math.min(MOST_PARTS, Math.ceil(ENOUGH / tilesIn(shape, smallest)));
  return { ...smallest, split: splitOf(shape, smallest, parts), whole: false };
}
