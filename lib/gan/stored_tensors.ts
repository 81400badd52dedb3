/**
 * Tensors as the arrays of a safetensors file, and back.
 *
 * @module
 */
import { type NamedArray, roundToHalf } from "@/formats/safetensors.ts";
import { tf } from "@/tf.ts";
import { freedWhenForgotten } from "@/tfjs/forgotten_tensors.ts";
import { type Tensors } from "./network.ts";

/**
 * The tensor of an array of a file.
 *
 * @param file Named in errors.
 * @throws {RangeError} If there is no array of that name and shape.
 */
export function tensorOf(
  arrays: Record<string, NamedArray>,
  name: string,
  shape: number[],
  file: string,
): tf.Tensor {
  const array = arrays[name];
  if (array?.shape.join() !== shape.join()) {
    throw new RangeError(
      `Cannot use ${file}: it must have ${name} of shape [${shape}], got ${
        array ? `[${array.shape}]` : "none"
      }`,
    );
  }
  return freedWhenForgotten(tf.tensor(array.data, shape));
}

/** New tensors, each number the nearest float16: as a file in half precision gives them back. */
export async function roundTensors(tensors: Tensors): Promise<Tensors> {
  const rounded: Tensors = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    rounded[name] = tf.tensor(roundToHalf(await tensor.data() as Float32Array), tensor.shape);
  }
  return rounded;
}
