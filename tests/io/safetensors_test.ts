import { assertEquals } from "@std/assert";
import { decodeSafetensors, encodeSafetensors } from "@/io/safetensors.ts";

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
