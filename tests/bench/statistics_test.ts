/** Medians, quartiles and ratios, on numbers whose answers are plain. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { median, medianRatio, sampleQuantile, spreadOf } from "@/bench/statistics.ts";

Deno.test("the median is the middle number, or half-way between the two in the middle", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertEquals(median([7]), 7);
});

Deno.test("numbers are ordered as numbers, and the caller's order stays", () => {
  const values = [100, 20, 3];
  assertEquals(median(values), 20);
  assertEquals(values, [100, 20, 3]);
});

Deno.test("quantiles lie on the straight line between neighbours", () => {
  // NumPy's percentile of [1, 2, 3, 4] at 25 and 75.
  assertAlmostEquals(sampleQuantile([4, 3, 2, 1], 0.25), 1.75);
  assertAlmostEquals(sampleQuantile([4, 3, 2, 1], 0.75), 3.25);
  assertEquals(sampleQuantile([5, 9], 0), 5);
  assertEquals(sampleQuantile([5, 9], 1), 9);
});

Deno.test("a spread has the ends, the quartiles and the middle", () => {
  assertEquals(spreadOf([5, 1, 2, 4, 3]), { median: 3, quartiles: [2, 4], min: 1, max: 5 });
});

Deno.test("a ratio is taken within each round: a round in which everything is slow changes nothing", () => {
  const ours = [10, 12, 1000, 11, 9];
  assertAlmostEquals(medianRatio(ours, ours.map((ms) => 2 * ms)), 0.5);
  // The ratio of the medians would be 30 / 20.
  assertAlmostEquals(medianRatio([10, 30, 80], [20, 10, 40]), 2);
});

Deno.test("no values have no quantile, and times of different rounds no ratio", () => {
  assertThrows(() => median([]), RangeError, "at least one value");
  assertThrows(() => medianRatio([1, 2], [1]), RangeError, "got 2 and 1");
});
