/**
 * TFRecord files: records one after another, each with its length and two check sums.
 *
 * A record is its length (uint64), the check sum of those eight bytes (uint32), the data, and their
 * check sum (uint32), all little-endian. A check sum is a masked CRC-32C:
 * ((crc >> 15) | (crc << 17)) + 0xa282ead8.
 * Sources: https://www.tensorflow.org/tutorials/load_data/tfrecord; CRC-32C, RFC 3720.
 *
 * @module
 */
import crc32c from "crc-32/crc32c.js";

const MASK_DELTA = 0xa282ead8;
const HEADER = 12;
const FOOTER = 4;

/** The data as a record. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER + data.length + FOOTER);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, HEADER);
  view.setUint32(HEADER + data.length, maskedCrc(data), true);
  return record;
}

/** The data of every record, up to the first that is cut off or damaged. */
export function* decodeRecords(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEADER + FOOTER <= bytes.length;) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8))) return;
    const end = at + HEADER + length;
    if (end + FOOTER > bytes.length) return;
    const data = bytes.subarray(at + HEADER, end);
    if (view.getUint32(end, true) !== maskedCrc(data)) return;
    yield data;
    at = end + FOOTER;
  }
}

/** The check sum of a record's part. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
