import { assertEquals, assertStringIncludes } from "@std/assert";
import { withGuess } from "@/learner/on_figure.ts";
import { type Prediction } from "@/learner/questions.ts";
import { beside } from "@/plot/beside.ts";
import { lineChart } from "@/plot/charts.ts";
import { type Figure } from "@/plot/figure.ts";
import { stillOf } from "@/plot/still/png.ts";
import { describeFigure } from "@/plot/describe.ts";

const chart = (title = "V", log = false): Figure =>
  lineChart({
    title,
    x: { label: "x", values: [1, 2, 3] },
    y: { label: "V, nats", range: [1, 10], log },
    lines: { V: [1, 5, 10] },
  });
const mark = (axis: "x" | "y", panel?: number): Prediction => ({
  asks: "",
  kind: "number",
  mark: axis,
  panel,
});
const sketch: Prediction = { asks: "", kind: "sketch", x: [1, 3], y: [1, 10], tolerance: 1 };

type Shapes = { x0: unknown; y0: unknown; xref: string; yref: string }[];
const lastShape = ({ layout }: Figure) => (layout.shapes as Shapes).at(-1)!;

Deno.test("a sketch is the last line of its panel, named in the legend, and its picture is drawn", async () => {
  const drawn = withGuess(chart(), sketch, [[1, 2], [3, 4]]);
  assertEquals(drawn.data.length, chart().data.length + 1);
  assertEquals(drawn.data.at(-1)!.name, "your sketch");
  assertEquals(drawn.layout.showlegend, true);
  assertStringIncludes(describeFigure(drawn), "your sketch");
  await stillOf(drawn);
  const panels = beside({ title: "both", panels: [chart("one"), chart("two")] });
  const second = withGuess(panels, { ...sketch, panel: 2 }, [[1, 2], [3, 4]]).data.at(-1)!;
  assertEquals([second.xaxis, second.yaxis], ["x2", "y2"]);
});

Deno.test("a number is marked at its place on its axis, and named in the legend, where it is on no curve", async () => {
  const across = withGuess(chart(), mark("y"), 7);
  assertEquals([lastShape(across).y0, lastShape(across).yref], [7, "y"]);
  const down = withGuess(chart(), mark("x"), 2);
  assertEquals([lastShape(down).x0, lastShape(down).xref], [2, "x"]);
  assertEquals(down.layout.annotations, chart().layout.annotations);
  assertEquals(down.layout.showlegend, true);
  assertEquals(down.data.slice(0, -1), chart().data);
  const { name, x, y } = down.data.at(-1)!;
  assertEquals({ name, x, y }, { name: "your prediction: 2", x: [null], y: [null] });
  assertStringIncludes(describeFigure(down), "V (1 to 10), your prediction: 2");
  await stillOf(down);
});

Deno.test("on a logarithmic axis the line is at the number, and the axis reaches its logarithm", () => {
  const drawn = withGuess(chart("V", true), mark("y"), 50);
  assertEquals(lastShape(drawn).y0, 50);
  const [low, high] = (drawn.layout.yaxis as { range: number[] }).range;
  assertEquals([low, high > Math.log10(50), high < Math.log10(60)], [0, true, true]);
});

Deno.test("a guess that a logarithmic axis has no place for leaves the figure as it is", () => {
  const figure = chart("V", true);
  for (const guess of [-5, 0]) assertEquals(withGuess(figure, mark("y"), guess), figure);
  assertEquals(lastShape(withGuess(chart(), mark("y"), -5)).y0, -5);
});

Deno.test("an axis reaches a guess that lies a little outside, and not one that is far away", () => {
  const rangeWith = (guess: number) =>
    (withGuess(chart(), mark("y"), guess).layout.yaxis as { range: number[] }).range;
  assertEquals(rangeWith(12)[1] > 12, true);
  assertEquals(rangeWith(12)[0], 1);
  assertEquals(rangeWith(1000), [1, 10]);
});

Deno.test("words, numbers without an axis and infinite ones leave the figure as it is", () => {
  const plain = chart();
  assertEquals(withGuess(plain, { asks: "", kind: "choice", choices: ["a"] }, "a"), plain);
  assertEquals(withGuess(plain, { asks: "", kind: "number" }, 3), plain);
  assertEquals(withGuess(plain, mark("y"), Infinity), plain);
});
