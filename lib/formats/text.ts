/**
 * Text files as people's programs save them: UTF-8 with and without a byte order mark, UTF-16 with
 * one.
 *
 * @module
 */

/** UTF-8's byte order mark. Spreadsheets take a table without it for a text in an old encoding. */
export const BYTE_ORDER_MARK = "\ufeff";

/**
 * The text of a file without its byte order mark; undefined if the bytes are no text in UTF-8 or
 * UTF-16.
 *
 * UTF-16 without a mark is recognised by its null bytes: a text that begins with an ASCII character
 * has one.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first !== 0 && second === 0) return "utf-16le";
  if (first === 0 && second !== 0 && second !== undefined) return "utf-16be";
  return "utf-8";
}
