/**
 * Walks through images side by side, on one slider that plays.
 *
 * @module
 */
import { IMAGE_SIDE, PIXELS } from "@/data/mnist.ts";
import { type Figure } from "./figure.ts";
import { gridPng } from "./grid.ts";
import { picturesSlider } from "./pictures_slider.ts";

/**
 * The pictures of several walks at the same share of the way.
 *
 * @param shares Of the way, from 0 to 1, ascending.
 * @param walks By name, an image of 784 numbers for each share.
 * @throws {TypeError} If a walk has another number of images.
 */
export function walkSlider(
  title: string,
  shares: number[],
  walks: Record<string, Float32Array>,
): Figure {
  for (const [name, { length }] of Object.entries(walks)) {
    if (length !== shares.length * PIXELS) {
      throw new TypeError(
        `Cannot draw "${title}": "${name}" must have an image for each of the ${shares.length} shares, got ${
          length / PIXELS
        }`,
      );
    }
  }
  return picturesSlider({
    title,
    sliders: [{ label: "share t of the way", values: shares, start: 0 }],
    pictures: (share) => {
      const from = shares.indexOf(share) * PIXELS;
      return Object.fromEntries(
        Object.entries(walks).map(([name, images]) => [
          name,
          gridPng(images.subarray(from, from + PIXELS), IMAGE_SIDE, { scale: 4 }),
        ]),
      );
    },
    play: true,
  });
}
