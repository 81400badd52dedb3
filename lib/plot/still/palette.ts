/**
 * The 256 colours that suit a picture best.
 *
 * Sets of colours are split, the one with the largest error first, at their mean along the channel
 * in which they differ most. All bits of the colours are used: quantisers for GIFs drop the lowest
 * three, which causes bands in a heat map.
 *
 * @module
 */

type Rgb = [number, number, number];

/** A picture whose pixels are places in a palette. */
export interface Indexed {
  palette: Rgb[];
  data: Uint8Array;
}

/** @param rgba Four bytes a pixel, opaque. */
export function indexed(rgba: Uint8Array, most = 256): Indexed {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  const boxes = split(counted(pixels), most);
  const places = new Map<number, number>();
  boxes.forEach(({ colours }, place) => colours.forEach(({ pixel }) => places.set(pixel, place)));
  const data = new Uint8Array(pixels.length);
  let [before, place] = [pixels[0], places.get(pixels[0])!];
  for (let i = 0; i < pixels.length; i++) {
    // Most pixels are like the one before.
    if (pixels[i] !== before) [before, place] = [pixels[i], places.get(pixels[i])!];
    data[i] = place;
  }
  return { palette: boxes.map(({ mean }) => mean.map(Math.round) as Rgb), data };
}

interface Colour {
  pixel: number;
  rgb: Rgb;
  count: number;
}

function counted(pixels: Uint32Array): Colour[] {
  const counts = new Map<number, number>();
  for (let i = 0, from = 0; i <= pixels.length; i++) {
    if (i < pixels.length && pixels[i] === pixels[from]) continue;
    counts.set(pixels[from], (counts.get(pixels[from]) ?? 0) + i - from);
    from = i;
  }
  return [...counts].map(([pixel, count]) => ({
    pixel,
    rgb: [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255],
    count,
  }));
}

/** Colours that become one. */
interface Box {
  colours: Colour[];
  mean: Rgb;
  /** Squared differences from the mean in each channel, summed over the pixels. */
  errors: Rgb;
}

function boxOf(colours: Colour[]): Box {
  let count = 0;
  const [sums, squares]: [Rgb, Rgb] = [[0, 0, 0], [0, 0, 0]];
  for (const colour of colours) {
    count += colour.count;
    for (let i = 0; i < 3; i++) {
      sums[i] += colour.count * colour.rgb[i];
      squares[i] += colour.count * colour.rgb[i] ** 2;
    }
  }
  const mean = sums.map((sum) => sum / count) as Rgb;
  const errors = squares.map((square, i) => square - count * mean[i] ** 2) as Rgb;
  return { colours, mean, errors };
}

function split(colours: Colour[], most: number): Box[] {
  if (colours.length <= most) return colours.map((colour) => boxOf([colour]));
  const error = ({ colours, errors }: Box) => colours.length > 1 ? Math.max(...errors) : -1;
  const boxes = [boxOf(colours)];
  while (boxes.length < most) {
    const worst = boxes.reduce((a, b, i) => error(b) > error(boxes[a]) ? i : a, 0);
    const { colours, mean, errors } = boxes[worst];
    const channel = errors.indexOf(Math.max(...errors));
    const parts = [true, false].map((low) =>
      colours.filter(({ rgb }) => rgb[channel] <= mean[channel] === low)
    );
    if (parts.some((part) => part.length === 0)) break;
    boxes.splice(worst, 1, ...parts.map(boxOf));
  }
  return boxes;
}
