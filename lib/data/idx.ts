/**
 * The IDX format of the MNIST files: a magic number, the sides of the array, then its bytes.
 *
 * Layout (big endian): two zero bytes; the type, 0x08 for unsigned bytes; the number of sides;
 * each side as a 32-bit integer; the elements in row-major order.
 * Source: the description that came with the MNIST database, LeCun, Cortes and Burges 1998.
 *
 * @module
 */
import { kindOf } from "@/formats/kinds.ts";

/** An array of bytes with its sides. */
export interface IdxArray {
  shape: number[];
  /** A view of the bytes that were parsed: nothing is copied. */
  data: Uint8Array;
}

const UNSIGNED_BYTES = 0x08;

/** The types of the format. */
const TYPES: Readonly<Record<number, string>> = {
  [UNSIGNED_BYTES]: "unsigned bytes",
  0x09: "signed bytes",
  0x0b: "integers of 16 bits",
  0x0c: "integers of 32 bits",
  0x0d: "float32 numbers",
  0x0e: "float64 numbers",
};

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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && !isIdx(bytes, sides)) {
    throw new RangeError(
      `Cannot read ${file}: its magic number must be ${hex((UNSIGNED_BYTES << 8) + sides)} (${
        sides === 3 ? "images" : "labels"
      } of unsigned bytes), got ${hex(view.getUint32(0))}${describe(bytes)}`,
    );
  }
  if (bytes.length < header) {
    throw new RangeError(
      `Cannot read ${file}: its header has ${header} bytes, the file has ${bytes.length}`,
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

/** Whether the bytes begin as those of an array of unsigned bytes with `sides` sides. */
export function isIdx(bytes: Uint8Array, sides: number): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === UNSIGNED_BYTES && bytes[3] === sides;
}

/**
 * Bytes of an array of images or labels as its header promises them, header included; undefined for
 * anything else.
 */
export function idxSize(bytes: Uint8Array): number | undefined {
  const sides = [1, 3].find((sides) => isIdx(bytes, sides) && bytes.length >= 4 + 4 * sides);
  if (sides === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 4 + 4 * sides;
  let size = 1;
  for (let i = 0; i < sides; i++) size *= view.getUint32(4 + 4 * i);
  return header + size;
}

/** What a wrong magic number tells: ", which is …", or nothing. */
function describe(bytes: Uint8Array): string {
  const [first, second, type, sides] = bytes;
  if (first === 0 && second === 0 && TYPES[type] && sides >= 1) {
    const what = type !== UNSIGNED_BYTES || sides === 2 || sides > 3
      ? `${TYPES[type]}, in an array of ${sides} ${sides === 1 ? "side" : "sides"}`
      : sides === 1
      ? "labels"
      : "images";
    return `, which is ${what}`;
  }
  if (type === 0 && sides === 0 && TYPES[second]) return ", whose bytes are in reverse order";
  const kind = kindOf(bytes);
  return kind ? `, which is ${kind.name}` : "";
}

function hex(n: number): string {
  return `0x${n.toString(16).padStart(8, "0")}`;
}
