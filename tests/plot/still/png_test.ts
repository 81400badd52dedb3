import { assert, assertEquals, assertLess } from "@std/assert";
import { decode } from "fast-png";
import { type Figure } from "@/plot/figure.ts";
import { indexed } from "@/plot/still/palette.ts";
import { stillOf } from "@/plot/still/png.ts";

const figure: Figure = {
  data: [{
    type: "scatter",
    mode: "lines",
    x: [0, 1],
    y: [0.5, 0.5],
    line: { color: "#D55E00", width: 6 },
  }],
  layout: {
    width: 300,
    height: 200,
    margin: { l: 40, r: 40, t: 40, b: 40 },
    xaxis: { range: [0, 1] },
    yaxis: { range: [0, 1] },
  },
};

/** The colours of a PNG with a palette, by the pixel of the page. */
async function pixels(figure: Figure, scale: number) {
  const { png, width, height } = await stillOf(figure);
  const image = decode(png);
  assertEquals([image.width, image.height], [scale * width, scale * height]);
  const at = (x: number, y: number) =>
    image.palette![image.data[Math.floor(y * scale) * image.width + Math.floor(x * scale)]];
  return { at, png };
}

Deno.test("the picture has the stated size, and the line's colour exactly where the line is", async () => {
  const { at, png } = await pixels(figure, 1.5);
  assertEquals(at(150, 100), [0xD5, 0x5E, 0x00]);
  assertEquals(at(50, 100), [0xD5, 0x5E, 0x00]);
  assertEquals(at(150, 110), [255, 255, 255]);
  assertEquals(at(5, 5), [255, 255, 255]);
  assertLess(png.length, 5000);
});

Deno.test("pictures within a figure keep its PNG small: one pixel to a pixel of the page", async () => {
  const image = { source: "", xref: "x", yref: "y", x: 0, y: 1, sizex: 1, sizey: 1 };
  await pixels({ ...figure, layout: { ...figure.layout, images: [image] } }, 1);
});

Deno.test("letters are drawn: another title makes another picture", async () => {
  const titled = (text: string) =>
    stillOf({ ...figure, layout: { ...figure.layout, title: { text, y: 1, yanchor: "top" } } });
  const [one, other, none] = await Promise.all(["MMM", "iii", ""].map(titled));
  assert(one.png.length > none.png.length);
  assert(one.png.toBase64() !== other.png.toBase64());
});

Deno.test("what lies far beside its axes is not seen, and spoils no picture", async () => {
  const line = (ends: object) => ({ type: "line", xref: "x", yref: "y", ...ends, line: {} });
  const beside: Partial<Figure>[] = [0, 1].flatMap((axis) =>
    [-100, -9, -2, 2, 9, 100].map((far) => {
      const [x, y] = axis === 0 ? [[far, far], [0, 1]] : [[0, 1], [far, far]];
      const ends = { x0: x[0], x1: x[1], y0: y[0], y1: y[1] };
      return [{ data: [{ type: "scatter", mode: "lines+markers", x, y }] }, {
        layout: { ...figure.layout, shapes: [line(ends)] },
      }];
    }).flat()
  );
  const own = { ...figure.layout, shapes: [], showlegend: false };
  const plain = (await stillOf({ ...figure, layout: own })).png;
  for (const { data = [], layout } of beside) {
    const traces = [...figure.data, ...data];
    const { png } = await stillOf({
      data: traces,
      layout: { ...own, ...layout, showlegend: false },
    });
    assertEquals(png, plain);
  }
});

Deno.test("few colours stay exactly what they are", () => {
  const rgba = Uint8Array.of(1, 2, 3, 255, 250, 0, 128, 255, 1, 2, 3, 255);
  const { palette, data } = indexed(rgba);
  assertEquals([...data].map((place) => palette[place]), [[1, 2, 3], [250, 0, 128], [1, 2, 3]]);
});

Deno.test("of a gradient of 2,000 colours 256 are kept, none far from its own", () => {
  const rgba = new Uint8Array(4 * 2000);
  for (let i = 0; i < 2000; i++) {
    rgba.set([i * 255 / 1999, 255 - i * 255 / 1999, (i * 7) % 16, 255], 4 * i);
  }
  const { palette, data } = indexed(rgba);
  assertEquals(palette.length, 256);
  for (let i = 0; i < 2000; i++) {
    const furthest = Math.max(...palette[data[i]].map((c, j) => Math.abs(c - rgba[4 * i + j])));
    assertLess(furthest, 10);
  }
});
