/**
 * Sets of images that are made of real ones, to be measured in place of a generator's samples: each
 * has a failing that is known, because it was put there.
 *
 * Shapes: images are [count, 784] in [0, 1], one after another; what comes out is a new set.
 *
 * @module
 */
import { IMAGE_SIDE, type LabelledImages, PIXELS, pixels } from "@/data/mnist.ts";
import { nearestNeighbours } from "@/eval/neighbours.ts";
import { checkImages } from "@/eval/rows.ts";
import { Random } from "@/random.ts";

/** Weights of a pixel and of the one on either side of it. */
const [MIDDLE, SIDE] = [0.5, 0.25];

/** Each pixel averaged with its neighbours, weights ¼, ½, ¼ across and then down; 0 outside. */
export function blurred(images: Float32Array): Float32Array {
  checkImages("blur", images);
  const across = moved(
    images,
    (own, x, y) => MIDDLE * own(x, y) + SIDE * (own(x - 1, y) + own(x + 1, y)),
  );
  return moved(across, (own, x, y) => MIDDLE * own(x, y) + SIDE * (own(x, y - 1) + own(x, y + 1)));
}

/** Each image moved by whole pixels; what comes in from outside is black. */
export function shifted(images: Float32Array, right: number, down: number): Float32Array {
  checkImages("shift", images);
  for (const by of [right, down]) {
    if (!Number.isInteger(by)) {
      throw new RangeError(`Cannot shift images: it must be by whole pixels, got ${by}`);
    }
  }
  return moved(images, (own, x, y) => own(x - right, y - down));
}

/** The ink of each image at a share of its strength. */
export function faded(images: Float32Array, share: number): Float32Array {
  checkImages("fade", images);
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot fade images: the share of ink must be in [0, 1], got ${share}`);
  }
  return images.map((value) => share * value);
}

/** Each pixel with Gaussian noise of a standard deviation, cut to [0, 1]; the same noise each time. */
export function noisy(images: Float32Array, level: number, seed = 1): Float32Array {
  checkImages("add noise to", images);
  if (!(level >= 0 && level < Infinity)) {
    throw new RangeError(
      `Cannot add noise to images: its standard deviation must be 0 or more, got ${level}`,
    );
  }
  const noise = new Random(seed).normals(images.length);
  return images.map((value, i) => Math.min(1, Math.max(0, value + level * noise[i])));
}

/**
 * The first `count` images that are not a digit.
 *
 * @throws {RangeError} If there are fewer.
 */
export function withoutDigit(
  { images, labels }: LabelledImages,
  digit: number,
  count: number,
): Float32Array {
  const others = Array.from(labels.keys()).filter((i) => labels[i] !== digit).slice(0, count);
  if (others.length < count) {
    throw new RangeError(
      `Cannot leave out a digit: there must be ${count} other images, got ${others.length}`,
    );
  }
  return pixels(images, others);
}

/** The first `different` images again and again, as many as there were. */
export function repeated(images: Float32Array, different: number): Float32Array {
  const count = checkImages("repeat", images);
  if (!Number.isInteger(different) || different < 1 || different > count) {
    throw new RangeError(
      `Cannot repeat images: there must be 1 to ${count} different ones, got ${different}`,
    );
  }
  return images.map((_, i) => images[i % (different * PIXELS)]);
}

/**
 * Images that are means of real ones: the centres of k-means, which starts from the first `centres`
 * images. A centre that is the nearest of none stays where it is.
 */
export async function averaged(
  images: Float32Array,
  centres: number,
  rounds = 2,
): Promise<Float32Array> {
  const count = checkImages("average", images);
  if (!Number.isInteger(centres) || centres < 1 || centres > count) {
    throw new RangeError(
      `Cannot average images: there must be 1 to ${count} centres, got ${centres}`,
    );
  }
  let means = images.slice(0, centres * PIXELS);
  for (let round = 0; round < rounds; round++) {
    means = await moveCentres(means, images);
  }
  return means;
}

/** A round of k-means: each centre moves to the mean of the images that are nearest to it. */
async function moveCentres(
  centres: Float32Array<ArrayBuffer>,
  images: Float32Array,
): Promise<Float32Array<ArrayBuffer>> {
  const rows = (data: Float32Array) => ({ data, columns: PIXELS });
  const { index } = await nearestNeighbours(rows(images), rows(centres));
  const counts = new Float64Array(centres.length / PIXELS);
  const sums = new Float64Array(centres.length);
  index.forEach((centre, i) => {
    counts[centre]++;
    for (let p = 0; p < PIXELS; p++) sums[centre * PIXELS + p] += images[i * PIXELS + p];
  });
  return centres.map((value, i) => {
    const own = counts[Math.floor(i / PIXELS)];
    return own > 0 ? sums[i] / own : value;
  });
}

/** A pixel of one image; 0 outside of it. */
type Pixel = (x: number, y: number) => number;

/** Images each pixel of which is computed from those of the same image. */
function moved(
  images: Float32Array,
  value: (own: Pixel, x: number, y: number) => number,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(images.length);
  for (let from = 0; from < images.length; from += PIXELS) {
    const own: Pixel = (x, y) =>
      x < 0 || y < 0 || x >= IMAGE_SIDE || y >= IMAGE_SIDE ? 0 : images[from + y * IMAGE_SIDE + x];
    for (let i = 0; i < PIXELS; i++) {
      result[from + i] = value(own, i % IMAGE_SIDE, Math.floor(i / IMAGE_SIDE));
    }
  }
  return result;
}
