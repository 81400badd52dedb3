import { assertEquals } from "@std/assert";
import { ARROW_STARTS, LINE_BINS, type LineMoment } from "@/experiments/line_game.ts";
import { withArrows } from "@/plot/arrows.ts";
import { lineChart } from "@/plot/charts.ts";
import { lineFigure, linePanels } from "@/plot/line_panels.ts";

const even = LINE_BINS.places.map(() => 1 / 242);
const moment: LineMoment = {
  real: even,
  fake: even,
  logits: even.map(() => 0),
  tips: ARROW_STARTS.map((z) => 1 + 0.8 * z),
  jsd: 0,
  v: -Math.log(4),
  c: -Math.log(4),
};

Deno.test("an arrow is a line from its start with a head at its end", () => {
  const chart = lineChart({
    title: "T",
    x: { label: "x", values: [0, 1] },
    y: { label: "y" },
    lines: {},
  });
  const { data } = withArrows(chart, "pull", [{ from: [0, 1], to: [2, 3] }]);
  const { x, y, name, marker } = data.at(-1)!;
  assertEquals([x, y, name], [[0, 2, NaN], [1, 3, NaN], "pull"]);
  assertEquals((marker as { size: number[] }).size, [0, 8, 0]);
});

Deno.test("densities are per unit of x, and D and D* have a panel of their own", () => {
  const [densities, answers] = linePanels("(d)", moment);
  const named = (figure: typeof densities) => figure.data.map(({ name }) => name);
  assertEquals(
    named(densities),
    ["p_data", "p_g", "z → G(z)"].map((name) => name.replace(/p_(\w+)/, "p<sub>$1</sub>")),
  );
  assertEquals(named(answers), ["D", "D* for this p<sub>g</sub>"]);
  const y = densities.data[0].y as number[];
  assertEquals(y.length, 240);
  assertEquals(Math.abs(y[7] * LINE_BINS.width - 1 / 242) < 1e-15, true);
  assertEquals((answers.data[1].y as number[])[100], 0.5);
});

Deno.test("four lines of a moment have four colours", () => {
  const colours = lineFigure("T", moment).data.map(({ line }) => (line as { color: string }).color);
  assertEquals(new Set(colours).size, 5); // With the arrows
});
