/** Pictures that sliders change: what a frame brings, where it starts, what is refused. */
import { assertEquals, assertThrows } from "@std/assert";
import { describeFigure } from "@/plot/describe.ts";
import { gridPng } from "@/plot/grid.ts";
import { type PicturesSlider, picturesSlider } from "@/plot/pictures_slider.ts";

/** A PNG of one pixel of that grey, 0 to 1. */
const pixel = (grey: number) => gridPng(Float32Array.of(grey), 1, { scale: 4 });

const one: PicturesSlider = {
  title: "T",
  sliders: [{ label: "grey", values: [0, 0.5, 1], start: 2 }],
  pictures: (grey) => ({ same: pixel(0), moved: pixel(grey) }),
  caption: (grey) => `grey ${grey}`,
};

interface Content {
  images: { name: string; source: string }[];
  title: { text: string };
}

const sourceOf = (grey: number) => `data:image/png;base64,${pixel(grey).toBase64()}`;

Deno.test("each frame brings the pictures and the caption of its position, and no trace", () => {
  const { frames = [] } = picturesSlider(one);
  assertEquals(frames.map(({ name, data }) => [name, data.length]), [["0", 0], ["1", 0], ["2", 0]]);
  [0, 0.5, 1].forEach((grey, i) => {
    const { images, title } = frames[i].layout as unknown as Content;
    assertEquals(images.map(({ name, source }) => [name, source]), [
      ["same", sourceOf(0)],
      ["moved", sourceOf(grey)],
    ]);
    assertEquals(title.text.includes(`>grey ${grey}<`), true);
  });
});

Deno.test("it starts with the pictures of the position where its slider stands", () => {
  const { layout } = picturesSlider(one);
  const { images, title } = layout as unknown as Content;
  assertEquals(images[1].source, sourceOf(1));
  assertEquals(title.text.includes("grey 1"), true);
  const [{ active }] = layout.sliders as { active: number }[];
  assertEquals(active, 2);
});

Deno.test("two sliders have a frame for every pair, the second changing first", () => {
  const seen: number[][] = [];
  const { frames = [] } = picturesSlider({
    title: "T",
    sliders: [{ label: "a", values: [0, 1] }, { label: "b", values: [0.2, 0.4, 0.6] }],
    pictures: (a, b) => {
      seen.push([a, b]);
      return { only: pixel(a * b) };
    },
  });
  assertEquals(frames.map(({ name }) => name), ["0-0", "0-1", "0-2", "1-0", "1-1", "1-2"]);
  assertEquals(seen, [[0, 0.2], [0, 0.4], [0, 0.6], [1, 0.2], [1, 0.4], [1, 0.6]]);
});

Deno.test("in a line of text it is its names and the extent of its slider", () => {
  assertEquals(
    describeFigure(picturesSlider({ ...one, caption: undefined })),
    'Figure "T": picture "same" / picture "moved"; slider grey: 0 to 1',
  );
});

Deno.test("it plays with one slider, not with two", () => {
  const { layout } = picturesSlider({ ...one, play: true });
  assertEquals((layout.updatemenus as { buttons: unknown[] }[])[0].buttons.length, 2);
  const [slider] = one.sliders;
  assertThrows(
    () => picturesSlider({ ...one, sliders: [slider, slider], play: true }),
    RangeError,
    "got 2",
  );
});

Deno.test("positions with other names or sizes, and a start nowhere, are refused", () => {
  assertThrows(
    () => picturesSlider({ ...one, pictures: (grey) => ({ [`g${grey}`]: pixel(0) }) }),
    TypeError,
    'must have the pictures "g0" of 8×8, got "g0.5" of 8×8 at 0.5',
  );
  const sized = (grey: number) => gridPng(Float32Array.of(grey), 1, { scale: grey === 1 ? 5 : 4 });
  assertThrows(
    () => picturesSlider({ ...one, pictures: (grey) => ({ only: sized(grey) }) }),
    TypeError,
    'got "only" of 9×9 at 1',
  );
  assertThrows(
    () => picturesSlider({ ...one, sliders: [{ label: "a", values: [1], start: 1 }] }),
    RangeError,
    'slider "a" must start at one of its positions 0 to 0, got 1',
  );
});
