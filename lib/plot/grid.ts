/**
 * Grey images side by side, as a PNG.
 *
 * @module
 */
import { encode } from "fast-png";

/** How a grid is laid out. */
export interface GridOptions {
  /** Images in a row; without it, about as many as there are rows. */
  columns?: number;
  /** Pixels of the PNG for each pixel of an image, along each side. */
  scale?: number;
}

const GAP = 2;
const GAP_GREY = 64;

/**
 * A PNG of square grey images, 0 black and 1 white, row by row.
 *
 * @param images [count, side × side], in [0, 1]; numbers outside are cut.
 * @throws {TypeError} If the numbers do not make whole images.
 */
export function gridPng(
  images: Float32Array,
  side: number,
  { columns, scale = 2 }: GridOptions = {},
): Uint8Array {
  const count = images.length / (side * side);
  if (!Number.isInteger(count) || count === 0) {
    throw new TypeError(
      `Cannot draw a grid: it needs whole images of ${side}×${side}, got ${images.length} numbers`,
    );
  }
  const across = Math.min(count, columns ?? Math.ceil(Math.sqrt(count)));
  const down = Math.ceil(count / across);
  const cell = side * scale + GAP;
  const width = across * cell + GAP;
  const height = down * cell + GAP;
  const data = new Uint8Array(width * height).fill(GAP_GREY);
  for (let image = 0; image < count; image++) {
    const left = GAP + (image % across) * cell;
    const top = GAP + Math.floor(image / across) * cell;
    for (let y = 0; y < side * scale; y++) {
      const row = image * side * side + Math.floor(y / scale) * side;
      for (let x = 0; x < side * scale; x++) {
        const value = images[row + Math.floor(x / scale)];
        data[(top + y) * width + left + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return encode({ width, height, data, channels: 1, depth: 8 });
}

/**
 * A PNG with a row for each set: its first images, as many as fit.
 *
 * @param sets [count, side × side] each, at least `columns` of them.
 * @throws {TypeError} If a set has too few.
 */
export function rowsPng(
  sets: Float32Array[],
  side: number,
  { columns = 14, scale = 2 }: GridOptions = {},
): Uint8Array {
  const row = columns * side * side;
  const all = new Float32Array(sets.length * row);
  sets.forEach((set, i) => {
    if (set.length < row) {
      throw new TypeError(
        `Cannot draw a row of ${columns} images: each set must have as many, got ${
          set.length / (side * side)
        } in set ${i}`,
      );
    }
    all.set(set.subarray(0, row), i * row);
  });
  return gridPng(all, side, { columns, scale });
}
