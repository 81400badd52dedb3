import { decode } from "fast-png";
import { assert, assertEquals } from "@std/assert";
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphOf } from "@/plot/glyphs.ts";
import { histogram } from "@/plot/histogram.ts";
import { historyOf } from "@/plot/history.ts";
import { panelsPng, pointsPng } from "@/plot/panels_picture.ts";
import { Plot, Raster, ticks } from "@/plot/raster.ts";
import { history, line, plane } from "../support/landscapes.ts";

Deno.test("a histogram is a density: its area is the share of the numbers inside", () => {
  const { middles, densities } = histogram([0.1, 0.1, 0.9, 5], [0, 1]);
  assertEquals([middles.length, middles[0]], [80, 0.00625]);
  assert(Math.abs(densities.reduce((a, b) => a + b) / 80 - 0.75) < 1e-9);
  assertEquals(densities[8], 40);
});

Deno.test("the picture of a run folder: a blob that lies at the corner of the square can be seen", () => {
  const corner = { ...plane, fake: new Float32Array(10_000).map((_, i) => i % 2 ? 1 : -1) };
  const { width, height, data } = decode(panelsPng("spiral, step 600", corner, history));
  assertEquals([width, height], [860, 830]);
  // Panel (b): pixels of pure vermilion, inside of the frame.
  let vermilion = 0;
  for (let y = 76; y < 356; y++) {
    for (let x = 507; x < 785; x++) {
      const at = 3 * (y * width + x);
      if (data[at] > 200 && data[at + 1] < 100 && data[at + 2] < 20) vermilion++;
    }
  }
  assertEquals(vermilion, 9);
});

Deno.test("beside the losses it is said what their line is, and which shares are below", () => {
  const { width, data } = decode(panelsPng("t", plane, history));
  /** Whether a pixel is of one of the colours of text there: grey, D's green, G's pink. */
  const count = (left: number, top: number, right: number, bottom: number, wanted: number[]) => {
    let found = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = 3 * (y * width + x);
        if (wanted.every((value, i) => data[at + i] === value)) found++;
      }
    }
    return found;
  };
  assert(count(358, 76, 424, 226, [110, 110, 110]) > 50, "log 2");
  assertEquals(count(77, 76, 356, 226, [110, 110, 110]), 0, "on the curves");
  assert(count(358, 266, 424, 300, [0, 158, 115]) > 50, "right");
  assert(count(358, 300, 424, 356, [204, 121, 167]) > 50, "pass");
});

Deno.test("pictures are drawn before the first step, for the line, and for NaN", () => {
  const nothing = historyOf([]);
  const broken = { ...plane, fake: new Float32Array(10_000).fill(NaN) };
  for (const one of [plane, line, broken]) {
    assertEquals(decode(panelsPng("t", one, nothing)).width, 860);
    assertEquals(decode(pointsPng("t", one)).width, 430);
  }
});

Deno.test("a point lands where its axes say", () => {
  const plot = new Plot(new Raster(100, 100), {
    box: { left: 10, top: 20, width: 50, height: 40 },
    title: "",
    x: { label: "", range: [0, 5] },
    y: { label: "", range: [-1, 1] },
  });
  assertEquals([plot.at(0, -1), plot.at(5, 1), plot.at(2.5, 0)], [[10, 60], [60, 20], [35, 40]]);
  assertEquals([plot.inside([10, 20]), plot.inside([9, 20]), plot.inside([NaN, 20])], [
    true,
    false,
    false,
  ]);
});

Deno.test("a dashed curve of many short pieces has gaps, as one of a single piece has", () => {
  for (const pieces of [1, 10, 99, 500]) {
    const raster = new Raster(220, 20);
    const box = { left: 10, top: 0, width: 201, height: 20 };
    const axis = { label: "", range: [0, 1] as const };
    const plot = new Plot(raster, { box, title: "", x: axis, y: axis });
    const xs = Array.from({ length: pieces + 1 }, (_, i) => i / pieces);
    plot.curve(xs, xs.map(() => 0.5), [0, 0, 0], 4);
    const row = Array.from({ length: 201 }, (_, x) => raster.data[3 * (220 * 10 + 10 + x)]);
    const dark = row.filter((value) => value === 0).length;
    // Dashes of 4 pixels, wider by the width of the line and by rounding: 5 or 6 of every 8.
    assert(dark > 120 && dark < 160, `${pieces} pieces: ${dark} of 201 pixels`);
  }
});

Deno.test("ticks are round and within the range", () => {
  assertEquals(ticks([0, 600]), [0, 100, 200, 300, 400, 500, 600]);
  assertEquals(ticks([-1, 1]), [-1, -0.5, 0, 0.5, 1]);
  assertEquals(ticks([0, 1.001], 3), [0, 0.5, 1]);
  assertEquals(ticks([-5, 5]), [-4, -2, 0, 2, 4]);
});

Deno.test("every glyph is five wide and at most nine high, and no two are alike", () => {
  const characters = [..."abcdefghijklmnopqrstuvwxyzDG0123456789.,:-/=()"];
  const pictures = characters.map((character) => glyphOf(character));
  for (const rows of pictures) {
    assert(rows.length <= GLYPH_HEIGHT);
    for (const row of rows) assert(row.length === GLYPH_WIDTH && /^[.#]+$/.test(row), row);
  }
  assertEquals(new Set(pictures.map(String)).size, characters.length);
  assertEquals(glyphOf("S"), glyphOf("s"));
  assertEquals(glyphOf("€").length, 7);
});
