/**
 * The safetensors format: named arrays of numbers with a small header, one file.
 *
 * Layout: 8 bytes, little endian, the length of the header; the header, JSON, each name with its
 * dtype, shape and place in what follows, and `__metadata__` with strings by name; the numbers.
 * Source: the format's description, https://github.com/huggingface/safetensors.
 *
 * Any reader of the format can open these files. Ours adds a digest, `sha256` in the metadata: the
 * SHA-256 of the whole file with the 64 digits of the digest itself written as zeros. So a file
 * that was cut or in which a bit has flipped, anywhere, is refused.
 *
 * @module
 */
import { host } from "@/host/host.ts";
import { halvesOf, numbersOf } from "./half.ts";
import { kindOf, SAFETENSORS } from "./kinds.ts";

/** A named array of float32 numbers. */
export interface NamedArray {
  /** Sizes of its axes. */
  shape: number[];
  /** Its numbers, row by row. */
  data: Float32Array;
  /**
   * Whether it is stored as float16, in half the bytes: every number must be one (`roundToHalf`).
   */
  half?: boolean;
}

export interface SafetensorsFile {
  arrays: Record<string, NamedArray>;
  metadata: Record<string, string>;
}

/** Each number as the nearest float16; beyond 65,504 there is none but infinity. */
export function roundToHalf(data: Float32Array): Float32Array {
  return numbersOf(halvesOf(data));
}

const NO_DIGEST = "0".repeat(64);
/** More header than any network of this project needs, and a bound for a hostile file. */
const MAX_HEADER = 16 * 2 ** 20;

/**
 * Writes a file, with its digest.
 *
 * @throws {RangeError} If a number of an array that is to be stored as float16 is not one.
 */
export function encodeSafetensors({ arrays, metadata }: SafetensorsFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { sha256: NO_DIGEST, ...metadata } };
  let offset = 0;
  const stored: (Float32Array | Uint16Array)[] = [];
  for (const [name, { shape, data, half }] of Object.entries(arrays)) {
    const numbers = half ? asHalf(name, data) : data;
    const dtype = half ? "F16" : "F32";
    header[name] = { dtype, shape, data_offsets: [offset, offset + numbers.byteLength] };
    offset += numbers.byteLength;
    stored.push(numbers);
  }
  let json = new TextEncoder().encode(JSON.stringify(header));
  // Numbers begin at a multiple of 8, as the format asks; spaces fill the gap.
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  json = padded;
  const file = new Uint8Array(8 + json.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  let at = 8 + json.length;
  for (const data of stored) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const digest = host.sha256(file);
  file.set(new TextEncoder().encode(digest), placeOfDigest(file, json.length)!);
  return file;
}

function asHalf(name: string, data: Float32Array): Uint16Array {
  const half = halvesOf(data);
  const rounded = numbersOf(half);
  const lost = data.findIndex((value, i) => !Object.is(rounded[i], value));
  if (lost !== -1) {
    throw new RangeError(
      `Cannot store ${name} as float16: every number must be one, got ${
        data[lost]
      } at position ${lost}. Round first, with roundToHalf`,
    );
  }
  return half;
}

/**
 * Reads a file that `encodeSafetensors` wrote.
 *
 * @param name Named in errors.
 * @throws {RangeError} If the file is cut, changed, or not of this kind.
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const refuse: Refuse = (why) => {
    throw new RangeError(`Cannot read ${name}: ${why}`);
  };
  const { metadata, entries, start } = readHeader(bytes, refuse);
  const arrays = entries.map((entry) => checkEntry(entry, bytes.length - start, refuse));
  checkPlaces(arrays, bytes.length - start, refuse);
  checkDigest(bytes, metadata, start - 8, refuse);
  const { sha256: _, ...rest } = metadata;
  return {
    arrays: Object.fromEntries(arrays.map((entry) => [entry.key, read(bytes, start, entry)])),
    metadata: rest,
  };
}

type Refuse = (why: string) => never;

interface Header {
  metadata: Record<string, string>;
  entries: [string, unknown][];
  /** Where the numbers begin. */
  start: number;
}

function readHeader(bytes: Uint8Array, refuse: Refuse): Header {
  const other = kindOf(bytes);
  if (other && other.name !== SAFETENSORS.name) {
    refuse(`it must be a safetensors file, got ${other.name}`);
  }
  if (bytes.length < 8) refuse(`it must begin with 8 bytes of length, got ${bytes.length} in all`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER && bytes[8] === 0x7b) {
    refuse(`its header has ${length} bytes, and at most ${MAX_HEADER} are read`);
  }
  if (8 + length > bytes.length) {
    refuse(
      `its header must fit in the file, got a header of ${length} bytes in a file of ${bytes.length}: not a safetensors file, or a truncated one`,
    );
  }
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch (error) {
    return refuse(`its header must be JSON, got ${(error as Error).message}`);
  }
  if (!isObject(header)) return refuse("its header must be a JSON object");
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    return refuse("__metadata__ in its header must be texts by name");
  }
  return {
    metadata: metadata as Record<string, string>,
    entries: Object.entries(entries),
    start: 8 + length,
  };
}

interface Entry {
  key: string;
  dtype: "F32" | "F16";
  shape: number[];
  from: number;
  to: number;
}

function checkEntry([key, value]: [string, unknown], room: number, refuse: Refuse): Entry {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!whole(shape) || !whole(offsets) || offsets.length !== 2) {
    return refuse(
      `the array ${key} must have a shape and two data_offsets, got ${JSON.stringify(value)}`,
    );
  }
  if (dtype !== "F32" && dtype !== "F16") {
    return refuse(
      `the array ${key} must be of float32 or float16 numbers (F32, F16), got ${dtype}`,
    );
  }
  const [from, to] = offsets;
  const size = shape.reduce((product, side) => product * side, 1);
  if (to - from !== size * (dtype === "F32" ? 4 : 2)) {
    refuse(
      `the array ${key} must take ${size} numbers of ${dtype}, got the bytes from ${from} to ${to}`,
    );
  }
  if (to > room) {
    refuse(
      `the array ${key} must lie within the file, got one that ends ${
        to - room
      } bytes after it: the file is truncated`,
    );
  }
  return { key, dtype, shape, from, to };
}

/** The arrays follow one another without a gap, as the format asks. */
function checkPlaces(arrays: Entry[], room: number, refuse: Refuse): void {
  let end = 0;
  for (const { key, from, to } of arrays.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) {
      refuse(
        `its arrays must follow one another, got ${key} from byte ${from}, where the one before it ends at ${end}`,
      );
    }
    end = to;
  }
  if (end !== room) {
    refuse(
      `its arrays end at byte ${end}, got ${room} bytes of numbers: something follows, the file is damaged`,
    );
  }
}

/**
 * The digest is checked last: by then the file is known to be whole, and only its content can
 * differ.
 */
function checkDigest(
  bytes: Uint8Array,
  { sha256: stored }: Record<string, string>,
  headerLength: number,
  refuse: Refuse,
): void {
  const place = placeOfDigest(bytes, headerLength);
  if (stored === undefined || stored.length !== 64 || place === undefined) {
    return refuse("it must carry its SHA-256 in its metadata, got none: another program wrote it");
  }
  const found = host.sha256(bytes.subarray(0, place), NO_DIGEST, bytes.subarray(place + 64));
  if (found !== stored) {
    refuse(
      `its content must have the SHA-256 that it names, ${stored}, got ${found}: it is damaged, or another program has rewritten it`,
    );
  }
}

function read(bytes: Uint8Array, start: number, { dtype, shape, from, to }: Entry): NamedArray {
  // A copy, so that the numbers are aligned and the file can be forgotten.
  const { buffer, byteOffset } = bytes.slice(start + from, start + to);
  if (dtype === "F32") {
    return { shape, data: new Float32Array(buffer, byteOffset, (to - from) / 4) };
  }
  const half = new Uint16Array(buffer, byteOffset, (to - from) / 2);
  return { shape, data: numbersOf(half), half: true };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where the digest's 64 digits begin in the file. */
function placeOfDigest(file: Uint8Array, headerLength: number): number | undefined {
  const header = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
  const key = '"sha256":"';
  const before = header.indexOf(key);
  if (before === -1) return undefined;
  return 8 + new TextEncoder().encode(header.slice(0, before + key.length)).length;
}
