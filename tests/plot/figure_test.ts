import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { lineChart, sliderChart } from "@/plot/charts.ts";
import { packed, type Trace } from "@/plot/figure.ts";

const xs = Array.from({ length: 20 }, (_, i) => i / 7);

/** The numbers of a packed list, as plotly reads them. */
function unpacked(list: unknown): number[] {
  const { dtype, bdata } = list as { dtype: string; bdata: string };
  const { buffer } = Uint8Array.fromBase64(bdata);
  return [...dtype === "f4" ? new Float32Array(buffer) : new Float64Array(buffer)];
}

const traceOf = (x: number[], y: number[]): Trace =>
  packed(lineChart({
    title: "T",
    x: { label: "x", values: x },
    y: { label: "y" },
    lines: { a: y },
  })).data[0];

Deno.test("long lists of numbers go out as float32 and come back to seven digits, gaps as NaN", () => {
  const { x, y, name } = traceOf(xs, xs.map(Math.exp).with(3, NaN));
  assertEquals([name, (x as { dtype: string }).dtype], ["a", "f4"]);
  unpacked(x).forEach((value, i) => assertAlmostEquals(value, xs[i], 2e-7 * xs[i]));
  assertEquals(unpacked(y).map(Number.isNaN).indexOf(true), 3);
});

Deno.test("what float32 cannot hold goes out as float64, exactly", () => {
  for (const extreme of [1e-50, -1e-50, 1e50]) {
    assertEquals(unpacked(traceOf(xs, xs.with(5, extreme)).y)[5], extreme);
  }
});

Deno.test("short lists, names and places without a number stay as they are", () => {
  const short = { x: [0, 1], y: [2, NaN] };
  const names = { x: xs.map(String), y: xs.map((x) => x > 1 ? x : null) };
  const { data } = packed({ data: [short, names], layout: {} });
  assertEquals(data, [short, names]);
});

Deno.test("frames are packed as the figure is, and the figure itself stays as it was", () => {
  const chart = sliderChart({
    title: "T",
    x: { label: "x", values: xs },
    y: { label: "y" },
    sliders: [{ label: "a", values: [1, 2] }],
    lines: (a) => ({ line: xs.map((x) => a * x) }),
  });
  const before = JSON.stringify(chart);
  const { frames, layout } = packed(chart);
  assertEquals(frames!.map(({ name }) => name), ["0", "1"]);
  assertAlmostEquals(unpacked(frames![1].data[0].y)[7], 2, 1e-6);
  assertEquals(layout, chart.layout);
  assertEquals(JSON.stringify(chart), before);
  assertLess(JSON.stringify(frames![1].data).length, 6 * xs.length + 50);
});
