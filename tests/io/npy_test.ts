import { assertEquals, assertThrows } from "@std/assert";
import { encodeNpy } from "@/io/npy.ts";

Deno.test("an .npy file has NumPy's header, aligned to 64 bytes, and the numbers", () => {
  const bytes = encodeNpy(new Float32Array([1, 2, 3, 4, 5, 6.5]), [2, 3]);
  assertEquals([...bytes.subarray(0, 8)], [
    0x93,
    ...[..."NUMPY"].map((c) => c.charCodeAt(0)),
    1,
    0,
  ]);
  const length = bytes[8] + 256 * bytes[9];
  assertEquals((10 + length) % 64, 0);
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + length));
  assertEquals(header.trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  assertEquals(header.endsWith("\n"), true);
  assertEquals(bytes.length, 10 + length + 24);
  assertEquals(new DataView(bytes.buffer).getFloat32(10 + length + 20, true), 6.5);
});

Deno.test("a shape with one side is a Python tuple of one", () => {
  const text = new TextDecoder().decode(encodeNpy(new Float32Array(2), [2]).subarray(10));
  assertEquals(text.includes("'shape': (2,), }"), true);
});

Deno.test("a shape that does not fit the numbers is refused", () => {
  assertThrows(() => encodeNpy(new Float32Array(5), [2, 3]), TypeError, "has 6 numbers, got 5");
});
