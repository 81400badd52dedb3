/**
 * A product in tiles of the workgroup's memory, forwards and backwards; `tiles.ts` says what a tile
 * is.
 *
 * The left operand is the weights, the right one lies in panels of the batch. Both are brought to
 * the workgroup's memory as they lie: forwards the weights of a row are vectors along the inner
 * side, backwards they are vectors of four rows. While the threads multiply, the next numbers are
 * on their way.
 *
 * @module
 */
import { Word } from "../../operation_protocol.ts";
import { BLOCK, TILE_ROWS } from "../../layout.ts";
import {
  leftVectors,
  panelVectors,
  type ProductTile,
  sharedVectors,
  slicesTogether,
  threadsOf,
} from "../tiles.ts";
import { LANES } from "./shader_prelude.ts";

/** Vectors of a row of weights in a block, and of a block. */
export const ROW_VECTORS = BLOCK / 4;
export const BLOCK_VECTORS = TILE_ROWS * ROW_VECTORS;

/** Which product: forwards over a layer's inputs, or backwards over its outputs. */
export type Product = "forward" | "backward";

/** Numbers of the inner side, in shaders. */
export const INNER = {
  forward: `(4u * word(${Word.Turns}u))`,
  backward: `(${TILE_ROWS}u * word(${Word.Turns}u))`,
};

const each = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("\n");

/** Where vector `i` of the left operand is read. */
const LEFT: Record<Product, (tile: ProductTile) => string> = {
  forward: ({ inner }) => /* wgsl */ `
  let row = first + i / ${inner / 4}u;
  let k = k0 + 4u * (i % ${inner / 4}u);
  if (row >= end || k >= ${INNER.forward}) { return vec4f(); }
  return memory[weight(row, k)];`,
  backward: ({ rows }) => /* wgsl */ `
  let row = first + 4u * (i % ${rows / 4}u);
  let k = k0 + i / ${rows / 4}u;
  if (row >= end || k >= ${INNER.backward}) { return vec4f(); }
  return memory[weight(k, row)];`,
};

/** Where it is put. */
const LEFT_AT: Record<Product, (tile: ProductTile, i: string) => string> = {
  forward: (tile, i) =>
    `(${i} / ${tile.inner / 4}u) * ${leftVectors(tile)}u + ${i} % ${tile.inner / 4}u`,
  backward: (_, i) => i,
};

const loads = (tile: ProductTile, product: Product) => /* wgsl */ `
// Where the weights from four inputs to output n lie.
fn weight(n: u32, k: u32) -> u32 {
  return at(${Word.Weights}u) + (n / ${TILE_ROWS}u) * at(${Word.WeightStep}u) +
    (k / ${BLOCK}u) * ${BLOCK_VECTORS}u + (n % ${TILE_ROWS}u) * ${ROW_VECTORS}u + (k % ${BLOCK}u) / 4u;
}

fn loadLeft(i: u32, first: u32, end: u32, k0: u32) -> vec4f {${LEFT[product](tile)}
}

fn loadRight(i: u32, firstPanel: u32, k0: u32) -> vec4f {
  let k = k0 + (i / ${LANES}u) % ${tile.inner}u;
  let panel = firstPanel + i / ${LANES * tile.inner}u;
  if (panel >= word(${Word.Panels}u) || k >= ${INNER[product]}) { return vec4f(); }
  return memory[at(${Word.In}u) + panel * at(${Word.InStride}u) + ${LANES}u * k + i % ${LANES}u];
}
`;

/** The vectors that each thread brings. */
interface Share {
  name: string;
  /** In all. */
  vectors: number;
  load: string;
  to: (i: string) => string;
}

function sharesOf(tile: ProductTile, product: Product): Share[] {
  const { rows, columns, inner } = tile;
  const panel = 4 * inner;
  const toRight = (i: string) =>
    `${rows * leftVectors(tile)}u + (${i} / ${panel}u) * ${panelVectors(tile)}u + ${i} % ${panel}u`;
  return [
    {
      name: "a",
      vectors: rows * inner / 4,
      load: "loadLeft(i, first, end, k0)",
      to: (i) => LEFT_AT[product](tile, i),
    },
    { name: "b", vectors: columns * inner / 4, load: "loadRight(i, firstPanel, k0)", to: toRight },
  ];
}

/** Does something with each of a thread's vectors. */
function eachVector(tile: ProductTile, share: Share, text: (name: string) => string): string {
  const threads = threadsOf(tile);
  return each(Math.ceil(share.vectors / threads), (n) => {
    const all = (n + 1) * threads <= share.vectors;
    const guard = all ? "" : `if (thread + ${n * threads}u < ${share.vectors}u) `;
    return `${guard}{ let i = thread + ${n * threads}u; ${text(share.name + n)} }`;
  });
}

/** The sums of a thread: one vector for each of its rows and each four of its columns. */
const sums = ({ thread }: ProductTile, text: (row: number, column: number) => string) =>
  each(thread, (row) => each(thread / 4, (column) => text(row, column)));

/** One turn: what is in the workgroup's memory, multiplied. */
const MULTIPLY: Record<Product, (tile: ProductTile) => string> = {
  forward: (tile) => /* wgsl */ `
    for (var k = 0u; k < ${tile.inner / 4 / tile.slices}u; k++) {
      ${
    each(tile.thread / 4, (j) =>
      each(4, (q) =>
        `let b${j}${q} = operands[right${j} + ${4 * LANES}u * k + ${q * LANES}u];`))
  }
      ${
    each(tile.thread, (i) =>
      `let a${i} = operands[left + ${i * leftVectors(tile)}u + k];\n` +
      each(
        tile.thread / 4,
        (j) => each(4, (q) => `sum${i}${j} += a${i}.${"xyzw"[q]} * b${j}${q};`),
      ))
  }
    }`,
  backward: (tile) => /* wgsl */ `
    for (var k = 0u; k < ${tile.inner / tile.slices}u; k++) {
      ${each(tile.thread / 4, (h) => `let a${h} = operands[left + ${tile.rows / 4}u * k + ${h}u];`)}
      ${each(tile.thread / 4, (j) => `let b${j} = operands[right${j} + ${LANES}u * k];`)}
      ${sums(tile, (i, j) => `sum${i}${j} += a${i >> 2}.${"xyzw"[i & 3]} * b${j};`)}
    }`,
};

/** Where a thread begins to read the left operand. */
const LEFT_FROM: Record<Product, (tile: ProductTile) => string> = {
  forward: (tile) => `ownRow * ${leftVectors(tile)}u + slice * ${tile.inner / 4 / tile.slices}u`,
  backward: ({ rows, inner, slices }) => `ownRow / 4u + slice * ${rows / 4 * inner / slices}u`,
};

/** The upper half of `slices` slices gives its sums to the lower half. */
const addHalf = (tile: ProductTile, slices: number) => {
  const { rows, columns } = tile;
  const place = (i: number, j: number) => `place + ${i * columns / 4}u + column${j}`;
  return /* wgsl */ `
  workgroupBarrier();
  if (slice >= ${slices / 2}u && slice < ${slices}u) {
    let place = (slice - ${slices / 2}u) * ${rows * columns / 4}u + ownRow * ${columns / 4}u;
    ${sums(tile, (i, j) => `operands[${place(i, j)}] = sum${i}${j};`)}
  }
  workgroupBarrier();
  if (slice < ${slices / 2}u) {
    let place = slice * ${rows * columns / 4}u + ownRow * ${columns / 4}u;
    ${sums(tile, (i, j) => `sum${i}${j} += operands[${place(i, j)}];`)}
  }`;
};

/** Puts the sums away, those of all slices added. */
function storeSums(tile: ProductTile): string {
  const { rows, columns, slices } = tile;
  if (slices === 1) {
    return sums(
      tile,
      (i, j) =>
        `put(first + ownRow + ${i}u, end, firstPanel + column${j} / 4u, column${j} % 4u, sum${i}${j});`,
    );
  }
  const vectors = rows * columns / 4;
  const together = slicesTogether(tile);
  const halvings = Array.from({ length: Math.log2(slices / together) }, (_, i) => slices / 2 ** i);
  return halvings.map((many) => addHalf(tile, many)).join("") + /* wgsl */ `
  workgroupBarrier();
  if (slice < ${together}u) {
    let place = slice * ${vectors}u + ownRow * ${columns / 4}u;
    ${sums(tile, (i, j) => `operands[place + ${i * columns / 4}u + column${j}] = sum${i}${j};`)}
  }
  workgroupBarrier();
  for (var i = thread; i < ${vectors}u; i += ${threadsOf(tile)}u) {
    let row = (i / 4u) % ${rows}u;
    let panel = i / ${4 * rows}u;
    let source = row * ${columns / 4}u + 4u * panel + i % 4u;
    var x = operands[source];
    for (var other = 1u; other < ${together}u; other++) {
      x += operands[source + other * ${vectors}u];
    }
    put(first + row, end, firstPanel + panel, i % 4u, x);
  }`;
}

/**
 * `multiply` makes the tile of the rows from `first` on, before `end`, and of the panels from
 * `firstPanel` on: the turns `begin` to `until` of its inner side. `store`, the body of a function,
 * puts four numbers `x` of a row away.
 */
export function productInTiles(tile: ProductTile, product: Product, store: string): string {
  const { columns, thread, slices } = tile;
  const shares = sharesOf(tile, product);
  const threads = threadsOf(tile) / slices;
  const across = columns / thread;
  return storing(store) + loads(tile, product) + /* wgsl */ `
var<workgroup> operands: array<vec4f, ${sharedVectors(tile)}>;

fn put(row: u32, end: u32, panel: u32, lane: u32, x: vec4f) {
  if (row < end && panel < word(${Word.Panels}u)) { store(row, panel, lane, x); }
}

fn multiply(thread: u32, first: u32, end: u32, firstPanel: u32, begin: u32, until: u32) {
  let slice = thread / ${threads}u;
  let ownRow = ${thread}u * (thread % ${threads}u / ${across}u);
  let left = ${LEFT_FROM[product](tile)};
  ${
    each(thread / 4, (j) => `
  let column${j} = thread % ${across}u + ${j * across}u;
  let right${j} = ${tile.rows * leftVectors(tile)}u + (column${j} / 4u) * ${panelVectors(tile)}u +
    column${j} % 4u + slice * ${4 * tile.inner / slices}u;`)
  }
  ${sums(tile, (i, j) => `var sum${i}${j} = vec4f();`)}
  var k0 = begin * ${tile.inner}u;
  ${
    shares.map((share) =>
      each(Math.ceil(share.vectors / threadsOf(tile)), (n) => `var ${share.name}${n} = vec4f();`)
    ).join("\n")
  }
  ${shares.map((share) => eachVector(tile, share, (name) => `${name} = ${share.load};`)).join("\n")}
  for (var turn = begin; turn < until; turn++) {
    // Nobody reads what was there any more.
    workgroupBarrier();
    ${
    shares.map((share) =>
      eachVector(tile, share, (name) => `operands[${share.to("i")}] = ${name};`)
    ).join("\n")
  }
    workgroupBarrier();
    if (turn + 1u < until) {
      k0 += ${tile.inner}u;
      ${
    shares.map((share) => eachVector(tile, share, (name) => `${name} = ${share.load};`)).join("\n")
  }
    }
    ${MULTIPLY[product](tile)}
  }
  ${storeSums(tile)}
}
`;
}

/** The function that puts four numbers of a row away. */
export const storing = (store: string) => /* wgsl */ `
// Which of the workgroups that share the inner side.
var<private> part: u32;

fn store(row: u32, panel: u32, lane: u32, x: vec4f) {
  ${store}
}
`;

/** Stores it as it is, for what is done to whole rows. */
export const storeRaw = /* wgsl */ `
  memory[at(${Word.Raw}u) + panel * at(${Word.RawStride}u) + ${LANES}u * row + lane] = x;
`;
