import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describeFigure } from "@/plot/describe.ts";
import { diagram } from "@/plot/diagram.ts";

const boxes = {
  z: { at: [2, 9] as const, text: "noise" },
  G: { at: [2, 5] as const, text: "generator<br>G", machine: true },
  x: { at: [8, 5] as const, text: "x" },
};

Deno.test("an arrow goes from the border of a box to that of another, around its corners", () => {
  const { data, layout } = diagram({
    title: "t",
    boxes,
    arrows: [{ from: "z", to: "G" }, { from: "x", to: "z", via: [[8, 9]], back: true }],
  });
  const [down, around] = data as { x: number[]; y: number[]; line: { dash: string } }[];
  const shapes = layout.shapes as Record<"x0" | "x1" | "y0" | "y1", number>[];
  assertEquals([...down.x, ...around.x.slice(0, 2)], [2, 2, 8, 8]);
  // A hair below the box of z, and above that of G.
  assertAlmostEquals(shapes[0].y0 - down.y[0], 0.08, 1e-12);
  assertAlmostEquals(down.y[1] - shapes[1].y1, 0.08, 1e-12);
  assertAlmostEquals(around.x[2] - shapes[0].x1, 0.08, 1e-12);
  assertEquals(around.y.slice(1), [9, 9]);
  assertEquals([down.line.dash, around.line.dash], ["solid", "dash"]);
});

Deno.test("a diagram is described by its arrows", () => {
  const figure = diagram({
    title: "A part of a GAN",
    boxes,
    arrows: [{ from: "z", to: "G" }, { from: "G", to: "x", text: "p_g" }],
  });
  assertEquals(
    describeFigure(figure),
    'Figure "A part of a GAN": noise → generator G; generator G → x (p_g)',
  );
});

Deno.test("an arrow to a box that is not there is refused", () => {
  assertThrows(
    () => diagram({ title: "t", boxes, arrows: [{ from: "z", to: "D" }] }),
    RangeError,
    'Cannot draw "t": an arrow must go from box to box, got "D" and the boxes z, G, x',
  );
});
