import { assertEquals, assertStringIncludes } from "@std/assert";
import { lineChart, sliderChart } from "@/plot/charts.ts";
import { describeFigure } from "@/plot/describe.ts";

const plane = { title: "T", x: { label: "x", values: [0, 1, 2] }, y: { label: "y" } };

Deno.test("the line of text says title, axes, lines with their extent, and sliders", () => {
  const figure = sliderChart({
    ...plane,
    sliders: [{ label: "a", values: [1, 2, 3] }, { label: "b", values: [10, 20], start: 0 }],
    lines: (a, b) => ({ sum: [a + b, a * b, a + b] }),
    caption: (a, b) => `a + b = ${a + b}`,
  });
  assertEquals(
    describeFigure(figure),
    'Figure "T: a + b = 12": y over x; sum (12 to 20); slider a: 1 to 3; slider b: 10 to 20',
  );
});

Deno.test("gaps do not count, and a line of gaps only is nothing", () => {
  const lines = { one: [NaN, -Infinity, 4], none: [NaN, NaN, NaN] };
  assertStringIncludes(describeFigure(lineChart({ ...plane, lines })), "one (4), none (nothing)");
});

Deno.test("typed arrays have an extent as lists have it", () => {
  const [trace] = lineChart({ ...plane, lines: { a: [3, 1, 2] } }).data;
  const typed = { ...trace, y: Float32Array.of(3, 1, 2) };
  assertEquals(
    describeFigure({ data: [typed], layout: {} }),
    'Figure "untitled": y over x; a (1 to 3)',
  );
});

Deno.test("a band is told from its lower to its upper edge", () => {
  const band = { lower: [0, 1, 1], upper: [4, 5, 4] };
  const text = (name: string) =>
    describeFigure(lineChart({ ...plane, lines: { a: [2, 3, 2] }, bands: { [name]: band } }));
  assertStringIncludes(text("range"), "range (0 to 5), a (2 to 3)");
  assertStringIncludes(text("a"), "a, band (0 to 5), a (2 to 3)");
});

Deno.test("every pair of axes is told; an axis without a title has that of the one it matches", () => {
  const line = (axes: string, name: string, showlegend = true) => ({
    ...{ name, showlegend, xaxis: `x${axes}`, yaxis: `y${axes}`, x: [0, 1], y: [0, 1] },
  });
  const text = describeFigure({
    data: [line("", "a"), line("2", "a", false), line("2", "b", false)],
    layout: {
      title: { text: "<b>Two</b>" },
      xaxis: { matches: "x2" },
      yaxis: { title: { text: "loss" } },
      xaxis2: { title: { text: "step" } },
      yaxis2: { title: { text: "share" } },
      images: [{ name: "D", xref: "x3", yref: "y3" }],
    },
  });
  assertEquals(
    text,
    'Figure "Two": loss over step; a (0 to 1) / share over step; a (0 to 1), b (0 to 1) / ' +
      "y over x; D as colours",
  );
});
