/**
 * How a layer's product and what is done to its result become shaders.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { type ProductTile, threadsOf, type Tiling } from "../tiles.ts";
import { INNER, type Product, productInTiles, storing } from "./product_shader.ts";
import { type Crew, rowFunctions } from "./row_functions.ts";
import { LANES, PRELUDE } from "./shader_prelude.ts";

/** A product, and what is done to its result. */
export interface LayerShader {
  product: Product;
  /** Rows of the product. */
  rows: string;
  /** Functions that the others call. */
  functions: string;
  /** The body of a function that puts four numbers `x` of a row away. */
  store: string;
  /** What is done once rows are complete, from `first` to `end`: empty where nothing is. */
  finish: string;
}

/** Threads of a workgroup that finishes rows, and rows: few, so that there are many workgroups. */
export const FINISHING: Crew = { threads: 128, rows: 4 };

const main = (threads: number, body: string) => /* wgsl */ `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${body}
}
`;

/** A workgroup has the rows from `first` on, as many as the words say. */
const ownRows = (rows: string) => /* wgsl */ `
  let first = group.x * word(${Word.ChunkSize}u);
  let end = min(first + word(${Word.ChunkSize}u), ${rows});`;

const turns = ({ product }: LayerShader, { inner }: ProductTile) =>
  `(${INNER[product]} + ${inner - 1}u) / ${inner}u`;

/** Where the sums of a part lie: panels of the product's rows, one part after another. */
const placeOfPart = (rows: string) => /* wgsl */ `
fn placeOfPart(part: u32, row: u32, panel: u32, lane: u32) -> u32 {
  return at(${Word.Sums}u) + ${LANES}u * ((part * word(${Word.Panels}u) + panel) * (${rows}) + row) + lane;
}
`;

/** Each workgroup makes a tile. Where the inner side is split, sums are left as they are. */
export function tileShader(layer: LayerShader, tiling: Tiling): string {
  const split = tiling.split > 1;
  // What finishes rows is called in another dispatch.
  const functions = split ? placeOfPart(layer.rows) : layer.finish ? "" : layer.functions;
  const store = split ? "memory[placeOfPart(part, row, panel, lane)] = x;" : layer.store;
  return PRELUDE + functions + productInTiles(tiling, layer.product, store) +
    main(
      threadsOf(tiling),
      /* wgsl */ `
  let turns = ${turns(layer, tiling)};
  let each = (turns + word(${Word.Chunks}u) - 1u) / word(${Word.Chunks}u);
  let begin = group.z * each;
  part = group.z;
  multiply(thread, group.y * ${tiling.rows}u, ${layer.rows}, group.x * ${tiling.columns / 16}u,
    begin, min(begin + each, turns));`,
    );
}

/** Each workgroup makes all columns of a few rows, and finishes them. */
export function wholeShader(layer: LayerShader, tile: ProductTile): string {
  return PRELUDE + rowFunctions({ threads: threadsOf(tile), rows: tile.rows }) + layer.functions +
    productInTiles(tile, layer.product, layer.store) +
    main(
      threadsOf(tile),
      /* wgsl */ `${ownRows(layer.rows)}
  for (var row = first; row < end; row += ${tile.rows}u) {
    for (var panel = 0u; panel < word(${Word.Panels}u); panel += ${tile.columns / 16}u) {
      multiply(thread, row, end, panel, 0u, ${turns(layer, tile)});
    }
  }
  storageBarrier();
  ${layer.finish}`,
    );
}

/** Finishes rows that are there, or of which there are parts. */
export function finishingShader(layer: LayerShader, split: boolean): string {
  return PRELUDE + rowFunctions(FINISHING) + layer.functions + (split ? gather(layer) : "") +
    main(
      FINISHING.threads,
      ownRows(layer.rows) +
        (split ? "\n  gather(thread, first, end);\n  storageBarrier();" : "") +
        `\n  ${layer.finish}`,
    );
}

/** Adds the parts, always in the same order. */
const gather = ({ rows, store }: LayerShader) =>
  placeOfPart(rows) + storing(store) + /* wgsl */ `
fn gather(thread: u32, first: u32, end: u32) {
  let lane = thread & 3u;
  for (var row = first + rowOf(thread); row < end; row += crewRows) {
    for (var panel = panelOf(thread); panel < word(${Word.Panels}u); panel += panelStep) {
      var x = memory[placeOfPart(0u, row, panel, lane)];
      for (var i = 1u; i < word(${Word.Chunks}u); i++) { x += memory[placeOfPart(i, row, panel, lane)]; }
      store(row, panel, lane, x);
    }
  }
}
`;
