import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { BatchOrder, type BatchOrderState } from "@/data/batches.ts";
import { Random } from "@/random.ts";

Deno.test("an epoch visits every row at most once, and all rows where the batch divides them", () => {
  const order = new BatchOrder(12, 4, new Random(1));
  assertEquals(order.perEpoch, 3);
  const epoch = () => Array.from({ length: 3 }, () => [...order.next()]).flat();
  const [first, second] = [epoch(), epoch()];
  assertEquals([...first].sort((a, b) => a - b), [...Array(12).keys()]);
  assertEquals([...second].sort((a, b) => a - b), [...Array(12).keys()]);
  assertNotEquals(first, second);
});

Deno.test("rows left over are not the same ones in every epoch", () => {
  const order = new BatchOrder(10, 4, new Random(1));
  assertEquals(order.perEpoch, 2);
  const seen = new Set(Array.from({ length: 20 }, () => [...order.next()]).flat());
  assertEquals(seen.size, 10);
});

for (const taken of [0, 1, 2, 3, 4, 7]) {
  Deno.test(`restored after ${taken} batches, the order goes on as it would have`, () => {
    const order = new BatchOrder(10, 3, new Random(5));
    for (let i = 0; i < taken; i++) order.next();
    const state = JSON.parse(JSON.stringify(order.state())) as BatchOrderState;
    const copy = BatchOrder.restore(10, 3, state);
    for (let i = 0; i < 8; i++) assertEquals([...order.next()], [...copy.next()]);
  });
}

Deno.test("a batch larger than the data, or none, is refused", () => {
  for (const size of [0, -1, 2.5, 11, NaN]) {
    assertThrows(() => new BatchOrder(10, size, new Random(1)), RangeError, `got ${size}`);
  }
});

Deno.test("a position outside the epoch is refused", () => {
  const state = new BatchOrder(10, 3, new Random(5)).state();
  for (const position of [-1, 4, 0.5]) {
    assertThrows(
      () => BatchOrder.restore(10, 3, { ...state, position }),
      RangeError,
      `${position}`,
    );
  }
});
