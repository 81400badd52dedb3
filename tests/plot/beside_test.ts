/** Charts as panels of one figure: beside each other where there is room, below each other where there is not. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { beside } from "@/plot/beside.ts";
import { lineChart, sliderChart } from "@/plot/charts.ts";
import { describeFigure } from "@/plot/describe.ts";
import { type Figure } from "@/plot/figure.ts";
import { samplePanel } from "@/plot/panels.ts";
import { plane as scene } from "../support/landscapes.ts";

const chart = (title: string) =>
  lineChart({
    title,
    x: { label: "x", values: [0, 1] },
    y: { label: "y" },
    lines: { a: [1, 2], b: [2, 1] },
    references: { half: 0.5 },
    marks: { here: 0.5 },
  });
const four = beside({ title: "T", panels: ["one", "two", "three", "four"].map(chart) });

type Axis = { domain: [number, number]; anchor: string };
const axis = (layout: Figure["layout"], name: string) => (layout[name] as Axis).domain;

Deno.test("two panels share a row on a wide page; each has a row of its own on a narrow one", () => {
  const { layout, narrow } = four;
  for (const n of ["", "2", "3", "4"]) assertEquals((layout[`xaxis${n}`] as Axis).anchor, `y${n}`);
  assertEquals(axis(layout, "yaxis"), axis(layout, "yaxis2"));
  assertEquals(axis(layout, "xaxis"), axis(layout, "xaxis3"));
  assert(axis(layout, "xaxis")[1] < axis(layout, "xaxis2")[0]);
  assert(axis(layout, "yaxis3")[1] < axis(layout, "yaxis")[0]);
  const rows = ["", "2", "3", "4"].map((n) => axis(narrow!.layout, `yaxis${n}`));
  rows.slice(1).forEach(([, top], i) => assert(top < rows[i][0]));
  for (const n of ["", "2", "3", "4"]) assertEquals(axis(narrow!.layout, `xaxis${n}`), [0, 1]);
  assert((narrow!.layout.height as number) > (layout.height as number));
});

Deno.test("lines, references and names of a panel are on its own axes, a name once in the legend", () => {
  const { data, layout } = four;
  assertEquals(data.map(({ xaxis }) => xaxis), ["x", "x", "x2", "x2", "x3", "x3", "x4", "x4"]);
  assertEquals(data.map(({ showlegend }) => showlegend).slice(0, 4), [true, true, false, false]);
  const texts = layout.annotations as { text: string; xref: string }[];
  for (const [i, title] of ["one", "two", "three", "four"].entries()) {
    const axes = i === 0 ? "" : String(i + 1);
    const own = texts.filter(({ xref }) => xref.split(" ")[0] === `x${axes}`).map(({ text }) =>
      text
    );
    assertEquals(own, ["half", "here", title]);
  }
  assertEquals((layout.shapes as unknown[]).length, 8);
  assertEquals(describeFigure(four).match(/y over x; a \(1 to 2\)/g)?.length, 4);
});

Deno.test("the legend stands above the names of the first panels, on a wide page and on a narrow one", () => {
  const heading =
    (four.layout.annotations as { name?: string; yshift: number; font: { size: number } }[])
      .find(({ name }) => name === "heading")!;
  for (const layout of [four.layout, four.narrow!.layout]) {
    const { t, b } = four.layout.margin as { t: number; b: number };
    const drawing = (layout.height as number) - t - b;
    const above = ((layout.legend as { y: number }).y - 1) * drawing;
    assert(above >= heading.yshift + heading.font.size, `${above} pixels`);
    assert(above + 20 < t - 25, "and below the title");
  }
});

Deno.test("panels with one scale of colours have it once, beside the last", () => {
  const { data, narrow } = beside({
    title: "T",
    panels: [samplePanel("one", scene), samplePanel("two", scene)],
  });
  const scales = data.map(({ marker }) => (marker as { showscale: boolean }).showscale);
  assertEquals(scales, [false, true]);
  assertEquals(Object.keys(narrow!.data!), ["1"]);
});

Deno.test("no panels, and panels with sliders, are refused", () => {
  assertThrows(() => beside({ title: "T", panels: [] }), TypeError, "got none");
  const slider = sliderChart({
    title: "s",
    x: { label: "x", values: [0, 1] },
    y: { label: "y" },
    sliders: [{ label: "a", values: [1, 2] }],
    lines: (a) => ({ a: [a, a] }),
  });
  assertThrows(() => beside({ title: "T", panels: [slider] }), TypeError, "with a slider");
});
