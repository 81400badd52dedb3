import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { barChart, lineChart } from "@/plot/charts.ts";
import { type Figure, type Trace } from "@/plot/figure.ts";
import { stillSvg } from "@/plot/still/drawing.ts";
import { loadFonts } from "@/plot/still/font.ts";

const fonts = await loadFonts();

/** A figure of 500 × 300 pixels whose drawing is 400 × 200, from (50, 50). */
function sheet(data: Trace[], layout: Record<string, unknown> = {}): string {
  const frame = { width: 500, height: 300, margin: { l: 50, r: 50, t: 50, b: 50 } };
  return stillSvg({ data, layout: { ...frame, ...layout } }, fonts).svg;
}

const dot = (x: unknown, y: unknown, more: Trace = {}): Trace => ({
  type: "scatter",
  mode: "markers",
  x: [x],
  y: [y],
  ...more,
});

Deno.test("a point at data (x, y) is at the pixel that the ranges say", () => {
  const axes = { xaxis: { range: [0, 10] }, yaxis: { range: [-1, 1] } };
  assertStringIncludes(sheet([dot(2.5, 0.5)], axes), '<circle cx="150" cy="100" r="3"/>');
  assertStringIncludes(sheet([dot(10, -1)], axes), '<circle cx="450" cy="250" r="3"/>');
});

Deno.test("on logarithmic axes equal ratios are equal distances; what is not positive is a gap", () => {
  const axes = { xaxis: { type: "log", range: [0, 4] }, yaxis: { type: "log", range: [-1, 1] } };
  assertStringIncludes(sheet([dot(10, 1)], axes), '<circle cx="150" cy="150" r="3"/>');
  assertStringIncludes(sheet([dot(1000, 10)], axes), '<circle cx="350" cy="50" r="3"/>');
  assertFalse(sheet([dot(0, 1)], axes).includes("<circle"));
});

Deno.test("a line has a gap where a number is missing", () => {
  const axes = { xaxis: { range: [0, 4] }, yaxis: { range: [0, 1] } };
  const line = { type: "scatter", mode: "lines", x: [0, 1, 2, 3, 4], y: [0, 1, NaN, 1, 0] };
  assertStringIncludes(sheet([line], axes), 'd="M50,250L150,50M350,50L450,250"');
  const steps = { ...line, y: [0, 1, 1, 1, 0], line: { shape: "hvh" } };
  assertStringIncludes(sheet([steps], axes), 'd="M50,250H100V50H150H200V50H250');
});

Deno.test("a band is closed along the line before it", () => {
  const axes = { xaxis: { range: [0, 2] }, yaxis: { range: [0, 1] } };
  const edge = { type: "scatter", mode: "lines", x: [0, 2], line: { width: 0 } };
  const data = [{ ...edge, y: [0, 0.25] }, {
    ...edge,
    y: [0.5, 1],
    fill: "tonexty",
    fillcolor: "#123456",
  }];
  const svg = sheet(data, axes);
  assertStringIncludes(svg, '<path d="M50,150L450,50L450,200L50,250Z" fill="#123456"/>');
});

Deno.test("bars side by side share four fifths of their place, from zero to their heights", () => {
  const bars = [[0.5, 1], [1, 0.5]].map((y, i) => ({
    type: "bar",
    x: ["a", "b"],
    y,
    marker: { color: ["#111111", "#222222"][i] },
  }));
  const svg = sheet(bars, { yaxis: { range: [0, 1] } });
  // Places of 200 pixels, bars of 80: the first begins 20 pixels into its place.
  assertStringIncludes(svg, '<rect x="70" y="150" width="80" height="100" fill="#111111"/>');
  assertStringIncludes(svg, '<rect x="150" y="50" width="80" height="200" fill="#222222"/>');
  assertStringIncludes(svg, '<rect x="350" y="150" width="80" height="100" fill="#222222"/>');
});

Deno.test("patterns tell bars apart, and each bar has its own", () => {
  const figure = barChart({
    title: "t",
    x: { label: "x", values: ["a"] },
    y: { label: "y" },
    bars: { plain: [1], striped: [2], dotted: [3] },
  });
  const { svg } = stillSvg(figure, fonts);
  assertEquals(svg.match(/<pattern /g)?.length, 2);
  for (const id of ["pattern-1", "pattern-2"]) assertStringIncludes(svg, `fill="url(#${id})"`);
});

Deno.test("pictures, shapes and remarks lie where their references say, in numbers or in parts", () => {
  const axes = { xaxis: { range: [0, 10] }, yaxis: { range: [0, 10] } };
  const svg = sheet([dot(null, null)], {
    ...axes,
    images: [{
      source: "data:image/png;base64,AQID",
      xref: "x",
      yref: "y",
      x: 2,
      y: 8,
      sizex: 4,
      sizey: 4,
      sizing: "stretch",
    }],
    shapes: [{ type: "line", xref: "x domain", x0: 0, x1: 1, yref: "y", y0: 5, y1: 5 }],
    annotations: [
      { text: "here", xref: "x", x: 10, xanchor: "right", yref: "paper", y: 0, yanchor: "bottom" },
      { text: "off the axis", xref: "x", x: 11, yref: "y", y: 5 },
    ],
  });
  assertStringIncludes(svg, '<image x="130" y="90" width="160" height="80"');
  assertStringIncludes(svg, '<line x1="50" y1="150" x2="450" y2="150"');
  assertStringIncludes(svg, ">here<");
  assertFalse(svg.includes("off the axis"));
});

Deno.test("equal scales: a unit is as long on one axis as on the other", () => {
  const yaxis = { range: [0, 2], scaleanchor: "x" };
  const svg = sheet([dot(0, 0), dot(1, 1)], { xaxis: { range: [0, 2] }, yaxis });
  const [from, to] = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)]
    .map(([, x, y]) => [Number(x), Number(y)]);
  assertEquals(to[0] - from[0], 100);
  assertEquals(from[1] - to[1], 100);
});

Deno.test("numbers that need more room than a margin has push the drawing to the right", () => {
  const left = (y: number[], automargin: boolean) => {
    const axes = { yaxis: { automargin, title: { text: "y", standoff: 10 } } };
    const line = { type: "scatter", mode: "lines", x: [0, 1], y };
    const svg = sheet([line], { ...axes, margin: { l: 5, r: 50, t: 50, b: 50 } });
    return Number(/ d="M([\d.]+),/.exec(svg.slice(svg.indexOf("clip-path")))![1]);
  };
  assertEquals(left([0, 1], false), 5);
  assertEquals(left([0, 1], true) > 30, true);
  assertEquals(left([0, 0.00012345], true) > left([0, 1], true), true);
});

Deno.test("a scale of colours is within the picture, its numbers included", () => {
  const right = (text: string) => {
    const colorbar = { tickvals: [0], ticktext: [text], thickness: 10, x: 1.01 };
    const marker = {
      color: [0],
      colorscale: [[0, "#000"], [1, "#fff"]],
      showscale: true,
      colorbar,
    };
    const svg = sheet([dot(null, null, { marker })], { margin: { l: 50, r: 10, t: 50, b: 50 } });
    const at = Number(new RegExp(`<text x="([\\d.]+)"[^>]*><tspan[^>]*>${text}<`).exec(svg)![1]);
    return at + fonts.width(text, 12);
  };
  for (const text of ["1", "a long remark"]) assertEquals(right(text) <= 500, true, text);
});

Deno.test("the legend has what is named and shown, and nothing else", () => {
  const figure = lineChart({
    title: "t",
    x: { label: "x", values: [0, 1] },
    y: { label: "y" },
    lines: { first: [0, 1], second: [1, 0] },
    bands: { first: { lower: [0, 0], upper: [1, 1] } },
  });
  const { svg } = stillSvg(figure, fonts);
  assertEquals(svg.match(/>first</g)?.length, 1);
  assertEquals(svg.match(/>second</g)?.length, 1);
});

Deno.test("a slider stands at its active position and says its value", () => {
  const slider = {
    active: 1,
    currentvalue: { prefix: "k: " },
    steps: ["1", "2", "4"].map((label) => ({ label })),
  };
  const svg = sheet([dot(0, 0)], { sliders: [slider] });
  assertStringIncludes(svg, ">k: 2<");
  assertStringIncludes(svg, '<circle cx="250" cy=');
});

Deno.test("no text can break the drawing", () => {
  const figure = lineChart({
    title: "a < b & <i>c</i>",
    x: { label: "x <sub>1</sub>", values: [0, 1] },
    y: { label: "y" },
    lines: { '"<&': [0, 1] },
  });
  const { svg } = stillSvg(figure, fonts);
  // Spaces at the ends of a piece are ones that stay.
  const read = svg.replaceAll(/<[^>]*>/g, "").replaceAll("\u00a0", " ");
  assertStringIncludes(read, "a &lt; b &amp; c");
  assertStringIncludes(read, '"&lt;&amp;');
  assertStringIncludes(read, "x 1");
});

Deno.test("what it cannot draw is refused, not left out", () => {
  const figure: Figure = { data: [{ type: "heatmap", z: [[1]] }], layout: {} };
  assertThrows(() => stillSvg(figure, fonts), TypeError, "scatter or bar, got heatmap");
});
