/**
 * The experiments of notebook 07: recipes that collapse and recipes that do not, how they are
 * measured, and the runs that `tools/mode_collapse_runs.ts` has recorded in
 * `data/mode_collapse.json`.
 *
 * On the spiral the networks are the preset's, with hidden layers of 128 units instead of 512: a
 * step costs a tenth. Notebook 07 takes 64; the recorded runs have the published 512. On ring and grid the networks are
 * PacGAN's.
 *
 * @module
 */
import { GRID, RING, toyData } from "@/data/toy.ts";
import { gridDivergence, modeCoverage, spiralCoverage } from "@/eval/coverage.ts";
import { createGan, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { type NetworkSpec } from "@/gan/spec.ts";
import { assetText } from "@/host/host.ts";
import { Random } from "@/random.ts";

/** Where a recipe is tried. */
export const STAGES = ["spiral", "ring", "grid"] as const;
export type Stage = typeof STAGES[number];

/**
 * On the spiral, `collapsing` and `healthier` are the published ones. The others change two things
 * in `collapsing`, alone and together: `calmer` has beta1 0.5 instead of 0.9, `penalised` has R1
 * (the gradient penalty on real points), `remedied` has both.
 *
 * On ring and grid, `plain` is the GAN that PacGAN is compared with, and in `packed` D sees two
 * samples at once.
 */
export const RECIPES = {
  spiral: ["collapsing", "healthier", "calmer", "penalised", "remedied"],
  ring: ["plain", "packed"],
  grid: ["plain", "packed"],
} as const;
export type SpiralRecipe = typeof RECIPES["spiral"][number];
export type ModesRecipe = typeof RECIPES["ring" | "grid"][number];
export type Recipe = SpiralRecipe | ModesRecipe;

/** Samples that D sees at once in `packed`. */
const PACKING = 2;

/** γ of R1. The spiral's band is 0.1 wide: D's logit must be allowed slopes of tens. */
export const GAMMA = 0.1;

/** Units of each hidden layer on the spiral. */
const WIDTH = 128;
/** The same in the recorded runs, as published. */
const RECORDED_WIDTH = 512;

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

/** The options of an experiment with PacGAN's networks, but for the seed. */
export function modesOptions(
  stage: "ring" | "grid",
  recipe: ModesRecipe,
): Omit<GanOptions, "seed"> {
  const { options } = findPreset(stage);
  if (recipe === "plain") return options;
  // A pack is one input of D.
  const discriminator = { ...options.discriminator, inputs: PACKING * 2 };
  return { ...options, discriminator, packing: PACKING };
}

/** A GAN before the first step of a run that is to be recorded. */
export function createRecorded({ stage, recipe, seed }: RunKey): Gan {
  const options = stage === "spiral"
    ? spiralOptions(recipe as SpiralRecipe, RECORDED_WIDTH)
    : modesOptions(stage, recipe as ModesRecipe);
  return createGan({ ...options, seed }, toyData(stage));
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
export const SAMPLES = 2500;

/** The cells of the Jensen–Shannon divergence: 0.05 wide, half the spiral's band. */
const CELLS = { range: [-1, 1], cells: 40 } as const;

/** What is measured: on the spiral the first three numbers, on ring and grid the others. */
export interface Measures {
  coverage?: number;
  precision?: number;
  /** In nats, against 2,500 fresh real points. */
  divergence?: number;
  modes?: number;
  highQuality?: number;
}

/** Measures points of a stage, always against the same real points. */
export function measure(stage: Stage, points: Float32Array): Measures {
  if (stage !== "spiral") {
    const { covered, highQuality } = modeCoverage(points, stage === "ring" ? RING : GRID);
    return { modes: covered, highQuality };
  }
  const { coverage, precision } = spiralCoverage(points);
  const real = toyData("spiral").draw(points.length / 2, new Random(7));
  return { coverage, precision, divergence: gridDivergence(real, points, CELLS) };
}

/** 2,500 samples of a GAN, always from the same noise. */
export function samplesOf(gan: Gan): Promise<Float32Array> {
  return drawSamples(samplingGenerator(gan), gan.options, SAMPLES, new Random(99));
}

/** Whether a recorded run is measured at this step: every 100 steps up to 600, then every 600. */
export function isMeasured(step: number): boolean {
  return step % (step <= 600 ? 100 : 600) === 0;
}

/** What tells a recorded run from the others. */
export interface RunKey {
  stage: Stage;
  recipe: Recipe;
  seed: number;
}

/** One training, measured on its way. */
export interface CollapseRun extends RunKey {
  /** The steps at which it was measured, and each measure there. */
  steps: number[];
  measures: { [name in keyof Measures]?: number[] };
}

/** What `data/mode_collapse.json` holds. */
export interface RecordedRuns {
  command: string;
  versions: Record<string, string>;
  penalty: number;
  samples: number;
  runs: CollapseRun[];
}

/** The recorded runs. */
export async function recordedRuns(): Promise<RecordedRuns> {
  return JSON.parse(await assetText("data/mode_collapse.json"));
}

/** Mean, least and greatest of one measure over the seeds, at each measured step. */
export interface Band {
  seeds: number;
  steps: number[];
  mean: number[];
  lower: number[];
  upper: number[];
}

/**
 * One measure over the seeds of a recipe, as far as every seed has been trained.
 *
 * @param which `until`: not after this step; without it, to the end.
 * @throws {RangeError} If nothing of the kind was recorded.
 */
export function bandOf(
  runs: readonly CollapseRun[],
  which: { stage: Stage; recipe: Recipe; measure: keyof Measures; until?: number },
): Band {
  const { stage, recipe, measure, until = Infinity } = which;
  const chosen = runs.filter((run) => run.stage === stage && run.recipe === recipe);
  const curves = chosen.map(({ steps, measures }) =>
    (measures[measure] ?? []).filter((_, i) => steps[i] <= until)
  );
  const length = Math.min(...curves.map((curve) => curve.length));
  if (!(length > 0 && Number.isFinite(length))) {
    throw new RangeError(
      `Cannot find recorded runs: they must be recorded first, got none of ${
        JSON.stringify({ stage, recipe, measure })
      }`,
    );
  }
  const over = (f: (values: number[]) => number) =>
    Array.from({ length }, (_, i) => f(curves.map((curve) => curve[i])));
  return {
    seeds: chosen.length,
    steps: chosen[0].steps.slice(0, length),
    mean: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    lower: over((values) => Math.min(...values)),
    upper: over((values) => Math.max(...values)),
  };
}

/** The last mean of a band, with the least and the greatest, as a table writes them. */
export function lastOf({ mean, lower, upper }: Band, digits = 2): string {
  const [m, l, u] = [mean, lower, upper].map((curve) => curve.at(-1)!.toFixed(digits));
  return `${m} (${l} to ${u})`;
}

/** What a measure was at a step, one number for each seed, in the order of the runs. */
export function valuesAt(
  runs: readonly CollapseRun[],
  { stage, recipe, measure }: { stage: Stage; recipe: Recipe; measure: keyof Measures },
  step: number,
): number[] {
  return runs.filter((run) => run.stage === stage && run.recipe === recipe)
    .map(({ steps, measures }) => measures[measure]![steps.indexOf(step)]);
}
