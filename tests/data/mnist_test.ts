import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { readImageFile } from "@/data/image_files.ts";
import { imagesBetween, loadImages, MNIST_SHA256, pixelMeans, pixels } from "@/data/mnist.ts";
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
      message: "The two files are exchanged: rename them",
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

Deno.test("a .gz that unpacks to more than its header says is refused before it does", async () => {
  const files = smallDataSet();
  // 300 MB of zeros; the folder holds 300 kB.
  const bomb = new Uint8Array(300e6);
  bomb.set(files[TRAIN_IMAGES]);
  files[TRAIN_IMAGES] = bomb;
  const folder = await writeDataSet(files, { gz: true });
  await assertRejects(
    () => loadImages(folder),
    RangeError,
    "must end where its header says, got more bytes",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("250,000 images are read, packed as well", async () => {
  const files = smallDataSet();
  const images = new Uint8Array(16 + 250_000 * 784);
  images.set(idxBytes([250_000, 28, 28, 0], () => 0).subarray(0, 16));
  images[3] = 3;
  files[TRAIN_IMAGES] = images;
  files[TRAIN_LABELS] = idxBytes([250_000], (i) => i % 10);
  const folder = await writeDataSet(files, { gz: true });
  assertEquals((await loadImages(folder)).train.count, 250_000);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file beyond the limit is not called damaged, and the limit is named", async () => {
  const bytes = new Uint8Array(5000);
  bytes.set(idxBytes([400_000, 28, 28, 0], () => 0).subarray(0, 16));
  bytes[3] = 3;
  const folder = await Deno.makeTempDir();
  const refused = (limit: number) =>
    assertRejects(
      () => readImageFile(folder, TRAIN_IMAGES, [TRAIN_IMAGES], limit),
      RangeError,
      "That is a limit of this program",
    );
  await Deno.writeFile(join(folder, `${TRAIN_IMAGES}.gz`), gzipSync(bytes));
  const { message } = await refused(2 ** 28);
  assertStringIncludes(
    message,
    "it has 300 MiB, and at most 256 MiB of a file are read, counted after unpacking",
  );
  await Deno.writeFile(join(folder, TRAIN_IMAGES), bytes);
  await refused(4999);
  await Deno.remove(folder, { recursive: true });
});

/** The names under which people have the four files. */
const names: Record<string, (name: string) => string> = {
  "a dot before idx": (name) => name.replace("-idx", ".idx"),
  "capital letters": (name) => name.toUpperCase(),
  "a folder around each": (name) => `${name}/${name}`,
  "a dot, capital letters and a folder": (name) => `${name}/${name.replace("-idx", ".IDX")}`,
};

for (const [what, rename] of Object.entries(names)) {
  for (const [ending, gz] of [["", false], [".gz", true], ["", true], [".gz", false]] as const) {
    const packed = `${gz ? "packed" : "plain"}, ${ending === "" ? "without" : "with"} .gz`;
    Deno.test(`files with ${what} in their names are read (${packed})`, async () => {
      const files = smallDataSet();
      const renamed = Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [rename(name) + ending, bytes]),
      );
      const folder = await writeDataSet(renamed, { gz, ending: "" });
      const { train, test } = await loadImages(folder);
      assertEquals(train.images, files[TRAIN_IMAGES].subarray(16));
      assertEquals(test.count, 20);
      await Deno.remove(folder, { recursive: true });
    });
  }
}

/** What a folder has in place of the files, and what is said of it. */
const nearMisses: Record<string, [(name: string) => string, string]> = {
  "a download that goes on": [
    (name) => `${name}.gz.part`,
    "There is train-images-idx3-ubyte.gz.part: is it the file",
  ],
  "another set's names": [
    (name) => `emnist-digits-${name}`,
    "There is emnist-digits-train-images-idx3-ubyte: is it the file",
  ],
  "underscores": [(name) => name.replaceAll("-", "_"), "There is train_images_idx3_ubyte"],
  "a zip archive": [(name) => `${name}.zip`, "There is train-images-idx3-ubyte.zip"],
  "a folder below": [(name) => `MNIST/raw/${name}`, "MNIST/raw: is that the folder?"],
  "something else": [
    (name) => name === TRAIN_IMAGES ? "mnist.npz" : name,
    "There is mnist.npz, t10k",
  ],
};

for (const [what, [rename, message]] of Object.entries(nearMisses)) {
  Deno.test(`${what} in place of the files: the near miss is named`, async () => {
    const renamed = Object.entries(smallDataSet()).map(([name, bytes]) => [rename(name), bytes]);
    const folder = await writeDataSet(Object.fromEntries(renamed));
    const error = await assertRejects(() => loadImages(folder), Deno.errors.NotFound, message);
    assertStringIncludes(error.message, "train-images-idx3-ubyte is missing");
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("only the four original files are called the original MNIST", async () => {
  assertEquals((await loadImages()).original, true);
  const folder = await writeDataSet(smallDataSet());
  assertEquals((await loadImages(folder)).original, false);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a folder that does not exist is a missing file", async () => {
  await assertRejects(() => loadImages("/nowhere/at/all"), Deno.errors.NotFound, "/nowhere/at/all");
});

Deno.test("images between two rows are those rows, and a range that holds none is refused", async () => {
  const { test } = await loadImages();
  assertEquals(imagesBetween(test, 7, 9), pixels(test.images, [7, 8]));
  for (const [from, to] of [[5, 5], [-1, 3], [9_999, 10_001], [0.5, 2]]) {
    assertThrows(() => imagesBetween(test, from, to), RangeError, `images ${from} to ${to}`);
  }
});
