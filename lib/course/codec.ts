/**
 * Values as JSON and back, for the pipe between the grader and a student's code.
 *
 * Only data goes over: numbers (NaN, infinities and -0 included), strings, booleans, null,
 * undefined, big integers, arrays, plain objects, typed arrays and tensors. Functions, promises and
 * cycles are refused. What comes back is made anew here, so that no getter, prototype or toJSON of
 * the other side is ever called on this one.
 *
 * A number, string, boolean or null stands for itself, and a list for an array; anything else is
 * `{ "$": kind, … }`.
 *
 * @module
 */

// When this runs beside cells, a cell may declare a variable with any of these names, which then
// applies to modules as well.
const { Array, ArrayBuffer, BigInt, Map, Number, Object, Set, String } = globalThis;
const { SyntaxError, TypeError } = globalThis;
const { Uint8Array, Uint16Array, Uint32Array, Uint8ClampedArray } = globalThis;
const { Float32Array, Float64Array, Int8Array, Int16Array, Int32Array } = globalThis;

/** The few members of a tensor that are needed to send it. */
interface TensorLike {
  shape: number[];
  dtype: string;
  dataSync(): ArrayLike<number>;
}

/** Makes a tensor; `tf.tensor` is one. */
export type MakeTensor = (values: TypedArray, shape: number[], dtype: TensorType) => unknown;

export type TensorType = "float32" | "int32" | "bool";

type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The deepest nesting, and the most members of arrays and objects in one value. */
const MAX_DEPTH = 40;
const MAX_MEMBERS = 200_000;
/** This many bytes of a typed array or a tensor cost as much as one member. */
const BYTES_OF_A_MEMBER = 32;

const ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
};
type ArrayName = keyof typeof ARRAYS;

/** Most signs that a member can add: it may be an entry of an object, and a value with a kind. */
const SIGNS_OF_A_MEMBER = 5;

/**
 * Whether JSON text has few enough members to be read. This is known without reading it, which
 * costs far more for members than for bytes.
 */
export function hasFewMembers(text: string): boolean {
  let signs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Comma, [ and {.
    if (code === 44 || code === 91 || code === 123) signs++;
  }
  return signs <= SIGNS_OF_A_MEMBER * MAX_MEMBERS;
}

/** A value that cannot go over the pipe. */
export class CodecError extends TypeError {
  override name = "CodecError";
}

/**
 * A value as something that JSON can say.
 *
 * @throws {CodecError} If it holds anything that is not data.
 */
export function encode(value: unknown): unknown {
  let members = 0;
  const count = (n: number) => {
    members += n;
    if (members > MAX_MEMBERS) throw new CodecError(`more than ${MAX_MEMBERS} members`);
  };
  const go = (value: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new CodecError("nested too deeply, or a cycle");
    switch (typeof value) {
      case "number":
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        return { $: "number", text: Object.is(value, -0) ? "-0" : String(value) };
      case "string":
      case "boolean":
        return value;
      case "undefined":
        return { $: "undefined" };
      case "bigint":
        return { $: "bigint", text: String(value) };
      case "object":
        break;
      default:
        throw new CodecError(`a ${typeof value}`);
    }
    if (value === null) return null;
    if (Array.isArray(value)) {
      count(value.length);
      return Array.from(value, (each) => go(each, depth + 1));
    }
    const name = Object.prototype.toString.call(value).slice(8, -1) as ArrayName;
    if (ArrayBuffer.isView(value) && name in ARRAYS) {
      count(value.byteLength / BYTES_OF_A_MEMBER);
      return { $: "array", name, bytes: base64(value) };
    }
    if (isTensor(value)) return tensorText(value, count);
    if (typeof (value as PromiseLike<unknown>).then === "function") {
      throw new CodecError("a promise inside another value; await it");
    }
    if (value instanceof Map || value instanceof Set) throw new CodecError(`a ${name}`);
    const entries = Object.entries(value);
    count(entries.length);
    return { $: "object", entries: entries.map(([key, own]) => [key, go(own, depth + 1)]) };
  };
  return go(value, 0);
}

/**
 * The value that `encode` made this from. Nothing that comes in is trusted.
 *
 * @throws {CodecError} If `encode` cannot have made it.
 */
export function decode(data: unknown, makeTensor?: MakeTensor): unknown {
  const go = (data: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new CodecError("nested too deeply");
    if (typeof data !== "object" || data === null) return data;
    if (Array.isArray(data)) return data.map((each) => go(each, depth + 1));
    const own = data as Record<string, unknown>;
    switch (own.$) {
      case "number":
        return Number(own.text);
      case "undefined":
        return undefined;
      case "bigint":
        return bigint(own.text);
      case "array":
        return typedArray(own);
      case "tensor":
        return tensor(own, makeTensor);
      case "object":
        return object(own.entries, (each) => go(each, depth + 1));
      default:
        throw new CodecError("an unknown kind of value");
    }
  };
  return go(data, 0);
}

function bigint(text: unknown): bigint {
  if (typeof text !== "string" || !/^-?\d{1,2000}$/.test(text)) {
    throw new CodecError("a big integer that is none");
  }
  return BigInt(text);
}

function typedArray(own: Record<string, unknown>): unknown {
  const made = Object.hasOwn(ARRAYS, String(own.name)) ? ARRAYS[own.name as ArrayName] : undefined;
  if (!made) throw new CodecError("an array of an unknown type");
  const bytes = bytesOf(own.bytes);
  if (bytes.length % made.BYTES_PER_ELEMENT !== 0) throw new CodecError("an array cut short");
  return new made(bytes.buffer);
}

const TENSOR_ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

function tensorText(tensor: TensorLike, count: (n: number) => void): unknown {
  const { shape, dtype } = tensor;
  if (!Object.hasOwn(TENSOR_ARRAYS, dtype)) throw new CodecError(`a tensor of type ${dtype}`);
  const values = TENSOR_ARRAYS[dtype as TensorType].from(tensor.dataSync());
  count(values.byteLength / BYTES_OF_A_MEMBER);
  return { $: "tensor", shape: [...shape], dtype, bytes: base64(values) };
}

function tensor(own: Record<string, unknown>, makeTensor?: MakeTensor): unknown {
  const { shape, dtype } = own;
  if (!makeTensor) throw new CodecError("a tensor, where no tensors are in use");
  if (
    !Array.isArray(shape) || shape.length > 6 ||
    !shape.every((side) => Number.isSafeInteger(side) && side >= 0)
  ) throw new CodecError("a tensor without a shape");
  if (!Object.hasOwn(TENSOR_ARRAYS, String(dtype))) {
    throw new CodecError("a tensor of an unknown type");
  }
  const bytes = bytesOf(own.bytes);
  const made = TENSOR_ARRAYS[dtype as TensorType];
  const size = shape.reduce((product, side) => product * side, 1);
  if (size * made.BYTES_PER_ELEMENT !== bytes.length) {
    throw new CodecError("a tensor whose values do not fill its shape");
  }
  return makeTensor(new made(bytes.buffer), [...shape], dtype as TensorType);
}

function object(entries: unknown, go: (value: unknown) => unknown): unknown {
  if (!Array.isArray(entries)) throw new CodecError("an object without members");
  const made: Record<string, unknown> = {};
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== "string") {
      throw new CodecError("an object with a member that is none");
    }
    // Not made[key] = …: for "__proto__" that would set the prototype.
    Object.defineProperty(made, entry[0], {
      value: go(entry[1]),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
}

function isTensor(value: object): value is TensorLike {
  const { shape, dtype, dataSync } = value as Partial<TensorLike>;
  return Array.isArray(shape) && typeof dtype === "string" && typeof dataSync === "function";
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return new Uint8Array(buffer, byteOffset, byteLength).toBase64();
}

function bytesOf(text: unknown): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text as string);
  } catch (error) {
    // A lack of memory is another matter.
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new CodecError("bytes that are not base64");
  }
}
