/**
 * What is wrong with a gzip file, said in the same way by every host.
 *
 * @module
 */

/** Bytes that are not a whole gzip file, or unpack to too many. */
export class GzipError extends Error {
  override name = "GzipError";
  constructor(readonly fault: "truncated" | "damaged" | "longer", message: string) {
    super(message);
  }
}
