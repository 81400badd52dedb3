/** TFRecord files, by RFC 3720's check sums and the documented layout. */
import { assertEquals } from "@std/assert";
import { decodeRecords, encodeRecord, maskedCrc } from "@/formats/tfrecord.ts";

/** CRC-32C of 32 bytes, from RFC 3720, appendix B.4. */
const RFC_3720: [name: string, bytes: Uint8Array, crc: number][] = [
  ["zeros", new Uint8Array(32), 0x8a9136aa],
  ["ones", new Uint8Array(32).fill(255), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ["31 to 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
];

/** The check sum below the mask. */
function unmasked(masked: number): number {
  const turned = (masked - 0xa282ead8) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
}

for (const [name, bytes, crc] of RFC_3720) {
  Deno.test(`the check sum of ${name} is RFC 3720's, masked`, () => {
    assertEquals(unmasked(maskedCrc(bytes)), crc);
  });
}

Deno.test("a record is its length, its check sum, the data and theirs", () => {
  const data = new Uint8Array(32);
  const record = encodeRecord(data);
  const view = new DataView(record.buffer);
  assertEquals(record.length, 8 + 4 + 32 + 4);
  assertEquals(view.getBigUint64(0, true), 32n);
  assertEquals(unmasked(view.getUint32(44, true)), 0x8a9136aa);
  assertEquals(record.subarray(12, 44), data);
});

Deno.test("records are read back up to the first that is cut off or damaged", () => {
  const parts = [1, 2, 3].map((byte) => new Uint8Array(byte * 100).fill(byte));
  const whole = new Uint8Array(parts.flatMap((data) => [...encodeRecord(data)]));
  assertEquals([...decodeRecords(whole)], parts);
  for (const end of [whole.length - 1, whole.length - 301, whole.length - 312]) {
    assertEquals([...decodeRecords(whole.subarray(0, end))], parts.slice(0, 2), `cut at ${end}`);
  }
  for (const at of [116 + 0, 116 + 9, 116 + 12, 116 + 214]) {
    const damaged = whole.slice();
    damaged[at] ^= 1;
    assertEquals([...decodeRecords(damaged)], parts.slice(0, 1), `damaged at ${at}`);
  }
  assertEquals([...decodeRecords(new Uint8Array())], []);
});
