import { decode } from "fast-png";
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { discriminatorColour, fieldPng } from "@/plot/heat_map.ts";
import { plane } from "../support/landscapes.ts";

/** Luminance as the eye weighs it. */
const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

Deno.test("D's colours: lightest at 1/2, darker towards both ends, blue for real, red for generated", () => {
  const steps = Array.from({ length: 101 }, (_, i) => luminance(discriminatorColour(i / 100)));
  for (let i = 1; i <= 50; i++) assertGreater(steps[i], steps[i - 1], `up to ${i}`);
  for (let i = 51; i <= 100; i++) assertLess(steps[i], steps[i - 1], `down to ${i}`);
  assertEquals(discriminatorColour(0.5), [247, 247, 247]);
  const [blueRed, , blue] = discriminatorColour(0.8);
  const [red, , redBlue] = discriminatorColour(0.2);
  assert(blue > blueRed + 100 && red > redBlue + 100);
  assertEquals(discriminatorColour(NaN), [128, 128, 128]);
  assertEquals([discriminatorColour(-3), discriminatorColour(7)], [
    discriminatorColour(0),
    discriminatorColour(1),
  ]);
});

/** The colour of a pixel of a picture with a palette. */
function pixels(png: Uint8Array) {
  const { width, height, data, palette } = decode(png);
  return { width, height, at: (x: number, y: number) => palette![data[y * width + x]] };
}

Deno.test("a field's picture has one pixel a cell, the highest second coordinate on top", () => {
  // From the lower left: sure of generated, cannot tell; above: nothing known, sure of real.
  const { width, height, at } = pixels(
    fieldPng({ dimensions: 2, side: 2, range: [0, 1], values: Float32Array.of(0, 0.5, NaN, 1) }),
  );
  assertEquals([width, height], [2, 2]);
  assertEquals(at(0, 1), [...discriminatorColour(0)]);
  assertEquals(at(1, 1), [247, 247, 247]);
  assertEquals(at(0, 0), [128, 128, 128]);
  assertEquals(at(1, 0), [...discriminatorColour(1)]);
});

Deno.test("a picture's colours are those of D to a level of 254, beyond 0 and 1 the last ones", () => {
  const values = plane.overSamples.values.slice(0, 25).with(3, -0.5).with(4, 1.5);
  const { at } = pixels(fieldPng({ dimensions: 2, side: 5, range: [0, 1], values }));
  values.forEach((value, i) => {
    const colour = at(i % 5, 4 - Math.floor(i / 5));
    // From one level to the next a colour changes by 3 of 255 at most.
    discriminatorColour(value).forEach((part, j) => assertAlmostEquals(colour[j], part, 3));
  });
});

Deno.test("a smooth map of 48 by 48 cells is a picture of 3 kB at most", () => {
  const values = Float32Array.from(
    { length: 48 * 48 },
    (_, i) => 1 / (1 + Math.exp(Math.hypot(i % 48 - 20, i / 48 - 30) / 4 - 3)),
  );
  assertLess(fieldPng({ dimensions: 2, side: 48, range: [-1, 1], values }).length, 3000);
});
