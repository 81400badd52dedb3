/**
 * The colours of the playground's pictures, in the site's two themes.
 *
 * Blue is real and vermilion is generated, as in every figure of the book, and D's field runs from
 * one to the other through the paper at 1/2. Real points are round and generated ones are diamonds,
 * so that nothing is told by colour alone. The pairs are those of Okabe and Ito, darker on paper and
 * lighter in the dark.
 *
 * @module
 */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a picture is drawn with; each colour as CSS has it. */
export interface Palette {
  paper: string;
  ink: string;
  soft: string;
  rule: string;
  real: string;
  fake: string;
  /** D's curve, and its ½ line. */
  d: string;
  /** D*. */
  best: string;
  /** Arrows of G's gradient. */
  pull: string;
  /** D, from 0 to 1, equally spaced. */
  field: readonly Rgb[];
  /** D - D*, from -1 to 1, equally spaced. */
  difference: readonly Rgb[];
}

const LIGHT: Palette = {
  paper: "#fffefb",
  ink: "#1f2124",
  soft: "#5a5d61",
  rule: "#ddd8cc",
  real: "#00598c",
  fake: "#b84700",
  d: "#1f2124",
  best: "#00694d",
  pull: "#7a1f5c",
  field: [[240, 164, 112], [248, 214, 188], [255, 254, 251], [195, 222, 242], [122, 183, 224]],
  difference: [[0, 120, 88], [150, 209, 189], [255, 254, 251], [230, 184, 211], [176, 72, 132]],
};

const DARK: Palette = {
  paper: "#16181b",
  ink: "#e3e1da",
  soft: "#a4a9b0",
  rule: "#383d44",
  real: "#7cc4f5",
  fake: "#ff9d5c",
  d: "#e3e1da",
  best: "#4cc9a0",
  pull: "#f0a8d8",
  field: [[168, 78, 20], [92, 52, 28], [22, 24, 27], [18, 60, 94], [14, 106, 170]],
  difference: [[20, 140, 104], [20, 72, 58], [22, 24, 27], [78, 40, 64], [160, 70, 124]],
};

/** The palette of the theme that the page has. */
export function paletteOf(element: Element): Palette {
  return getComputedStyle(element).colorScheme === "dark" ||
      (document.documentElement.dataset.theme === undefined &&
        matchMedia("(prefers-color-scheme: dark)").matches)
    ? DARK
    : LIGHT;
}

/** A colour between equally spaced ones, at 0 to 1. */
export function mixedColour(scale: readonly Rgb[], at: number): Rgb {
  const place = Math.min(1, Math.max(0, at)) * (scale.length - 1);
  const index = Math.min(scale.length - 2, Math.floor(place));
  const share = place - index;
  const [from, to] = [scale[index], scale[index + 1]];
  return [0, 1, 2].map((i) => Math.round(from[i] + share * (to[i] - from[i]))) as unknown as Rgb;
}
