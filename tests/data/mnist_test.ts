import { join } from "node:path";
import { assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { loadImages, MNIST_SHA256, pixelMeans, pixels } from "@/data/mnist.ts";
import { idxBytes, smallDataSet, writeDataSet } from "../support/idx_files.ts";

Deno.test("the bundled MNIST is the original: digests, counts, first labels", async () => {
  const { train, test, sha256 } = await loadImages();
  assertEquals(sha256, MNIST_SHA256["train-images-idx3-ubyte"]);
  assertEquals([train.count, test.count], [60_000, 10_000]);
  assertEquals([train.images.length, test.images.length], [60_000 * 784, 10_000 * 784]);
  assertEquals([...train.labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  assertEquals([...test.labels.subarray(0, 5)], [7, 2, 1, 0, 4]);
  // The mean of all training pixels, a figure that every normalisation of MNIST quotes.
  const means = pixelMeans(train.images);
  assertAlmostEquals(means.reduce((a, b) => a + b) / 784, 0.1307, 5e-5);
});

Deno.test("data/README.md names the four digests", async () => {
  const text = await Deno.readTextFile(new URL("../../data/README.md", import.meta.url));
  for (const digest of Object.values(MNIST_SHA256)) assertStringIncludes(text, digest);
});

Deno.test("pixels are bytes over 255, in the rows asked for", () => {
  const images = new Uint8Array(3 * 784).fill(51);
  images[2 * 784 + 5] = 255;
  const batch = pixels(images, [2, 0]);
  assertEquals(batch.length, 2 * 784);
  assertEquals(batch[5], 1);
  assertEquals(batch[784 + 5], Math.fround(0.2));
});

for (const gz of [false, true]) {
  Deno.test(`a folder with the four files is read${gz ? ", compressed" : ""}`, async () => {
    const files = smallDataSet();
    const folder = await writeDataSet(files, { gz });
    const { train, test, source } = await loadImages(folder);
    assertEquals([train.count, test.count], [200, 20]);
    assertEquals(train.images, files["train-images-idx3-ubyte"].subarray(16));
    assertEquals(train.labels, files["train-labels-idx1-ubyte"].subarray(8));
    assertStringIncludes(source, "not the original MNIST");
    await Deno.remove(folder, { recursive: true });
  });
}

type Files = ReturnType<typeof smallDataSet>;
const TRAIN_IMAGES = "train-images-idx3-ubyte";
const TRAIN_LABELS = "train-labels-idx1-ubyte";

const malformed: Record<string, { change: (files: Files) => void; file: string; message: string }> =
  {
    "images of 28×27": {
      change: (f) => f[TRAIN_IMAGES] = idxBytes([200, 28, 27], () => 0),
      file: TRAIN_IMAGES,
      message: "must be 28×28, got 28×27",
    },
    "images of 32×32": {
      change: (f) => f["t10k-images-idx3-ubyte"] = idxBytes([20, 32, 32], () => 0),
      file: "t10k-images-idx3-ubyte",
      message: "must be 28×28, got 32×32",
    },
    "no images": {
      change: (f) => f[TRAIN_IMAGES] = idxBytes([0, 28, 28], () => 0),
      file: TRAIN_IMAGES,
      message: "must hold images, got none",
    },
    "fewer labels than images": {
      change: (f) => f[TRAIN_LABELS] = idxBytes([199], () => 0),
      file: TRAIN_LABELS,
      message: "each of the 200 images, got 199",
    },
    "more labels than images": {
      change: (f) => f[TRAIN_LABELS] = idxBytes([201], () => 0),
      file: TRAIN_LABELS,
      message: "each of the 200 images, got 201",
    },
    "a label of 10": {
      change: (f) => f[TRAIN_LABELS][8 + 17] = 10,
      file: TRAIN_LABELS,
      message: "must be 0 to 9, got 10 at position 17",
    },
    "images and labels exchanged": {
      change: (f) => [f[TRAIN_IMAGES], f[TRAIN_LABELS]] = [f[TRAIN_LABELS], f[TRAIN_IMAGES]],
      file: TRAIN_IMAGES,
      message: "must be 0x00000803 (images of unsigned bytes), got 0x00000801",
    },
    "truncated images": {
      change: (f) => f[TRAIN_IMAGES] = f[TRAIN_IMAGES].slice(0, -100),
      file: TRAIN_IMAGES,
      message: "truncated",
    },
    "trailing bytes after labels": {
      change: (f) => f[TRAIN_LABELS] = new Uint8Array([...f[TRAIN_LABELS], 0, 0]),
      file: TRAIN_LABELS,
      message: "trailing bytes, 202",
    },
    "a missing file": {
      change: (f) => delete f["t10k-labels-idx1-ubyte"],
      file: "t10k-labels-idx1-ubyte",
      message: "t10k-labels-idx1-ubyte is missing",
    },
  };

for (const [what, { change, file, message }] of Object.entries(malformed)) {
  Deno.test(`${what}: refused, with the file, the rule and the value`, async () => {
    const files = smallDataSet();
    change(files);
    const folder = await writeDataSet(files);
    const error = await assertRejects(() => loadImages(folder), Error, message);
    assertStringIncludes(error.message, file);
    await Deno.remove(folder, { recursive: true });
  });
}

const compressedDamage: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "a truncated .gz": (bytes) => bytes.subarray(0, bytes.length / 2),
  "a .gz with a flipped bit": (bytes) => bytes.map((b, i) => i === 100 ? b ^ 4 : b),
  "a .gz that is not compressed": () => idxBytes([200, 28, 28], () => 0),
};

for (const [what, damage] of Object.entries(compressedDamage)) {
  Deno.test(`${what} is refused`, async () => {
    const folder = await writeDataSet(smallDataSet(), { gz: true });
    const path = join(folder, `${TRAIN_IMAGES}.gz`);
    await Deno.writeFile(path, damage(await Deno.readFile(path)));
    await assertRejects(() => loadImages(folder), RangeError, "must be a whole gzip file");
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a .gz that unpacks to gigabytes is refused before it does", async () => {
  const files = smallDataSet();
  // 300 MB of zeros; the folder holds 300 kB.
  files[TRAIN_IMAGES] = new Uint8Array(300e6);
  const folder = await writeDataSet(files, { gz: true });
  await assertRejects(() => loadImages(folder), RangeError, "must be a whole gzip file");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a folder that does not exist is a missing file", async () => {
  await assertRejects(() => loadImages("/nowhere/at/all"), Deno.errors.NotFound, "/nowhere/at/all");
});
