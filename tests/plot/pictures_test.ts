/** Pictures side by side: each whole, in its proportions, under its name. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describeFigure } from "@/plot/describe.ts";
import { gridPng } from "@/plot/grid.ts";
import { picturesFigure } from "@/plot/pictures.ts";

/** A PNG of so many images of 2×2 pixels in a row: 4 pixels each and 2 around. */
const grid = (columns: number) => gridPng(new Float32Array(columns * 4), 2, { columns });

const layoutOf = (pictures: Record<string, Uint8Array>) =>
  picturesFigure({ title: "T", pictures }).layout as Record<string, never> & {
    images: Record<string, unknown>[];
    annotations: Record<string, unknown>[];
  };

Deno.test("a picture fills its axes, which have its size in pixels and equal scales", () => {
  const png = grid(3);
  const layout = layoutOf({ a: png });
  const { xaxis, yaxis, images: [image] } = layout as unknown as {
    xaxis: Record<string, unknown>;
    yaxis: Record<string, unknown>;
    images: Record<string, unknown>[];
  };
  assertEquals([xaxis.range, yaxis.range, yaxis.scaleanchor], [[0, 20], [0, 8], "x"]);
  const { x, y, sizex, sizey, xanchor, yanchor } = image;
  assertEquals([x, y, sizex, sizey, xanchor, yanchor], [0, 8, 20, 8, "left", "top"]);
  const [head, base64] = (image.source as string).split(",");
  assertEquals(head, "data:image/png;base64");
  assertEquals(Uint8Array.fromBase64(base64), png);
});

Deno.test("two pictures share the width without overlap, each named on axes of its own", () => {
  const layout = layoutOf({ left: grid(1), right: grid(2) });
  const domains = [layout.xaxis, layout.xaxis2].map(({ domain }) => domain as [number, number]);
  assertEquals([domains[0][0], Math.round(1e9 * domains[1][1])], [0, 1e9]);
  assert(domains[0][1] < domains[1][0]);
  assertEquals(layout.images.map(({ xref, yref }) => [xref, yref]), [["x", "y"], ["x2", "y2"]]);
  assertEquals(layout.annotations.map(({ text, xref }) => [text, xref]), [
    ["left", "x domain"],
    ["right", "x2 domain"],
  ]);
});

Deno.test("in a line of text it is the title and the names of the pictures", () => {
  const figure = picturesFigure({ title: "T", pictures: { before: grid(1), after: grid(1) } });
  assertEquals(describeFigure(figure), 'Figure "T": picture "before" / picture "after"');
});

Deno.test("no picture, and bytes that are no PNG, are refused", () => {
  assertThrows(() => layoutOf({}), TypeError, 'Cannot draw "T": it needs a picture, got none');
  const bytes = new Uint8Array(30).fill(7);
  assertThrows(() => layoutOf({ a: bytes }), TypeError, "got 30 bytes that begin 07070707");
  assertThrows(() => layoutOf({ a: grid(1).subarray(0, 20) }), TypeError, "got 20 bytes");
});
