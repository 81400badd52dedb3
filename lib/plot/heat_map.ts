/**
 * Values of D as colours: vermilion where it is sure that samples are generated, blue where it is
 * sure that they are real, nearly white at 1/2.
 *
 * Blue and vermilion are the colours of real and generated points in the same figure, and readers
 * with any common colour-vision deficiency can tell them apart. Lightness falls from the middle to
 * both ends, so that a sure D and an unsure one still differ in grey print.
 *
 * @module
 */
import { encode } from "fast-png";
import { type Field } from "@/eval/landscape.ts";
import { COLOURS } from "./figure.ts";
import { type Colour, colourOf } from "./raster.ts";

export const [REAL, FAKE] = COLOURS;

/** The colours of D from 0 to 1, equally spaced. */
export const SCALE = ["#6B2600", FAKE, "#F2B48C", "#F7F7F7", "#8CC0E3", REAL, "#00304F"];

/** The colour of a value of D in [0, 1]; grey for NaN. */
export function discriminatorColour(d: number): Colour {
  if (Number.isNaN(d)) return [128, 128, 128];
  const place = Math.min(1, Math.max(0, d)) * (SCALE.length - 1);
  const index = Math.min(SCALE.length - 2, Math.floor(place));
  const [from, to] = [colourOf(SCALE[index]), colourOf(SCALE[index + 1])];
  const mix = (i: number) => Math.round(from[i] + (place - index) * (to[i] - from[i]));
  return [mix(0), mix(1), mix(2)];
}

/** How many values of D a picture tells apart: an odd number, so that 1/2 is one of them. */
const LEVELS = 255;

/** A colour for each value, and one for NaN. */
const PALETTE = [...Array.from({ length: LEVELS }, (_, i) => i / (LEVELS - 1)), NaN].map((d) => {
  const [red, green, blue] = discriminatorColour(d);
  return [red, green, blue] as [number, number, number];
});

/**
 * A field of D over a square as a PNG of some 2 kB, one pixel a cell, the highest second coordinate
 * on top.
 */
export function fieldPng({ side, values }: Field): Uint8Array {
  const data = new Uint8Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const d = values[row * side + column];
      data[(side - 1 - row) * side + column] = Number.isNaN(d)
        ? LEVELS
        : Math.round(Math.min(1, Math.max(0, d)) * (LEVELS - 1));
    }
  }
  const picture = { width: side, height: side, data, channels: 1, depth: 8 as const };
  return encode({ ...picture, palette: PALETTE }, { zlib: { level: 9 } });
}
