/**
 * Pictures side by side as one figure, each with its name above it: grids of digits to compare.
 *
 * As a figure they can be replaced in place while a GAN trains, and read on a dark page as well as
 * on a light one. On a narrow page they are placed below each other.
 *
 * @module
 */
import { type Figure, type Narrow, titleOf } from "./figure.ts";
import { HEADING, stacked } from "./places.ts";
import { typeset } from "./typeset.ts";

/** Pictures in a row. */
export interface Pictures {
  /** The title above all of them. */
  title: string;
  /** The bytes of a PNG by the name that stands above it. */
  pictures: Record<string, Uint8Array>;
  /** Height of the figure in pixels of the page; a picture keeps its proportions within it. */
  height?: number;
}

/** The share of the width that stays free between two pictures. */
const GAP = 0.04;

/**
 * Pictures in a row.
 *
 * @throws {TypeError} If there are none, or one is no PNG.
 */
export function picturesFigure({ title, pictures, height = 480 }: Pictures): Figure {
  const all = Object.entries(pictures);
  if (all.length === 0) throw new TypeError(`Cannot draw "${title}": it needs a picture, got none`);
  const share = (1 - GAP * (all.length - 1)) / all.length;
  const margin = { l: 20, r: 20, t: 75, b: 15 };
  const places = all.map(([name, png], i) => {
    const axes = i === 0 ? "" : String(i + 1);
    const left = i * (share + GAP);
    return { name, png, axes, domain: [left, left + share], ...sizeOf(title, png) };
  });
  const hidden = { visible: false, fixedrange: true, constrain: "domain" };
  return {
    // No points: plotly draws axes, and what lies on them, where a trace is.
    data: places.map(({ axes }) => ({
      type: "scatter",
      mode: "markers",
      x: [null],
      y: [null],
      xaxis: `x${axes}`,
      yaxis: `y${axes}`,
      showlegend: false,
      hoverinfo: "skip",
    })),
    layout: {
      title: titleOf(title),
      height,
      margin,
      showlegend: false,
      ...Object.fromEntries(places.flatMap(({ axes, domain, width, height }) => [
        [`xaxis${axes}`, { ...hidden, domain, range: [0, width] }],
        [`yaxis${axes}`, {
          ...hidden,
          constraintoward: "top",
          range: [0, height],
          anchor: `x${axes}`,
          scaleanchor: `x${axes}`,
        }],
      ])),
      images: places.map(imageOf),
      annotations: places.map(headingOf),
    },
    narrow: narrowOf(places, margin),
  };
}

/** A picture with axes of its own, in pixels. */
interface PlacedPicture {
  name: string;
  png: Uint8Array;
  /** The number of its axes. */
  axes: string;
  width: number;
  height: number;
}

function imageOf({ name, png, axes, width, height }: PlacedPicture) {
  return {
    name,
    source: `data:image/png;base64,${png.toBase64()}`,
    xref: `x${axes}`,
    yref: `y${axes}`,
    x: 0,
    y: height,
    sizex: width,
    sizey: height,
    xanchor: "left",
    yanchor: "top",
    sizing: "stretch",
  };
}

function headingOf({ name, axes }: PlacedPicture) {
  return {
    ...HEADING,
    text: typeset(name),
    xref: `x${axes} domain`,
    x: 0,
    yref: `y${axes} domain`,
    y: 1,
    yshift: 3,
  };
}

/** The approximate width of pictures on a narrow page, in pixels. */
const NARROW_WIDTH = 300;

/** The pictures below each other, each as wide as the page. */
function narrowOf(
  places: { axes: string; width: number; height: number }[],
  margin: { t: number; b: number },
): Narrow {
  const heights = places.map(({ width, height }) =>
    Math.min(NARROW_WIDTH, Math.round(NARROW_WIDTH * height / width))
  );
  const { domains, height } = stacked(heights, 30);
  return {
    below: Math.max(480, 200 * places.length),
    width: NARROW_WIDTH,
    layout: {
      height: height + margin.t + margin.b,
      ...Object.fromEntries(places.flatMap(({ axes }, i) => [
        [`xaxis${axes}`, { domain: [0, 1], constraintoward: "left" }],
        [`yaxis${axes}`, { domain: domains[i] }],
      ])),
    },
  };
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Width and height that a PNG's header tells. */
function sizeOf(title: string, png: Uint8Array): { width: number; height: number } {
  if (png.length < 24 || !SIGNATURE.every((byte, i) => png[i] === byte)) {
    throw new TypeError(
      `Cannot draw "${title}": a picture must be the bytes of a PNG, got ${png.length} bytes that begin ${
        png.subarray(0, 8).toHex()
      }`,
    );
  }
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
