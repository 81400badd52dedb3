/** The function whose graph goes through given points. */
import { assertEquals, assertThrows } from "@std/assert";
import { polyline } from "@/math/polyline.ts";

Deno.test("a polyline goes through its points, straight between them and level outside", () => {
  const line = polyline([[2, 5], [-1, 0], [0, 2]]);
  assertEquals([-1, 0, 2].map(line), [0, 2, 5]);
  assertEquals([-0.5, 1, -9, 9].map(line), [1, 3.5, 0, 5]);
  assertEquals(polyline([[3, 7]])(100), 7);
  assertEquals(line(NaN), NaN);
});

Deno.test("points that are none, or two at one x, are refused", () => {
  assertThrows(() => polyline([]), TypeError, "got no points");
  assertThrows(() => polyline([[0, 1], [1]]), TypeError, "got [1]");
  assertThrows(() => polyline([0, 1] as never), TypeError, "[x, y], got 0");
  assertThrows(() => polyline([[0, Infinity]]), TypeError, "two finite numbers");
  assertThrows(() => polyline([[1, 0], [0, 0], [1, 2]]), RangeError, "two at 1");
});
