/**
 * The numbers of a network in the memory of the machine: one run of numbers, so that an optimiser moves
 * all of them in one operation. Slots and averages have the same order.
 *
 * @module
 */
import { BLOCK, padded, TILE_ROWS, weightSize } from "@/kernels/engine/layout.ts";
import { type ParameterSpec, sizeOf } from "../spec.ts";

interface Place {
  shape: number[];
  /** Index of its first number. */
  at: number;
}

export class Arena {
  readonly #places = new Map<string, Place>();
  /** Numbers in all, padding included; a multiple of 16. */
  readonly size: number;

  constructor(parameters: ParameterSpec[]) {
    let at = 0;
    for (const { name, shape } of parameters) {
      this.#places.set(name, { shape, at });
      const size = shape.length === 2 ? weightSize(shape[0], shape[1]) : padded(shape[0], 12);
      at += padded(size, 16);
    }
    this.size = at;
  }

  /** Names in the order of the parameters. */
  get names(): string[] {
    return [...this.#places.keys()];
  }

  shapeOf(name: string): number[] {
    return this.#places.get(name)!.shape;
  }

  /** Byte address of a parameter in an arena that begins at `base`. */
  address(base: number, name: string): number {
    return base + 4 * this.#places.get(name)!.at;
  }

  /** Puts the values of a parameter, row by row, into an arena. */
  write(arena: Float32Array, name: string, values: ArrayLike<number>): void {
    const { shape, at } = this.#places.get(name)!;
    if (shape.length === 1) arena.set(values, at);
    else eachRun(shape, (k, n, index) => arena[at + index] = values[k * shape[1] + n]);
  }

  /** The values of a parameter, row by row. */
  read(arena: Float32Array, name: string): Float32Array {
    const { shape, at } = this.#places.get(name)!;
    if (shape.length === 1) return arena.slice(at, at + shape[0]);
    const values = new Float32Array(sizeOf(shape));
    eachRun(shape, (k, n, index) => values[k * shape[1] + n] = arena[at + index]);
    return values;
  }
}

/** Calls `visit` with each input, output and index of a matrix of weights. */
function eachRun(
  [inputs, outputs]: number[],
  visit: (k: number, n: number, index: number) => void,
): void {
  const panelSize = TILE_ROWS * padded(inputs, BLOCK);
  for (let first = 0; first < outputs; first += TILE_ROWS) {
    const rows = Math.min(TILE_ROWS, outputs - first);
    const panel = (first / TILE_ROWS) * panelSize;
    for (let k = 0; k < inputs; k++) {
      const inBlock = k % BLOCK;
      const index = panel + (k - inBlock) * TILE_ROWS + inBlock;
      for (let row = 0; row < rows; row++) visit(k, first + row, index + row * BLOCK);
    }
  }
}
