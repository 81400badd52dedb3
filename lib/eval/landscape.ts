/**
 * What a GAN on toy data looks like: its points beside the real ones, and D over both spaces.
 *
 * Notation: D(x) = sigmoid(a) = P(real), 1/2 where D cannot tell.
 *
 * @module
 */
import { isFresh } from "@/data/training_data.ts";
import { type Gan, samplingGenerator } from "@/gan/gan.ts";
import { forward, type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { drawSamples } from "@/gan/sample.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";

/** Numbers at the middles of the cells of a line or a square. */
export interface Field {
  /** 1: a line of cells; 2: a square, row by row from the lowest second coordinate. */
  dimensions: 1 | 2;
  /** Cells along each side. */
  side: number;
  /** From the first cell's lower edge to the last cell's upper one, on each axis. */
  range: readonly [low: number, high: number];
  /** [side] or [side × side]. */
  values: Float32Array;
}

/** What a GAN on toy data looks like at one step. */
export interface Landscape {
  /** Numbers in a row of the data. */
  dimensions: 1 | 2;
  /** The ends of each axis of the sample space. */
  range: readonly [low: number, high: number];
  /** Fresh real rows, and generated ones. */
  real: Float32Array;
  /** Generated rows, one after another. */
  fake: Float32Array;
  /** D(G(z)) over z. */
  overLatent: Field;
  /** D(x) over x. */
  overSamples: Field;
}

/** How finely it is drawn. */
export interface LandscapeOptions {
  /** Real rows, and as many generated ones. Default 5,000. */
  points?: number;
  /** Cells along each side of a field. Default 60. */
  side?: number;
}

/** Where almost all of z is. A normal input is outside with a probability of 0.003. */
const LATENT_RANGE: Record<GanOptions["latent"], readonly [number, number]> = {
  normal: [-3, 3],
  uniform: [-Math.sqrt(3), Math.sqrt(3)],
  cube: [-1, 1],
};

/** Packs that a point is seen in, where D sees packs. */
const PACKS = 4;
/** Rows of one pass: fixed, so that a number does not depend on how many are asked for. */
const CHUNK = 1024;

/**
 * The landscape of a GAN on data of one or two numbers in a row.
 *
 * The same GAN gives the same numbers: points and noise are drawn by a stream of their own, which
 * training does not see. Where z has more than two inputs the others are 0. Where D sees packs, the
 * other places of a pack are filled with real rows, and D is the mean over four such packs.
 *
 * @param range The ends of the sample space's axes.
 * @throws {TypeError} If a row has more than two numbers, or the data are a fixed set.
 */
export async function landscape(
  gan: Gan,
  range: readonly [low: number, high: number],
  { points = 5000, side = 60 }: LandscapeOptions = {},
): Promise<Landscape> {
  const { options, data } = gan;
  const { columns } = data;
  if (columns > 2 || !isFresh(data)) {
    throw new TypeError(
      `Cannot draw a landscape: the data must be fresh rows of one or two numbers, got ${columns} numbers${
        isFresh(data) ? "" : " of a fixed set"
      }`,
    );
  }
  const random = new Random(options.seed).split("landscape");
  const generator = samplingGenerator(gan);
  const real = data.draw(points, random.split("real"));
  const fake = await drawSamples(generator, options, points, random.split("noise"));
  const companions = data.draw(PACKS * (options.packing ?? 1), random.split("companions"));
  const inputs = generator.spec.inputs;
  const latentDimensions = inputs === 1 ? 1 : 2;
  const judge = (rows: Float32Array, through?: Network) =>
    discriminate(gan, rows, companions, through);

  const overLatent = await fieldOf(
    latentDimensions,
    side,
    LATENT_RANGE[options.latent],
    (cells) => judge(widen(cells, latentDimensions, inputs), generator),
  );
  const overSamples = await fieldOf(columns as 1 | 2, side, range, (cells) => judge(cells));
  return { dimensions: columns as 1 | 2, range, real, fake, overLatent, overSamples };
}

async function fieldOf(
  dimensions: 1 | 2,
  side: number,
  range: readonly [number, number],
  f: (cells: Float32Array) => Promise<Float32Array>,
): Promise<Field> {
  return { dimensions, side, range, values: await f(cellMiddles(dimensions, side, range)) };
}

/** The middles of the cells of a field, [cells, dimensions]. */
export function cellMiddles(
  dimensions: 1 | 2,
  side: number,
  [low, high]: readonly [number, number],
): Float32Array {
  const at = (cell: number) => low + (high - low) * (cell + 0.5) / side;
  if (dimensions === 1) return Float32Array.from({ length: side }, (_, cell) => at(cell));
  const cells = new Float32Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    cells[2 * i] = at(i % side);
    cells[2 * i + 1] = at(Math.floor(i / side));
  }
  return cells;
}

/** Rows of `from` numbers as rows of `to`, filled up with 0. */
function widen(rows: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return rows;
  const count = rows.length / from;
  const wide = new Float32Array(count * to);
  for (let i = 0; i < count; i++) wide.set(rows.subarray(i * from, (i + 1) * from), i * to);
  return wide;
}

/** D at each row, or at what the network `through` makes of it. */
async function discriminate(
  { discriminator, options }: Gan,
  rows: Float32Array,
  companions: Float32Array,
  through?: Network,
): Promise<Float32Array> {
  const packing = options.packing ?? 1;
  const width = through?.spec.inputs ?? discriminator.spec.inputs / packing;
  const columns = discriminator.spec.inputs / packing;
  const others = (packing - 1) * columns;
  const count = rows.length / width;
  const values = new Float32Array(count);
  for (let from = 0; from < count; from += CHUNK) {
    const part = rows.subarray(from * width, (from + CHUNK) * width);
    const judged = tf.tidy(() => {
      const given = tf.tensor2d(part, [part.length / width, width]);
      const x = through ? forward(through, given, { training: false }) : given;
      const packs = packing === 1
        ? [x]
        : Array.from({ length: PACKS }, (_, i) =>
          besideReal(x, companions.subarray(i * others, (i + 1) * others)));
      const d = packs.map((pack) => tf.sigmoid(forward(discriminator, pack, { training: false })));
      return d.length === 1 ? d[0] : tf.div(tf.addN(d), PACKS);
    });
    values.set(await judged.data() as Float32Array, from);
    judged.dispose();
  }
  return values;
}

/** Each row of x with the same real numbers beside it. */
function besideReal(x: tf.Tensor2D, companions: Float32Array): tf.Tensor2D {
  const beside = tf.tensor2d(companions, [1, companions.length]);
  return tf.concat([x, tf.tile(beside, [x.shape[0], 1])], 1);
}
