/** Panels that the same sliders move. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { besideSliders } from "@/plot/beside_sliders.ts";
import { lineChart } from "@/plot/charts.ts";
import { stillOf } from "@/plot/still/png.ts";

const chart = (title: string, heights: number[], name = "line") =>
  lineChart({
    title,
    x: { label: "x", values: [0, 1] },
    y: { label: "y", range: [0, 9] },
    lines: { [name]: heights },
    points: { dot: { x: [0.5], y: [heights[0]] } },
  });
const sliders: [{ label: string; values: number[]; start: number }] = [
  { label: "a", values: [1, 2, 3], start: 1 },
];
const figure = besideSliders({
  title: "T",
  sliders,
  panels: (a) => [chart("one", [a, a]), chart("two", [a * a, 0])],
  caption: (a) => `a = ${a}`,
});

Deno.test("each position moves the lines and points of all panels, and starts where it was told", () => {
  const heights = (i: number) => figure.frames![i].data.map(({ y }) => y);
  assertEquals(heights(0), [[1, 1], [1], [1, 0], [1]]);
  assertEquals(heights(2), [[3, 3], [3], [9, 0], [9]]);
  assertEquals(figure.data.map(({ y }) => y), heights(1));
  assertEquals(figure.data.map(({ xaxis }) => xaxis), ["x", "x", "x2", "x2"]);
  const titles = figure.frames!.map(({ layout }) => (layout!.title as { text: string }).text);
  assert(titles.every((title, i) => title.includes(`a = ${i + 1}`)));
  assert((figure.layout.title as { text: string }).text.includes("a = 2"));
});

Deno.test("the sliders have room below the drawing, on a wide page and on a narrow one", async () => {
  const { layout, narrow } = figure;
  const below = (own: Record<string, unknown>) => (own.margin as { b: number }).b;
  assert(below(layout) > 100 && below(narrow!.layout) > 100);
  assertEquals((layout.sliders as { active: number }[])[0].active, 1);
  assert((narrow!.layout.height as number) > (layout.height as number));
  assert((await stillOf(figure)).png.length > 1000);
});

Deno.test("panels whose lines change with the sliders are refused", () => {
  const panels = (a: number) => [chart("one", [a, a], `line ${a}`)];
  assertThrows(
    () => besideSliders({ title: "T", sliders, panels }),
    TypeError,
    "must have the lines line 2, dot, got line 1, dot at 1",
  );
});
