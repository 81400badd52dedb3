/** Precision and recall on constructed sets, and beside a computation without blocks. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { heldByBalls, precisionRecall } from "@/eval/precision_recall.ts";
import { type Rows } from "@/eval/rows.ts";
import { Random } from "@/random.ts";
import { shuffled, testWithThreads } from "../support/rows.ts";

/** A grid of points in the plane, 1 apart, from a corner. */
function square(side: number, x: number, y: number): Rows {
  const data = Float32Array.from(
    { length: 2 * side * side },
    (_, i) => i % 2 === 0 ? x + (i >> 1) % side : y + Math.floor((i >> 1) / side),
  );
  return { data, columns: 2 };
}

function join(...parts: Rows[]): Rows {
  return {
    data: Float32Array.from(parts.flatMap(({ data }) => [...data])),
    columns: parts[0].columns,
  };
}

testWithThreads("a set beside itself, in another order, has both at 1", async () => {
  const real = { data: new Random(1).normals(200 * 8), columns: 8 };
  const samples = shuffled(real, new Random(2));
  assertEquals(await precisionRecall(samples, real), { precision: 1, recall: 1, k: 3 });
});

testWithThreads("sets that are far apart have both at 0", async () => {
  const found = await precisionRecall(square(5, 100, 100), square(5, 0, 0));
  assertEquals(found, { precision: 0, recall: 0, k: 3 });
});

testWithThreads(
  "one of two modes: precision 1, recall a half; and the other way round",
  async () => {
    const [one, other] = [square(4, 0, 0), square(4, 50, 0)];
    assertEquals(await precisionRecall(one, join(one, other)), { precision: 1, recall: 0.5, k: 3 });
    assertEquals(await precisionRecall(join(one, other), one), { precision: 0.5, recall: 1, k: 3 });
  },
);

testWithThreads("copies of one real image: precision 1, next to no recall", async () => {
  const real = square(5, 0, 0);
  const copies = { data: new Float32Array(2 * 30).fill(2), columns: 2 };
  assertEquals(await precisionRecall(copies, real), { precision: 1, recall: 1 / 25, k: 3 });
});

testWithThreads("balls reach to the k-th neighbour, their edge included", async () => {
  // Real at 0, 1, 3, 7: radii of k = 1 are 1, 1, 2, 4, of k = 2 are 3, 2, 3, 6.
  const line = (...data: number[]) => ({ data: new Float32Array(data), columns: 1 });
  const real = line(0, 1, 3, 7);
  const samples = line(-1, -1.5, 11, 11.5, -2, 13);
  assertEquals((await precisionRecall(samples, real, 1)).precision, 2 / 6);
  assertEquals((await precisionRecall(samples, real, 2)).precision, 1);
  // Samples' own radii of k = 1: .5, .5, .5, .5, .5, 1.5; no real row is in them.
  assertEquals((await precisionRecall(samples, real, 1)).recall, 0);
  // Of k = 2: 1, .5, 2, 1.5, 1, 2: 0 is 1 from the sample at -1.
  assertEquals((await precisionRecall(samples, real, 2)).recall, 1 / 4);
});

testWithThreads("several blocks give what a computation without blocks gives", async () => {
  const random = new Random(3);
  const samples = { data: random.normals(2600 * 2), columns: 2 };
  const real = { data: random.normals(2100 * 2).map((x) => 0.7 * x + 0.5), columns: 2 };
  const squared = (a: Rows, i: number, b: Rows, j: number) =>
    (a.data[2 * i] - b.data[2 * j]) ** 2 + (a.data[2 * i + 1] - b.data[2 * j + 1]) ** 2;
  const radii = (rows: Rows) => {
    const count = rows.data.length / 2;
    return Float64Array.from({ length: count }, (_, i) => {
      const own = Float64Array.from({ length: count }, (_, j) => squared(rows, i, rows, j));
      return own.toSorted()[3];
    });
  };
  const within = (points: Rows, set: Rows, reach: Float64Array) => {
    let inside = 0;
    const count = points.data.length / 2;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < reach.length; j++) {
        if (squared(points, i, set, j) <= reach[j]) {
          inside++;
          break;
        }
      }
    }
    return inside / count;
  };
  const { precision, recall } = await precisionRecall(samples, real);
  // A row at the very edge of a ball may fall either way.
  const near = (found: number, expected: number) =>
    assert(Math.abs(found - expected) <= 1 / 2100, `${found} is not ${expected}`);
  near(precision, within(samples, real, radii(real)));
  near(recall, within(real, samples, radii(samples)));
});

testWithThreads(
  "too few rows, a wrong k, NaN and rows of different length are refused",
  async () => {
    const real = square(3, 0, 0);
    const three = { data: new Float32Array(6), columns: 2 };
    const refuse = async (promise: Promise<unknown>, message: string) => {
      await assertRejects(() => promise, Error, message);
    };
    await refuse(precisionRecall(three, real), "at least 4 rows, got 3");
    await refuse(precisionRecall(real, three), "at least 4 rows, got 3");
    for (const k of [0, 1.5, NaN]) {
      await refuse(precisionRecall(real, real, k), `k must be an integer of at least 1, got ${k}`);
    }
    const broken = { data: new Float32Array(8).fill(NaN), columns: 2 };
    await refuse(precisionRecall(broken, real), "must be finite, got NaN in row 0");
    const other = { data: new Float32Array(15), columns: 3 };
    await refuse(precisionRecall(other, real), "equally long");
  },
);

testWithThreads("balls hold the samples within their radius, each ball by itself", async () => {
  // Real at 0, 1, 3, 7: radii of k = 1 are 1, 1, 2, 4.
  const line = (...data: number[]) => ({ data: new Float32Array(data), columns: 1 });
  const held = await heldByBalls(line(-1, 0.5, 5, 11, 12), line(0, 1, 3, 7), 1);
  assertEquals([...held], [2, 1, 1, 2]);
  await assertRejects(() => heldByBalls(line(0), line(0, 1), 2), RangeError, "at least 3 rows");
});
