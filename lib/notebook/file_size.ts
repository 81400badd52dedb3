/**
 * How large a file is, in words.
 *
 * @module
 */

/** Such as "24.8 MB", with the units of powers of ten. */
export function sizeInWords(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
