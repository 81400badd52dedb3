/** A figure fitted to the width of its page: texts within it, panels below each other, room for what is above. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { FIT, fit } from "@/notebook/fit.ts";
import { lineChart, sliderChart } from "@/plot/charts.ts";
import { type Figure } from "@/plot/figure.ts";
import { gridPng } from "@/plot/grid.ts";
import { picturesFigure } from "@/plot/pictures.ts";
import { plainText } from "@/plot/typeset.ts";

/** Letters of seven pixels, in every font. */
const measure = (text: string) => 7 * text.length;
const fitted = (figure: Figure, width: number, drawn = { legend: 20, above: 0 }) =>
  fit({ ...figure, layout: { height: 400, ...figure.layout } }, width, measure, drawn);

const words = "a title of so many words that no narrow page has room for all of them in a line";
const chart = lineChart({
  title: words,
  x: { label: `x, ${words}`, values: [0.1, 1, 100], log: true },
  y: { label: `y, ${words}` },
  lines: { a: [1, 2, 3] },
});

// deno-lint-ignore no-explicit-any
type Layout = Record<string, any>;
const linesOf = (text: string) => plainTextLines(text).map((line) => measure(line));
const plainTextLines = (text: string) => text.split("<br>").map(plainText);

Deno.test("no line of a title or of an axis is longer than its room, and no word is lost", () => {
  for (const width of [300, 400, 900]) {
    const { layout } = fitted(chart, width) as { layout: Layout };
    assertLess(Math.max(...linesOf(layout.title.text)), width);
    assertLess(Math.max(...linesOf(layout.xaxis.title.text)), width - layout.margin.l);
    assertLess(Math.max(...linesOf(layout.yaxis.title.text)), layout.height);
    assertEquals(plainText(layout.title.text), words);
    assertEquals(layout.width, width);
  }
});

Deno.test("a name that is wider than the page is broken in the legend, of a narrow page alone", () => {
  const named = lineChart({
    title: "T",
    x: { label: "x", values: [0, 1] },
    y: { label: "y" },
    lines: { "a name with more words than that": [1, 2], short: [2, 1] },
  });
  const names = (width: number) => fitted(named, width).data.map(({ name }) => name);
  assertEquals(names(260), ["a name with more words than<br>that", "short"]);
  assertEquals(names(900), ["a name with more words than that", "short"]);
});

Deno.test("a title of more lines and a higher legend make the figure higher, not its drawing lower", () => {
  const drawing = ({ layout }: Figure) => {
    const { height, margin } = layout as Layout;
    return height - margin.t - margin.b;
  };
  const [wide, narrow, tall] = [
    fitted(chart, 900),
    fitted(chart, 300),
    fitted(chart, 300, { legend: 80, above: 15 }),
  ];
  assertEquals([drawing(narrow), drawing(tall)], [drawing(wide), drawing(wide)]);
  assert((narrow.layout as Layout).margin.t > (wide.layout as Layout).margin.t);
  assertEquals((tall.layout as Layout).margin.t - (narrow.layout as Layout).margin.t, 75);
});

Deno.test("on a narrow page numbers of a logarithmic axis are fewer, pictures below each other", () => {
  const dtick = (width: number) => (fitted(chart, width).layout as Layout).xaxis.dtick;
  assertEquals([dtick(900), dtick(300)], ["D2", 1]);
  const png = gridPng(new Float32Array(4), 2);
  const pictures = picturesFigure({ title: "T", pictures: { a: png, b: png } });
  const [wide, narrow] = [900, 300].map((width) => fitted(pictures, width).layout as Layout);
  assert(wide.xaxis.domain[1] < wide.xaxis2.domain[0]);
  assertEquals([narrow.xaxis.domain, narrow.xaxis2.domain], [[0, 1], [0, 1]]);
  assert(narrow.yaxis2.domain[1] < narrow.yaxis.domain[0]);
  // As high as two squares of the drawing's width, and what is between and around them.
  for (const width of [240, 300]) {
    const { height, margin } = fitted(pictures, width).layout as Layout;
    const drawing = height - margin.t - margin.b;
    const square = width - margin.l - margin.r;
    assert(drawing >= 2 * square && drawing < 2.3 * square, `${drawing} of ${square}`);
  }
});

Deno.test("buttons have a row of their own where a slider has no room beside them; captions are broken too", () => {
  const played = sliderChart({
    title: "T",
    x: { label: "x", values: [0, 1] },
    y: { label: "y" },
    sliders: [{ label: "step", values: [0, 10, 20] }],
    lines: (step) => ({ a: [step, step] }),
    caption: (step) => `${words} ${step}`,
    play: true,
  });
  const [wide, narrow] = [900, 300].map((width) => fitted(played, width));
  const pads = ({ layout }: Figure) => {
    const { sliders: [slider], updatemenus: [menu] } = layout as Layout;
    return [slider.pad.l, slider.pad.t > menu.pad.t + 30, slider.steps.length];
  };
  assertEquals([pads(wide), pads(narrow)], [[130, false, 3], [0, true, 3]]);
  for (const frame of narrow.frames!) {
    const text = (frame.layout as Layout).title.text;
    assertLess(Math.max(...linesOf(text)), 300);
    assertEquals(text.match(/<span/g)!.length, text.match(/<\/span>/g)!.length);
  }
});

Deno.test("what goes into a page is the function alone: nothing in it comes from elsewhere", () => {
  const alone = new Function(`return ${FIT}`)() as typeof fit;
  assertEquals(
    JSON.stringify(alone(chart, 300, measure, { legend: 20, above: 0 })),
    JSON.stringify(fit(chart, 300, measure, { legend: 20, above: 0 })),
  );
});
