/**
 * The safetensors format: named arrays of numbers with a small header, one file.
 *
 * Layout: 8 bytes, little endian, the length of the header; the header, JSON, each name with its
 * dtype, shape and place in what follows, and `__metadata__` with strings by name; the numbers.
 * Source: the format's description, https://github.com/huggingface/safetensors.
 *
 * Any reader of the format can open these files. Ours adds a digest, `sha256` in the metadata: the
 * SHA-256 of the whole file with the 64 digits of the digest itself written as zeros. So a file that
 * was cut or in which a bit has flipped, anywhere, is refused.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A named array of float32 numbers. */
export interface NamedArray {
  shape: number[];
  data: Float32Array;
  /** Stored as float16, in half the bytes: every number must be one (`roundToHalf`). */
  half?: boolean;
}

export interface SafetensorsFile {
  arrays: Record<string, NamedArray>;
  metadata: Record<string, string>;
}

/** Each number as the nearest float16; beyond 65,504 there is none but infinity. */
export function roundToHalf(data: Float32Array): Float32Array {
  return data.map(Math.f16round);
}

const NO_DIGEST = "0".repeat(64);
/** More header than any network of this project needs, and a bound for a hostile file. */
const MAX_HEADER = 16 * 2 ** 20;

/**
 * Writes a file, with its digest.
 *
 * @throws {RangeError} If a number of an array that is to be stored as float16 is none.
 */
export function encodeSafetensors({ arrays, metadata }: SafetensorsFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { sha256: NO_DIGEST, ...metadata } };
  let offset = 0;
  const stored: (Float32Array | Float16Array)[] = [];
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
  const digest = createHash("sha256").update(file).digest("hex");
  file.set(new TextEncoder().encode(digest), placeOfDigest(file, json.length)!);
  return file;
}

function asHalf(name: string, data: Float32Array): Float16Array {
  const half = Float16Array.from(data);
  const lost = data.findIndex((value, i) => !Object.is(half[i], value));
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
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot read ${name}: ${why}`);
  };
  if (bytes.length < 8) refuse(`it must begin with 8 bytes of length, got ${bytes.length} in all`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || 8 + length > bytes.length) {
    refuse(
      `its header must fit in the file, got a header of ${length} bytes in a file of ${bytes.length}: not a safetensors file, or a truncated one`,
    );
  }
  let header: Record<string, unknown>;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch (error) {
    return refuse(`its header must be JSON, got ${(error as Error).message}`);
  }
  if (typeof header !== "object" || header === null) refuse("its header must be a JSON object");
  const { __metadata__: metadata, ...entries } = header as {
    __metadata__?: Record<string, string>;
  };
  const stored = metadata?.sha256;
  const place = placeOfDigest(bytes, length);
  if (typeof stored !== "string" || stored.length !== 64 || place === undefined) {
    return refuse("it must carry its SHA-256 in its metadata, got none: another program wrote it");
  }
  const found = createHash("sha256").update(bytes.subarray(0, place)).update(NO_DIGEST)
    .update(bytes.subarray(place + 64)).digest("hex");
  if (found !== stored) {
    refuse(
      `its content must have the SHA-256 that it names, ${stored}, got ${found}: the file is truncated or damaged`,
    );
  }
  const start = 8 + length;
  const arrays: Record<string, NamedArray> = {};
  for (const [key, value] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: [from, to] } = value as {
      dtype: string;
      shape: number[];
      data_offsets: [number, number];
    };
    const size = shape.reduce((product, side) => product * side, 1);
    const width = dtype === "F32" ? 4 : dtype === "F16" ? 2 : NaN;
    if (!(to - from === width * size && from >= 0 && start + to <= bytes.length)) {
      refuse(
        `the array ${key} must be ${size} float32 or float16 numbers within the file, got ${dtype} from ${from} to ${to}`,
      );
    }
    // A copy, so that the numbers are aligned and the file can be forgotten.
    const { buffer, byteOffset } = bytes.slice(start + from, start + to);
    arrays[key] = width === 2
      ? { shape, data: Float32Array.from(new Float16Array(buffer, byteOffset, size)), half: true }
      : { shape, data: new Float32Array(buffer, byteOffset, size) };
  }
  const { sha256: _, ...rest } = metadata!;
  return { arrays, metadata: rest };
}

/** Where the digest's 64 digits begin in the file. */
function placeOfDigest(file: Uint8Array, headerLength: number): number | undefined {
  const header = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
  const key = '"sha256":"';
  const before = header.indexOf(key);
  if (before === -1) return undefined;
  return 8 + new TextEncoder().encode(header.slice(0, before + key.length)).length;
}
