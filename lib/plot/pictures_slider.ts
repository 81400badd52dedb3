/**
 * Pictures that one or two sliders change: images of a generator over its inputs.
 *
 * @module
 */
import { type Figure, titleOf } from "./figure.ts";
import { type Pictures, picturesFigure } from "./pictures.ts";
import { framesOf, type Sliders, slidersLayout } from "./sliders.ts";

/** Pictures in a row that one or two sliders change. */
export interface PicturesSlider extends Omit<Pictures, "pictures"> {
  /** One slider, or two. */
  sliders: Sliders;
  /**
   * The PNGs at the sliders' values, given in order, by name; names and sizes are the same
   * everywhere. All of them go into the page: keep them small.
   */
  pictures(...at: number[]): Record<string, Uint8Array>;
  /** A line of text under the title, such as a number that depends on the position. */
  caption?(...at: number[]): string;
  /**
   * Buttons that play the positions from the present one to the last, and pause. One slider only.
   */
  play?: boolean;
}

/** Slower than a line that moves, since whole pictures change. */
const FRAME_MS = 400;

/** Where plotly finds the pictures of a figure. */
interface Image {
  name: string;
  sizex: number;
  sizey: number;
}

/**
 * Pictures in a row that sliders change.
 *
 * ```ts
 * import { gridPng } from "@/plot/grid.ts";
 * import { picturesSlider } from "@/plot/pictures_slider.ts";
 *
 * const figure = picturesSlider({
 *   title: "A grey",
 *   sliders: [{ label: "grey", values: [0, 0.5, 1] }],
 *   pictures: (grey) => ({ "one pixel": gridPng(Float32Array.of(grey), 1) }),
 * });
 * console.assert(figure.frames!.length === 3);
 * ```
 *
 * @throws {RangeError} If a slider does not start at one of its positions, or two are to play.
 * @throws {TypeError} If there is no picture, one is no PNG, or positions differ in names or sizes.
 */
export function picturesSlider(
  { title, height = 360, sliders, pictures, caption, play = false }: PicturesSlider,
): Figure {
  let figure: Figure | undefined;
  const { frames, first } = framesOf(title, sliders, (...at) => {
    const here = picturesFigure({ title, pictures: pictures(...at), height });
    figure ??= here;
    const [expected, found] = [figure, here].map(namesAndSizes);
    if (found !== expected) {
      throw new TypeError(
        `Cannot draw "${title}": every position must have the pictures ${expected}, got ${found} at ${
          at.join(", ")
        }`,
      );
    }
    const { images } = here.layout;
    return { data: [], layout: { title: titleOf(title, caption?.(...at)), images } };
  });
  const { data, layout, narrow } = figure!;
  const margin = { ...layout.margin as { b: number }, ...(caption ? { t: 90 } : {}) };
  const controls = { gap: 10, play, frameMs: FRAME_MS };
  const below = slidersLayout(title, sliders, { height, margin, ...controls });
  // The pictures below each other are higher; the sliders below them are the same.
  const { height: stack } = narrow!.layout as { height: number };
  const whenNarrow = slidersLayout(title, sliders, { height: stack, margin, ...controls }).narrow;
  return {
    data,
    layout: { ...layout, ...first.layout, ...below.layout },
    narrow: { ...narrow!, layout: { ...narrow!.layout, ...whenNarrow } },
    frames,
  };
}

function namesAndSizes({ layout }: Figure): string {
  return (layout.images as Image[])
    .map(({ name, sizex, sizey }) => `"${name}" of ${sizex}×${sizey}`).join(", ");
}
