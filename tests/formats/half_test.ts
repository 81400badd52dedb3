/** float16 against JavaScript's own `Float16Array`, which Deno has and not every browser. */
import { assertEquals } from "@std/assert";
import { halvesOf, numbersOf } from "@/formats/half.ts";
import { Random } from "@/random.ts";

const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);

Deno.test("every one of the 65,536 float16 is the number that it is", () => {
  const expected = new Float16Array(ALL.buffer);
  const found = numbersOf(ALL);
  assertEquals(found.length, expected.length);
  assertEquals(found.findIndex((value, i) => !Object.is(value, expected[i])), -1);
});

Deno.test("numbers become the nearest float16, halves to even, and the bits are its bits", () => {
  const values = Array.from(new Float16Array(ALL.buffer)).filter(Number.isFinite);
  const middles = values.slice(0, -1).map((value, i) => (value + values[i + 1]) / 2);
  const beside = middles.flatMap((x) => [x * (1 - 2 ** -23), x, x * (1 + 2 ** -23)]);
  const exponents = new Random(2).uniforms(200_000);
  const spread = new Random(3).normals(200_000).map((x, i) => x * 2 ** (60 * exponents[i] - 40));
  const extremes = [65504, 65519.996, 65520, 2 ** 16, 2 ** 127, 2 ** -25, 2 ** -149, Infinity];
  const signed = extremes.flatMap((x) => [x, -x]);
  for (const numbers of [values, beside, spread, [...signed, 0, -0]]) {
    const data = Float32Array.from(numbers);
    const expected = new Uint16Array(Float16Array.from(data).buffer);
    assertEquals(halvesOf(data), expected);
  }
  assertEquals([...numbersOf(halvesOf(Float32Array.of(NaN, -NaN)))], [NaN, NaN]);
});

Deno.test("numbers in the middle of a buffer are taken where they lie", () => {
  const data = Float32Array.of(7, 1, -2, 9).subarray(1, 3);
  assertEquals(halvesOf(data), Uint16Array.of(0x3c00, 0xc000));
});
