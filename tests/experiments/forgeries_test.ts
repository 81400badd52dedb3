/** Forgeries: each does what its name says, to the image itself and to none beside it. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import {
  averaged,
  blurred,
  faded,
  noisy,
  repeated,
  shifted,
  withoutDigit,
} from "@/experiments/forgeries.ts";
import { Random } from "@/random.ts";
import { testWithThreads } from "../support/rows.ts";

/** Images that are black but for one pixel each. */
function dots(...places: [x: number, y: number][]): Float32Array {
  const images = new Float32Array(places.length * PIXELS);
  places.forEach(([x, y], i) => images[i * PIXELS + y * IMAGE_SIDE + x] = 1);
  return images;
}

const lit = (images: Float32Array) =>
  Array.from(images.entries()).filter(([, value]) => value > 0).map(([at, value]) => [
    at % IMAGE_SIDE,
    Math.floor(at % PIXELS / IMAGE_SIDE),
    value,
  ]);

Deno.test("a blurred dot is the product of 1/4, 1/2, 1/4 both ways, and keeps its ink", () => {
  const sum = blurred(dots([5, 9])).reduce((a, b) => a + b, 0);
  assertEquals(sum, 1);
  const rows = [[4, 8, 1 / 16], [5, 8, 1 / 8], [6, 8, 1 / 16], [4, 9, 1 / 8], [5, 9, 1 / 4]];
  assertEquals(lit(blurred(dots([5, 9]))).slice(0, 5), rows);
});

Deno.test("blur and shift stop at the edge: nothing comes in from the next row or image", () => {
  assertEquals(lit(blurred(dots([27, 27], [5, 5]))).length, 4 + 9);
  assertEquals(lit(shifted(dots([27, 3], [0, 27]), 1, 0)), [[1, 27, 1]]);
  assertEquals(lit(shifted(dots([3, 27], [4, 0]), 0, 1)), [[4, 1, 1]]);
  assertEquals(lit(shifted(dots([3, 2]), -1, 2)), [[2, 4, 1]]);
});

Deno.test("a set that is faded, noisy or repeated is what it says, and the set itself is not changed", () => {
  const real = new Random(9).uniforms(4 * PIXELS);
  const before = real.slice();
  assertEquals(faded(real, 0.5), real.map((value) => value / 2));
  const grain = noisy(real, 0.2);
  assertEquals(grain, noisy(real, 0.2));
  assert(grain.every((value) => value >= 0 && value <= 1));
  const inside = Array.from(real.keys()).filter((i) => real[i] > 0.45 && real[i] < 0.55);
  const squares = inside.reduce((sum, i) => sum + (grain[i] - real[i]) ** 2, 0) / inside.length;
  assert(Math.abs(Math.sqrt(squares) - 0.2) < 0.03, `${Math.sqrt(squares)}`);
  assertEquals(noisy(real, 0), real);
  const two = real.subarray(0, 2 * PIXELS);
  assertEquals(repeated(real, 2), Float32Array.of(...two, ...two));
  assertEquals(real, before);
});

Deno.test("a set without a digit has the first others, in order", () => {
  const images = new Uint8Array(4 * PIXELS);
  [10, 20, 30, 40].forEach((grey, i) => images.fill(grey, i * PIXELS, (i + 1) * PIXELS));
  const set = { count: 4, images, labels: Uint8Array.of(3, 7, 1, 7) };
  const left = withoutDigit(set, 7, 2);
  assertEquals([left[0], left[PIXELS]], [10, 30].map((grey) => Math.fround(grey / 255)));
  assertThrows(() => withoutDigit(set, 7, 3), RangeError, "there must be 3 other images, got 2");
});

testWithThreads("averages of two bundles of images are the means of the bundles", async () => {
  const two = (x: number) => {
    const image = dots([x, 3]);
    image[4 * IMAGE_SIDE + x] = 1;
    return image;
  };
  // The first two images start as centres: one of each bundle, which has four.
  const images = [2, 20, 2, 2, 20, 20].map((x) => dots([x, 3]));
  const all = [...images, two(2), two(20)].flatMap((image) => [...image]);
  const means = await averaged(Float32Array.from(all), 2, 1);
  assertEquals(lit(means), [[2, 3, 1], [2, 4, 0.25], [20, 3, 1], [20, 4, 0.25]]);
});

Deno.test("what cannot be forged is refused, with the rule", async () => {
  const one = dots([1, 1]);
  assertThrows(() => shifted(one, 0.5, 0), RangeError, "by whole pixels, got 0.5");
  assertThrows(() => faded(one, 2), RangeError, "must be in [0, 1], got 2");
  assertThrows(() => noisy(one, NaN), RangeError, "0 or more, got NaN");
  assertThrows(() => repeated(one, 2), RangeError, "1 to 1 different ones, got 2");
  assertThrows(() => blurred(one.subarray(1)), TypeError);
  await assertRejects(() => averaged(one, 0), RangeError, "1 to 1 centres, got 0");
});
