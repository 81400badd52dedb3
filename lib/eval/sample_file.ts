/**
 * Images from an array that somebody made elsewhere.
 *
 * @module
 */
import { PIXELS } from "@/data/mnist.ts";
import { type NpyArray } from "@/formats/npy.ts";
import { isImageRows, rangeAdvice, rangeOf, shapeAdvice } from "./array_advice.ts";

/**
 * The images of an array, [count, 784] in [0, 1].
 *
 * @param file Named in errors.
 * @throws {RangeError} If it is anything else, with all that is wrong at once and, where array and
 *   numbers leave no doubt, the NumPy expression that mends it, in terms of `x`, the array as it
 *   is.
 */
export function imagesOf({ shape, data, dtype }: NpyArray, file: string): Float32Array {
  const faults: string[] = [];
  if (!isImageRows(shape)) {
    faults.push(`its shape must be [count, ${PIXELS}], got [${shape}]`);
  } else if (data.length === 0) faults.push("it takes at least 1 image, got 0");
  const { least, greatest, notFinite } = rangeOf(data);
  if (notFinite > 0) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    const place = isImageRows(shape) ? ` in image ${Math.floor(wrong / PIXELS)}` : "";
    faults.push(
      `every pixel must be in [0, 1], got ${data[wrong]}${place} (NaN or infinite in all: ${
        notFinite.toLocaleString("en-US")
      })`,
    );
  } else if (least < 0 || greatest > 1) {
    faults.push(`every pixel must be in [0, 1], got ${short(least)} to ${short(greatest)}`);
  }
  if (faults.length === 0) return data;
  throw new RangeError(`Cannot use ${file}: ${faults.join(", and ")}${mend(shape, data, dtype)}`);
}

/** The whole remedy in one expression; nothing where a part of it is not known. */
function mend(shape: number[], data: Float32Array, dtype: string): string {
  const { least, greatest, notFinite } = rangeOf(data);
  if (notFinite > 0 || data.length === 0) return "";
  const turned = isImageRows(shape) ? undefined : shapeAdvice(shape);
  const scaled = least < 0 || greatest > 1 ? rangeAdvice(data, dtype) : undefined;
  if (!isImageRows(shape) && !turned) {
    return data.length % PIXELS === 0
      ? ". The shape does not say which numbers belong to one image"
      : "";
  }
  if ((least < 0 || greatest > 1) && !scaled) {
    return ". The range does not say how they become pixels";
  }
  const x = turned?.numpy("x") ?? "x";
  return `. In NumPy: ${scaled?.numpy(x) ?? x}`;
}

/** With enough digits to tell an end of the range from a number that is a little beyond it. */
function short(value: number): string {
  return String(Number(value.toPrecision(8)));
}
