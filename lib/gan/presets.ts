/**
 * Ready-made options. Each number says where it comes from.
 *
 * @module
 */
import { type GanOptions } from "./options.ts";
import { type AdamSpec, type MomentumSpec } from "./optimiser.ts";
import { type Initialisation, type LayerSpec, type NetworkSpec } from "./spec.ts";

/** Options without a seed, with what a reader should know before training. */
export interface Preset {
  /** A line for `--help`. */
  summary: string;
  /** Epochs that a run without `--epochs` and `--steps` takes. */
  epochs: number;
  /** The recipe. */
  options: Omit<GanOptions, "seed">;
}

const PIXELS = 784;

/** PyTorch's defaults of `nn.BatchNorm1d`, as the lecture uses it. */
const TORCH_BATCH_NORM = { momentum: 0.1, epsilon: 1e-5 };

/** The lecture's generator: four blocks linear → batch norm → ReLU, then linear → sigmoid. */
function lectureGenerator(latentSize: number): NetworkSpec {
  return {
    inputs: latentSize,
    layers: [128, 256, 512, 1024].map(block).concat({ width: PIXELS, activation: "sigmoid" }),
    initialisation: { kind: "fanIn" },
  };
}

/** A dense layer with batch normalisation and ReLU. */
function block(width: number): LayerSpec {
  return { width, activation: "relu", batchNorm: TORCH_BATCH_NORM };
}

/** `hidden` layers with LeakyReLU(0.2), then one logit. */
function leakyDiscriminator(hidden: number[]): NetworkSpec {
  return {
    inputs: PIXELS,
    layers: hidden.map((width): LayerSpec => ({ width, activation: "leakyRelu", slope: 0.2 }))
      .concat({ width: 1, activation: "linear" }),
    initialisation: { kind: "fanIn" },
  };
}

/** The lecture's discriminator: three blocks linear → LeakyReLU(0.2), then one logit. */
const lectureDiscriminator = leakyDiscriminator([512, 256, 128]);

/** Adam as DCGAN has it (Radford et al. 2016, arXiv:1511.06434): 2e-4 and beta1 0.5. */
const DCGAN_ADAM: AdamSpec = {
  kind: "adam",
  learningRate: 2e-4,
  beta1: 0.5,
  beta2: 0.999,
  epsilon: 1e-8,
};

const mlpCollapse: Preset = {
  summary:
    "The lecture's networks with the recipe of most tutorials. It collapses: that is the lesson",
  epochs: 8,
  options: {
    generator: lectureGenerator(10),
    discriminator: lectureDiscriminator,
    latent: "normal",
    generatorLoss: "nonSaturating",
    generatorOptimiser: DCGAN_ADAM,
    discriminatorOptimiser: DCGAN_ADAM,
    discriminatorSteps: 1,
    updates: "alternating",
    batchSize: 128,
    gradientPenalty: 0,
    averageDecay: 0,
    outputBiasFromMeans: false,
  },
};

/**
 * Twice DCGAN's rate: with R1 it is as stable and gets there sooner (docs/experiments.md). It falls
 * to a tenth in 19,200 steps, a little more than the default run takes.
 */
const FASTER_ADAM: AdamSpec = { ...DCGAN_ADAM, learningRate: 4e-4, decay: 1.00012 };

const mlp: Preset = {
  summary: "The lecture's networks with an R1 penalty and averaged weights: ten kinds of digits",
  epochs: 40,
  options: {
    ...mlpCollapse.options,
    // 64 as the public course has it; 10 and 64 did equally well.
    generator: lectureGenerator(64),
    generatorOptimiser: FASTER_ADAM,
    discriminatorOptimiser: FASTER_ADAM,
    // γ from 0.5 to 10 keeps all digits; without it they are lost (docs/experiments.md).
    gradientPenalty: 1,
    // A memory of 1 / (1 - 0.999) = 1,000 steps, about two epochs.
    averageDecay: 0.999,
  },
};

const DIGITS = 10;

const conditional: Preset = {
  summary: "The networks of mlp, told which digit is meant (Mirza and Osindero 2014)",
  epochs: 20,
  options: {
    ...mlp.options,
    classes: DIGITS,
    generator: lectureGenerator(64 + DIGITS),
    discriminator: { ...lectureDiscriminator, inputs: PIXELS + DIGITS },
  },
};

const PARZEN_ADAM: AdamSpec = { ...DCGAN_ADAM, learningRate: 8e-4, decay: 1.00015 };

const parzen: Preset = {
  summary:
    "A generator with a narrow last hidden layer, for the paper's Parzen figure: smooth digits",
  epochs: 36,
  options: {
    ...mlp.options,
    // 48 numbers decide an image: most of what they leave out is the speckle of single pixels.
    generator: {
      inputs: 100,
      layers: [block(1024), block(1024), block(48), { width: PIXELS, activation: "sigmoid" }],
      initialisation: { kind: "fanIn" },
    },
    discriminator: leakyDiscriminator([1024, 512, 256]),
    latent: "uniform",
    generatorOptimiser: PARZEN_ADAM,
    discriminatorOptimiser: PARZEN_ADAM,
    gradientPenalty: 10,
    trainRows: 50_000,
  },
};

/** The momentum and rates of the authors' `mnist.yaml`; epochs are of 500 minibatches. */
const GOODFELLOW_SGD: MomentumSpec = {
  kind: "momentum",
  learningRate: 0.1,
  decay: 1.000004,
  floor: 1e-6,
  momentum: { initial: 0.5, final: 0.7, from: 1, to: 250 },
};

const goodfellow2014: Preset = {
  summary: "The MNIST networks and training of Goodfellow et al. 2014",
  epochs: 30,
  options: {
    generator: {
      inputs: 100,
      layers: [
        { width: 1200, activation: "relu" },
        { width: 1200, activation: "relu" },
        { width: PIXELS, activation: "sigmoid" },
      ],
      initialisation: { kind: "uniform", range: 0.05 },
    },
    discriminator: {
      inputs: PIXELS,
      layers: [
        { width: 240, activation: "maxout", pieces: 5, keep: 0.8 },
        { width: 240, activation: "maxout", pieces: 5, keep: 0.5 },
        { width: 1, activation: "linear", keep: 0.5 },
      ],
      initialisation: { kind: "uniform", range: 0.005 },
    },
    latent: "uniform",
    // The text's minimax loss is not what its code trains with.
    generatorLoss: "nonSaturating",
    generatorOptimiser: GOODFELLOW_SGD,
    discriminatorOptimiser: GOODFELLOW_SGD,
    discriminatorSteps: 1,
    updates: "simultaneous",
    batchSize: 100,
    gradientPenalty: 0,
    averageDecay: 0,
    outputBiasFromMeans: true,
    trainRows: 50_000,
  },
};

const tiny: Preset = {
  summary: "Small networks that train in seconds: for tests and for trying the commands",
  epochs: 1,
  options: {
    generator: {
      inputs: 4,
      layers: [
        { width: 16, activation: "relu", batchNorm: TORCH_BATCH_NORM },
        { width: PIXELS, activation: "sigmoid" },
      ],
      initialisation: { kind: "fanIn" },
    },
    discriminator: {
      inputs: PIXELS,
      layers: [
        { width: 16, activation: "leakyRelu", slope: 0.2 },
        { width: 1, activation: "linear", keep: 0.9 },
      ],
      initialisation: { kind: "fanIn" },
    },
    latent: "normal",
    generatorLoss: "nonSaturating",
    generatorOptimiser: DCGAN_ADAM,
    discriminatorOptimiser: DCGAN_ADAM,
    discriminatorSteps: 1,
    updates: "alternating",
    batchSize: 32,
    gradientPenalty: 1,
    averageDecay: 0.99,
    outputBiasFromMeans: false,
    trainRows: 2_000,
  },
};

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

const spiralCollapse: Preset = {
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

const spiral: Preset = {
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

const ring: Preset = {
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

const grid: Preset = {
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

const line: Preset = {
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

/** Every preset by its name on the command line. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  mlp,
  "mlp-collapse": mlpCollapse,
  conditional,
  goodfellow2014,
  parzen,
  tiny,
  "spiral-collapse": spiralCollapse,
  spiral,
  ring,
  grid,
  line,
};

/**
 * The preset of that name.
 *
 * @throws {RangeError} If there is none.
 */
export function findPreset(name: string): Preset {
  if (!Object.hasOwn(PRESETS, name)) {
    throw new RangeError(
      `Cannot find the preset ${name}: it must be one of ${Object.keys(PRESETS).join(", ")}`,
    );
  }
  return PRESETS[name];
}
