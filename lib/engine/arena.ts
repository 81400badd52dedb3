/**
 * The numbers of a network in the memory of the machine: one stretch of numbers, so that an
 * optimiser moves all of them in one operation. Slots and averages have the same order.
 *
 * @module
 */
import { padded, weightSize } from "./layout.ts";
import { type ParameterSpec } from "@/gan/spec.ts";

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

  /** Byte address of a parameter in an arena that begins at `base`. */
  address(base: number, name: string): number {
    return base + 4 * this.#places.get(name)!.at;
  }

  /** A parameter in an arena that begins at `base`. */
  place(base: number, name: string): { address: number; shape: number[] } {
    return { address: this.address(base, name), shape: this.#places.get(name)!.shape };
  }
}
