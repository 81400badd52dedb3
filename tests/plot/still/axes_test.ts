import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadFonts } from "@/plot/still/font.ts";
import { autoRange } from "@/plot/still/range.ts";
import { textOf, textSvg } from "@/plot/still/text_svg.ts";
import { type Ruler, ticksOf } from "@/plot/still/ticks.ts";

const fonts = await loadFonts();

function ticks(more: Partial<Ruler>): [number, string][] {
  const ruler: Ruler = {
    letter: "x",
    type: "linear",
    range: [0, 1],
    length: 600,
    categories: [],
    layout: {},
    ...more,
  };
  return ticksOf(ruler).map(({ at, text }) => [at, text]);
}

Deno.test("a range leaves to each value the pixels that it asks for, and no more", () => {
  // 9 units on the 90 pixels between, five more at both ends.
  const padded = [0, 9].map((at) => ({ at, before: 5, after: 5 }));
  assertEquals(autoRange(padded, 100), [-0.5, 9.5]);
  assertEquals(autoRange(padded, 100, "tozero"), [0, 9 + 9 * 5 / 95]);
  const below = [-3, -1].map((at) => ({ at, before: 0, after: 0 }));
  assertEquals(autoRange(below, 100, "tozero"), [-3, 0]);
  // A text above the lower value needs more than the highest value does.
  const text = { at: 5, before: 0, after: 60 };
  assertEquals(
    autoRange([{ at: 0, before: 0, after: 0 }, { at: 9, before: 0, after: 0 }, text], 100),
    [
      0,
      12.5,
    ],
  );
});

Deno.test("a range of nothing, of one value and of what is not finite can still be drawn", () => {
  assertEquals(autoRange([], 100), [-1, 6]);
  assertEquals(autoRange([{ at: NaN, before: 5, after: 5 }], 100), [-1, 6]);
  assertEquals(autoRange([{ at: 3, before: 5, after: 5 }], 100), [2, 4]);
});

Deno.test("ticks are round, within the range, with no more digits than they need", () => {
  assertEquals(ticks({ range: [0, 1] }).map(([, text]) => text), [
    "0",
    "0.2",
    "0.4",
    "0.6",
    "0.8",
    "1",
  ]);
  assertEquals(ticks({ range: [-0.3, 0.31], letter: "y", length: 200 }).map(([, text]) => text), [
    "−0.2",
    "0",
    "0.2",
  ]);
  assertEquals(ticks({ range: [0, 20_000], length: 300 }).at(-1), [20_000, "20k"]);
  assertEquals(ticks({ range: [0, 2e-6], length: 300 }).at(-1), [2e-6, "2μ"]);
});

Deno.test("logarithmic ticks: powers where there are many, digits between them where there are few", () => {
  const log = { type: "log" as const, layout: { exponentformat: "power" } };
  assertEquals(ticks({ ...log, range: [-8, 0], length: 400 }), [
    [-8, "10<sup>−8</sup>"],
    [-6, "10<sup>−6</sup>"],
    [-4, "10<sup>−4</sup>"],
    [-2, "10<sup>−2</sup>"],
    [0, "1"],
  ]);
  const between = ticks({ ...log, range: [0, 3], length: 400 });
  assertEquals(between.map(([, text]) => text), [
    "1",
    "2",
    "5",
    "10",
    "2",
    "5",
    "10<sup>2</sup>",
    "2",
    "5",
    "10<sup>3</sup>",
  ]);
  assertEquals(between[1][0], Math.log10(2));
  assertEquals(ticks({ ...log, range: [Math.log10(2), Math.log10(8)], length: 300 })[0], [
    Math.log10(2),
    "2",
  ]);
});

Deno.test("an axis's own ticks win: values, texts, step, format, names", () => {
  const layout = { tickvals: [0, 0.5, 2], ticktext: ["none", "half", "off"] };
  assertEquals(ticks({ layout }), [[0, "none"], [0.5, "half"]]);
  assertEquals(ticks({ layout: { dtick: 0.25 } }).length, 5);
  assertEquals(ticks({ layout: { dtick: 0.5, tickformat: ".0%" } }).map(([, text]) => text), [
    "0%",
    "50%",
    "100%",
  ]);
  const named = { type: "category" as const, range: [-0.5, 1.5] as const, categories: ["a", "b"] };
  assertEquals(ticks(named), [[0, "a"], [1, "b"]]);
  const log = { type: "log" as const, range: [0, 2] as const };
  assertEquals(ticks({ ...log, layout: { tickvals: [1, 30] } }), [[0, "1"], [
    Math.log10(30),
    "30",
  ]]);
});

Deno.test("texts: tags make the look, breaks make lines, signs are themselves", () => {
  const text = textOf(
    '<b>x</b><sub>1</sub> &lt; y<br><span style="font-size: 9px">z</span>',
    12,
    fonts,
  );
  assertEquals(text.lines.map((line) => line.map(({ text }) => text)), [["x", "1", " < y"], ["z"]]);
  assertEquals(text.lines[0].map(({ size, bold }) => [size, bold]), [
    [12, true],
    [0.7 * 12, false],
    [12, false],
  ]);
  assertEquals(text.lines[1][0].size, 9);
  assertEquals(text.height, 2 * 1.3 * 12);
  const svg = textSvg(textOf("10<sup>2</sup>", 10, fonts), { x: 5, y: 7, align: "right" });
  assertStringIncludes(svg, '<text x="5" y="7" text-anchor="end">');
  assertStringIncludes(svg, 'dy="-6"');
});

Deno.test("a text is as wide as its letters", () => {
  const width = (text: string, size = 100) => fonts.width(text, size);
  // DejaVu Sans: every digit is 1303 of 2048 units wide, its zero included.
  assertEquals(width("0"), 1303 / 2048 * 100);
  assertEquals(width("00", 50), width("0"));
  assertEquals(width("W") > 2 * width("i"), true);
  assertEquals(width("x₁−▶❚") > 0, true);
});
