import { assertEquals, assertThrows } from "@std/assert";
import { decodeNpy, encodeNpy } from "@/io/npy.ts";

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

/** The bytes of a file with this header and these numbers, by hand. */
function npy(
  header: string,
  data: Uint8Array<ArrayBuffer> = new Uint8Array(0),
  version = 1,
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const size = version === 1 ? [text.length % 256, text.length >> 8] : [text.length, 0, 0, 0];
  const magic = [0x93, ...new TextEncoder().encode("NUMPY"), version, 0];
  return Uint8Array.from([...magic, ...size, ...text, ...data]);
}

const bytesOf = (numbers: Float32Array | Float64Array) =>
  new Uint8Array(numbers.buffer as ArrayBuffer);
const dictionary = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

Deno.test("what is written is read back", () => {
  const data = new Float32Array([1, -0, NaN, Infinity, 1e-45, -3.5]);
  for (const shape of [[2, 3], [6], [1, 6, 1]]) {
    assertEquals(decodeNpy(encodeNpy(data, shape), "x"), { shape, data });
  }
  assertEquals(decodeNpy(encodeNpy(new Float32Array(0), [0, 784]), "x").shape, [0, 784]);
});

Deno.test("float64, versions 2 and 3, and a header without padding are read", () => {
  const halves = bytesOf(new Float64Array([0.5, 0.1]));
  for (const version of [1, 2, 3]) {
    const { shape, data } = decodeNpy(npy(dictionary("<f8", "(1, 2)"), halves, version), "x");
    assertEquals([shape, [...data]], [[1, 2], [0.5, Math.fround(0.1)]]);
  }
  const one = decodeNpy(npy(dictionary("<f4", "(1,)"), bytesOf(new Float32Array([7]))), "x");
  assertEquals([...one.data], [7]);
  // One row has one order.
  const row = npy(dictionary("<f4", "(1,)", "True"), bytesOf(new Float32Array([7])));
  assertEquals([...decodeNpy(row, "x").data], [7]);
});

const two = bytesOf(new Float32Array([1, 2]));
const wrongFiles: [string, Uint8Array<ArrayBuffer>, string][] = [
  ["an empty file", new Uint8Array(0), "it must be an .npy file"],
  ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4, 5, 6), "it must be an .npy file"],
  ["only the first bytes", npy("").slice(0, 9), "its header must be whole"],
  ["half a header", npy(dictionary("<f4", "(2,)")).slice(0, 40), "its header must fit"],
  ["bytes", npy(dictionary("|u1", "(2,)")), "must be float32 or float64 (<f4, <f8), got |u1"],
  ["big-endian numbers", npy(dictionary(">f4", "(2,)")), "got >f4"],
  ["integers", npy(dictionary("<i8", "(2,)")), 'x.astype("float32")'],
  ["Fortran order", npy(dictionary("<f4", "(2, 1)", "True"), two), "ascontiguousarray"],
  ["a truncated file", npy(dictionary("<f4", "(2, 784)"), two), "takes 6272 bytes, got 8"],
  ["a file with more", npy(dictionary("<f4", "(1,)"), two), "takes 4 bytes, got 8"],
  ["a header that is none", npy("hello"), "must name order and shape, got hello"],
];

for (const [name, bytes, message] of wrongFiles) {
  Deno.test(`${name} is refused by name`, () => {
    assertThrows(() => decodeNpy(bytes, "x.npy"), RangeError, "Cannot read x.npy: ");
    assertThrows(() => decodeNpy(bytes, "x.npy"), RangeError, message);
  });
}
