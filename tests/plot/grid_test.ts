import { decode } from "fast-png";
import { assertEquals, assertThrows } from "@std/assert";
import { gridPng, rowsPng } from "@/plot/grid.ts";

Deno.test("each image is where it should be, each number the grey it should be", () => {
  // Three images of 2×2: 0, 1, out of range, and a ramp.
  const images = new Float32Array([0, 0, 0, 0, 1, 1, 2, -1, 0.2, 0.4, 0.6, 0.8]);
  const { width, height, data, channels } = decode(gridPng(images, 2, { columns: 2, scale: 3 }));
  assertEquals([width, height, channels], [2 + 2 * 8, 2 + 2 * 8, 1]);
  const at = (x: number, y: number) => data[y * width + x];
  assertEquals(at(0, 0), 64); // the gap
  assertEquals(at(2, 2), 0); // image 0
  assertEquals([at(10, 2), at(15, 4), at(10, 5), at(15, 7)], [255, 255, 255, 0]); // image 1, cut
  assertEquals([at(2, 10), at(7, 10), at(2, 15), at(7, 15)], [51, 102, 153, 204]); // image 2
  assertEquals(at(12, 12), 64); // an empty place
});

Deno.test("numbers that make no whole image are refused", () => {
  assertThrows(() => gridPng(new Float32Array(5), 2), TypeError, "got 5 numbers");
  assertThrows(() => gridPng(new Float32Array(0), 2), TypeError, "got 0 numbers");
});

Deno.test("rows of sets are the grid of their first images", () => {
  const [a, b] = [[0, 0.2, 0.4], [0.6, 0.8, 1]].map((greys) => new Float32Array(greys));
  const grid = gridPng(new Float32Array([0, 0.2, 0.6, 0.8]), 1, { columns: 2, scale: 2 });
  assertEquals(rowsPng([a, b], 1, { columns: 2, scale: 2 }), grid);
  assertThrows(() => rowsPng([a, b.subarray(2)], 1, { columns: 2 }), TypeError, "got 1 in set 1");
});
