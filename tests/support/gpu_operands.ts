/**
 * Operands of a layer's operation, small integers, and what it must give: every sum is exact in any
 * order. There is NaN behind each array and in the columns that are no rows of the batch, so that a
 * shader that reads them is found out.
 */
import { Code, Word } from "@/engine/operation_protocol.ts";
import {
  BLOCK,
  padded,
  paddedFeatures,
  PANEL,
  panelsOf,
  TILE_ROWS,
  weightIndex,
  weightSize,
} from "@/engine/layout.ts";
import { type StepMachine } from "@/engine/step_machine.ts";

/** Sides of a product: rows of the result (units of a maxout layer), of the batch, inner side. */
export interface Sides {
  rows: number;
  columns: number;
  inner: number;
}

/** Numbers that an operation must leave at an address; NaN where anything may be. */
export interface Wanted {
  what: string;
  address: number;
  values: Float32Array;
  /** Relative; 0 where everything is exact. */
  tolerance: number;
}

/** Pieces of a maxout unit, and the slope of a leaky ReLU. */
export const PIECES = 3;
export const SLOPE = 0.25;

/** NaN behind each array. */
const GUARD = 256;

/** A number for each feature and row of the batch. */
export type Matrix = (feature: number, row: number) => number;

/** Operands and results of one operation. */
export class Bench {
  readonly wanted: Wanted[] = [];
  readonly #given: [address: number, count: number][] = [];
  #state = 1;

  constructor(readonly machine: StepMachine, readonly columns: number) {}

  integer(most = 4): number {
    this.#state = (this.#state * 48271) % 2147483647;
    return this.#state % (2 * most + 1) - most;
  }

  place(values: Float32Array): number {
    const count = values.length + GUARD;
    const address = this.machine.allocate(count);
    this.#given.push([address, count]);
    const guarded = new Float32Array(count).fill(NaN);
    guarded.set(values);
    this.machine.write(address, guarded);
    return address;
  }

  /** Panels of a function of feature and row; 0 in the padding of features. */
  panels(features: number, of: Matrix): { address: number; stride: number; values: Float32Array } {
    const values = this.#fill(features, of, new Float32Array(this.#size(features)));
    return { address: this.place(values), stride: 4 * paddedFeatures(features) * PANEL, values };
  }

  /** Room for a result of which `wanted` is said later. */
  room(features: number): { address: number; stride: number } {
    return this.panels(features, () => NaN);
  }

  vector(length: number, of: (i: number) => number): { address: number; values: number[] } {
    const values = Array.from({ length }, (_, i) => of(i));
    return { address: this.place(Float32Array.from(values)), values };
  }

  wantPanels(what: string, address: number, features: number, of: Matrix, tolerance = 0): void {
    const values = new Float32Array(this.#size(features)).fill(NaN);
    this.wanted.push({ what, address, values: this.#fill(features, of, values), tolerance });
  }

  wantVector(what: string, address: number, values: number[], tolerance = 0): void {
    this.wanted.push({ what, address, values: Float32Array.from(values), tolerance });
  }

  release(): void {
    for (const region of this.#given) this.machine.release(...region);
  }

  #size(features: number): number {
    return panelsOf(this.columns) * paddedFeatures(features) * PANEL;
  }

  #fill(features: number, of: Matrix, values: Float32Array): Float32Array {
    const columns = panelsOf(this.columns) * PANEL;
    for (let f = 0; f < features; f++) {
      for (let row = 0; row < columns; row++) {
        const panel = Math.floor(row / PANEL) * paddedFeatures(features);
        values[(panel + f) * PANEL + row % PANEL] = row < this.columns ? of(f, row) : NaN;
      }
    }
    return values;
  }
}

/** A matrix of integers, as a function. */
export function integers(bench: Bench, features: number, columns: number, most?: number): Matrix {
  const values = Array.from({ length: features * columns }, () => bench.integer(most));
  return (feature, row) => values[feature * columns + row];
}

export const sum = (count: number, of: (i: number) => number) => {
  let all = 0;
  for (let i = 0; i < count; i++) all += of(i);
  return all;
};

/** Computed once: a product is asked for again and again. */
export function kept(features: number, columns: number, of: Matrix): Matrix {
  const values = Float64Array.from(
    { length: features * columns },
    (_, i) => of(Math.floor(i / columns), i % columns),
  );
  return (feature, row) => values[feature * columns + row];
}

export interface Product {
  words: Record<number, number>;
  /** The product itself. */
  h: Matrix;
}

/** Weights of `inputs` and `outputs`, and the product with the operand of the inner side. */
export function product(
  bench: Bench,
  code: Code.Forward | Code.Backward,
  inputs: number,
  outputs: number,
): Product {
  const { columns } = bench;
  const weight = integers(bench, inputs, outputs);
  const weights = new Float32Array(weightSize(inputs, outputs));
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < outputs; n++) weights[weightIndex(inputs, k, n)] = weight(k, n);
  }
  const forward = code === Code.Forward;
  const [rows, inner] = forward ? [outputs, inputs] : [inputs, outputs];
  const operand = integers(bench, inner, columns);
  const source = bench.panels(inner, operand);
  const panels = panelsOf(columns);
  return {
    words: {
      [Word.Panels]: panels,
      [Word.GroupPanels]: panels,
      [Word.LastColumns]: columns - PANEL * (panels - 1),
      [Word.Pieces]: 1,
      [Word.Features]: rows,
      [Word.In]: source.address,
      [Word.InStride]: source.stride,
      [Word.Weights]: bench.place(weights),
      [Word.WeightStep]: 4 * TILE_ROWS * padded(inputs, BLOCK),
      [Word.Turns]: Math.ceil(inner / (forward ? 4 : TILE_ROWS)),
    },
    h: kept(
      rows,
      columns,
      (row, column) =>
        sum(inner, (i) => (forward ? weight(i, row) : weight(row, i)) * operand(i, column)),
    ),
  };
}

/** The words of an operation, and those that are a float32. */
export type Kind = (
  bench: Bench,
  sides: Sides,
) => [Record<number, number>, Record<number, number>];

/** Dropout of some features: 0 or 2. */
export function masked(bench: Bench, features: number): { address: number; of: Matrix } {
  const zeroOrTwo = integers(bench, features, bench.columns);
  const of: Matrix = (f, row) => zeroOrTwo(f, row) > 0 ? 2 : 0;
  return { address: bench.panels(features, of).address, of };
}
