/** k-means: what it must be by its definition, and what it finds in MNIST. */
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { clustersOf } from "@/data/clusters.ts";
import { loadImages } from "@/data/mnist.ts";
import { type FixedRows, imageRows } from "@/data/training_data.ts";
import { Random } from "@/random.ts";

function fixedRows(points: number[][]): FixedRows {
  const columns = points[0].length;
  return {
    rows: points.length,
    columns,
    batch: (indices) => Float32Array.from([...indices].flatMap((index) => points[index])),
    means: () => new Float64Array(columns),
    sha256: "points",
  };
}

const distance = (a: number[], b: number[]) =>
  a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);

Deno.test("groups that lie apart are the clusters, and each row is nearest to the mean of its own", () => {
  const random = new Random(1);
  const centres = [[0, 0, 0], [5, 0, 1], [0, 6, 0], [4, 4, -5]];
  const points = Array.from(
    { length: 400 },
    (_, i) => centres[i % 4].map((value) => value + random.normals(1)[0] / 2),
  );
  const labels = clustersOf(fixedRows(points), 4);
  assertEquals(labels.length, 400);
  assertEquals(new Set(labels).size, 4);
  labels.forEach((label, i) => assertEquals(label, labels[i % 4], `row ${i}`));
  const means = [0, 1, 2, 3].map((label) => {
    const own = points.filter((_, i) => labels[i] === label);
    return [0, 1, 2].map((j) => own.reduce((sum, point) => sum + point[j], 0) / own.length);
  });
  labels.forEach((label, i) => {
    const all = means.map((mean) => distance(mean, points[i]));
    assertEquals(all.indexOf(Math.min(...all)), label);
  });
});

Deno.test("the clusters of digits know more of the digits than chance", async () => {
  const { train, test: _, ...rest } = await loadImages();
  const rows = 3000;
  const labels = clustersOf(imageRows({ train, test: train, ...rest }, rows), 64);
  /** The share of images that are the most frequent digit of their cluster. */
  const purity = (digits: ArrayLike<number>) => {
    const counts = Array.from({ length: 64 }, () => new Array<number>(10).fill(0));
    labels.forEach((label, i) => counts[label][digits[i]]++);
    return counts.reduce((sum, each) => sum + Math.max(...each), 0) / rows;
  };
  const order = new Random(2).permutation(rows);
  const shuffled = Uint8Array.from(order, (index) => train.labels[index]);
  assertGreater(purity(train.labels), 0.7);
  assert(purity(shuffled) < 0.3);
});

Deno.test("a number of clusters that cannot be found is refused", () => {
  const data = fixedRows([[0], [1], [2]]);
  assertEquals([...clustersOf(data, 3)], [0, 1, 2]);
  for (const k of [0, 4, 1.5, NaN]) {
    assertThrows(
      () => clustersOf(data, k),
      RangeError,
      `Cannot find clusters: their number must be an integer from 1 to 3, got ${k}`,
    );
  }
});
