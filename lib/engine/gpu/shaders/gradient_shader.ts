/**
 * Gradients of weights: the products of the layers that sum over the batch, those of several layers
 * in one dispatch.
 *
 * Notation: a product has outputs n and inputs k; it is Σ u[n] (seed x[k] + added[k]) over the rows
 * of the batch. A workgroup makes a tile of it and goes panel by panel: its threads fetch vectors of
 * the next panel while they multiply those of the last one. These lie in workgroup memory, in two
 * halves that take turns, so that one barrier for each panel is enough.
 *
 * Both operands lie with the rows of the batch side by side, and are multiplied like that: a vector
 * has four rows of one feature. The sums are vectors of four inputs, as weights lie. No order
 * depends on anything but the shapes and the tile.
 *
 * @module
 */
import { BLOCK, PANEL, TILE_ROWS } from "../../layout.ts";
import { BLOCK_VECTORS, ROW_VECTORS } from "./product_shader.ts";
import { LANES } from "./shader_prelude.ts";

/** Most products of a dispatch: more than the networks of any preset have layers. */
export const MOST_PRODUCTS = 16;

/** What a workgroup makes, and what each of its threads makes of that. */
export interface GradientTile {
  outputs: number;
  inputs: number;
  thread: { outputs: number; inputs: number };
}

/**
 * What the shader is told of a product, in this order. Addresses and strides count vectors; 0 means
 * that there are no seeds.
 */
const FIELDS = [
  "firstGroup",
  "across",
  "outputs",
  "inputs",
  "u",
  "uStride",
  "x",
  "xStride",
  "out",
  "outStep",
  "panels",
  "groupPanels",
  "lastColumns",
  "seeds",
  "added",
  "addedStride",
  "addedPanels",
] as const;

/** Words of a product: a multiple of four, as WGSL wants it of uniforms. */
const PRODUCT_WORDS = 4 * Math.ceil(FIELDS.length / 4);

export type GradientProduct = Record<(typeof FIELDS)[number], number>;

/** More workgroups than there are: a product that is not there begins behind them. */
const NEVER = -1;

/** At most `MOST_PRODUCTS` products as the shader reads them, by their first workgroups. */
export function productWords(products: GradientProduct[]): Int32Array {
  const words = new Int32Array(MOST_PRODUCTS * PRODUCT_WORDS);
  for (let i = 0; i < MOST_PRODUCTS; i++) {
    const at = i * PRODUCT_WORDS;
    if (i < products.length) words.set(FIELDS.map((field) => products[i][field]), at);
    else words[at] = NEVER;
  }
  return words;
}

/** `count` lines of a shader. */
function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

/**
 * An operand in workgroup memory: by the place of a feature among those of its thread, by lane (four
 * rows of the batch), and then by thread, twice, for the two halves. So neighbouring threads read
 * neighbouring vectors, and where a thread's features lie is known when the shader is compiled. Two
 * vectors more put the lanes of a feature into different banks.
 */
class Side {
  /** Threads side by side, each with other features, and how many vectors are behind each other. */
  readonly across: number;
  readonly stride: number;
  /** Vectors of a panel that a thread fetches, and the features from one to the next. */
  readonly fetches: number;
  readonly apart: number;

  constructor(features: number, readonly each: number, threads: number) {
    this.across = features / each;
    this.stride = 2 * this.across + 2;
    this.fetches = features * LANES / threads;
    this.apart = threads / LANES;
  }

  get type(): string {
    return `array<array<array<vec4f, ${this.stride}>, ${LANES}>, ${this.each}>`;
  }

  get vectors(): number {
    return this.each * LANES * this.stride;
  }
}

/** Threads of a workgroup. */
export function gradientThreads({ outputs, inputs, thread }: GradientTile): number {
  return outputs / thread.outputs * inputs / thread.inputs;
}

function sidesOf(tile: GradientTile): { u: Side; x: Side } {
  const threads = gradientThreads(tile);
  const { outputs, inputs, thread } = tile;
  return {
    u: new Side(outputs, thread.outputs, threads),
    x: new Side(inputs, thread.inputs, threads),
  };
}

/** Vectors of workgroup memory: two halves of each operand. */
export function gradientVectors(tile: GradientTile): number {
  const { u, x } = sidesOf(tile);
  return u.vectors + x.vectors;
}

/** The gradients of up to `MOST_PRODUCTS` weights, in tiles of one size. */
export function gradientShader(tile: GradientTile): string {
  const { outputs, inputs, thread } = tile;
  const { u, x } = sidesOf(tile);
  return /* wgsl */ `
struct Product {
${lines(PRODUCT_WORDS, (i) => `  ${FIELDS[i] ?? `unused${i}`}: u32,`)}
}

@group(0) @binding(0) var<storage, read_write> memory: array<vec4f>;
@group(0) @binding(1) var<uniform> products: array<Product, ${MOST_PRODUCTS}>;

fn keep(p: Product, n: u32, k: u32, sum: vec4f) {
  if (n >= p.outputs || k >= p.inputs) { return; }
  let to = p.out + (n / ${TILE_ROWS}u) * p.outStep + (k / ${BLOCK}u) * ${BLOCK_VECTORS}u +
    (n % ${TILE_ROWS}u) * ${ROW_VECTORS}u + (k % ${BLOCK}u) / 4u;
  memory[to] = sum;
}

var<workgroup> us: ${u.type};
var<workgroup> xs: ${x.type};

@compute @workgroup_size(${gradientThreads(tile)})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var which = 0u;
  for (var i = 1u; i < ${MOST_PRODUCTS}u; i++) {
    if (group.x >= products[i].firstGroup) { which = i; }
  }
  let p = products[which];
  let number = group.x - p.firstGroup;
  let row = (number / p.across) * ${outputs}u;
  let column = (number % p.across) * ${inputs}u;
  // A thread fetches four rows of the batch of some features.
  let lane = thread % ${LANES}u;
  let feature = thread / ${LANES}u;
  var uFrom = p.u + ${LANES}u * (row + feature) + lane;
  var xFrom = p.x + ${LANES}u * (column + feature) + lane;
  var addedFrom = p.added + ${LANES}u * (column + feature) + lane;
  // It multiplies its outputs with its inputs.
  let uOwn = thread / ${x.across}u;
  let xOwn = thread % ${x.across}u;
${lines(thread.outputs * thread.inputs / 4, (i) => `  var sum${i} = vec4f();`)}
  for (var turn = 0u; turn <= p.panels; turn++) {
    ${declareFetched(u, x)}
    if (turn < p.panels) {
      ${fetch(u, x)}
    }
    if (turn > 0u) {
      ${multiply(tile, u, x)}
    }
    if (turn < p.panels) {
      ${put(u, x)}
    }
    workgroupBarrier();
  }
  ${store(tile)}
}
`;
}

function declareFetched(u: Side, x: Side): string {
  return [
    lines(u.fetches, (i) => `var u${i} = vec4f();`),
    lines(x.fetches, (i) => `var x${i} = vec4f();\nvar added${i} = vec4f();`),
    "var seed = vec4f(1.0);",
  ].join("\n");
}

/** Asks for the vectors of panel `turn`. */
function fetch(u: Side, x: Side): string {
  return /* wgsl */ `
      ${lines(u.fetches, (i) => `u${i} = memory[uFrom + ${i * u.apart * LANES}u];`)}
      ${lines(x.fetches, (i) => `x${i} = memory[xFrom + ${i * x.apart * LANES}u];`)}
      if (p.seeds != 0u) { seed = memory[p.seeds + ${LANES}u * turn + lane]; }
      if (turn < p.addedPanels) {
        ${lines(x.fetches, (i) => `added${i} = memory[addedFrom + ${i * x.apart * LANES}u];`)}
      }
      uFrom += p.uStride;
      xFrom += p.xStride;
      addedFrom += p.addedStride;`;
}

/**
 * Puts them into workgroup memory. Columns that are no rows of the batch, and features that are not
 * there, are zero on both sides.
 */
function put(u: Side, x: Side): string {
  const into = (name: string, { each, across }: Side, feature: string) =>
    `${name}[(${feature}) % ${each}u][lane][(turn & 1u) * ${across}u + (${feature}) / ${each}u]`;
  const zero = (name: string, value: string, features: string) =>
    `select(vec4f(), ${value}, exists & vec4<bool>(${name} < ${features}))`;
  return /* wgsl */ `
      let last = (turn + 1u) % p.groupPanels == 0u;
      let columns = vec4u(4u * lane) + vec4u(0u, 1u, 2u, 3u);
      let exists = columns < vec4u(select(${PANEL}u, p.lastColumns, last));
      ${
    lines(u.fetches, (i) => {
      const feature = `feature + ${i * u.apart}u`;
      return `${into("us", u, feature)} = ${zero(`row + ${feature}`, `u${i}`, "p.outputs")};`;
    })
  }
      ${
    lines(x.fetches, (i) => {
      const feature = `feature + ${i * x.apart}u`;
      const value = `fma(seed, x${i}, added${i})`;
      return `${into("xs", x, feature)} = ${zero(`column + ${feature}`, value, "p.inputs")};`;
    })
  }`;
}

/** Multiplies the panel before, four rows of the batch at a time. */
function multiply({ thread }: GradientTile, u: Side, x: Side): string {
  const quads = thread.inputs / 4;
  return /* wgsl */ `
      let uAt = (~turn & 1u) * ${u.across}u + uOwn;
      let xAt = (~turn & 1u) * ${x.across}u + xOwn;
      for (var rows = 0u; rows < ${LANES}u; rows++) {
        ${lines(thread.outputs, (i) => `let a${i} = us[${i}][rows][uAt];`)}
        ${lines(thread.inputs, (i) => `let b${i} = xs[${i}][rows][xAt];`)}
        ${
    lines(4 * quads, (i) => {
      const [quad, part] = [Math.floor(i / 4), "xyzw"[i % 4]];
      const parts = [0, 1, 2, 3].map((j) => `b${4 * quad + j}.${part}`);
      const sums = lines(thread.outputs, (n) => {
        const sum = `sum${n * quads + quad}`;
        return `${sum} = fma(vec4f(a${n}.${part}), c${i}, ${sum});`;
      });
      return `let c${i} = vec4f(${parts.join(", ")});\n${sums}`;
    })
  }
      }`;
}

function store({ thread }: GradientTile): string {
  const quads = thread.inputs / 4;
  return /* wgsl */ `
  let n = row + ${thread.outputs}u * uOwn;
  let k = column + ${thread.inputs}u * xOwn;
  ${
    lines(thread.outputs * quads, (i) => {
      const [own, quad] = [Math.floor(i / quads), i % quads];
      return `  keep(p, n + ${own}u, k + ${4 * quad}u, sum${i});`;
    })
  }`;
}
