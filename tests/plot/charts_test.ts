import { assertEquals, assertThrows } from "@std/assert";
import { barChart, lineChart, pathChart, sliderChart } from "@/plot/charts.ts";
import { COLOURS } from "@/plot/figure.ts";
import { table, tableText } from "@/plot/table.ts";

const plane = { title: "T", x: { label: "x" }, y: { label: "y" } };

Deno.test("typed arrays become lists: in JSON they would be objects", () => {
  const { data } = lineChart({
    ...plane,
    x: { label: "x", values: new Float64Array([0, 1]) },
    lines: { a: new Float32Array([2, 3]) },
  });
  assertEquals([data[0].x, data[0].y], [[0, 1], [2, 3]]);
});

Deno.test("a line as long as x is drawn, another is refused by name", () => {
  const x = { label: "x", values: [0, 1, 2] };
  const wrong: (() => unknown)[] = [
    () => lineChart({ ...plane, x, lines: { odd: [1] } }),
    () => lineChart({ ...plane, x, lines: {}, bands: { odd: { lower: [1], upper: [1, 2, 3] } } }),
    () => lineChart({ ...plane, x, lines: {}, points: { odd: { x: [1, 2], y: [1] } } }),
    () => pathChart({ ...plane, paths: { odd: { x: [1, 2], y: [1] } } }),
    () => barChart({ ...plane, x: { label: "x", values: ["a"] }, bars: { odd: [1, 2] } }),
  ];
  for (const draw of wrong) assertThrows(draw, TypeError, '"odd');
});

Deno.test("on a logarithmic axis ranges are logarithms, reference lines are not", () => {
  const { layout } = lineChart({
    ...plane,
    x: { label: "x", values: [1, 10], log: true, range: [1, 100] },
    lines: { a: [1, 2] },
    marks: { ten: 10 },
  });
  assertEquals((layout.xaxis as { range: number[] }).range, [0, 2]);
  assertEquals((layout.shapes as { x0: number }[])[0].x0, 10);
  assertEquals((layout.annotations as { x: number }[])[0].x, 1);
});

Deno.test("a band with the name of a line has its colour and no place of its own in the legend", () => {
  const [edge, other, , named] = lineChart({
    ...plane,
    x: { label: "x", values: [0, 1] },
    lines: { a: [1, 2], b: [3, 4] },
    bands: { other: { lower: [0, 0], upper: [1, 1] }, b: { lower: [2, 3], upper: [4, 5] } },
  }).data;
  assertEquals([edge.showlegend, other.showlegend, named.showlegend], [false, true, false]);
  assertEquals([other.fillcolor, named.fillcolor], [`${COLOURS[0]}33`, `${COLOURS[1]}33`]);
});

const twoSliders = {
  ...plane,
  x: { label: "x", values: [0, 1] },
  sliders: [
    { label: "a", values: [1, 2, 3] },
    { label: "b", values: [10, 20], start: 0 },
  ] as [{ label: string; values: number[] }, { label: string; values: number[]; start: number }],
  lines: (a: number, b: number) => ({ sum: [a + b, a * b] }),
};

Deno.test("a slider chart has a frame for every pair of positions, and starts in one of them", () => {
  const { data, frames = [] } = sliderChart(twoSliders);
  assertEquals(frames.map(({ name }) => name), ["0-0", "0-1", "1-0", "1-1", "2-0", "2-1"]);
  assertEquals(frames.find(({ name }) => name === "2-1")!.data[0].y, [23, 60]);
  assertEquals(data[0].y, [12, 20]);
});

Deno.test("plotly's own sliders go through the frames with the other one at its start", () => {
  const { layout } = sliderChart(twoSliders);
  const steps = (layout.sliders as { steps: { args: unknown[][] }[] }[])
    .map(({ steps }) => steps.map(({ args }) => args[0][0]));
  assertEquals(steps, [["0-0", "1-0", "2-0"], ["1-0", "1-1"]]);
});

Deno.test("a chart that plays has buttons to play all frames and to pause, and its own slider steps", () => {
  const played = sliderChart({
    ...plane,
    x: { label: "x", values: [0, 1] },
    sliders: [{ label: "step", values: [0, 10, 20], start: 0 }],
    lines: (step) => ({ a: [step, step] }),
    play: true,
  });
  const [{ buttons }] = played.layout.updatemenus as { buttons: { args: unknown[] }[] }[];
  assertEquals(buttons.map(({ args }) => args[0]), [null, [null]]);
  const [{ steps }] = played.layout.sliders as { steps: { method: string; args: unknown[] }[] }[];
  assertEquals(
    steps.map(({ method, args }) => [method, args[0]]),
    ["0", "1", "2"].map((name) => ["animate", [name]]),
  );
  assertEquals(sliderChart(twoSliders).layout.updatemenus, undefined);
  assertThrows(() => sliderChart({ ...twoSliders, play: true }), RangeError, "got 2");
});

Deno.test("a slider that starts nowhere and lines that change their names are refused", () => {
  const one = { ...twoSliders, sliders: [{ label: "a", values: [1, 2], start: 2 }] as [never] };
  assertThrows(() => sliderChart(one), RangeError, "0 to 1, got 2");
  const none = { ...twoSliders, sliders: [{ label: "a", values: [] }] as [never] };
  assertThrows(() => sliderChart(none), RangeError, 'slider "a"');
  assertThrows(
    () =>
      sliderChart({
        ...twoSliders,
        lines: (a): Record<string, number[]> => a === 3 ? { b: [0, 0] } : { a: [0, 0] },
      }),
    TypeError,
    "the lines a, got b at 3, 10",
  );
});

Deno.test("a table's columns are equally long, its numbers to four digits", () => {
  assertThrows(
    () => table({ a: [1, 2], b: ["x"] }),
    TypeError,
    '"b" must be as long as "a", 2, got 1',
  );
  const text = tableText(table({ what: ["V", "loss"], nats: [-1.386294, Infinity] }));
  assertEquals(text, "what    nats\nV     −1.386\nloss   ∞");
});

Deno.test("names of lines to compare with stand outside of the drawing: beside it, or above it in rows", () => {
  const { layout } = lineChart({
    ...plane,
    x: { label: "x", values: [0, 1] },
    lines: { a: [1, 2] },
    references: { "half the width of the band": 1.5 },
    marks: { "a long name": 0.5, "another long name": 0.55, far: 0 },
  });
  const [across, ...down] = layout.annotations as Record<string, unknown>[];
  assertEquals([across.xref, across.x, across.xanchor], ["x domain", 1, "left"]);
  assertEquals(across.text, "half the width<br>of the band");
  const room = (layout.margin as { r: number }).r;
  assertEquals(room > 14 * 5, true, "room for a line of fourteen letters");
  assertEquals(down.map(({ text }) => text), ["far", "a long name", "another long name"]);
  assertEquals(
    down.map(({ yref, y, yanchor }) => [yref, y, yanchor]),
    Array(3).fill(["y domain", 1, "bottom"]),
  );
  assertEquals(down.map(({ yshift }) => (yshift as number) > 0), [false, false, true]);
});

Deno.test("numbers on a logarithmic axis are 1, 2, 5 of a few decades, powers of many, and all of a part of one", () => {
  const tick = (range: [number, number]) => {
    const axis = { label: "x", values: [1], log: true, range };
    const { layout, narrow } = lineChart({ ...plane, x: axis, lines: { a: [1] } });
    const { dtick, exponentformat } = layout.xaxis as Record<string, unknown>;
    return [dtick, (narrow!.layout.xaxis as { dtick: unknown }).dtick, exponentformat];
  };
  assertEquals(tick([1, 2]), ["D1", "D1", undefined]);
  assertEquals(tick([0.1, 1]), ["D2", "D2", undefined]);
  assertEquals(tick([1, 1000]), ["D2", 1, undefined]);
  assertEquals(tick([10, 10_000]), ["D2", 2, undefined]);
  assertEquals(tick([1e-8, 1]), [1, 3, "power"]);
});
