/**
 * The numbers of a run, as its charts show them. Nothing here moves the run or draws from its
 * streams.
 *
 * @module
 */
import { sync } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { DISCRIMINATOR_LOSSES, equilibriumOf, GENERATOR_LOSSES } from "@/gan/losses.ts";
import {
  discriminatorGradients,
  disposeBatch,
  drawBatch,
  drawNoise,
  generatorGradients,
} from "@/gan/steps.ts";
import { logSigmoid } from "@/math/stable.ts";
import { tf } from "@/tf.ts";
import { ESTIMATED_FROM } from "./densities.ts";
import { sharesOfDigits } from "./digits.ts";
import {
  type DivergenceEstimate,
  divergenceOf,
  type EstimatedNats,
} from "./divergence_estimate.ts";
import { logitsOf, slopesOf } from "./judge.ts";
import { whyNoBest } from "./look.ts";
import { normsOf, peekAt } from "./peek.ts";
import {
  type ReadingName,
  type ReadingValue,
  type RunReadings,
  type Which,
} from "./playground_messages.ts";
import { READING_TEXTS } from "./reading_texts.ts";
import { type FixedDraws, fixedDraws, generate } from "./scene.ts";
import { type PlaygroundData } from "./settings.ts";
import { coverageReadingOf, MEASURED } from "./coverage_reading.ts";

/** Rows of each kind that losses and V are taken over. */
const ROWS = 2000;
/** Fewer, where a row is a picture. */
const PICTURE_ROWS = 500;
const MINUS_LOG_4 = { ideal: -Math.log(4), idealText: "−log 4 = −1.386" };

/** A reading without what is always said of it. */
type Value = Omit<ReadingValue, "meaning" | "link">;

/** What is read: a run, or what slow motion shows of its next step. */
export interface Read {
  gan: Gan;
  data: PlaygroundData;
  move: number;
}

/** Every reading of a run, as it is now. */
export async function runReadings({ gan, data, move }: Read, run: Which = 0): Promise<RunReadings> {
  sync(gan);
  const [drawn, rows] = data.kind === "mnist"
    ? [PICTURE_ROWS, PICTURE_ROWS]
    : [ESTIMATED_FROM, ROWS];
  const scene = fixedDraws(gan, drawn);
  const points = generate(gan, scene.z);
  const first = (all: Float32Array) => all.subarray(0, rows * gan.data.columns);
  const logits = {
    real: logitsOf(gan, first(scene.real), scene.companions),
    fake: logitsOf(gan, first(points), scene.companions),
  };
  const found: Record<ReadingName, Value> = {
    ...lossesOf(gan, logits),
    value: valueOf(gan, logits),
    ...data.kind === "mnist" ? await ofPictures(gan) : ofPoints(gan, data, points),
    ...gradientsOf(gan),
    steepness: steepnessOf(gan, scene),
  };
  const values = Object.fromEntries(
    Object.entries(READING_TEXTS).map(([name, text]) => [
      name,
      { ...text, ...found[name as ReadingName] },
    ]),
  );
  return { run, move, step: gan.step, values: values as RunReadings["values"] };
}

/** D's logits for real and for generated rows. */
interface Logits {
  real: Float32Array;
  fake: Float32Array;
}

function lossesOf({ options }: Gan, { real, fake }: Logits): Record<"dLoss" | "gLoss", Value> {
  const { discriminatorLoss = "original", generatorLoss } = options;
  const equilibrium = equilibriumOf(options);
  const scalars = tf.tidy(() => {
    const [r, f] = [tf.tensor2d(real, [real.length, 1]), tf.tensor2d(fake, [fake.length, 1])];
    return [
      DISCRIMINATOR_LOSSES[discriminatorLoss].loss(r, f),
      GENERATOR_LOSSES[generatorLoss].loss(f),
    ];
  });
  const [d, g] = scalars.map((scalar) => scalar.dataSync()[0]);
  tf.dispose(scalars);
  const line = (at?: { value: number; text: string }): Value =>
    at ? { ideal: at.value, idealText: at.text } : {};
  return {
    dLoss: { value: d, ...line(equilibrium.d) },
    gLoss: { value: g, ...line(equilibrium.g) },
  };
}

/** V over many rows; only a D that is trained on cross-entropies plays this game. */
function valueOf({ options }: Gan, { real, fake }: Logits): Value {
  if ((options.discriminatorLoss ?? "original") !== "original") {
    return { because: "V is the game of the original loss, and D plays another" };
  }
  const ofReal = meanOf(Array.from(real, logSigmoid));
  const ofFake = meanOf(Array.from(fake, (a) => logSigmoid(-a)));
  return {
    value: ofReal.mean + ofFake.mean,
    error: Math.hypot(ofReal.error, ofFake.error),
    ...MINUS_LOG_4,
  };
}

function ofPoints(
  gan: Gan,
  data: PlaygroundData,
  points: Float32Array,
): Record<"cost" | "jsd" | "kl" | "coverage" | "precision", Value> {
  const estimate = divergenceOf(gan, data, points);
  const measured = points.subarray(0, MEASURED * gan.data.columns);
  const { coverage, precision, ofReal, how } = coverageReadingOf(gan, data, measured, estimate);
  const because = whyNoBest(gan);
  return {
    jsd: divergenceReading(estimate.jsd, estimate),
    kl: Number.isFinite(estimate.kl.value) ? divergenceReading(estimate.kl, estimate) : {
      because: "infinite: of more than a hundredth of the data G makes nothing",
    },
    cost: because ? { because } : costOf(estimate),
    coverage: { value: coverage, ideal: ofReal.coverage, idealText: "1", how },
    precision: {
      value: precision,
      ideal: ofReal.precision,
      idealText: ofReal.precision.toFixed(3).replace(/\.?0+$/, ""),
      how,
    },
  };
}

function divergenceReading(
  { value, error, floor }: EstimatedNats,
  estimate: DivergenceEstimate,
): Value {
  const read = { value, error, how: howOf(estimate) };
  if (estimate.jsd.floor === 0) return { ...read, ideal: 0, idealText: "0" };
  return { ...read, ideal: floor, idealText: `${floor.toFixed(3)}, as real points read` };
}

function costOf(estimate: DivergenceEstimate): Value {
  const { value, error, floor } = estimate.jsd;
  const cost = (jsd: number) => 2 * jsd - Math.log(4);
  const read = { value: cost(value), error: 2 * error, how: howOf(estimate) };
  if (floor === 0) return { ...read, ...MINUS_LOG_4 };
  const ideal = cost(floor);
  return { ...read, ideal, idealText: `${ideal.toFixed(3)}, −log 4 but for the points' noise` };
}

/** Where p_g comes from; in the plane the kernel brings p_data and p_g nearer to each other. */
function howOf({ jsd: { floor }, pG: { how } }: DivergenceEstimate): string {
  return floor === 0
    ? how
    : `${how}; seen so blurred it is a lower bound, and V may lie above C(G)`;
}

async function ofPictures(
  gan: Gan,
): Promise<Record<"cost" | "jsd" | "kl" | "coverage" | "precision", Value>> {
  const shares = await sharesOfDigits(gan);
  const because = "the density of pictures is not known, neither p_data nor p_g";
  return {
    jsd: { because },
    kl: { because },
    cost: { because },
    coverage: {
      // A digit is covered with a tenth of its due share.
      value: shares.filter((share) => share >= 0.01).length / 10,
      ideal: 1,
      idealText: "1",
      how: "digits of which the classifier finds at least 1 % among 500 samples",
    },
    precision: { because: "it needs a density; notebook 09 measures pictures by their features" },
  };
}

/** Norms of both gradients, on the minibatches that come next. */
function gradientsOf(gan: Gan): Record<"dGradient" | "gGradient", Value> {
  const ideal = { ideal: 0, idealText: "0, but for the noise of a minibatch" };
  const ahead = peekAt(gan);
  const batch = drawBatch(ahead);
  const d = discriminatorGradients(ahead, batch);
  disposeBatch(batch);
  const noise = drawNoise(ahead);
  const g = generatorGradients(ahead, noise);
  disposeBatch(noise);
  const [dNorm, gNorm] = [d, g].map(({ gradients }) => normsOf(gradients).all);
  for (const { gradients, report, batch } of [d, g]) tf.dispose([gradients, { ...report }, batch]);
  return { dGradient: { value: dNorm, ...ideal }, gGradient: { value: gNorm, ...ideal } };
}

function steepnessOf(gan: Gan, { real, companions }: FixedDraws): Value {
  const { columns } = gan.data;
  const rows = Math.min(500, real.length / columns);
  const slopes = slopesOf(gan, real.slice(0, rows * columns), companions);
  const lengths = Array.from(
    { length: rows },
    (_, row) => Math.hypot(...slopes.subarray(row * columns, (row + 1) * columns)),
  );
  const { mean, error } = meanOf(lengths);
  const { discriminatorLoss } = gan.options;
  // A Wasserstein score has a slope of 1 between two distributions, whatever their distance.
  const ideal = discriminatorLoss === "wasserstein" ? {} : { ideal: 0, idealText: "0" };
  return { value: mean, error, ...ideal };
}

function meanOf(values: number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}
