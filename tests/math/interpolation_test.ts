import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { crossing, lerp, slerp } from "@/math/interpolation.ts";
import { linspace } from "@/math/stable.ts";
import { Random } from "@/random.ts";

const norm = (z: number[]) => Math.hypot(...z);
const near = (found: number[], expected: ArrayLike<number>, tolerance = 1e-12) => {
  assertEquals(found.length, expected.length);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], tolerance));
};

Deno.test("both ways begin at a and end at b", () => {
  const random = new Random(1);
  for (const d of [1, 2, 5, 100]) {
    const a = random.normals(d).map(Math.abs);
    const b = random.normals(d).map(Math.abs);
    for (const way of [lerp, slerp]) {
      near(way(a, b, 0), a);
      near(way(a, b, 1), b);
    }
  }
});

Deno.test("the line is straight, and its middle is the mean", () => {
  near(lerp([1, 2], [3, -4], 0.5), [2, -1]);
  near(lerp([1, 2], [3, -4], 0.25), [1.5, 0.5]);
});

Deno.test("the arc of a circle is turned through evenly: a third of 90° is 30°", () => {
  near(slerp([2, 0], [0, 2], 1 / 3), [Math.sqrt(3), 1]);
  for (const [from, by] of [[0.4, 1], [2, 3], [5, 0.01]]) {
    const at = (angle: number) => [7 * Math.cos(angle), 7 * Math.sin(angle)];
    for (const t of linspace(0, 1, 6)) near(slerp(at(from), at(from + by), t), at(from + t * by));
  }
});

Deno.test("at right angles a line's middle is shorter by √½, an arc's is not", () => {
  assertAlmostEquals(norm(lerp([3, 0], [0, 3], 0.5)), 3 * Math.SQRT1_2, 1e-12);
  assertAlmostEquals(norm(slerp([3, 0], [0, 3], 0.5)), 3, 1e-12);
});

Deno.test("the arc the other way round is the same arc", () => {
  const random = new Random(2);
  const [a, b] = [random.normals(10), random.normals(10)];
  for (const t of linspace(0, 1, 5)) near(slerp(a, b, t), slerp(b, a, 1 - t));
});

Deno.test("ends that point the same way give the straight line, without NaN", () => {
  near(slerp([1, 2], [1, 2], 0.3), [1, 2]);
  near(slerp([1, 2], [2, 4], 0.5), [1.5, 3]);
  near(slerp([0, 0], [2, 4], 0.5), [1, 2]);
  // A small angle, where sin θ is no longer 0: the line and the arc meet.
  for (const angle of [1e-5, 1e-8, 1e-10]) {
    const b = [Math.cos(angle), Math.sin(angle)];
    near(slerp([1, 0], b, 0.5), [Math.cos(angle / 2), Math.sin(angle / 2)], 1e-15);
  }
});

Deno.test("nearly opposite ends still have their arc; opposite ones have none", () => {
  const angle = Math.PI - 1e-6;
  const middle = slerp([1, 0], [Math.cos(angle), Math.sin(angle)], 0.5);
  assert(Math.abs(norm(middle) - 1) < 1e-8 && middle[1] > 0.999);
  assertThrows(() => slerp([1, 2], [-2, -4], 0.5), RangeError, "opposite ways");
});

Deno.test("ends of different lengths are refused", () => {
  for (const way of [lerp, slerp]) {
    assertThrows(() => way([1, 2], [1], 0.5), TypeError, "got 2 and 1");
  }
});

Deno.test("a broken line crosses a height where the straight line between its points does", () => {
  assertEquals(crossing([0, 2, 4], [0, 4, 0], 3), 1.5); // the first of two crossings
  assertEquals(crossing([0, 1, 3], [5, 5, 1], 2), 2.5);
  assertEquals(crossing([0, 1], [0, 1], 1), 1);
  assertEquals(crossing([0, 1], [0, 1], 2), NaN);
});
