/**
 * The gradients of weights as dispatches: those that follow each other are one.
 *
 * @module
 */
import { GradientWord, Word } from "../operation_protocol.ts";
import { TILE_ROWS } from "../layout.ts";
import { type Dispatch } from "./dispatches.ts";
import { type TileLimits } from "./tiles.ts";
import {
  gradientShader,
  gradientThreads,
  type GradientTile,
  gradientVectors,
  MOST_PRODUCTS,
  type Product,
  productWords,
} from "./shaders/gradient_shader.ts";

/** A weight's gradient: `Transpose`, which a GPU does while it reads, and `Gradient`. */
export interface GradientPair {
  transpose: Int32Array;
  gradient: Int32Array;
}

/** From the largest, which reads least, to the smallest. */
const TILES: GradientTile[] = [
  { outputs: 64, inputs: 64, thread: { outputs: 4, inputs: 4 } },
  { outputs: 32, inputs: 64, thread: { outputs: 4, inputs: 4 } },
  { outputs: 32, inputs: 32, thread: { outputs: 4, inputs: 4 } },
];

/** About two for each multiprocessor of a large card. */
const ENOUGH_GROUPS = 256;

/**
 * The dispatches of gradients that follow each other, from operation `first` on. None reads what
 * another writes.
 */
export function gradientDispatches(
  pairs: GradientPair[],
  first: number,
  limits: TileLimits,
): Dispatch[] {
  const all: Dispatch[] = [];
  for (let pair = 0; pair < pairs.length; pair += MOST_PRODUCTS) {
    const some = pairs.slice(pair, pair + MOST_PRODUCTS);
    all.push({
      operation: first + 2 * pair,
      operations: 2 * some.length,
      ...dispatchOf(some.map(productOf), limits),
    });
  }
  return all;
}

function dispatchOf(
  products: Sides[],
  limits: TileLimits,
): Omit<Dispatch, "operation" | "operations"> {
  const tile = tileOf(products, limits);
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
 * The largest tile that keeps a large card busy, or the smallest. Which one it is changes no bit:
 * every number is summed over the batch in one order.
 */
function tileOf(products: Sides[], limits: TileLimits): GradientTile {
  const possible = TILES.filter((tile) =>
    16 * gradientVectors(tile) <= limits.maxComputeWorkgroupStorageSize &&
    gradientThreads(tile) <= limits.maxComputeInvocationsPerWorkgroup
  );
  const groups = (tile: GradientTile) =>
    products.reduce((sum, product) => sum + groupsOf(product, tile), 0);
  return possible.find((tile) => groups(tile) >= ENOUGH_GROUPS) ?? possible.at(-1)!;
}

function groupsOf({ outputs, inputs }: Sides, tile: GradientTile): number {
  return Math.ceil(outputs / tile.outputs) * Math.ceil(inputs / tile.inputs);
}

/** A product before it is known which workgroups make it. */
type Sides = Omit<Product, "firstGroup" | "across">;

/** Addresses and strides in vectors. */
function productOf({ transpose, gradient }: GradientPair): Sides {
  const vectors = (words: Int32Array, word: number) => words[word] >>> 4;
  return {
    outputs: TILE_ROWS * gradient[GradientWord.OutputTiles],
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
