import { assertEquals, assertThrows } from "@std/assert";
import { decodeSafetensors, encodeSafetensors, roundToHalf } from "@/io/safetensors.ts";

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
