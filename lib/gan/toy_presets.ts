/**
 * Presets of toy data. Each number says where it comes from.
 *
 * @module
 */
import { DCGAN_ADAM } from "./image_presets.ts";
import { type AdamSpec } from "./optimiser.ts";
import { type Preset } from "./presets.ts";
import { type Initialisation, type LayerSpec, type NetworkSpec } from "./spec.ts";

/** Hidden layers of one width with LeakyReLU, then a last layer. */
function leakyNetwork(
  inputs: number,
  hidden: { width: number; layers: number; slope: number },
  last: LayerSpec,
  initialisation: Initialisation = { kind: "fanIn" },
): NetworkSpec {
  const { width, layers, slope } = hidden;
  const block = (): LayerSpec => ({ width, activation: "leakyRelu", slope });
  return {
    inputs,
    layers: [...Array.from({ length: layers }, block), last],
    initialisation,
  };
}

const LOGIT: LayerSpec = { width: 1, activation: "linear" };

/** C. Lazarou's networks for the spiral: both 2 → 512 × 3, LeakyReLU(0.1). */
const SPIRAL_HIDDEN = { width: 512, layers: 3, slope: 0.1 };

/** Keras's default, as in that experiment. */
const KERAS_WEIGHTS = { kind: "glorot" } as const;

/** Keras's defaults, which Lazarou's first experiment trained both players with. */
const KERAS_ADAM: AdamSpec = {
  kind: "adam",
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
};

export const spiralCollapse: Preset = {
  summary: "A spiral in the plane, the recipe that collapses: one small blob that jumps about",
  // 600 steps, as published.
  epochs: 3,
  options: {
    generator: leakyNetwork(2, SPIRAL_HIDDEN, { width: 2, activation: "tanh" }, KERAS_WEIGHTS),
    discriminator: leakyNetwork(2, SPIRAL_HIDDEN, LOGIT, KERAS_WEIGHTS),
    latent: "cube",
    generatorLoss: "nonSaturating",
    generatorOptimiser: KERAS_ADAM,
    discriminatorOptimiser: KERAS_ADAM,
    discriminatorSteps: 1,
    updates: "alternating",
    // D sees 256 real and 256 generated points, G learns from 512.
    batchSize: 256,
    generatorBatchSize: 512,
    gradientPenalty: 0,
    averageDecay: 0,
    outputBiasFromMeans: false,
    reportAccuracy: true,
    toy: "spiral",
  },
};

export const spiral: Preset = {
  summary: "The same spiral and networks, the healthier recipe: a slower G, less momentum",
  // 3,000 steps, of the 60,000 that were published.
  epochs: 15,
  options: {
    ...spiralCollapse.options,
    // As published: G five times as slow as D, and beta1 0.5 for both.
    generatorOptimiser: { ...KERAS_ADAM, learningRate: 2e-4, beta1: 0.5 },
    discriminatorOptimiser: { ...KERAS_ADAM, beta1: 0.5 },
  },
};

/** PacGAN's optimiser for ring and grid (its `config.py`), for both players. */
const PACGAN_ADAM: AdamSpec = {
  kind: "adam",
  learningRate: 1e-4,
  beta1: 0.8,
  beta2: 0.999,
  epsilon: 1e-8,
};

/** U(-0.02 √3, 0.02 √3) has the standard deviation of PacGAN's N(0, 0.02²). */
const PACGAN_WEIGHTS = { kind: "uniform", range: 0.02 * Math.sqrt(3) } as const;

export const ring: Preset = {
  summary: "Eight small Gaussians on a circle, PacGAN's networks: which modes are covered?",
  // 5,000 steps, of the 400,000 (400 epochs of 1,000 batches) that were published.
  epochs: 25,
  options: {
    generator: {
      inputs: 2,
      layers: [
        ...Array.from({ length: 4 }, (): LayerSpec => ({
          width: 400,
          activation: "relu",
          // PacGAN moves its running statistics by 0.05 of each batch's.
          batchNorm: { momentum: 0.05, epsilon: 1e-5 },
        })),
        { width: 2, activation: "linear" },
      ],
      initialisation: PACGAN_WEIGHTS,
    },
    discriminator: {
      inputs: 2,
      layers: [
        ...Array.from({ length: 3 }, (): LayerSpec => ({
          width: 200,
          activation: "maxout",
          pieces: 5,
        })),
        LOGIT,
      ],
      initialisation: PACGAN_WEIGHTS,
    },
    latent: "normal",
    generatorLoss: "nonSaturating",
    generatorOptimiser: PACGAN_ADAM,
    discriminatorOptimiser: PACGAN_ADAM,
    discriminatorSteps: 1,
    updates: "simultaneous",
    batchSize: 100,
    gradientPenalty: 0,
    averageDecay: 0,
    outputBiasFromMeans: false,
    reportAccuracy: true,
    toy: "ring",
  },
};

export const grid: Preset = {
  summary: "25 small Gaussians on a grid, PacGAN's networks: which modes are covered?",
  epochs: 25,
  options: { ...ring.options, toy: "grid" },
};

/**
 * For the line: G a tenth as fast as D, both slower by a factor of ten after 2,000 steps, so that
 * players that circle each other come to rest. Found by trial; with seeds 1 to 4 step 1,500 has
 * means of 2.90 to 3.00 and sigmas of 0.46 to 0.50. With one rate of 1e-3 for both, sigmas stay
 * anywhere from 0.2 to 0.7.
 */
function lineAdam(learningRate: number): AdamSpec {
  return { ...DCGAN_ADAM, learningRate, decay: 10 ** (1 / 2000) };
}

export const line: Preset = {
  summary:
    "N(3, 0.5) on the line, from a generator that starts near 0: every function can be drawn",
  epochs: 8,
  options: {
    generator: leakyNetwork(1, { width: 32, layers: 2, slope: 0.2 }, {
      width: 1,
      activation: "linear",
    }),
    discriminator: leakyNetwork(1, { width: 64, layers: 2, slope: 0.2 }, LOGIT),
    latent: "normal",
    generatorLoss: "nonSaturating",
    generatorOptimiser: lineAdam(5e-4),
    discriminatorOptimiser: lineAdam(5e-3),
    discriminatorSteps: 1,
    updates: "alternating",
    batchSize: 256,
    gradientPenalty: 0,
    averageDecay: 0,
    outputBiasFromMeans: false,
    reportAccuracy: true,
    toy: "line",
  },
};
