import { decode } from "fast-png";
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { type Landscape } from "@/eval/landscape.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphOf } from "@/plot/glyphs.ts";
import {
  discriminatorColour,
  fieldPng,
  histogram,
  historyOf,
  latentPanel,
  lossPanel,
  panelsFigure,
  panelsPng,
  pointsPanel,
  pointsPng,
  samplePanel,
} from "@/plot/panels.ts";
import { Plot, Raster, ticks } from "@/plot/raster.ts";
import { Random } from "@/random.ts";

const random = new Random(1);
const field = (side: number) => ({
  dimensions: 2 as const,
  side,
  range: [-1, 1] as const,
  values: random.uniforms(side * side),
});
const scene: Landscape = {
  dimensions: 2,
  range: [-1, 1],
  real: random.uniforms(10_000, -1, 1),
  fake: random.uniforms(10_000, -1, 1),
  overLatent: field(60),
  overSamples: field(60),
};
const line: Landscape = {
  dimensions: 1,
  range: [-1, 6],
  real: random.normals(5000),
  fake: random.normals(5000),
  overLatent: { dimensions: 1, side: 60, range: [-3, 3], values: random.uniforms(60) },
  overSamples: { dimensions: 1, side: 60, range: [-1, 6], values: random.uniforms(60) },
};
const history = historyOf(
  Array.from({ length: 60 }, (_, i) => ({
    step: 10 * (i + 1),
    dLoss: 0.7,
    gLoss: 0.5 + i / 60,
    dAccuracy: 0.5,
    gAccuracy: 0.25,
  })),
);

/** Luminance as the eye weighs it. */
const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

Deno.test("D's colours: lightest at 1/2, darker towards both ends, blue for real, red for generated", () => {
  const steps = Array.from({ length: 101 }, (_, i) => luminance(discriminatorColour(i / 100)));
  for (let i = 1; i <= 50; i++) assertGreater(steps[i], steps[i - 1], `up to ${i}`);
  for (let i = 51; i <= 100; i++) assertLess(steps[i], steps[i - 1], `down to ${i}`);
  assertEquals(discriminatorColour(0.5), [247, 247, 247]);
  const [blueRed, , blue] = discriminatorColour(0.8);
  const [red, , redBlue] = discriminatorColour(0.2);
  assert(blue > blueRed + 100 && red > redBlue + 100);
  assertEquals(discriminatorColour(NaN), [128, 128, 128]);
  assertEquals([discriminatorColour(-3), discriminatorColour(7)], [
    discriminatorColour(0),
    discriminatorColour(1),
  ]);
});

Deno.test("a field's picture has one pixel a cell, the highest second coordinate on top", () => {
  // From the lower left: sure of generated, cannot tell; above: cannot tell, sure of real.
  const png = decode(
    fieldPng({ dimensions: 2, side: 2, range: [0, 1], values: Float32Array.of(0, 0.5, 0.5, 1) }),
  );
  assertEquals([png.width, png.height, png.channels], [2, 2, 3]);
  const at = (x: number, y: number) => [...png.data.slice(3 * (2 * y + x), 3 * (2 * y + x) + 3)];
  assertEquals(at(0, 1), [...discriminatorColour(0)]);
  assertEquals(at(1, 0), [...discriminatorColour(1)]);
  assertEquals([at(0, 0), at(1, 1)], [[247, 247, 247], [247, 247, 247]]);
});

Deno.test("a figure of 5,000 + 5,000 points and two heat maps is 150 kB of JSON, not a megabyte", () => {
  const size = JSON.stringify(panelsFigure("step 600", scene, history)).length;
  assertLess(size, 150_000);
  assertLess(JSON.stringify(latentPanel(scene)).length, 16_000);
});

Deno.test("a heat map lies on its axes: the whole range, and a colour bar with 1/2", () => {
  const { data, layout } = samplePanel(scene);
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

Deno.test("points go out as float32 in base64 and come back as they were", () => {
  const { data } = pointsPanel(scene);
  assertEquals(data.map(({ name }) => name), ["real", "generated"]);
  const { dtype, bdata } = data[1].y as { dtype: string; bdata: string };
  assertEquals(dtype, "f4");
  const values = new Float32Array(Uint8Array.fromBase64(bdata).buffer);
  assertEquals(values.length, 5000);
  assertEquals([values[0], values[4999]], [scene.fake[1], scene.fake[9999]]);
});

Deno.test("every trace, image and line of a figure names axes that the layout has", () => {
  for (
    const { data, layout } of [
      panelsFigure("a", scene, history),
      panelsFigure("b", line, historyOf([])),
      lossPanel(history),
      pointsPanel(line),
      latentPanel(line),
      samplePanel(line),
    ]
  ) {
    const used = data.flatMap(({ xaxis = "x", yaxis = "y" }) => [xaxis, yaxis]) as string[];
    for (
      const part of [...layout.images as [], ...layout.shapes as []] as Record<string, string>[]
    ) {
      used.push(part.xref.split(" ")[0], part.yref);
    }
    for (const name of used) {
      assert(`${name[0]}axis${name.slice(1)}` in layout, `${name} is missing`);
    }
  }
});

Deno.test("the history leaves out accuracies that were not recorded", () => {
  const event = { step: 1, dLoss: 0.7, gLoss: 0.6 };
  assertEquals(historyOf([event]).dAccuracy, undefined);
  const [one, two] = historyOf([event, { ...event, dAccuracy: 0.5, gAccuracy: 1 }]).dAccuracy!;
  assertEquals([one, two], [NaN, 0.5]);
});

Deno.test("a histogram is a density: its area is the share of the numbers inside", () => {
  const { middles, densities } = histogram([0.1, 0.1, 0.9, 5], [0, 1]);
  assertEquals([middles.length, middles[0]], [80, 0.00625]);
  assert(Math.abs(densities.reduce((a, b) => a + b) / 80 - 0.75) < 1e-9);
  assertEquals(densities[8], 40);
});

Deno.test("the picture of a run folder: a blob that lies at the corner of the square can be seen", () => {
  const corner = { ...scene, fake: new Float32Array(10_000).map((_, i) => i % 2 ? 1 : -1) };
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

Deno.test("pictures are drawn before the first step, for the line, and for NaN", () => {
  const nothing = historyOf([]);
  const broken = { ...scene, fake: new Float32Array(10_000).fill(NaN) };
  for (const one of [scene, line, broken]) {
    assertEquals(decode(panelsPng("t", one, nothing)).width, 860);
    assertEquals(decode(pointsPng("t", one)).width, 430);
  }
});

Deno.test("a point lands where its axes say", () => {
  const plot = new Plot(
    new Raster(100, 100),
    { left: 10, top: 20, width: 50, height: 40 },
    "",
    { label: "", range: [0, 5] },
    { label: "", range: [-1, 1] },
  );
  assertEquals([plot.at(0, -1), plot.at(5, 1), plot.at(2.5, 0)], [[10, 60], [60, 20], [35, 40]]);
  assertEquals([plot.inside([10, 20]), plot.inside([9, 20]), plot.inside([NaN, 20])], [
    true,
    false,
    false,
  ]);
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
