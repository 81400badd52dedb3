import { assertEquals, assertThrows } from "@std/assert";
import { deviationOf, meanOf } from "@/math/moments.ts";

Deno.test("mean and deviation of numbers that are known by hand", () => {
  assertEquals([meanOf([2, 4, 9]), meanOf(Float32Array.of(1, 2))], [5, 1.5]);
  assertEquals(deviationOf([2, 4, 9]), Math.sqrt((9 + 1 + 16) / 2));
  assertEquals(deviationOf([3, 3]), 0);
});

Deno.test("too few numbers are refused", () => {
  assertThrows(() => meanOf([]), RangeError, "got none");
  assertThrows(() => deviationOf([1]), RangeError, "at least two numbers, got 1");
});
