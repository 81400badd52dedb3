/**
 * The open experiment of notebook 07: eight modes on a circle, networks small enough for many
 * tries, and the step from which on all modes are kept.
 *
 * @module
 */
import { modesData, RING, type Toy } from "@/data/toy.ts";
import { modeCoverage } from "@/eval/coverage.ts";
import { type Engine } from "@/gan/custody.ts";
import { createGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { type GeneratorLoss } from "@/gan/losses.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { train } from "@/gan/train.ts";
import { Random } from "@/random.ts";

/** PacGAN's ring, with modes five times as wide: small networks find them in hundreds of steps. */
const WIDE_RING = { ...RING, sigma: 0.05 };

const DATA: Toy = modesData(WIDE_RING, "ring of 8 Gaussians, sigma 0.05, radius 1", [-1.5, 1.5]);

/** What may be changed in the game on the ring. */
export interface RingRecipe {
  /** Updates of D before each update of G. */
  k: number;
  /** Adam's rate for D. */
  dRate: number;
  /** Adam's rate for G. */
  gRate: number;
  /** How much of the gradients before Adam remembers, in both players. */
  beta1: number;
  /** γ of R1; 0 is off. */
  gamma: number;
  /** Samples that D sees at once. */
  packing: number;
  /** What G minimises. */
  loss: GeneratorLoss;
  /** Of weights, noise and data. */
  seed: number;
}

/** A GAN on the ring before its first step: three hidden layers of 64 units in each network. */
export function createRingGan(recipe: RingRecipe): Gan {
  const { k, dRate, gRate, beta1, gamma, packing, loss, seed } = recipe;
  const adam = (learningRate: number) =>
    ({ kind: "adam", learningRate, beta1, beta2: 0.999, epsilon: 1e-8 }) as const;
  return createGan({
    ...findPreset("line").options,
    toy: undefined,
    generator: networkOf(2, 2),
    discriminator: networkOf(2 * packing, 1),
    generatorLoss: loss,
    generatorOptimiser: adam(gRate),
    discriminatorOptimiser: adam(dRate),
    discriminatorSteps: k,
    gradientPenalty: gamma,
    ...(packing > 1 ? { packing } : {}),
    seed,
  }, DATA);
}

function networkOf(inputs: number, outputs: number): NetworkSpec {
  const hidden: LayerSpec = { width: 64, activation: "leakyRelu", slope: 0.1 };
  return {
    inputs,
    layers: [hidden, hidden, hidden, { width: outputs, activation: "linear" }],
    initialisation: { kind: "fanIn" },
  };
}

/** The ring at one step of a game. */
export interface RingMoment {
  step: number;
  /** Modes that own at least a fifth of the samples that are due to them, within three sigmas. */
  modes: number;
  /** Share of the samples within three sigmas of a mode. */
  highQuality: number;
}

/** Samples of each measurement. */
const SAMPLES = 1600;

/** Measures the samples of a GAN on the ring, always from the same noise. */
export async function ringMoment(gan: Gan): Promise<RingMoment> {
  const points = await drawSamples(samplingGenerator(gan), gan.options, SAMPLES, new Random(99));
  const { counts, highQuality } = modeCoverage(points, WIDE_RING);
  const due = SAMPLES / counts.length;
  return { step: gan.step, modes: counts.filter((count) => count >= due / 5).length, highQuality };
}

/**
 * Trains a GAN on the ring and measures it every 50 steps.
 *
 * @param onMoment Hears of each measurement.
 * @throws {DivergedError} If a loss is NaN or infinite.
 */
export async function playRing(
  gan: Gan,
  steps: number,
  engine?: Engine,
  onMoment: (moment: RingMoment) => unknown = () => {},
): Promise<RingMoment[]> {
  const moments: RingMoment[] = [];
  for await (const { step } of train(gan, { steps, logEvery: 50 }, engine)) {
    if (step % 50 > 0 && step < steps) continue;
    const moment = await ringMoment(gan);
    moments.push(moment);
    await onMoment(moment);
  }
  return moments;
}

/** The step from which on every measurement finds all eight modes; Infinity if the last does not. */
export function keptFrom(moments: readonly RingMoment[]): number {
  const lost = moments.findLastIndex(({ modes }) => modes < WIDE_RING.centres.length);
  return moments[lost + 1]?.step ?? Infinity;
}
