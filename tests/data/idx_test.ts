import { assertEquals, assertThrows } from "@std/assert";
import { parseIdx } from "@/data/idx.ts";
import { idxBytes } from "../support/idx_files.ts";

Deno.test("an array comes back with its shape and its bytes, without a copy", () => {
  const bytes = idxBytes([2, 3, 4], (i) => i * 10);
  const { shape, data } = parseIdx(bytes, "x", 3);
  assertEquals(shape, [2, 3, 4]);
  assertEquals([...data], Array.from({ length: 24 }, (_, i) => i * 10));
  assertEquals(data.buffer, bytes.buffer);
});

Deno.test("a view into a larger buffer is read at its own offset", () => {
  const bytes = idxBytes([3], (i) => i + 1);
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 5);
  assertEquals([...parseIdx(larger.subarray(5, 5 + bytes.length), "x", 1).data], [1, 2, 3]);
});

const good = idxBytes([2, 2, 2], () => 1);
const changed = (at: number, value: number) => {
  const copy = good.slice();
  copy[at] = value;
  return copy;
};

const malformed: Record<string, [Uint8Array, string]> = {
  "an empty file": [new Uint8Array(0), "header has 16 bytes, the file has 0"],
  "a file that ends in its header": [good.subarray(0, 15), "header has 16 bytes, the file has 15"],
  "floats in place of bytes": [
    changed(2, 0x0d),
    "must be 0x00000803 (images of unsigned bytes), got 0x00000d03, which is float32 numbers",
  ],
  "labels in place of images": [
    idxBytes([8], () => 1).slice(),
    "must be 0x00000803 (images of unsigned bytes), got 0x00000801, which is labels",
  ],
  "a first byte that is not zero": [changed(0, 1), "got 0x01000803"],
  "a file that is still compressed": [
    Uint8Array.from({ length: 30 }, (_, i) => [0x1f, 0x8b][i] ?? 0),
    "which is a gzip file",
  ],
  "an array of 4 sides": [
    idxBytes([1, 2, 2, 1], () => 1),
    "unsigned bytes, in an array of 4 sides",
  ],
  "bytes in reverse order": [
    new Uint8Array([3, 8, 0, 0, ...good.subarray(4)]),
    "whose bytes are in reverse order",
  ],
  "a page of HTML": [new TextEncoder().encode("<!DOCTYPE html>…"), "a failed download"],
  "one byte too few": [good.subarray(0, good.length - 1), "truncated and has 7"],
  "one byte too many": [new Uint8Array([...good, 0]), "trailing bytes, 9"],
  "a side of 2^32 - 1": [
    new Uint8Array([...good.subarray(0, 4), 255, 255, 255, 255, ...good.subarray(8)]),
    "promises 4294967295 × 2 × 2",
  ],
};

for (const [what, [bytes, message]] of Object.entries(malformed)) {
  Deno.test(`${what} is refused, and the file named`, () => {
    const error = assertThrows(() => parseIdx(bytes, "folder/file-name", 3), RangeError, message);
    assertEquals(error.message.includes("folder/file-name"), true);
  });
}
