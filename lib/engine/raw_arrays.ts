/**
 * The arrays of a GAN out of what an engine copied of its memory (`Snapshot`). It needs neither the
 * engine nor TensorFlow.js, so that another thread can do it.
 *
 * @module
 */
import { type NamedArray } from "@/formats/safetensors.ts";
import { type RawNumbers } from "@/gan/custody.ts";
import { copyWeights, weightSize } from "./layout.ts";

/** The arrays row by row, by name. */
export function arraysOf({ numbers, arrays }: RawNumbers): Record<string, NamedArray> {
  return Object.fromEntries(
    arrays.map(({ name, shape, at }) => {
      if (shape.length === 1) return [name, { shape, data: numbers.slice(at, at + shape[0]) }];
      const rows = new Float32Array(shape[0] * shape[1]);
      const weights = numbers.subarray(at, at + weightSize(shape[0], shape[1]));
      copyWeights(shape, { rows, weights, to: "rows" });
      return [name, { shape, data: rows }];
    }),
  );
}
