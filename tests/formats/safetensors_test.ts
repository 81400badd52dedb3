import { assertEquals, assertThrows } from "@std/assert";
import { decodeSafetensors, encodeSafetensors, roundToHalf } from "@/formats/safetensors.ts";

const arrays = {
  "a/b": { shape: [2, 3], data: new Float32Array([1, -0, NaN, Infinity, 1e-45, -3.5]) },
  empty: { shape: [0], data: new Float32Array(0) },
  scalar: { shape: [], data: new Float32Array([7]) },
};
const metadata = { kind: "test", note: 'quotes " and unicode Σ γ' };

Deno.test("what is written is read back, bit by bit", () => {
  const file = decodeSafetensors(encodeSafetensors({ arrays, metadata }), "x");
  assertEquals(file, { arrays, metadata });
  assertEquals(Object.is(file.arrays["a/b"].data[1], -0), true);
});

Deno.test("the layout is that of the format", () => {
  const bytes = encodeSafetensors({ arrays, metadata });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assertEquals(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assertEquals(header["a/b"], { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
  assertEquals(header.scalar.data_offsets, [24, 28]);
  assertEquals(new DataView(bytes.buffer).getFloat32(8 + length + 20, true), -3.5);
  assertEquals(bytes.length, 8 + length + 28);
});

Deno.test("an array at an odd place of a larger buffer is written as itself", () => {
  const data = new Float32Array(new ArrayBuffer(20), 8, 2);
  data.set([5, 6]);
  const file = encodeSafetensors({ arrays: { x: { shape: [2], data } }, metadata: {} });
  assertEquals([...decodeSafetensors(file, "x").arrays.x.data], [5, 6]);
});

Deno.test("float16 takes half the bytes, beside float32, and is read back exactly", () => {
  const numbers = roundToHalf(new Float32Array([0.1, -0, NaN, -Infinity, 2 ** -24, 70_000, 1 / 3]));
  // By hand: eleven significant binary digits, exponents of the last one from -24; 70,000 is beyond.
  assertEquals([...numbers], [1638 / 2 ** 14, -0, NaN, -Infinity, 2 ** -24, Infinity, 1365 / 4096]);
  const arrays = {
    half: { shape: [7], data: numbers, half: true },
    full: { shape: [1], data: new Float32Array([0.1]) },
  };
  const bytes = encodeSafetensors({ arrays, metadata: {} });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assertEquals(header.half, { dtype: "F16", shape: [7], data_offsets: [0, 14] });
  assertEquals(bytes.length, 8 + length + 14 + 4);
  // The bits of 1638/2^14: exponent -4 + 15, fraction 1638 - 1024.
  assertEquals(new DataView(bytes.buffer).getUint16(8 + length, true), (11 << 10) | 614);
  assertEquals(decodeSafetensors(bytes, "x").arrays, arrays);
});

Deno.test("a number that is no float16 is never stored as one", () => {
  for (const value of [0.1, 70_000, 2 ** -25]) {
    const arrays = { w: { shape: [2], data: new Float32Array([1, value]), half: true } };
    assertThrows(
      () => encodeSafetensors({ arrays, metadata: {} }),
      RangeError,
      `Cannot store w as float16: every number must be one, got ${
        Math.fround(value)
      } at position 1`,
    );
  }
});

/** A file by hand: this header, so many bytes of numbers. */
function safetensors(header: unknown, room: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const file = new Uint8Array(8 + text.length + room);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const array = (from: number, to: number, shape = [2], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

const malformed: [string, Uint8Array<ArrayBuffer>, string][] = [
  [
    "an entry that is null",
    safetensors({ a: null }, 0),
    "the array a must have a shape and two data_offsets, got null",
  ],
  [
    "an entry without a shape",
    safetensors({ a: { dtype: "F32", data_offsets: [0, 8] } }, 8),
    "the array a must have a shape",
  ],
  ["a side of -1", safetensors({ a: array(0, 8, [-1]) }, 8), "the array a must have a shape"],
  [
    "three offsets",
    safetensors({ a: { ...array(0, 8), data_offsets: [0, 8, 9] } }, 8),
    "two data_offsets",
  ],
  [
    "bfloat16",
    safetensors({ a: array(0, 4, [2], "BF16") }, 4),
    "float32 or float16 numbers (F32, F16), got BF16",
  ],
  ["integers", safetensors({ a: array(0, 16, [2], "I64") }, 16), "got I64"],
  [
    "another size",
    safetensors({ a: array(0, 4) }, 4),
    "must take 2 numbers of F32, got the bytes from 0 to 4",
  ],
  [
    "a truncated file",
    safetensors({ a: array(0, 8) }, 5),
    "ends 3 bytes after it: the file is truncated",
  ],
  [
    "arrays that overlap",
    safetensors({ a: array(0, 8), b: array(4, 12) }, 12),
    "got b from byte 4, where the one before it ends at 8",
  ],
  ["a gap", safetensors({ a: array(0, 8), b: array(12, 20) }, 20), "got b from byte 12"],
  [
    "bytes after the arrays",
    safetensors({ a: array(0, 8) }, 9),
    "its arrays end at byte 8, got 9 bytes of numbers",
  ],
  [
    "metadata that are no texts",
    safetensors({ __metadata__: { a: 1 } }, 0),
    "__metadata__ in its header must be texts by name",
  ],
  ["a header that is cut", safetensors('{"a":', 0), "its header must be JSON"],
  ["no digest", safetensors({ a: array(0, 8) }, 8), "another program wrote it"],
];

for (const [what, bytes, message] of malformed) {
  Deno.test(`a file with ${what} is refused, and what is wrong is named`, () => {
    assertThrows(() => decodeSafetensors(bytes, "x.st"), RangeError, "Cannot read x.st: ");
    assertThrows(() => decodeSafetensors(bytes, "x.st"), RangeError, message);
  });
}

Deno.test("a file that another program wrote anew is not called truncated", () => {
  const bytes = encodeSafetensors({ arrays, metadata });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  bytes[8 + length] ^= 1;
  const error = assertThrows(() => decodeSafetensors(bytes, "x"), RangeError);
  assertEquals(/another program has rewritten it/.test(error.message), true);
  assertEquals(/truncated/.test(error.message), false);
});
