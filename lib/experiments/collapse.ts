/**
 * The experiments of notebook 07 on the spiral: recipes that collapse and recipes that do not, and
 * how they are measured. The networks are the preset's, with hidden layers of 128 units instead of
 * 512: a step costs a tenth. Notebook 07 takes 64.
 *
 * @module
 */
import { toyData } from "@/data/toy.ts";
import { gridDivergence, spiralCoverage } from "@/eval/coverage.ts";
import { createGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { type NetworkSpec } from "@/gan/spec.ts";
import { Random } from "@/random.ts";

/**
 * `collapsing` and `healthier` are the published ones. The others change two things in
 * `collapsing`, alone and together: `calmer` has beta1 0.5 instead of 0.9, `penalised` has R1 (the
 * gradient penalty on real points), `remedied` has both.
 */
export type SpiralRecipe = "collapsing" | "healthier" | "calmer" | "penalised" | "remedied";

/** γ of R1. The spiral's band is 0.1 wide: D's logit must be allowed slopes of tens. */
export const GAMMA = 0.1;

/** Units of each hidden layer on the spiral. */
const WIDTH = 128;

/** The options of an experiment on the spiral, but for the seed. */
export function spiralOptions(recipe: SpiralRecipe, width = WIDTH): Omit<GanOptions, "seed"> {
  const preset = findPreset(recipe === "healthier" ? "spiral" : "spiral-collapse").options;
  return {
    ...preset,
    generator: withHidden(preset.generator, width),
    discriminator: withHidden(preset.discriminator, width),
    generatorOptimiser: adamOf(preset.generatorOptimiser, recipe),
    discriminatorOptimiser: adamOf(preset.discriminatorOptimiser, recipe),
    gradientPenalty: recipe === "penalised" || recipe === "remedied" ? GAMMA : 0,
  };
}

/** A GAN on the spiral before the first step of an experiment. */
export function createExperiment(
  recipe: SpiralRecipe,
  { seed, width }: { seed: number; width?: number },
): Gan {
  return createGan({ ...spiralOptions(recipe, width), seed }, toyData("spiral"));
}

function adamOf(adam: OptimiserSpec, recipe: SpiralRecipe): OptimiserSpec {
  const calm = recipe === "calmer" || recipe === "remedied";
  return calm && adam.kind === "adam" ? { ...adam, beta1: 0.5 } : adam;
}

/** The network with hidden layers of that width. */
function withHidden(spec: NetworkSpec, width: number): NetworkSpec {
  const last = spec.layers.length - 1;
  const layers = spec.layers.map((layer, i) => i < last ? { ...layer, width } : layer);
  return { ...spec, layers };
}

/** Samples of each measurement: as many as PacGAN's tables use. */
const SAMPLES = 2500;

/** The cells of the Jensen–Shannon divergence: 0.05 wide, half the spiral's band. */
const CELLS = { range: [-1, 1], cells: 40 } as const;

/** What is measured of points. */
export interface SpiralMeasures {
  coverage: number;
  precision: number;
  /** In nats, against 2,500 fresh real points. */
  divergence: number;
}

/** Measures points, always against the same real points. */
export function measure(points: Float32Array): SpiralMeasures {
  const { coverage, precision } = spiralCoverage(points);
  const real = toyData("spiral").draw(points.length / 2, new Random(7));
  return { coverage, precision, divergence: gridDivergence(real, points, CELLS) };
}

/** 2,500 samples of a GAN, always from the same noise. */
export function samplesOf(gan: Gan): Promise<Float32Array> {
  return drawSamples(samplingGenerator(gan), gan.options, SAMPLES, new Random(99));
}
