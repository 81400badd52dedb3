/**
 * The gradients of weights as dispatches: those that follow each other are one.
 *
 * @module
 */
import { GradientWord, Word } from "../operation_protocol.ts";
import { TILE_ROWS } from "../layout.ts";
import { type Dispatch } from "./dispatches.ts";
import {
  gradientShader,
  type GradientTile,
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

/** The dispatches of gradients that follow each other; none reads what another writes. */
export function gradientDispatches(pairs: GradientPair[], operation: number): Dispatch[] {
  const all: Dispatch[] = [];
  for (let first = 0; first < pairs.length; first += MOST_PRODUCTS) {
    const some = pairs.slice(first, first + MOST_PRODUCTS).map(productOf);
    all.push(dispatchOf(some, operation + 2 * first));
  }
  return all;
}

function dispatchOf(products: Sides[], operation: number): Dispatch {
  const tile = tileOf(products);
  let groups = 0;
  const words = productWords(products.map((product) => {
    const firstGroup = groups;
    groups += groupsOf(product, tile);
    return { ...product, firstGroup, across: Math.ceil(product.inputs / tile.inputs) };
  }));
  return { operation, shader: gradientShader(tile), words, groups: [groups, 1, 1] };
}

/** The largest tile that keeps a large card busy, or the smallest. */
function tileOf(products: Sides[]): GradientTile {
  const groups = (tile: GradientTile) =>
    products.reduce((sum, product) => sum + groupsOf(product, tile), 0);
  return TILES.find((tile) => groups(tile) >= ENOUGH_GROUPS) ?? TILES.at(-1)!;
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
