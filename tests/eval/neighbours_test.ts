/** Nearest neighbours: by hand, and for images beside a search that computes every distance. */
import { assertEquals, assertGreater } from "@std/assert";
import { loadImages, PIXELS, pixels } from "@/data/mnist.ts";
import { nearestNeighbours, type Neighbours, neighboursIn } from "@/eval/neighbours.ts";
import { type Rows } from "@/eval/rows.ts";
import { Random } from "@/random.ts";
import { range, testWithThreads } from "../support/rows.ts";

/** Every distance in float64. */
function search(points: Rows, others: Rows): Neighbours {
  const { columns } = points;
  const count = points.data.length / columns;
  const index = new Uint32Array(count);
  const distance = new Float64Array(count).fill(Infinity);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < others.data.length / columns; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) {
        const difference = points.data[i * columns + k] - others.data[j * columns + k];
        sum += difference * difference;
      }
      if (Math.sqrt(sum) < distance[i]) {
        distance[i] = Math.sqrt(sum);
        index[i] = j;
      }
    }
  }
  return { index, distance };
}

/** What is found, without how it was found. */
async function nearest(points: Rows, others: Rows): Promise<Neighbours> {
  const { index, distance } = await nearestNeighbours(points, others);
  return { index, distance };
}

testWithThreads(
  "neighbours in the plane by hand, the first of equals, none but 0 for a copy",
  async () => {
    const points = { data: new Float32Array([0, 0, 5, 5, 0.25, 0]), columns: 2 };
    const others = { data: new Float32Array([1, 0, 4, 5, 0, 1, 0.25, 0]), columns: 2 };
    const three = { ...others, data: others.data.slice(0, 6) };
    const { index, distance } = await nearestNeighbours(points, three);
    assertEquals([...index], [0, 1, 0]);
    assertEquals([...distance], [1, 1, 0.75]);
    const copy = await nearestNeighbours(points, others);
    assertEquals([copy.index[2], copy.distance[2]], [3, 0]);
  },
);

testWithThreads(
  "digits among digits, across blocks: the same as every distance computed",
  async () => {
    const { train, test } = await loadImages();
    const others = { data: pixels(train.images, range(4100)), columns: PIXELS };
    const points = { data: pixels(test.images, range(60)), columns: PIXELS };
    assertEquals(await nearest(points, others), search(points, others));
  },
);

testWithThreads("noise, flat grey and waves that are not seen: the same as well", async () => {
  const random = new Random(1);
  const noise = random.uniforms(300 * PIXELS);
  const grey = new Float32Array(20 * PIXELS).map((_, i) => Math.floor(i / PIXELS) / 20);
  // Chequered: the highest frequencies only, so that nothing but the length is seen of them.
  const chequered = new Float32Array(20 * PIXELS).map((_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28) % 28];
    return 0.5 + ((x + y) % 2 - 0.5) * (1 + Math.floor(i / PIXELS)) / 20;
  });
  const others = { data: Float32Array.from([...noise, ...grey, ...chequered]), columns: PIXELS };
  const jitter = random.uniforms(40 * PIXELS, -0.02, 0.02);
  const data = Float32Array.from([...grey, ...chequered], (value, i) => value + jitter[i]);
  const points = { data, columns: PIXELS };
  const found = await nearest(points, others);
  assertEquals(found, search(points, others));
  assertEquals([...found.index], range(40).map((i) => 300 + i));
  assertGreater(Math.min(...found.distance), 0.1);
});

testWithThreads(
  "copies of training images are found at 0, whichever comes first of two",
  async () => {
    const { train } = await loadImages();
    const others = { data: pixels(train.images, [...range(50), 7, 9]), columns: PIXELS };
    const points = { data: pixels(train.images, [9, 7, 49]), columns: PIXELS };
    const { index, distance } = await nearestNeighbours(points, others);
    assertEquals([[...index], [...distance]], [[9, 7, 49], [0, 0, 0]]);
  },
);

testWithThreads(
  "noise among digits, of which the low frequencies tell nothing: the same",
  async () => {
    const { train } = await loadImages();
    const others = { data: pixels(train.images, range(2100)), columns: PIXELS };
    const points = { data: new Random(2).uniforms(70 * PIXELS), columns: PIXELS };
    assertEquals(await nearest(points, others), search(points, others));
  },
);

testWithThreads(
  "what is not seen counts no more than it can: the nearest differs in nothing else",
  async () => {
    const chequered = (grey: number, contrast: number) =>
      Array.from(
        { length: PIXELS },
        (_, i) => grey + (((i % 28) + Math.floor(i / 28)) % 2 === 0 ? contrast : -contrast),
      );
    // From the point: 28 · .1 = 2.8 to the plain one, 28 · .15 = 4.2 to the one as chequered, all others far.
    const far = range(300).flatMap((i) => chequered(0.9 + i / 3000, 0));
    const data = Float32Array.from([...far, ...chequered(0.65, 0.1), ...chequered(0.5, 0)]);
    const point = { data: Float32Array.from(chequered(0.5, 0.1)), columns: PIXELS };
    const { index, distance } = await nearest(point, { data, columns: PIXELS });
    assertEquals([index[0], distance[0].toFixed(6)], [301, "2.800000"]);
  },
);

testWithThreads("a search that is asked again finds what a new one finds", async () => {
  const { train, test } = await loadImages();
  const others = { data: pixels(train.images, range(2000)), columns: PIXELS };
  const find = neighboursIn(others);
  for (const rows of [[0, 1, 2], [30, 31]]) {
    const points = { data: pixels(test.images, rows), columns: PIXELS };
    assertEquals(await find(points), await nearestNeighbours(points, others));
  }
});
