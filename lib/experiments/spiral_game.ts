/**
 * Trainings on the spiral as notebook 07 watches them: what each looked like every 50 steps, and
 * each network alone.
 *
 * @module
 */
import { spiralDensity, spiralPoint, spiralPoints, toyData } from "@/data/toy.ts";
import { nearestOnSpiral } from "@/eval/coverage.ts";
import { cellMiddles, type Landscape, landscape } from "@/eval/landscape.ts";
import { type Engine } from "@/gan/custody.ts";
import { checkFinite } from "@/gan/diverged.ts";
import { type Sampler, trainDiscriminator } from "@/gan/discriminate.ts";
import { disposeGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { forward } from "@/gan/network.ts";
import { applyGradients } from "@/gan/optimiser.ts";
import { drawSamples } from "@/gan/sample.ts";
import { gradientsIn } from "@/gan/steps.ts";
import { train, type TrainEvent } from "@/gan/train.ts";
import { nextTurn } from "@/host/cell.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { createExperiment } from "./collapse.ts";
import { edgesOf, mapOf, type WarpedGrid, warpedGrid } from "./latent_map.ts";
import { meanSteepness, pullsOf, slopesAt } from "./slopes.ts";

/** Generated points with arrows. */
const ARROWS = 80;
/** Knots along each side of the latent square. */
const SIDE = 21;
/** Points for centre, spread and slope. */
const POINTS = 500;

/** A GAN on the spiral at one step. */
export interface SpiralScene {
  /** Updates of each player so far. */
  step: number;
  /** What D says and G makes, over the plane. */
  landscape: Landscape;
  /** A few generated points, [80, 2], */
  points: Float32Array;
  /** and which way D pulls each of them: (1 - D) ∇ₓa. */
  pulls: Float32Array;
  /** The centre of 500 generated points: its first coordinate, */
  x: number;
  /** its second, */
  y: number;
  /** and their root mean square distance from it. */
  spread: number;
  /** The mean of ‖∇ₓa‖ at 500 real points. */
  slope: number;
  /** Where G takes a grid of 21 × 21 knots over the latent square, */
  grid: WarpedGrid;
  /** and the largest stretch of an edge of a grid four times as fine. */
  stretch: number;
}

/** A training on the spiral, watched. */
export interface Watched {
  gan: Gan;
  scenes: SpiralScene[];
  events: TrainEvent[];
}

/** A GAN on the spiral as it is now: always the same noise and the same real points. */
export async function sceneOf(gan: Gan): Promise<SpiralScene> {
  const points = await drawSamples(samplingGenerator(gan), gan.options, POINTS, new Random(5));
  const few = points.slice(0, 2 * ARROWS);
  const real = toyData("spiral").draw(POINTS, new Random(6));
  return {
    step: gan.step,
    landscape: await landscape(gan, [-1, 1], { points: POINTS, side: 40 }),
    points: few,
    pulls: pullsOf(await slopesAt(gan, few)),
    ...cloudOf(points),
    slope: meanSteepness(await slopesAt(gan, real)),
    grid: await warpedGrid(mapOf(gan), SIDE),
    stretch: Math.max(...edgesOf(await warpedGrid(mapOf(gan), 4 * SIDE)).map((e) => e.stretch)),
  };
}

/** The centre of points [count, 2], and their root mean square distance from it. */
export function cloudOf(points: Float32Array): { x: number; y: number; spread: number } {
  const axis = (k: 0 | 1) => points.filter((_, i) => i % 2 === k);
  const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [x, y] = [mean(axis(0)), mean(axis(1))];
  const squares = axis(0).map((v, i) => (v - x) ** 2 + (points[2 * i + 1] - y) ** 2);
  return { x, y, spread: Math.sqrt(mean(squares)) };
}

/** How generated points moved over a part of a training. */
export interface Wandering {
  /** The median of their spread. */
  spread: number;
  /** From the least to the greatest x₁ of their centre. */
  range: number;
  /** ‖Σ pull‖ / Σ ‖pull‖ in the mean: 1 if all pulls of a scene point the same way. */
  agreement: number;
}

/** How the points of the scenes moved. */
export function wanderingOf(scenes: readonly SpiralScene[]): Wandering {
  const centres = scenes.map(({ x }) => x);
  const spreads = scenes.map(({ spread }) => spread).toSorted((a, b) => a - b);
  const agreements = scenes.map(({ pulls }) => {
    let [x, y, lengths] = [0, 0, 0];
    for (let i = 0; i < pulls.length; i += 2) {
      x += pulls[i];
      y += pulls[i + 1];
      lengths += Math.hypot(pulls[i], pulls[i + 1]);
    }
    return Math.hypot(x, y) / lengths;
  });
  return {
    spread: spreads[spreads.length >> 1],
    range: Math.max(...centres) - Math.min(...centres),
    agreement: agreements.reduce((sum, one) => sum + one, 0) / scenes.length,
  };
}

/**
 * Trains a GAN on the spiral, with a scene at the start and every 50 steps.
 *
 * @param onScene Hears of each scene after the first.
 * @throws {DivergedError} If a loss is NaN or infinite.
 */
export async function watchSpiral(
  gan: Gan,
  steps: number,
  engine?: Engine,
  onScene: (scene: SpiralScene) => unknown = () => {},
): Promise<Watched> {
  const scenes = [await sceneOf(gan)];
  const events: TrainEvent[] = [];
  for await (const event of train(gan, { steps, logEvery: 10 }, engine)) {
    events.push(event);
    if (event.step % 50 > 0) continue;
    const scene = await sceneOf(gan);
    scenes.push(scene);
    await onScene(scene);
  }
  return { gan, scenes, events };
}

/**
 * Lets G learn the spiral's own map by regression: the squared distance to where each z belongs.
 *
 * @returns The root mean square distance on the batch of each twentieth step, from the first on.
 * @throws {DivergedError} If it is NaN or infinite.
 */
export async function fitGenerator(
  { generator, generatorOptimiser }: Gan,
  steps: number,
  random: Random,
): Promise<number[]> {
  const rows = 256;
  const errors: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const u = random.uniforms(2 * rows, -1, 1);
    const [z, target] = [u, spiralPoints(u)].map((values) => tf.tensor2d(values, [rows, 2]));
    let loss: tf.Scalar | undefined;
    const gradients = gradientsIn(generator, (network) => {
      const gap = tf.sub(forward(network, z, { training: true }), target);
      const square = tf.mean(tf.sum(tf.square(gap), 1)) as tf.Scalar;
      loss = tf.keep(tf.clone(square));
      return square;
    });
    await applyGradients(generatorOptimiser, generator.weights, gradients, 1);
    if (step % 20 === 1) {
      const error = Math.sqrt((await loss!.data())[0]);
      checkFinite(step, { "the distance to the target": error });
      errors.push(error);
    }
    tf.dispose([z, target, loss!, gradients]);
    await nextTurn();
  }
  return errors;
}

/** Samples that come round again: `count` rows at a time, from row to row. */
export function samplerOf(points: Float32Array): Sampler {
  const rows = points.length / 2;
  let at = 0;
  return (count) => {
    at = (at + count) % (rows - count);
    return points.slice(2 * at, 2 * (at + count));
  };
}

/**
 * Trains a fresh D of the collapsing recipe without a G, against real points of the spiral and
 * `fakes`, 256 of each a step.
 *
 * @returns D over the plane after every 600 steps and at the end.
 * @throws {DivergedError} If the loss is NaN or infinite.
 */
export async function teachAlone(
  which: { seed: number; width: number },
  fakes: Sampler,
  steps: number,
): Promise<Landscape[]> {
  const gan = createExperiment("collapsing", which);
  const random = new Random(3);
  const optimiser = gan.options.discriminatorOptimiser;
  const control = { steps, batchSize: 256, optimiser, logEvery: 600 };
  const real: Sampler = (count) => toyData("spiral").draw(count, random);
  const views: Landscape[] = [];
  for await (const _ of trainDiscriminator(gan.discriminator, real, fakes, control)) {
    views.push(await landscape(gan, [-1, 1], { points: 10 }));
  }
  disposeGan(gan);
  return views;
}

/** Of the cells of a map of D, the shares that D takes for real. */
export interface Trusted {
  /** Within 0.025 of the middle of the band. */
  onBand: number;
  /** More than 0.1 from it. */
  offBand: number;
  /** Farther than 1.1 from the origin. */
  corners: number;
}

/** How much of the band, of what lies beside it and of the corners D takes for real. */
export function trustedBy({ overSamples: { side, range, values } }: Landscape): Trusted {
  const middles = cellMiddles(2, side, range);
  const cells = Array.from(values, (d, i) => {
    const [x, y] = [middles[2 * i], middles[2 * i + 1]];
    return { d, far: nearestOnSpiral(x, y).distance, r: Math.hypot(x, y) };
  });
  const share = (there: typeof cells) => there.filter(({ d }) => d > 0.5).length / there.length;
  return {
    onBand: share(cells.filter(({ far }) => far < 0.025)),
    offBand: share(cells.filter(({ far }) => far > 0.1)),
    corners: share(cells.filter(({ r }) => r > 1.1)),
  };
}

/**
 * The lowest loss of a D that tells the spiral from uniform noise on the square (-1, 1)², in nats:
 * that of D* = p/(p + 1/4). An integral over the band, with dx = dP/p.
 */
export function lowestLossAgainstNoise(): number {
  const [along, across] = [2000, 4];
  let sum = 0;
  for (let i = 0; i < along; i++) {
    for (let j = 0; j < across; j++) {
      const [u0, u1] = [2 * (i + 0.5) / along - 1, 2 * (j + 0.5) / across - 1];
      const ratio = 4 * spiralDensity(...spiralPoint(u0, u1));
      sum += Math.log1p(1 / ratio) + Math.log1p(ratio) / ratio;
    }
  }
  return sum / (2 * along * across);
}
