import { assertEquals, assertThrows } from "@std/assert";
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import { gridPng } from "@/plot/grid.ts";
import { walkSlider } from "@/plot/walk_slider.ts";

Deno.test("each share of the way has the images of all walks at that share", () => {
  const greys = (...values: number[]) =>
    Float32Array.from({ length: values.length * PIXELS }, (_, i) => values[Math.floor(i / PIXELS)]);
  const figure = walkSlider("A walk", [0, 0.5, 1], {
    a: greys(0, 0.2, 0.4),
    b: greys(1, 0.8, 0.6),
  });
  const sources = figure.frames!.map(({ layout }) =>
    (layout!.images as { source: string }[]).map(({ source }) => source)
  );
  const png = (value: number) =>
    `data:image/png;base64,${gridPng(greys(value), IMAGE_SIDE, { scale: 4 }).toBase64()}`;
  assertEquals(sources, [[0, 1], [0.2, 0.8], [0.4, 0.6]].map((pair) => pair.map(png)));
  assertThrows(() => walkSlider("A walk", [0, 1], { a: greys(0) }), TypeError, "got 1");
});
