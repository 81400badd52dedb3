/**
 * Pictures one after another as an animated GIF.
 *
 * @module
 */
import { decode } from "fast-png";
import { encode } from "modern-gif";

/** A picture at its place in time. */
export interface GifFrame {
  png: Uint8Array;
  /** Its place in time from 0 to 1: the length of the bar below it. */
  share: number;
}

/** Most pictures of a GIF, evenly spread: 60 grids of digits are about 4 MB. */
export const MOST_FRAMES = 60;
/** About how long the whole takes, whatever the number of pictures; then the last one stays. */
const LENGTH_MS = 8000;
const [SHORTEST_MS, LONGEST_MS, LAST_MS] = [80, 400, 2000];
/** The height of the bar below a picture, in pixels; its colour and its background. */
const BAR = { height: 6, colour: [0, 114, 178], ground: [190, 190, 190] };
/** Of 256, one is the encoder's own. */
const COLOURS = 255;

/**
 * The pictures as a GIF that repeats for ever, with a bar below that grows from left to right.
 *
 * @throws {TypeError} If there are none, or not all are of one size.
 */
export async function gifOf(frames: readonly GifFrame[]): Promise<Uint8Array> {
  if (frames.length === 0) {
    throw new TypeError("Cannot make a GIF: there must be at least one picture, got none");
  }
  const pictures = frames.map(withBar);
  const [{ width, height }] = pictures;
  const other = pictures.find((one) => one.width !== width || one.height !== height);
  if (other) {
    throw new TypeError(
      `Cannot make a GIF: all pictures must be of ${width}×${
        height - BAR.height
      }, got one of ${other.width}×${other.height - BAR.height}`,
    );
  }
  const usual = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, LENGTH_MS / pictures.length));
  const last = pictures.length - 1;
  const bytes = await encode({
    width,
    height,
    frames: pictures.map(({ data }, i) => ({ data, delay: i === last ? LAST_MS : usual })),
    maxColors: COLOURS,
    looped: true,
  });
  return new Uint8Array(bytes);
}

interface Picture {
  width: number;
  height: number;
  /** [height, width, 4]. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

function withBar({ png, share }: GifFrame): Picture {
  const { width, height, channels, data: own } = decode(png);
  const whole = height + BAR.height;
  const data = new Uint8ClampedArray(4 * width * whole).fill(255);
  for (let at = 0; at < width * height; at++) {
    for (let i = 0; i < 3; i++) data[4 * at + i] = own[at * channels + (channels < 3 ? 0 : i)];
  }
  for (let at = width * height; at < width * whole; at++) {
    data.set(at % width < Math.round(share * width) ? BAR.colour : BAR.ground, 4 * at);
  }
  return { width, height: whole, data };
}
