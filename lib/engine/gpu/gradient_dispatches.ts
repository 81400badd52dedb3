/**
 * The gradients of weights as dispatches: those that follow each other are one.
 *
 * @module
 */
import { GradientWord, Word } from "../operation_protocol.ts";
import { type Dispatch } from "./dispatches.ts";
import { type TileChoice, type TileLimits } from "./tiles.ts";
import {
  type GradientProduct,
  gradientShader,
  gradientThreads,
  type GradientTile,
  gradientVectors,
  MOST_PRODUCTS,
  productWords,
} from "./shaders/gradient_shader.ts";

/** A weight's gradient: `Transpose`, which a GPU does while it reads, and `Gradient`. */
export interface GradientPair {
  transpose: Int32Array;
  gradient: Int32Array;
}

const FOUR = { outputs: 4, inputs: 4 };
const EIGHT = { outputs: 8, inputs: 4 };

/** Tiles of outputs × inputs by name, from the one that reads least for each number that it makes. */
const GRADIENT_TILES = {
  "128x64": { outputs: 128, inputs: 64, thread: EIGHT },
  "64x64": { outputs: 64, inputs: 64, thread: FOUR },
  "64x64,thread=8": { outputs: 64, inputs: 64, thread: EIGHT },
  "32x64": { outputs: 32, inputs: 64, thread: FOUR },
  "32x32": { outputs: 32, inputs: 32, thread: FOUR },
} as const satisfies Record<string, GradientTile>;

/** Workgroups that keep a large card busy: about two for each of its multiprocessors. */
const ENOUGH = 256;
/** The tiles that are chosen from, and how many workgroups they must give; the last one always may. */
const BY_SIZE: [keyof typeof GRADIENT_TILES, number][] = [
  ["128x64", 2 * ENOUGH],
  ["64x64", ENOUGH],
  ["32x64", ENOUGH],
  ["32x32", 0],
];

/** The names that `gradientTileNamed` knows. */
export const GRADIENT_TILE_NAMES = Object.keys(GRADIENT_TILES);

/**
 * The tile of that name.
 *
 * @throws {RangeError} If there is none, or the device has no room for it.
 */
export function gradientTileNamed(name: string, limits: TileLimits): GradientTile {
  const tile = (GRADIENT_TILES as Record<string, GradientTile>)[name];
  if (tile && fits(tile, limits)) return tile;
  const rule = tile
    ? "a workgroup of this GPU must have room for them"
    : `they must be one of ${GRADIENT_TILE_NAMES.join(", ")}`;
  throw new RangeError(`Cannot make gradients in tiles of ${name}: ${rule}. Choose others`);
}

function fits(tile: GradientTile, limits: TileLimits): boolean {
  return 16 * gradientVectors(tile) <= limits.maxComputeWorkgroupStorageSize &&
    gradientThreads(tile) <= limits.maxComputeInvocationsPerWorkgroup;
}

/**
 * The dispatches of gradients that follow each other, from operation `first` on. None reads what
 * another writes.
 */
export function gradientDispatches(
  pairs: GradientPair[],
  first: number,
  tiles: TileChoice,
  limits: TileLimits,
): Dispatch[] {
  const all: Dispatch[] = [];
  for (let pair = 0; pair < pairs.length; pair += MOST_PRODUCTS) {
    const products = pairs.slice(pair, pair + MOST_PRODUCTS).map(productOf);
    all.push({
      operation: first + 2 * pair,
      operations: 2 * products.length,
      ...dispatchOf(products, tiles.gradients ?? tileFor(products, limits)),
    });
  }
  return all;
}

function dispatchOf(
  products: Sides[],
  tile: GradientTile,
): Omit<Dispatch, "operation" | "operations"> {
  let groups = 0;
  const words = productWords(products.map((product) => {
    const firstGroup = groups;
    groups += groupsOf(product, tile);
    return { ...product, firstGroup, across: Math.ceil(product.inputs / tile.inputs) };
  }));
  return {
    shader: gradientShader(tile),
    words,
    groups: [groups, 1, 1],
    tile: { rows: tile.outputs, columns: tile.inputs },
  };
}

/**
 * The largest tile that the device has room for and that keeps a large card busy. Which one it is
 * changes no bit: every number is summed over the batch in one order.
 */
function tileFor(products: Sides[], limits: TileLimits): GradientTile {
  const groups = (tile: GradientTile) =>
    products.reduce((sum, product) => sum + groupsOf(product, tile), 0);
  const possible = BY_SIZE.map(([name, least]) => ({ tile: GRADIENT_TILES[name], least }))
    .filter(({ tile }) => fits(tile, limits));
  return (possible.find(({ tile, least }) => groups(tile) >= least) ?? possible.at(-1)!).tile;
}

function groupsOf({ outputs, inputs }: Sides, tile: GradientTile): number {
  return Math.ceil(outputs / tile.outputs) * Math.ceil(inputs / tile.inputs);
}

/** A product before it is known which workgroups make it. */
type Sides = Omit<GradientProduct, "firstGroup" | "across">;

/** Addresses and strides in vectors. */
function productOf({ transpose, gradient }: GradientPair): Sides {
  const vectors = (words: Int32Array, word: number) => words[word] >>> 4;
  return {
    outputs: gradient[GradientWord.Outputs],
    inputs: transpose[Word.Features],
    u: vectors(gradient, GradientWord.U),
    uStride: vectors(gradient, GradientWord.UStride),
    x: vectors(transpose, Word.In),
    xStride: vectors(transpose, Word.InStride),
    out: vectors(gradient, GradientWord.Out),
    outStep: vectors(gradient, GradientWord.WeightStep),
    panels: transpose[Word.Panels],
    groupPanels: transpose[Word.GroupPanels],
    lastColumns: transpose[Word.LastColumns],
    seeds: vectors(transpose, Word.Seeds),
    added: vectors(transpose, Word.Added),
    addedStride: vectors(transpose, Word.AddedStride),
    addedPanels: transpose[Word.AddedPanels],
  };
}
