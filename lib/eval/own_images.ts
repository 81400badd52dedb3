/**
 * Images from a file of the reader's own.
 *
 * @module
 */
import { isIdx, parseIdx } from "@/data/idx.ts";
import { readUnpacked } from "@/data/image_files.ts";
import { IMAGE_SIDE, imagesBetween } from "@/data/mnist.ts";
import { decodeNpy } from "@/formats/npy.ts";
import { host } from "@/host/host.ts";
import { imagesOf } from "./sample_file.ts";

/**
 * The images of an IDX file, packed or not, or of an .npy file of [count, 784] numbers in [0, 1].
 *
 * @param file Its name: on a page one that was picked there, elsewhere a path.
 * @returns [count, 784] in [0, 1].
 * @throws {Error} The host's `NotFound` if there is no such file.
 * @throws {RangeError} If it is anything else.
 */
export async function loadOwnImages(file: string): Promise<Float32Array> {
  const { isFile, advice } = host.files;
  if (!await isFile(file)) {
    throw new host.NotFound(
      `Cannot read ${file}: there is no such file here. ${advice ?? "Put it beside the notebook"}`,
    );
  }
  const bytes = await readUnpacked(file);
  if (!isIdx(bytes, 3)) return imagesOf(decodeNpy(bytes, file), file);
  const { shape: [count, height, width], data } = parseIdx(bytes, file, 3);
  if (height !== IMAGE_SIDE || width !== IMAGE_SIDE) {
    throw new RangeError(
      `Cannot use ${file}: its images must be ${IMAGE_SIDE}×${IMAGE_SIDE}, got ${height}×${width}`,
    );
  }
  return imagesBetween({ images: data, count, labels: new Uint8Array() }, 0, count);
}
