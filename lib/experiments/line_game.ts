/**
 * The experiment of notebook 06: a GAN on the line whose p_g, D, V and JSD are known at every
 * moment, without samples and without smoothing.
 *
 * Notation: z ~ N(0, 1); p_data and p_g are lists of probabilities of the same bins; a logit is
 * taken in the middle of each bin.
 *
 * @module
 */
import { lineData } from "@/data/toy.ts";
import { logitsAt } from "@/gan/discriminate.ts";
import { checkFinite } from "@/gan/diverged.ts";
import { createGan, type Gan } from "@/gan/gan.ts";
import { type GanOptions } from "@/gan/options.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { discriminatorStep, generatorStep } from "@/gan/steps.ts";
import { nextTurn } from "@/host/cell.ts";
import { type Density, gaussian, quantile } from "@/math/density.ts";
import { jsDivergence } from "@/math/divergences.ts";
import { binOf, binsBetween, massesIn, pushforwardCdf } from "@/math/pushforward.ts";
import { linspace, sigmoid, softplus } from "@/math/stable.ts";
import { cost, value } from "@/math/value.ts";
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";

const NOISE = gaussian({ mean: 0, sigma: 1 });

/** Where G is evaluated to count p_g. */
const KNOTS = linspace(-5, 5, 1001);

/** The bins of p_data and p_g: 240 from -3 to 5, and one beyond each end. */
export const LINE_BINS = binsBetween(-3, 5, 240);

/** Noise that 17 arrows start from: each stands for a seventeenth of what G makes. */
export const ARROW_STARTS: readonly number[] = linspace(0.5 / 17, 16.5 / 17, 17)
  .map((share) => quantile(NOISE, share));

/** What may be changed in the game on the line. */
export interface LineRecipe {
  /** Updates of D before each update of G. */
  k: number;
  /** Adam's rate for D. */
  dRate: number;
  /** Adam's rate for G. */
  gRate: number;
  /** Whether the rates fall, so that the noise of the minibatches dies out. */
  decay: boolean;
  /** Of weights, noise and data. */
  seed: number;
}

/** A GAN on the line before its first update: 1 → 32 → 32 → 1, G with tanh, D with leaky ReLU. */
export function createLineGan(data: Density, recipe: LineRecipe): Gan {
  const { k, dRate, gRate, decay, seed } = recipe;
  const options: GanOptions = {
    ...findPreset("line").options, // Batches of 256, alternating updates, no penalty
    toy: undefined,
    generator: networkOf({ width: 32, activation: "tanh" }),
    discriminator: networkOf({ width: 32, activation: "leakyRelu", slope: 0.2 }),
    // By the same part in each round of the recipe with k = 3 that the decay was chosen for.
    generatorOptimiser: adamOf(gRate, decay ? 1.006 : 1),
    discriminatorOptimiser: adamOf(dRate, decay ? 1.005 ** (1 / k) : 1),
    discriminatorSteps: k,
    seed,
  };
  return createGan(options, lineData(data));
}

function networkOf(hidden: LayerSpec): NetworkSpec {
  return {
    inputs: 1,
    layers: [hidden, hidden, { width: 1, activation: "linear" }],
    initialisation: { kind: "fanIn" },
  };
}

function adamOf(learningRate: number, decay: number) {
  return { kind: "adam", learningRate, decay, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 } as const;
}

/** All that Figure 1 shows of a game, and its numbers: sums over bins, none from a minibatch. */
export interface LineMoment {
  /** p_data, a probability for each bin of `LINE_BINS`. */
  real: number[];
  /** p_g in the same bins. */
  fake: number[];
  /** The logit of D at each of `LINE_BINS.places`. */
  logits: number[];
  /** G at `ARROW_STARTS`. */
  tips: number[];
  /** JSD(p_data, p_g), in nats. */
  jsd: number;
  /** V(D, G), in nats. */
  v: number;
  /** C(G) = V(D*, G), in nats. */
  c: number;
}

/**
 * A GAN on the line as it is now.
 *
 * @param updates So many have been made; named in the error.
 * @throws {DivergedError} If G or D is not finite somewhere.
 */
export async function momentOf(gan: Gan, data: Density, updates = 0): Promise<LineMoment> {
  const finite = async (network: "generator" | "discriminator", xs: readonly number[]) => {
    const found = [...await logitsAt(gan[network], [...xs])];
    const lost = found.find((a) => !Number.isFinite(a)) ?? 0;
    checkFinite(updates, { [`what the ${network} gives out`]: lost });
    return found;
  };
  const fake = massesIn(
    LINE_BINS,
    pushforwardCdf(NOISE, KNOTS, await finite("generator", KNOTS)),
  );
  const real = massesIn(LINE_BINS, data.cdf);
  const logits = await finite("discriminator", LINE_BINS.places);
  const tips = await finite("generator", ARROW_STARTS);
  const v = value((i) => logits[i], real, fake);
  return { real, fake, logits, tips, jsd: jsDivergence(real, fake), v, c: cost(real, fake) };
}

/** E[f(D's logit)] over generated points. */
export function meanOnFakes({ fake, logits }: LineMoment, f: (logit: number) => number): number {
  return meanOf(fake, logits, f);
}

function meanOf(masses: number[], logits: number[], f: (logit: number) => number): number {
  return masses.reduce((sum, mass, i) => sum + mass * f(logits[i]), 0);
}

/** What the conventions of printing losses read at a moment, in nats, by name. */
export function lossReadings(moment: LineMoment): Record<string, number> {
  const v = meanOf(moment.real, moment.logits, (a) => -softplus(-a)) +
    meanOnFakes(moment, (a) => -softplus(a));
  return {
    "V": v,
    "D: sum of cross-entropies": -v,
    "D: mean of cross-entropies": -v / 2,
    "G: -log D": meanOnFakes(moment, (a) => softplus(-a)),
    "G: log(1 - D)": meanOnFakes(moment, (a) => -softplus(a)),
  };
}

/** D* for the p_g of a moment, in each bin; NaN where there is no mass. */
export function bestAnswer({ real, fake }: LineMoment): number[] {
  return real.map((mass, i) => mass / (mass + fake[i]));
}

/**
 * The mean of |D - target| under (p_data + p_g)/2: where neither has mass nothing teaches D, and
 * its value there means nothing.
 */
export function distanceOfD(moment: LineMoment, target: (bin: number) => number): number {
  const { real, fake, logits } = moment;
  return real.reduce((sum, mass, i) => {
    const weight = (mass + fake[i]) / 2;
    return weight > 0 ? sum + weight * Math.abs(sigmoid(logits[i]) - target(i)) : sum;
  }, 0);
}

/** The slope of D's logit in x at a point, by the bins on both sides of it. */
export function slopeOfD({ logits }: LineMoment, x: number): number {
  const bin = Math.min(logits.length - 2, Math.max(1, binOf(LINE_BINS, x)));
  return (logits[bin + 1] - logits[bin - 1]) / (2 * LINE_BINS.width);
}

/** Whether the arrows keep their order, are all reversed, or cross. */
export function orderOf({ tips }: LineMoment): "rises" | "falls" | "folds" {
  const after = tips.slice(1).map((tip, i) => tip - tips[i]);
  return after.every((d) => d > 0) ? "rises" : after.every((d) => d < 0) ? "falls" : "folds";
}

/**
 * How far the counts of samples are from `fake`, in standard deviations, in the bins that expect at
 * least 20 samples.
 */
export async function deviations(
  { generator, options }: Gan,
  { fake }: LineMoment,
  random: Random,
  count = 100_000,
): Promise<number[]> {
  const counts = fake.map(() => 0);
  for (const x of await drawSamples(generator, options, count, random)) {
    counts[binOf(LINE_BINS, x)]++;
  }
  return counts.map((n, i) => (n - count * fake[i]) / Math.sqrt(count * fake[i] * (1 - fake[i])))
    .filter((_, i) => count * fake[i] >= 20);
}

/** A moment of a run, with its place there. */
export interface KeptMoment extends LineMoment {
  /** Updates of either player so far. */
  updates: number;
  /** What was going on. */
  stage: string;
}

/** The losses of a round on its minibatches, before the players moved; NaN is a gap. */
export interface RoundLosses {
  updates: number;
  dLoss: number;
  gLoss: number;
}

/** A game that is played in stages, and what has been kept of it. */
export interface LineRun {
  gan: Gan;
  data: Density;
  /** Of either player, so far. */
  updates: number;
  moments: KeptMoment[];
  losses: RoundLosses[];
  /** Hears of each moment that is kept. */
  onMoment: (moment: KeptMoment) => unknown;
}

/** A run that keeps its first moment, before any update. */
export async function startLineRun(
  gan: Gan,
  data: Density,
  onMoment: LineRun["onMoment"] = () => {},
): Promise<LineRun> {
  const run: LineRun = { gan, data, updates: 0, moments: [], losses: [], onMoment };
  await keep(run, "start");
  return run;
}

/**
 * Rounds of Algorithm 1, k updates of D and one of G; a moment is kept every `every` rounds and
 * after the last.
 *
 * @returns The last moment.
 * @throws {DivergedError} If a loss, or what a network gives out, is not finite.
 */
export async function playRounds(
  run: LineRun,
  rounds: number,
  { stage = "both", every = 12 } = {},
): Promise<KeptMoment> {
  for (let round = 1; round <= rounds; round++) {
    const losses = { updates: run.updates, dLoss: NaN, gLoss: NaN };
    for (let i = 0; i < run.gan.options.discriminatorSteps; i++) losses.dLoss = update(run, "D");
    losses.gLoss = update(run, "G");
    run.losses.push(losses);
    if (round % every === 0 || round === rounds) await keep(run, stage);
    await nextTurn();
  }
  return run.moments.at(-1)!;
}

/**
 * Updates of one player, the other standing still; a moment is kept every `every` updates and after
 * the last.
 *
 * @returns The last moment.
 * @throws {DivergedError} If a loss, or what a network gives out, is not finite.
 */
export async function playAlone(
  run: LineRun,
  player: "D" | "G",
  count: number,
  { stage = `${player} alone`, every = 2 } = {},
): Promise<KeptMoment> {
  run.losses.push({ updates: run.updates, dLoss: NaN, gLoss: NaN });
  for (let i = 1; i <= count; i++) {
    update(run, player);
    if (i % every === 0 || i === count) await keep(run, stage);
    await nextTurn();
  }
  return run.moments.at(-1)!;
}

async function keep(run: LineRun, stage: string): Promise<void> {
  const { updates } = run;
  const moment = { ...await momentOf(run.gan, run.data, updates), updates, stage };
  run.moments.push(moment);
  await run.onMoment(moment);
}

/** One update of a player; its loss on that minibatch, before it moved. */
function update(run: LineRun, player: "D" | "G"): number {
  const report = player === "D" ? discriminatorStep(run.gan) : generatorStep(run.gan);
  const [loss] = ("dLoss" in report ? report.dLoss : report.gLoss).dataSync();
  tf.dispose(report);
  run.updates++;
  checkFinite(run.updates, { [`the loss of ${player}`]: loss });
  return loss;
}
