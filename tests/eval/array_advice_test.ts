/** Advice that is followed to the letter gives the images back; where it could be wrong there is none. */
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { useBackend } from "@/backend.ts";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { doubtsOfImages, shapeAdvice } from "@/eval/array_advice.ts";
import { checkImages } from "@/eval/rows.ts";
import { imagesOf } from "@/eval/sample_file.ts";
import { evaluate } from "@/eval/suite.ts";
import { type NpyArray } from "@/formats/npy.ts";
import { numpy } from "../support/numpy.ts";
import { range, testWithThreads } from "../support/rows.ts";

const COUNT = 100;
const mnist = await loadImages();
const digits = pixels(mnist.train.images, range(COUNT));
const bytes = Float32Array.from(mnist.train.images.subarray(0, COUNT * PIXELS));

/** [rows, columns] turned. */
const turned = (data: Float32Array, rows = COUNT) => {
  const columns = data.length / rows;
  return data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
};
const halves = (data: Float32Array) => data.map(Math.f16round);
const tanh = digits.map((p) => 2 * p - 1);
const standardised = digits.map((p) => (p - 0.1307) / 0.3081);

/** The digits in another form, and how far from them the advice may lead. */
interface Case {
  shape: number[];
  data: Float32Array;
  dtype?: string;
  advice: string;
  off?: number;
}

const cases: Record<string, Case> = {
  "pixels before images": { shape: [784, COUNT], data: turned(digits), advice: "x.T" },
  "pictures": { shape: [COUNT, 28, 28], data: digits, advice: "x.reshape(-1, 784)" },
  "one channel in front": { shape: [COUNT, 1, 28, 28], data: digits, advice: "x.reshape(-1, 784)" },
  "one channel behind": { shape: [COUNT, 28, 28, 1], data: digits, advice: "x.reshape(-1, 784)" },
  "batches of images": { shape: [10, 10, 784], data: digits, advice: "x.reshape(-1, 784)" },
  "batches of pictures": { shape: [20, 5, 28, 28], data: digits, advice: "x.reshape(-1, 784)" },
  "pictures, the images last": {
    shape: [28, 28, COUNT],
    data: turned(digits),
    advice: "np.moveaxis(x, -1, 0).reshape(-1, 784)",
  },
  "pictures with a channel, the images last": {
    shape: [28, 28, 1, COUNT],
    data: turned(digits),
    advice: "np.moveaxis(x.reshape(28, 28, -1), -1, 0).reshape(-1, 784)",
  },
  "pictures, the images before a channel": {
    shape: [28, 28, COUNT, 1],
    data: turned(digits),
    advice: "np.moveaxis(x.reshape(28, 28, -1), -1, 0).reshape(-1, 784)",
  },
  "columns of images": {
    shape: [784, COUNT, 1],
    data: turned(digits),
    advice: "x.reshape(784, -1).T",
  },
  "one image": { shape: [784], data: digits.slice(0, PIXELS), advice: "x.reshape(-1, 784)" },
  "one picture": { shape: [28, 28], data: digits.slice(0, PIXELS), advice: "x.reshape(-1, 784)" },
  "bytes": { shape: [COUNT, 784], data: bytes, dtype: "uint8", advice: "x / 255" },
  "bytes as float32": { shape: [COUNT, 784], data: bytes, advice: "x / 255" },
  "bytes as float16": {
    shape: [COUNT, 784],
    data: halves(bytes),
    dtype: "float16",
    advice: 'x.astype("float32") / 255',
  },
  "bytes of pictures": {
    shape: [COUNT, 28, 28],
    data: bytes,
    dtype: "uint8",
    advice: "x.reshape(-1, 784) / 255",
  },
  "bytes, pixels before images": {
    shape: [784, COUNT],
    data: turned(bytes),
    dtype: "int64",
    advice: "x.T / 255",
  },
  "16 bits": {
    shape: [COUNT, 784],
    data: bytes.map((byte) => 257 * byte),
    dtype: "uint16",
    advice: "x / 65535",
  },
  "tanh": { shape: [COUNT, 784], data: tanh, advice: "(x + 1) / 2", off: 1e-7 },
  "tanh beyond its ends by rounding": {
    shape: [COUNT, 784],
    data: tanh.map((value) => value * 1.000001),
    advice: "np.clip((x + 1) / 2, 0, 1)",
    off: 2e-6,
  },
  "tanh of pictures": {
    shape: [COUNT, 1, 28, 28],
    data: tanh,
    advice: "(x.reshape(-1, 784) + 1) / 2",
    off: 1e-7,
  },
  "tanh as float16": {
    shape: [COUNT, 784],
    data: halves(tanh),
    dtype: "float16",
    advice: '(x.astype("float32") + 1) / 2',
    off: 3e-4,
  },
  "-1e-9 for the background": {
    shape: [COUNT, 784],
    data: digits.map((p) => p === 0 ? -1e-9 : p),
    advice: "np.clip(x, 0, 1)",
  },
  "a little more than 1": {
    shape: [COUNT, 784],
    data: digits.map((p) => p * 1.000001),
    advice: "np.clip(x, 0, 1)",
    off: 2e-6,
  },
  "standardised": {
    shape: [COUNT, 784],
    data: standardised,
    advice: "np.clip(x * 0.3081 + 0.1307, 0, 1)",
    off: 2e-7,
  },
  "standardised, pixels before images": {
    shape: [784, COUNT],
    data: turned(standardised),
    advice: "np.clip(x.T * 0.3081 + 0.1307, 0, 1)",
    off: 2e-7,
  },
};

const refused = (array: NpyArray) =>
  assertThrows(() => imagesOf(array, "x.npy"), RangeError).message;

for (const [name, { shape, data, dtype = "float32", advice, off = 0 }] of Object.entries(cases)) {
  Deno.test(`${name}: the advice, followed to the letter, gives the images`, () => {
    const message = refused({ shape, data, dtype });
    assertEquals(message.split(". In NumPy: ")[1], advice);
    const mended = numpy(advice, { shape, data });
    const images = imagesOf({
      shape: mended.shape,
      data: Float32Array.from(mended.data),
      dtype: "float32",
    }, "mended");
    images.forEach((pixel, i) => assert(Math.abs(pixel - digits[i]) <= off, `${pixel} at ${i}`));
    assertEquals(images.length, data.length);
  });
}

const silent: Record<string, Omit<Case, "advice">> = {
  "28 pictures": { shape: [28, 28, 28], data: digits.slice(0, 28 * PIXELS) },
  "28 pictures with a channel": { shape: [28, 28, 28, 1], data: digits.slice(0, 28 * PIXELS) },
  "28 pictures in a batch of one": { shape: [1, 28, 28, 28], data: digits.slice(0, 28 * PIXELS) },
  "784 rows of 28": { shape: [784, 28], data: turned(digits.slice(0, 28 * PIXELS), 28) },
  "three pictures, or one in colour": { shape: [3, 28, 28], data: digits.slice(0, 3 * PIXELS) },
  "one in colour, or three": { shape: [28, 28, 3], data: digits.slice(0, 3 * PIXELS) },
  "colours": { shape: [25, 4, 28, 28], data: digits },
  "colours behind": { shape: [25, 28, 28, 4], data: digits },
  "three rows of pixels": { shape: [784, 3], data: digits.slice(0, 3 * PIXELS) },
  "all in one": { shape: [COUNT * PIXELS], data: digits },
  "rows of pictures": { shape: [COUNT * 28, 28], data: digits },
  "pictures side by side": { shape: [28, COUNT * 28], data: digits },
  "the images in the middle": { shape: [28, COUNT, 28], data: digits },
  "32 × 32": { shape: [5, 32, 32], data: new Float32Array(5 * 1024) },
  "785 columns": { shape: [5, 785], data: new Float32Array(5 * 785) },
  "logits": { shape: [COUNT, 784], data: digits.map((p) => 30 * p - 12) },
  "small logits": { shape: [COUNT, 784], data: digits.map((p, i) => i % 2 * p * 1.6 - 0.8) },
  "an untrained tanh": { shape: [COUNT, 784], data: digits.map((p) => 0.2 * p - 0.1) },
  "negated": { shape: [COUNT, 784], data: digits.map((p) => -p) },
  "around 0": { shape: [COUNT, 784], data: digits.map((p) => p - 0.5) },
  "per cent": { shape: [COUNT, 784], data: digits.map((p) => 100 * p) },
  "levels to 16": {
    shape: [COUNT, 784],
    data: digits.map((p) => Math.round(16 * p)),
    dtype: "uint8",
  },
  "bytes that wrapped": {
    shape: [COUNT, 784],
    data: bytes.map((byte) => byte > 127 ? byte - 256 : byte),
    dtype: "int8",
  },
  "linear, beyond both ends": { shape: [COUNT, 784], data: digits.map((p) => 1.3 * p - 0.2) },
  "some beyond -0.9": {
    shape: [COUNT, 784],
    data: digits.map((p, i) => i % 1000 === 0 ? -0.95 : p),
  },
  "standardised by other figures": {
    shape: [COUNT, 784],
    data: digits.map((p) => (p - 0.2860) / 0.3530),
  },
  "NaN": { shape: [COUNT, 784], data: digits.map((p, i) => i === 3 ? NaN : 255 * p) },
};

for (const [name, { shape, data, dtype = "float32" }] of Object.entries(silent)) {
  Deno.test(`${name}: what could be wrong is not advised`, () => {
    const message = refused({ shape, data, dtype });
    assertFalse(message.includes("In NumPy"), message);
  });
}

Deno.test("for no shape does advice depend on how its sides of 1 are read", () => {
  // Wherever a side of 1 is put, the advice, followed, is the same.
  const data = Float32Array.from(range(5 * PIXELS));
  for (const sides of [[5, 784], [784, 5], [5, 28, 28], [28, 28, 5]]) {
    const expected = followed(sides, data);
    for (let at = 0; at <= sides.length; at++) {
      const shape = sides.toSpliced(at, 0, 1);
      assertEquals(followed(shape, data), expected, `[${shape}]`);
    }
  }
});

function followed(shape: number[], data: Float32Array): number[] {
  const advice = shapeAdvice(shape);
  return [...numpy(advice ? advice.numpy("x") : "x", { shape, data }).data];
}

Deno.test("images that are wanted are taken as they are", () => {
  const array = { shape: [COUNT, 784], data: digits, dtype: "float32" };
  assertEquals(imagesOf(array, "x"), digits);
  assertEquals(doubtsOfImages(digits), []);
});

Deno.test("what is odd about valid images is said as a condition, and only where it is odd", () => {
  const said = (images: Float32Array) => doubtsOfImages(images).join();
  assert(said(digits.map((p) => 1 - p)).includes("the other way round here, use 1 - x"));
  assert(said(digits.map((p) => p / 255)).includes("divided by 255 twice, use 255 * x"));
  assert(
    said(new Float32Array(784 * 784).fill(0.5)).includes(
      "If the columns are the images, transpose",
    ),
  );
  assertEquals(said(new Float32Array(PIXELS)), "");
  assertEquals(said(new Float32Array(PIXELS).fill(0.5)), "");
});

Deno.test("images in memory get the same advice in words", () => {
  const words = (images: Float32Array) =>
    assertThrows(() => checkImages("use", images), RangeError).message;
  assert(words(tanh).endsWith(" By their range they come from tanh: (x + 1) / 2"));
  assert(words(bytes).endsWith("from bytes: x / 255"));
  assert(words(digits.map((p) => p - 1e-9)).endsWith("outside only by rounding: clip to [0, 1]"));
  assert(words(standardised).includes("x * 0.3081 + 0.1307"));
  assert(words(digits.map((p) => p * 30 - 12)).endsWith("got -12 in image 0"));
});

testWithThreads(
  "digits that were changed and mended have the Fréchet distance of the digits",
  async () => {
    await useBackend("wasm");
    const measure = async (data: Float32Array) =>
      (await evaluate(data, mnist, { metrics: ["frechet"] })).frechet!.value;
    const right = await measure(digits);
    for (
      const name of [
        "pixels before images",
        "-1e-9 for the background",
        "tanh",
        "bytes",
        "standardised",
      ]
    ) {
      const { shape, data, advice } = cases[name];
      const mended = Float32Array.from(numpy(advice, { shape, data }).data);
      const found = await measure(mended);
      assert(Math.abs(found / right - 1) < 1e-4, `${name}: ${found} is not ${right}`);
    }
    // What was once advised.
    assert(await measure(turned(digits)) > 10 * right);
  },
);
