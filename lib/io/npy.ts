/**
 * NumPy's .npy format, version 1.0, for float32 arrays.
 *
 * Layout: the bytes 93 4E 55 4D 50 59 01 00; the length of the header, 16 bits little endian; the
 * header, a Python dictionary padded with spaces to a multiple of 64; the numbers, little endian.
 * Source: NumPy's `numpy.lib.format`.
 *
 * @module
 */

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
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(file.buffer).setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  const view = new DataView(file.buffer, 10 + header.length);
  for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i], true);
  return file;
}
