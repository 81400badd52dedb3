/**
 * A GAN on the line whose generator is affine: G(z) = mean + width · z, so that p_g is known exactly,
 * N(mean, |width|). The data are N(4, 0.5), which it can reach. D is a network of two hidden layers
 * and sees samples only. The training code is that of the library.
 *
 * Units: places are units of x; gradients are nats per unit of x.
 *
 * @module
 */
import { lineData } from "@/data/toy.ts";
import { checkFinite } from "@/gan/diverged.ts";
import { createGan, disposeGan, drawLatent, type Gan } from "@/gan/gan.ts";
import { discriminatorLoss, type GeneratorLoss, generatorLoss } from "@/gan/losses.ts";
import { type Network, trace } from "@/gan/network.ts";
import { applyGradients } from "@/gan/optimiser.ts";
import { type GanOptions } from "@/gan/options.ts";
import { discriminatorStep, generatorStep, gradientsIn, trainStep } from "@/gan/steps.ts";
import { gaussian } from "@/math/density.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { slopeOf } from "./descent.ts";

/** p_data. */
export const AFFINE_DATA = gaussian({ mean: 4, sigma: 0.5 });

const SAMPLES = lineData(AFFINE_DATA);
const WEIGHT = "layers.0.weight";
const BIAS = "layers.0.bias";
/** z, and real points, at which gradients are compared: always the same. */
const PROBES = 256;

/** Plain gradient descent: momentum that is 0. */
export function plainSteps(learningRate: number) {
  const none = { initial: 0, final: 0, from: 1, to: 2 };
  return { kind: "momentum", learningRate, decay: 1, floor: 0, momentum: none } as const;
}

/** Adam as this GAN's D has it. */
export function adamSteps(learningRate: number) {
  return { kind: "adam", learningRate, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 } as const;
}

const HIDDEN = { width: 16, activation: "leakyRelu", slope: 0.2 } as const;
const LINEAR = { width: 1, activation: "linear" } as const;

const OPTIONS: Omit<GanOptions, "seed"> = {
  generator: { inputs: 1, layers: [LINEAR], initialisation: { kind: "fanIn" } },
  discriminator: {
    inputs: 1,
    layers: [HIDDEN, HIDDEN, LINEAR],
    initialisation: { kind: "fanIn" },
  },
  latent: "normal",
  generatorLoss: "nonSaturating",
  generatorOptimiser: plainSteps(0.05),
  discriminatorOptimiser: adamSteps(0.01),
  discriminatorSteps: 1,
  updates: "alternating",
  batchSize: 128,
  gradientPenalty: 0,
  averageDecay: 0,
  outputBiasFromMeans: false,
};

/** Where G starts, and what is changed in the options. */
export interface AffineStart extends Partial<GanOptions> {
  /** G's mean at the start; its width is 0.5, that of the data. */
  mean: number;
  seed: number;
}

/** The GAN before its first step. */
export function createAffineGan({ mean, ...changes }: AffineStart): Gan {
  const gan = createGan({ ...OPTIONS, ...changes }, SAMPLES);
  placeG(gan, mean, 0.5);
  return gan;
}

/** Puts G at mean + width · z. */
export function placeG({ generator: { weights } }: Gan, mean: number, width: number): void {
  tf.dispose(weights);
  weights[WEIGHT] = tf.tensor2d([[width]]);
  weights[BIAS] = tf.tensor1d([mean]);
}

/** Where G is. A negative width is p_g of the same width, with z mirrored. */
export function placeOfG({ generator: { weights } }: Gan): { mean: number; width: number } {
  return { mean: weights[BIAS].dataSync()[0], width: weights[WEIGHT].dataSync()[0] };
}

/** Steps of D alone. */
export function trainD(gan: Gan, steps: number): void {
  for (let n = 0; n < steps; n++) tf.dispose(discriminatorStep(gan));
}

/** A loss of either player, from the logits of real and of generated rows. */
export type LossOfLogits = (real: tf.Tensor2D, fake: tf.Tensor2D) => tf.Scalar;

/**
 * The gradient of a loss in the weights of one player, as one list of numbers; for G they are those
 * in the width and in the mean. It is always taken at the same z and the same real points.
 *
 * @param through What the generated rows go through before D sees them.
 */
export function gradientIn(
  gan: Gan,
  player: "generator" | "discriminator",
  loss: LossOfLogits,
  through: (fake: tf.Tensor) => tf.Tensor = (fake) => fake,
): number[] {
  const gradients = tf.tidy(() => {
    const z = tf.tensor2d(new Random(6).normals(PROBES), [PROBES, 1]);
    const x = tf.tensor2d(SAMPLES.draw(PROBES, new Random(8)), [PROBES, 1]);
    return gradientsIn(gan[player], (own) => {
      const [g, d] = player === "generator" ? [own, gan.discriminator] : [gan.generator, own];
      const fake = through(outputOf(g, z));
      return loss(outputOf(d, x), outputOf(d, fake));
    });
  });
  const numbers = Object.values(gradients).flatMap((each) => Array.from(each.dataSync()));
  tf.dispose(gradients);
  return numbers;
}

/**
 * What reaches G through one of the library's losses: its slopes in the width and in the mean, at the
 * z of `gradientIn`.
 */
export function pullOnG(
  gan: Gan,
  kind: GeneratorLoss = gan.options.generatorLoss,
): { mean: number; width: number; norm: number } {
  const gradients = tf.tidy(() => {
    const z = tf.tensor2d(new Random(6).normals(PROBES), [PROBES, 1]);
    return gradientsIn(
      gan.generator,
      (own) => generatorLoss(kind, outputOf(gan.discriminator, outputOf(own, z))),
    );
  });
  const [width, mean] = [WEIGHT, BIAS].map((name) => gradients[name].dataSync()[0]);
  tf.dispose(gradients);
  return { mean, width, norm: Math.hypot(mean, width) };
}

/** The gradients of one loss: in D, in G, and in G with its output sent through `detach` first. */
export function inBothPlayers(
  gan: Gan,
  loss: LossOfLogits,
  detach: (fake: tf.Tensor) => tf.Tensor,
): [number[], number[], number[]] {
  const inG = gradientIn(gan, "generator", loss);
  return [gradientIn(gan, "discriminator", loss), inG, gradientIn(gan, "generator", loss, detach)];
}

/**
 * D learns and G waits: the size of what would reach G through each of two losses, before the first
 * step of D and after every `every` steps.
 */
export function watchPulls(
  { every, until, ...start }: AffineStart & { every: number; until: number },
): Record<"saturating" | "nonSaturating", number[]> {
  const gan = createAffineGan(start);
  const norms = { saturating: [] as number[], nonSaturating: [] as number[] };
  for (let step = 0; step <= until; step += every) {
    if (step > 0) trainD(gan, every);
    norms.saturating.push(pullOnG(gan, "saturating").norm);
    norms.nonSaturating.push(pullOnG(gan, "nonSaturating").norm);
  }
  disposeGan(gan);
  return norms;
}

/** A training, step by step: where G is before each step and after the last. */
export interface AffineRun {
  mean: number[];
  /** Without its sign. */
  width: number[];
  /** Size of what reaches G. */
  norm: number[];
  /** What reaches G in the direction of a wider p_g: positive widens it. */
  wider: number[];
}

/** How far p_g is from the data before each step: in its mean or its width, whichever is farther. */
export function farFromData({ mean, width }: AffineRun): number[] {
  return mean.map((at, n) => Math.max(Math.abs(at - 4), Math.abs(width[n] - 0.5)));
}

/** Root of the mean square of the distance from the mean of the data. */
export function rmsDistance(means: number[]): number {
  return Math.sqrt(means.reduce((sum, mean) => sum + (mean - 4) ** 2, 0) / means.length);
}

/** A training on the line from start to end. */
export interface AffineTraining extends AffineStart {
  /** Steps of D alone, at first. */
  headStart?: number;
  /** Steps of G. */
  steps: number;
  /** What a step is; by default the library's `trainStep`. */
  step?: (gan: Gan) => void;
}

/**
 * Trains a GAN of its own, and records it.
 *
 * @throws {DivergedError} If a weight of G is no longer finite.
 */
export function trainAffine({ headStart = 0, steps, step, ...start }: AffineTraining): AffineRun {
  const gan = createAffineGan(start);
  const take = step ?? ((gan: Gan) => tf.dispose({ ...trainStep(gan) }));
  const run: AffineRun = { mean: [], width: [], norm: [], wider: [] };
  try {
    trainD(gan, headStart);
    for (let n = 0; n <= steps; n++) {
      if (n > 0) take(gan);
      const { mean, width } = placeOfG(gan);
      const pull = pullOnG(gan);
      checkFinite(n, { "the mean of p_g": mean, "its width": width, "G's gradient": pull.norm });
      run.mean.push(mean);
      run.width.push(Math.abs(width));
      run.norm.push(pull.norm);
      run.wider.push(-pull.width * Math.sign(width));
    }
  } finally {
    disposeGan(gan);
  }
  return run;
}

/**
 * A step of D by the library, and one of G on a loss of one's own: the mean over the batch of
 * `loss(a)`, where a is D's logit of a generated row. Its slope in a is taken by differences.
 */
export function stepWith(loss: (a: number) => number): (gan: Gan) => void {
  return (gan) => {
    tf.dispose(discriminatorStep(gan));
    const { generator, discriminator, options } = gan;
    const z = drawLatent(options, options.batchSize, gan.noise);
    const gradients = tf.tidy(() =>
      gradientsIn(generator, (own) => {
        const a = outputOf(discriminator, outputOf(own, z));
        const pulls = a.dataSync().map((logit) => slopeOf(loss, logit, 1e-4));
        // Its gradient is that of the loss: each logit times its pull, the pull held still.
        return tf.mean(tf.mul(a, tf.tensor(pulls, a.shape)));
      })
    );
    applyGradients(gan.generatorOptimiser, generator.weights, gradients, 1);
    tf.dispose([z, gradients]);
  };
}

/** A step of D whose loss moves G as well: what must not happen. */
export function leakingStep(gan: Gan): void {
  const z = drawLatent(gan.options, gan.options.batchSize, gan.noise);
  const x = SAMPLES.draw(PROBES, new Random(8));
  const gradients = tf.tidy(() =>
    gradientsIn(gan.generator, (own) => {
      const judge = (rows: tf.Tensor) => outputOf(gan.discriminator, rows);
      return discriminatorLoss(judge(tf.tensor2d(x, [PROBES, 1])), judge(outputOf(own, z)));
    })
  );
  tf.dispose(discriminatorStep(gan));
  applyGradients(gan.generatorOptimiser, gan.generator.weights, gradients, 1);
  tf.dispose([z, gradients]);
}

/** A round of five steps of D, which may leak, and then the turn of G, which it may miss. */
export function roundOf({ leaks, gMoves }: { leaks: boolean; gMoves: boolean }) {
  return (gan: Gan) => {
    for (let k = 0; k < 5; k++) {
      if (leaks) leakingStep(gan);
      else trainD(gan, 1);
    }
    if (gMoves) tf.dispose(generatorStep(gan));
  };
}

function outputOf(network: Network, rows: tf.Tensor): tf.Tensor2D {
  return trace(network, rows as tf.Tensor2D, { training: true }).output;
}
