/**
 * The IDX format of the MNIST files: a magic number, the sides of the array, then its bytes.
 *
 * Layout (big endian): two zero bytes; the type, 0x08 for unsigned bytes; the number of sides;
 * each side as a 32-bit integer; the elements in row-major order.
 * Source: the description that came with the MNIST database, LeCun, Cortes and Burges 1998.
 *
 * @module
 */

/** An array of bytes with its sides. */
export interface IdxArray {
  shape: number[];
  /** A view of the bytes that were parsed: nothing is copied. */
  data: Uint8Array;
}

const UNSIGNED_BYTES = 0x08;

/**
 * Reads an IDX array of unsigned bytes.
 *
 * @param bytes The whole file, not compressed.
 * @param file Named in errors.
 * @param sides How many sides the array must have: 3 for images, 1 for labels.
 * @throws {RangeError} If the magic number is wrong or the file is shorter or longer than it says.
 */
export function parseIdx(bytes: Uint8Array, file: string, sides: number): IdxArray {
  const header = 4 + 4 * sides;
  if (bytes.length < header) {
    throw new RangeError(
      `Cannot read ${file}: its header has ${header} bytes, the file has ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expected = (UNSIGNED_BYTES << 8) + sides;
  if (magic !== expected) {
    throw new RangeError(
      `Cannot read ${file}: its magic number must be ${hex(expected)} (${
        sides === 3 ? "images" : "labels"
      } of unsigned bytes), got ${hex(magic)}${
        magic >>> 16 === 0x1f8b ? ", which is gzip: give the file the ending .gz" : ""
      }`,
    );
  }
  const shape = Array.from({ length: sides }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, side) => product * side, 1);
  const found = bytes.length - header;
  if (found !== size) {
    throw new RangeError(
      `Cannot read ${file}: its header promises ${shape.join(" × ")} = ${size} bytes, ${
        found < size ? "the file is truncated and has" : "the file has trailing bytes,"
      } ${found}`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

function hex(n: number): string {
  return `0x${n.toString(16).padStart(8, "0")}`;
}
