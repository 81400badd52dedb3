import { assert, assertEquals, assertThrows } from "@std/assert";
import { digitShares } from "@/eval/digit_shares.ts";

/** NaN fails. */
const near = (found: number, expected: number, tolerance: number) =>
  assert(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

/** So many of each digit. */
const digits = (...counts: number[]) =>
  Uint8Array.from(counts.flatMap((count, digit) => Array<number>(count).fill(digit)));

const EVEN = digits(...Array(10).fill(100));

Deno.test("the shares of training itself: all covered, no divergence", () => {
  const uneven = digits(5, 10, 15, 20, 25, 30, 35, 40, 45, 50);
  const { shares, covered, klToTrain } = digitShares(uneven, uneven);
  near(shares[9], 50 / 275, 1e-15);
  assertEquals([covered, klToTrain], [10, 0]);
});

Deno.test("one digit alone: one covered, KL log 10", () => {
  const { shares, covered, klToTrain } = digitShares(digits(0, 0, 7), EVEN);
  assertEquals(shares, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(covered, 1);
  near(klToTrain, Math.log(10), 1e-12);
});

Deno.test("two digits in uneven shares: KL by hand", () => {
  const { klToTrain } = digitShares(digits(3, 1), EVEN);
  near(klToTrain, 0.75 * Math.log(7.5) + 0.25 * Math.log(2.5), 1e-12);
});

Deno.test("a tenth of the due share covers, less does not", () => {
  // Due are 10 %: 1 % covers.
  const at = (nines: number) => digits(0, 0, 0, 0, 0, 0, 0, 0, 1000 - nines, nines);
  assertEquals(digitShares(at(10), EVEN).covered, 2);
  assertEquals(digitShares(at(9), EVEN).covered, 1);
  assertEquals(digitShares(at(0), EVEN).covered, 1);
});

Deno.test("the order of the samples changes nothing", () => {
  const some = digits(3, 1, 4, 1, 5, 9, 2, 6, 5, 3);
  assertEquals(digitShares(some.toReversed(), EVEN), digitShares(some, EVEN));
});

Deno.test("no samples, or what is no digit, are refused", () => {
  assertThrows(() => digitShares(digits(), EVEN), RangeError, "there must be samples, got none");
  assertThrows(() => digitShares(EVEN, digits()), RangeError, "training labels, got none");
  assertThrows(
    () => digitShares(Uint8Array.of(1, 10), EVEN),
    RangeError,
    "must be 0 to 9, got 10 at 1",
  );
});
