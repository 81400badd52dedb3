/**
 * How large a file may be to be read into memory: beyond that, the error says that there is a
 * limit, not that the file is damaged or the memory full.
 *
 * @module
 */
import { host } from "./host.ts";

/** 1 GiB: 1,369,000 images of bytes, 342,000 of float32. */
export const MOST_BYTES = 2 ** 30;

/**
 * The bytes of a file.
 *
 * @throws {RangeError} If there are more than `mostBytes`.
 * @throws {Error} What the system says; a `NotFound` of the host if the file is not there.
 */
export async function readLimited(
  path: string,
  mostBytes = MOST_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = await host.files.size(path);
  if (size > mostBytes) throw beyondLimit(path, size, mostBytes);
  return await host.files.read(path);
}

/** The error for a file that is, or unpacks to, more than is read. */
export function beyondLimit(path: string, size: number, mostBytes: number): RangeError {
  return new RangeError(
    `Cannot read ${path}: it has ${mebibytes(size)} MiB, and at most ${
      mebibytes(mostBytes)
    } MiB of a file are read, counted after unpacking. That is a limit of this program, and the file may be whole: use a smaller one`,
  );
}

function mebibytes(bytes: number): string {
  return Math.ceil(bytes / 2 ** 20).toLocaleString("en-US");
}
