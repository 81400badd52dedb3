/**
 * The game on a training set: n points instead of the density that they were drawn from.
 *
 * Against a generator that has a density the best D of that game is a memory of the points, and V
 * comes as near to 0 as one likes. How near a network comes is another matter.
 *
 * @module
 */
import { type Density } from "@/math/density.ts";
import { logSigmoid } from "@/math/stable.ts";
import {
  LINE_DISCRIMINATOR,
  LINE_OPTIONS,
  logitsAt,
  trainDiscriminator,
} from "@/gan/discriminate.ts";
import { createNetwork, disposeNetwork } from "@/gan/network.ts";
import { Random } from "@/random.ts";

/**
 * P(|x - a point| ≤ reach for some of the points) under the density.
 *
 * @throws {RangeError} If the reach is negative.
 */
export function probabilityNear(
  points: ArrayLike<number>,
  density: Density,
  reach: number,
): number {
  if (!(reach >= 0)) {
    throw new RangeError(
      `Cannot look near points: the reach must be at least 0, got ${reach}`,
    );
  }
  let [sum, end] = [0, -Infinity];
  for (const point of Array.from(points).sort((a, b) => a - b)) {
    sum += density.cdf(point + reach) - density.cdf(Math.max(end, point - reach));
    end = point + reach;
  }
  return sum;
}

/** Fresh samples of G that V is measured with. */
const MEASURED = 20_000;

/** A training of D on a training set. */
export interface EmpiricalTraining {
  /** Updates of D. */
  steps: number;
  /** Examples of each kind in a step; the points are drawn again and again. */
  batchSize: number;
  /** Seeds weights and draws. */
  seed: number;
}

/**
 * V, in nats, of a network that was trained to tell these points from samples of the density:
 * measured on all points and on fresh samples. Needs a backend.
 */
export async function valueOfTrained(
  points: ArrayLike<number>,
  density: Density,
  { steps, batchSize, seed }: EmpiricalTraining,
): Promise<number> {
  const [weights, picks, fakes, measured] = ["weights", "picks", "fakes", "measured"]
    .map((name) => new Random(seed).split(name));
  const network = createNetwork(LINE_DISCRIMINATOR, weights);
  try {
    const events = trainDiscriminator(
      network,
      (count) => Float64Array.from({ length: count }, () => points[picks.integer(points.length)]),
      (count) => density.sample(count, fakes),
      {
        ...LINE_OPTIONS,
        optimiser: { ...LINE_OPTIONS.optimiser, decay: 30 ** (1 / steps) },
        steps,
        batchSize,
        logEvery: steps,
      },
    );
    for await (const _ of events);
    const mean = (logits: Float64Array, f: (a: number) => number) =>
      logits.reduce((sum, a) => sum + f(a), 0) / logits.length;
    const real = await logitsAt(network, points);
    const fake = await logitsAt(network, density.sample(MEASURED, measured));
    return mean(real, logSigmoid) + mean(fake, (a) => logSigmoid(-a));
  } finally {
    disposeNetwork(network);
  }
}
