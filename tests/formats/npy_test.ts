import { assertEquals, assertThrows } from "@std/assert";
import { decodeNpy, encodeNpy } from "@/formats/npy.ts";

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
    assertEquals(decodeNpy(encodeNpy(data, shape), "x"), { shape, data, dtype: "float32" });
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

/** Each type with the bytes of 1, 2 and a last number, little endian. */
const types: Record<string, [dtype: string, bytes: number[], last: number]> = {
  "<f2": ["float16", [0x00, 0x3c, 0x00, 0x40, 0x00, 0xb8], -0.5],
  "<f4": ["float32", [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0, 0xbf], -0.5],
  "<f8": [
    "float64",
    [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0xbf],
    -0.5,
  ],
  "|u1": ["uint8", [1, 2, 255], 255],
  "|i1": ["int8", [1, 2, 255], -1],
  "<u2": ["uint16", [1, 0, 2, 0, 255, 255], 65_535],
  "<i2": ["int16", [1, 0, 2, 0, 254, 255], -2],
  "<u4": ["uint32", [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0x80], 2 ** 31],
  "<i4": ["int32", [1, 0, 0, 0, 2, 0, 0, 0, 255, 255, 255, 255], -1],
  "<u8": ["uint64", [1, ...zeros(7), 2, ...zeros(7), 0, 0, 0, 0, 1, 0, 0, 0], 2 ** 32],
  "<i8": ["int64", [1, ...zeros(7), 2, ...zeros(7), ...new Array(8).fill(255)], -1],
};

function zeros(count: number): number[] {
  return new Array(count).fill(0);
}

for (const [descr, [dtype, bytes, last]] of Object.entries(types)) {
  Deno.test(`${descr} is read as ${dtype}, in either order of bytes and under NumPy's other names`, () => {
    const read = (descr: string, data: number[]) =>
      decodeNpy(npy(dictionary(descr, "(3,)"), Uint8Array.from(data)), "x");
    const expected = { shape: [3], data: Float32Array.of(1, 2, last), dtype };
    const name = descr.slice(1);
    for (const little of [descr, name, `=${name}`, dtype]) {
      assertEquals(read(little, bytes), expected, little);
    }
    const width = bytes.length / 3;
    const reversed = [0, 1, 2].flatMap((i) => bytes.slice(i * width, (i + 1) * width).reverse());
    assertEquals(read(`>${name}`, reversed), expected);
  });
}

Deno.test("bool is read as 0 and 1", () => {
  for (const descr of ["|b1", "?", "bool"]) {
    const { data, dtype } = decodeNpy(npy(dictionary(descr, "(3,)"), Uint8Array.of(0, 1, 1)), "x");
    assertEquals([[...data], dtype], [[0, 1, 1], "bool"]);
  }
});

Deno.test("Fortran order is read as the array that NumPy sees", () => {
  const read = (shape: string, values: number[]) => {
    const bytes = bytesOf(Float32Array.from(values));
    return [...decodeNpy(npy(dictionary("<f4", shape, "True"), bytes), "x").data];
  };
  // np.asfortranarray([[1, 2, 3], [4, 5, 6]]) and of [[[1, 2], [3, 4]], [[5, 6], [7, 8]]].
  assertEquals(read("(2, 3)", [1, 4, 2, 5, 3, 6]), [1, 2, 3, 4, 5, 6]);
  assertEquals(read("(2, 2, 2)", [1, 5, 3, 7, 2, 6, 4, 8]), [1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(read("(1, 3)", [1, 2, 3]), [1, 2, 3]);
});

const headers: Record<string, string> = {
  "Python 2's long integers": "{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L), }",
  "Python 2's unicode": "{'descr': u'<f4', 'fortran_order': False, 'shape': (1, 2)}",
  "double quotes": '{"descr": "<f4", "fortran_order": False, "shape": (1, 2)}',
  "another order and no spaces": "{'shape':(1,2),'fortran_order':False,'descr':'<f4'}",
  "spaces and a comma at the end":
    "{ 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 , ) , }  \n",
};

for (const [name, header] of Object.entries(headers)) {
  Deno.test(`a header with ${name} is read`, () => {
    const { shape, data } = decodeNpy(npy(header, two), "x");
    assertEquals([shape, [...data]], [[1, 2], [1, 2]]);
  });
}

const wrongFiles: [string, Uint8Array<ArrayBuffer>, string][] = [
  [
    "an empty file",
    new Uint8Array(0),
    "it must be an .npy file, as numpy.save writes it, got an empty file",
  ],
  ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4, 5, 6), "got a PNG picture"],
  ["only the first bytes", npy("").slice(0, 9), "its header must be whole"],
  [
    "a later version",
    npy(dictionary("<f4", "(2,)"), two, 4),
    "its version must be 1, 2 or 3, got 4",
  ],
  ["half a header", npy(dictionary("<f4", "(2,)")).slice(0, 40), "its header must fit"],
  ["complex numbers", npy(dictionary("<c8", "(2,)")), "got complex numbers (<c8)"],
  ["texts", npy(dictionary("<U3", "(2,)")), "got texts (<U3)"],
  ["dates", npy(dictionary("<M8[ns]", "(2,)")), "got dates (<M8[ns])"],
  [
    "long doubles",
    npy(dictionary("<f16", "(2,)")),
    'In NumPy: np.save("x_mended.npy", np.load("x.npy").astype("float64"))',
  ],
  [
    "Python objects",
    npy(dictionary("|O", "(2,)")),
    'np.array(np.load("x.npy", allow_pickle=True).tolist(), dtype="float32"))',
  ],
  [
    "a structure",
    npy("{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (2,), }"),
    "got a structure of several fields",
  ],
  [
    "a truncated file",
    npy(dictionary("<f4", "(2, 784)"), two),
    "takes 6272 bytes, got 8: the file is truncated",
  ],
  [
    "a file with two arrays",
    npy(dictionary("<f4", "(1,)"), two),
    'to keep the first: np.save("x_mended.npy", np.load("x.npy"))',
  ],
  ["a header that is none", npy("hello"), "must name order and shape, got hello"],
];

for (const [name, bytes, message] of wrongFiles) {
  Deno.test(`${name} is refused by name`, () => {
    assertThrows(() => decodeNpy(bytes, "x.npy"), RangeError, "Cannot read x.npy: ");
    assertThrows(() => decodeNpy(bytes, "x.npy"), RangeError, message);
  });
}
