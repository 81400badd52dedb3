/** A benchmark ends in time, by a clock that the test moves. */
import { assertEquals } from "@std/assert";
import { TimeLimit } from "@/bench/time_limit.ts";

Deno.test("what would not be done in time is left out, by the time of the last group", async () => {
  let now = 1000;
  const limit = new TimeLimit(100, () => now);
  const take = (ms: number) => () => Promise.resolve(void (now += ms));
  // Nothing is known yet: the first group is run.
  assertEquals(limit.allows(1000), true);
  await limit.measure(10, take(40));
  // 4 ms a turn, and 60 are left.
  assertEquals([limit.allows(15), limit.allows(16)], [true, false]);
  await limit.measure(5, take(50));
  assertEquals([limit.allows(1), limit.allows(2)], [true, false]);
});

Deno.test("without a limit everything is run", async () => {
  const limit = new TimeLimit(undefined, () => NaN);
  await limit.measure(1, () => Promise.resolve());
  assertEquals(limit.allows(1e9), true);
});
