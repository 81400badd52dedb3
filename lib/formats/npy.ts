/**
 * NumPy's .npy format for arrays of numbers: written as float32, version 1.0; read in versions 1 to
 * 3, with numbers of any type that can become a float32 and is not a structure.
 *
 * Layout: the bytes 93 4E 55 4D 50 59 and the version, 01 00; the length of the header, 16 bits
 * little endian (32 from version 2 on); the header, a Python dictionary padded with spaces to a
 * multiple of 64; the numbers, little endian, the last index fastest.
 * Source: NumPy's `numpy.lib.format`.
 *
 * @module
 */
import { kindOf } from "./kinds.ts";
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

/** An array of an .npy file, its numbers as float32. */
export interface NpyArray extends NamedArray {
  /** How the file stores its numbers, in NumPy's words: `float32`, `uint8`, `bool`, … */
  dtype: string;
}

/** How a file stores its numbers. */
interface NumberType {
  name: string;
  /** Bytes of a number. */
  width: number;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

/** The types that are read, by NumPy's short names. */
const TYPES: Readonly<Record<string, NumberType>> = {
  f2: { name: "float16", width: 2, read: (view, at, little) => view.getFloat16(at, little) },
  f4: { name: "float32", width: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { name: "float64", width: 8, read: (view, at, little) => view.getFloat64(at, little) },
  u1: { name: "uint8", width: 1, read: (view, at) => view.getUint8(at) },
  u2: { name: "uint16", width: 2, read: (view, at, little) => view.getUint16(at, little) },
  u4: { name: "uint32", width: 4, read: (view, at, little) => view.getUint32(at, little) },
  u8: {
    name: "uint64",
    width: 8,
    read: (view, at, little) => Number(view.getBigUint64(at, little)),
  },
  i1: { name: "int8", width: 1, read: (view, at) => view.getInt8(at) },
  i2: { name: "int16", width: 2, read: (view, at, little) => view.getInt16(at, little) },
  i4: { name: "int32", width: 4, read: (view, at, little) => view.getInt32(at, little) },
  i8: { name: "int64", width: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  b1: { name: "bool", width: 1, read: (view, at) => view.getUint8(at) === 0 ? 0 : 1 },
};

/** Other names of a type in a header that NumPy reads. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  e: "f2",
  f: "f4",
  d: "f8",
  B: "u1",
  b: "i1",
  "?": "b1",
  ...Object.fromEntries(Object.entries(TYPES).map(([short, { name }]) => [name, short])),
};

/** What an .npy file says about itself. */
interface NpyHeader {
  type: NumberType;
  littleEndian: boolean;
  fortranOrder: boolean;
  shape: number[];
  /** Where the numbers begin. */
  start: number;
}

type Refuse = (why: string) => never;

/**
 * Reads an .npy file of numbers: float16 to float64, integers, or bool as 0 and 1, each then
 * rounded to float32; either order of bytes, and of the axes.
 *
 * @param name Named in errors.
 * @throws {RangeError} If it is not such a file, or a truncated one.
 */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse: Refuse = (why) => {
    throw new RangeError(`Cannot read ${name}: ${why}`);
  };
  const { type, littleEndian, fortranOrder, shape, start } = readHeader(bytes, name, refuse);
  const size = shape.reduce((product, side) => product * side, 1);
  const [wanted, found] = [type.width * size, bytes.length - start];
  if (found < wanted) {
    refuse(`a shape of [${shape}] takes ${wanted} bytes, got ${found}: the file is truncated`);
  }
  if (found > wanted) {
    refuse(
      `a shape of [${shape}] takes ${wanted} bytes, got ${found}: another array, or something else, follows. In NumPy, to keep the first: np.save(${
        npyBeside(name)
      }, np.load(${JSON.stringify(name)}))`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, wanted);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = type.read(view, type.width * i, littleEndian);
  const ordered = fortranOrder ? lastIndexFastest(data, shape) : data;
  return { shape, data: ordered, dtype: type.name };
}

function readHeader(bytes: Uint8Array, name: string, refuse: Refuse): NpyHeader {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    const kind = kindOf(bytes);
    const way = kind?.toNpy?.(JSON.stringify(name), npyBeside(name));
    refuse(
      `it must be an .npy file, as numpy.save writes it, got ${kind?.name ?? "something else"}${
        way ? `. ${way}` : ""
      }`,
    );
  }
  const major = bytes[6];
  if (bytes.length > 6 && !(major >= 1 && major <= 3)) {
    refuse(`its version must be 1, 2 or 3, got ${major}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = major === 1 ? 10 : 12;
  if (bytes.length < from) refuse(`its header must be whole, got ${bytes.length} bytes in all`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = from + length;
  if (start > bytes.length) {
    refuse(
      `its header must fit in the file, got a header of ${length} bytes in a file of ${bytes.length}: the file is truncated`,
    );
  }
  const text = new TextDecoder().decode(bytes.subarray(from, start));
  return { ...parseDictionary(text, name, refuse), start };
}

/**
 * The header's dictionary, as any version of NumPy has written it: Python 2 had `10000L` for an
 * integer, and `u'…'` for a text.
 */
function parseDictionary(text: string, name: string, refuse: Refuse): Omit<NpyHeader, "start"> {
  const value = (key: string, pattern: string) =>
    text.match(new RegExp(`['"]${key}['"]\\s*:\\s*${pattern}`))?.[1];
  const order = value("fortran_order", "(True|False|1|0)");
  const sides = value("shape", "\\(([\\dL,\\s]*)\\)");
  if (order === undefined || sides === undefined) {
    return refuse(`its header must name order and shape, got ${text.trim().slice(0, 200)}`);
  }
  const descr = value("descr", "u?['\"]([^'\"]*)['\"]");
  const [, sign, rest] = descr?.match(/^([<>=|]?)(.*)$/) ?? [];
  const type = rest === undefined ? undefined : TYPES[OTHER_NAMES[rest] ?? rest];
  if (!type) return refuse(wrongType(descr, name));
  const shape = sides.split(",").map((side) => side.trim().replace(/L$/, ""))
    .filter((side) => side !== "").map(Number);
  return {
    type,
    littleEndian: sign !== ">",
    fortranOrder: order === "True" || order === "1",
    shape,
  };
}

function wrongType(descr: string | undefined, name: string): string {
  const rule = "its elements must be numbers (float16 to float64, integers, bool)";
  if (descr === undefined) return `${rule}, got a structure of several fields`;
  const [, kind] = descr.match(/^[<>=|]?(\w)/) ?? [];
  const [file, out] = [JSON.stringify(name), npyBeside(name)];
  if (kind === "O") {
    return `${rule}, got Python objects (${descr}). In NumPy, if you trust the file: np.save(${out}, np.array(np.load(${file}, allow_pickle=True).tolist(), dtype="float32"))`;
  }
  if (kind === "f" || kind === "g") {
    return `${rule}, got ${descr}. In NumPy: np.save(${out}, np.load(${file}).astype("float64"))`;
  }
  const what: Record<string, string> = {
    c: "complex numbers",
    U: "texts",
    S: "texts",
    a: "texts",
    M: "dates",
    m: "durations",
    V: "raw bytes",
  };
  return `${rule}, got ${what[kind] ? `${what[kind]} (${descr})` : descr}`;
}

/**
 * A file's name with another ending, in quotes: the command advised must not overwrite its input.
 */
function npyBeside(name: string): string {
  return JSON.stringify(`${name.replace(/\.\w*$/, "")}_mended.npy`);
}

/** Reorders numbers whose first index is fastest so that the last one is. */
function lastIndexFastest(data: Float32Array, shape: number[]): Float32Array {
  if (shape.filter((side) => side > 1).length < 2) return data;
  // How far apart two neighbours along each axis are in `data`.
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const ordered = new Float32Array(data.length);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, from = 0; i < ordered.length; i++) {
    ordered[i] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}
