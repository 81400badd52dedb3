/**
 * Pictures side by side as one figure, each with its name above it: grids of digits to compare.
 *
 * As a figure they can be replaced in their place while a GAN trains, and read on a dark page as on a
 * light one.
 *
 * @module
 */
import { type Figure, titleOf } from "./figure.ts";

export interface Pictures {
  title: string;
  /** The bytes of a PNG by the name that stands above it. */
  pictures: Record<string, Uint8Array>;
  /** Height of the figure in pixels of the page; a picture keeps its proportions within it. */
  height?: number;
}

/** Part of the width that stays free between two pictures. */
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
      margin: { l: 20, r: 20, t: 75, b: 15 },
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
      images: places.map(({ name, png, axes, width, height }) => ({
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
      })),
      annotations: places.map(({ name, axes }) => ({
        text: name,
        xref: `x${axes} domain`,
        x: 0,
        xanchor: "left",
        yref: `y${axes} domain`,
        y: 1,
        yshift: 3,
        yanchor: "bottom",
        showarrow: false,
        font: { size: 13 },
      })),
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
