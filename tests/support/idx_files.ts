/** IDX files for tests: written by hand, not by the code that reads them. */
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";

/** The bytes of an IDX file of unsigned bytes. */
export function idxBytes(shape: number[], value: (i: number) => number): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((a, b) => a * b, 1);
  const header = [0, 0, 8, shape.length];
  for (const side of shape) {
    header.push((side >>> 24) & 255, (side >>> 16) & 255, (side >>> 8) & 255, side & 255);
  }
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  for (let i = 0; i < size; i++) bytes[header.length + i] = value(i);
  return bytes;
}

/** The four files of a small data set by their names. */
export function smallDataSet(train = 200, test = 20): Record<string, Uint8Array<ArrayBuffer>> {
  const images = (count: number) => idxBytes([count, 28, 28], (i) => (i * 31 + (i >> 7)) % 256);
  const labels = (count: number) => idxBytes([count], (i) => i % 10);
  return {
    "train-images-idx3-ubyte": images(train),
    "train-labels-idx1-ubyte": labels(train),
    "t10k-images-idx3-ubyte": images(test),
    "t10k-labels-idx1-ubyte": labels(test),
  };
}

/** Writes the files to a new folder, compressed where `gz` is set, and returns its path. */
export async function writeDataSet(
  files: Record<string, Uint8Array<ArrayBuffer>>,
  { gz = false, ending = gz ? ".gz" : "" }: { gz?: boolean; ending?: string } = {},
): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name + ending);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, gz ? gzipSync(bytes) : bytes);
  }
  return folder;
}
