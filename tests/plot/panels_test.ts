import { assert, assertEquals, assertLess } from "@std/assert";
import { describeFigure } from "@/plot/describe.ts";
import { packed } from "@/plot/figure.ts";
import { historyOf } from "@/plot/history.ts";
import { panelsFigure, pointsPanel, samplePanel } from "@/plot/panels.ts";
import { history, line, plane } from "../support/landscapes.ts";

Deno.test("a figure of 5,000 + 5,000 points and two maps of noise is 130 kB of JSON", () => {
  const figure = panelsFigure("step 600", plane, history);
  assertLess(JSON.stringify(packed(figure)).length, 130_000);
  assertLess(JSON.stringify(packed(samplePanel("D", plane))).length, 10_000);
});

Deno.test("a heat map lies on its axes: the whole range, and a scale with 1/2", () => {
  const { data, layout } = samplePanel("D", plane);
  const [image] = layout.images as Record<string, unknown>[];
  assertEquals([image.xref, image.yref, image.x, image.y, image.sizex, image.sizey], [
    "x",
    "y",
    -1,
    1,
    2,
    2,
  ]);
  assert(String(image.source).startsWith("data:image/png;base64,"));
  const axis = layout.xaxis as { range: number[]; title: { text: string } };
  assertEquals([axis.range, axis.title.text], [[-1, 1], "x₁"]);
  assert(JSON.stringify(data).includes('"1/2"'));
});

Deno.test("points are drawn where they are", () => {
  const { data } = panelsFigure("a", plane, history);
  for (const [name, points] of [["real", plane.real], ["generated", plane.fake]] as const) {
    const { x, y } = data.find((trace) => trace.name === name)! as Record<"x" | "y", number[]>;
    assertEquals([x.length, y.length], [5000, 5000]);
    assertEquals([x[0], y[0], x[4999], y[4999]], [
      points[0],
      points[1],
      points[9998],
      points[9999],
    ]);
  }
});

Deno.test("every trace, image, line and text of a figure names axes that the layout has", () => {
  for (
    const { data, layout } of [
      panelsFigure("a", plane, history),
      panelsFigure("b", line, historyOf([])),
      samplePanel("c", plane),
      samplePanel("d", line),
    ]
  ) {
    const used = data.flatMap(({ xaxis, yaxis }) => [xaxis, yaxis]) as string[];
    const { images, shapes, annotations } = layout as Record<string, Record<string, string>[]>;
    for (const { xref, yref } of [...images, ...shapes, ...annotations]) {
      used.push(...[xref, yref].filter((ref) => ref !== "paper").map((ref) => ref.split(" ")[0]));
    }
    for (const name of used) {
      assert(`${name[0]}axis${name.slice(1)}` in layout, `${name} is missing`);
    }
  }
});

Deno.test("the four panels in a line of text: losses with their extent, points, maps by name", () => {
  assertEquals(
    describeFigure(panelsFigure("T", plane, history)),
    'Figure "T": loss, nats over step; D (0.7), G (0.5 to 1.48) / ' +
      "share over step; D (0.5), G (0.25) / " +
      "x₂ over x₁; real (−0.999 to 1), generated (−0.999 to 0.999) / " +
      "z₂ over z₁; D(G(z)) as colours / x₂ over x₁; D(x) as colours",
  );
  const { overLatent, overSamples, ...rest } = line;
  const one = (field: typeof overLatent) => ({ ...field, values: field.values.map(() => 0.25) });
  const flat = { ...rest, overLatent: one(overLatent), overSamples: one(overSamples) };
  const text = describeFigure(panelsFigure("L", flat, historyOf([])));
  assert(text.includes("D(G(z)) over z; D(G(z)) (0.25)"), text);
  assert(text.includes("loss, nats over step; D, G"), text);
});

Deno.test("the history leaves out accuracies that were not recorded", () => {
  const event = { step: 1, dLoss: 0.7, gLoss: 0.6 };
  assertEquals(historyOf([event]).dAccuracy, undefined);
  const [one, two] = historyOf([event, { ...event, dAccuracy: 0.5, gAccuracy: 1 }]).dAccuracy!;
  assertEquals([one, two], [NaN, 0.5]);
});

Deno.test("points before the colours of D: the colours are paler, and their axes are the points'", () => {
  const { data, layout } = pointsPanel("a", plane);
  const [image] = layout.images as Record<string, unknown>[];
  assertEquals([image.opacity, image.sizex], [0.5, 2]);
  const drawn = data.filter(({ x }) => (x as unknown[]).length === 5000);
  assertEquals(drawn.map(({ name, xaxis }) => [name, xaxis]), [["real", "x"], ["generated", "x"]]);
  assertEquals((layout.xaxis as { range: number[] }).range, [-1, 1]);
  const { overLatent: _, overSamples: __, ...bare } = { ...plane, fake: new Float32Array() };
  const alone = pointsPanel("a", bare);
  assertEquals(alone.data.map(({ name }) => name), ["real"]);
  assertEquals(alone.layout.images, []);
});
