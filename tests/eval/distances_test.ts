import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { distanceBlocks } from "@/eval/distances.ts";
import { type Rows } from "@/eval/rows.ts";
import { Random } from "@/random.ts";
import { testWithThreads } from "../support/rows.ts";

/** The squared distance of row i of one set and row j of the other, in float64. */
function expectedOf(a: Rows, i: number, b: Rows, j: number): number {
  let sum = 0;
  for (let k = 0; k < a.columns; k++) {
    sum += (a.data[i * a.columns + k] - b.data[j * b.columns + k]) ** 2;
  }
  return sum;
}

/** All squared distances, [points][others]. */
async function all(points: Rows, others: Rows): Promise<number[][]> {
  const rows = Array.from(
    { length: points.data.length / points.columns },
    () => Array<number>(others.data.length / others.columns).fill(NaN),
  );
  for await (const block of distanceBlocks(points, others)) {
    for (let i = 0; i < block.points; i++) {
      for (let j = 0; j < block.others; j++) {
        rows[block.firstPoint + i][block.firstOther + j] = block.squared[i * block.others + j];
      }
    }
  }
  return rows;
}

testWithThreads("squared distances by hand, exactly: small integers have no rounding", async () => {
  const points = { data: new Float32Array([0, 0, 3, 4]), columns: 2 };
  const others = { data: new Float32Array([0, 0, 3, 4, -1, 1]), columns: 2 };
  assertEquals(await all(points, others), [[0, 25, 2], [25, 0, 25]]);
});

testWithThreads("several blocks, sides that do not divide: float64's distances", async () => {
  const random = new Random(1);
  const points = { data: random.uniforms(2503 * 7), columns: 7 };
  const others = { data: random.uniforms(2009 * 7), columns: 7 };
  const found = await all(points, others);
  for (const i of [0, 1, 1250, 2499, 2500, 2502]) {
    for (let j = 0; j < 2009; j++) {
      const expected = expectedOf(points, i, others, j);
      assertLess(Math.abs(found[i][j] - expected), 3e-6, `${i}, ${j}`);
    }
  }
});

testWithThreads("rows that are long make narrower blocks, as right", async () => {
  const random = new Random(2);
  const points = { data: random.uniforms(3 * 5000), columns: 5000 };
  const others = { data: random.uniforms(900 * 5000), columns: 5000 };
  const found = await all(points, others);
  for (const j of [0, 418, 419, 420, 899]) {
    const expected = expectedOf(points, 2, others, j);
    assertLess(Math.abs(found[2][j] / expected - 1), 1e-5);
  }
});

testWithThreads("a row is at no distance from itself, at any size of its numbers", async () => {
  const random = new Random(3);
  for (const size of [1e-3, 1, 1e3]) {
    const rows = { data: random.uniforms(50 * 784, 0, size), columns: 784 };
    const found = await all(rows, rows);
    for (let i = 0; i < 50; i++) {
      assertEquals(found[i][i], 0);
      for (let j = 0; j < i; j++) assert(found[i][j] > size * size);
    }
  }
});

testWithThreads("rows of different length are refused", async () => {
  const rows = (columns: number) => ({ data: new Float32Array(6), columns });
  await assertRejects(() => all(rows(2), rows(3)), TypeError, "equally long, got 2 and 3");
});
