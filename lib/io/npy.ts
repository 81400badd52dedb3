/**
 * NumPy's .npy format for arrays of floating-point numbers: written as float32, version 1.0; read as
 * float32 or float64, versions 1 to 3.
 *
 * Layout: the bytes 93 4E 55 4D 50 59 and the version, 01 00; the length of the header, 16 bits little
 * endian (32 from version 2 on); the header, a Python dictionary padded with spaces to a multiple of
 * 64; the numbers, little endian, the last index fastest.
 * Source: NumPy's `numpy.lib.format`.
 *
 * @module
 */
import { type NamedArray } from "./safetensors.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Writes float32 numbers as an .npy file. */
export function encodeNpy(data: Float32Array, shape: number[]): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== data.length) {
    throw new TypeError(
      `Cannot write an array: a shape of [${shape}] has ${size} numbers, got ${data.length}`,
    );
  }
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sides}), }`;
  const unpadded = 10 + dictionary.length + 1;
  const header = dictionary + " ".repeat(Math.ceil(unpadded / 64) * 64 - unpadded) + "\n";
  const file = new Uint8Array(10 + header.length + data.byteLength);
  file.set([...MAGIC, 1, 0]);
  new DataView(file.buffer).setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  const view = new DataView(file.buffer, 10 + header.length);
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i], true);
  return file;
}

/**
 * Reads an .npy file of float32 numbers, or of float64, each then rounded to float32.
 *
 * @param name Named in errors.
 * @throws {RangeError} If it is not such a file, or a truncated one.
 */
export function decodeNpy(bytes: Uint8Array, name: string): NamedArray {
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot read ${name}: ${why}`);
  };
  const major = bytes[6];
  if (MAGIC.some((byte, i) => bytes[i] !== byte) || !(major >= 1 && major <= 3)) {
    refuse("it must be an .npy file, as numpy.save writes it, got something else");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) refuse(`its header must be whole, got ${bytes.length} bytes in all`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) {
    refuse(
      `its header must fit in the file, got a header of ${length} bytes in a file of ${bytes.length}`,
    );
  }
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const type = header.match(/'descr': *'([^']*)'/)?.[1];
  const order = header.match(/'fortran_order': *(True|False)/)?.[1];
  const sides = header.match(/'shape': *\(([\d, ]*)\)/)?.[1];
  if (order === undefined || sides === undefined) {
    return refuse(`its header must name order and shape, got ${header.trim()}`);
  }
  if (type !== "<f4" && type !== "<f8") {
    refuse(
      `its numbers must be float32 or float64 (<f4, <f8), got ${
        type ?? "a structure"
      }. In NumPy: x.astype("float32"), of bytes x.astype("float32") / 255`,
    );
  }
  const shape = sides.split(",").map((side) => side.trim()).filter((side) => side !== "")
    .map(Number);
  const size = shape.reduce((product, side) => product * side, 1);
  if (order === "True" && shape.length > 1) {
    refuse("its rows must follow one another, got Fortran order. In NumPy: ascontiguousarray(x)");
  }
  const width = type === "<f4" ? 4 : 8;
  const from = start + length;
  if (bytes.length - from !== width * size) {
    refuse(
      `a shape of [${shape}] takes ${width * size} bytes, got ${
        bytes.length - from
      }: the file is truncated or damaged`,
    );
  }
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const at = from + width * i;
    data[i] = width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
  }
  return { shape, data };
}
