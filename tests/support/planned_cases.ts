/** Networks that use everything that a planned step can do, and the reference to hold it to. */
import { sync } from "@/gan/custody.ts";
import { type Gan } from "@/gan/gan.ts";
import { type Tensors } from "@/gan/network.ts";
import { type MomentumSpec } from "@/gan/optimiser.ts";
import { type GanOptions } from "@/gan/options.ts";
import { trainStep } from "@/gan/steps.ts";
import { type Activation } from "@/gan/activations.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { tf } from "@/tf.ts";
import { numbersOf } from "./gans.ts";

/** Moves in proportion to the gradient: what differs in the weights differed in the gradients. */
export const MOMENTUM: MomentumSpec = {
  kind: "momentum",
  learningRate: 0.3,
  decay: 1.01,
  floor: 1e-6,
  momentum: { initial: 0.5, final: 0.7, from: 1, to: 3 },
};

export const NORM = { momentum: 0.3, epsilon: 1e-5 };

export function network(inputs: number, layers: LayerSpec[]): NetworkSpec {
  return { inputs, layers, initialisation: { kind: "fanIn" } };
}

export const leaky = (width: number, keep?: number): LayerSpec => ({
  width,
  activation: "leakyRelu",
  slope: 0.2,
  keep,
});
export const maxout = (width: number, pieces: number, keep?: number): LayerSpec => ({
  width,
  activation: "maxout",
  pieces,
  keep,
});
export const logit = (keep?: number): LayerSpec => ({ width: 1, activation: "linear", keep });
export const generator = (
  activation: Activation,
  widths: number[],
  inputs = 3,
): NetworkSpec =>
  network(
    inputs,
    widths.map((width): LayerSpec => ({ width, activation: "relu", batchNorm: NORM }))
      .concat({ width: 5, activation, slope: 0.1 }),
  );

/** Changes to `tinyGan`, which has batch norm, leaky ReLU, dropout, R1 and an average. */
export const CASES: Record<string, Partial<GanOptions>> = {
  "batch norm, dropout, R1, average": {},
  "no penalty": { gradientPenalty: 0 },
  "batches that fill no panel, three panels and more": { batchSize: 37 },
  "batches that fill their panels": { batchSize: 32 },
  "one row": { batchSize: 1, generator: network(3, [{ width: 5, activation: "tanh" }]) },
  "another batch for G": { batchSize: 5, generatorBatchSize: 19 },
  "three updates of D": { discriminatorSteps: 3 },
  "saturating": { generatorLoss: "saturating" },
  "simultaneous, R1 and dropout": { updates: "simultaneous", batchSize: 20 },
  "simultaneous, saturating": { updates: "simultaneous", generatorLoss: "saturating" },
  "maxout of 5 and of 2, dropout everywhere, R1": {
    discriminator: network(5, [maxout(7, 5, 0.8), maxout(9, 2, 0.5), logit(0.5)]),
    batchSize: 18,
  },
  "maxout of 4, simultaneous": {
    discriminator: network(5, [maxout(10, 4, 0.8), logit()]),
    updates: "simultaneous",
  },
  "maxout in G": { generator: network(3, [maxout(6, 3), { width: 5, activation: "linear" }]) },
  "maxout at the end of G": { generator: network(3, [leaky(6), maxout(5, 2)]) },
  "ReLU in D": { discriminator: network(5, [{ width: 9, activation: "relu" }, logit()]) },
  "a slope of 0": {
    discriminator: network(5, [{ width: 9, activation: "leakyRelu", slope: 0 }, logit()]),
  },
  "tanh and sigmoid in D, no penalty": {
    gradientPenalty: 0,
    discriminator: network(5, [
      { width: 9, activation: "tanh" },
      { width: 8, activation: "sigmoid" },
      logit(),
    ]),
  },
  "a D of one layer": { discriminator: network(5, [logit(0.9)]) },
  "batch norm at the end of G": {
    generator: network(3, [leaky(4), { width: 5, activation: "sigmoid", batchNorm: NORM }]),
  },
  "G of three blocks, leaky at its end": { generator: generator("leakyRelu", [13, 7, 1]) },
  "widths of 1": {
    generator: generator("tanh", [1]),
    discriminator: network(5, [leaky(1), leaky(1, 0.7), logit()]),
  },
  "widths of 7 and 50": {
    generator: generator("sigmoid", [50, 7]),
    discriminator: network(5, [leaky(50), leaky(7, 0.7), logit()]),
  },
  "packs of 2": { packing: 2, discriminator: network(10, [leaky(6, 0.8), logit()]) },
  "packs of 3, a batch norm at G's end, simultaneous": {
    packing: 3,
    updates: "simultaneous",
    batchSize: 17,
    gradientPenalty: 0.4,
    generator: network(3, [{ width: 5, activation: "tanh", batchNorm: NORM }]),
    discriminator: network(15, [maxout(6, 2), logit()]),
  },
  "noise from a cube": { latent: "cube" },
  "conditional, R1 and dropout, 37 rows": {
    ...conditional([leaky(9), leaky(7, 0.7), logit()]),
    batchSize: 37,
  },
  "conditional, no penalty, one row": {
    ...conditional([leaky(9), logit()]),
    generator: network(6, [{ width: 5, activation: "tanh" }]),
    gradientPenalty: 0,
    batchSize: 1,
  },
  "conditional, dropout of D's input, R1, another batch for G": {
    ...conditional([leaky(9, 0.7), logit(0.8)]),
    batchSize: 18,
    generatorBatchSize: 35,
  },
  "conditional, dropout of D's input, no penalty, full panels": {
    ...conditional([leaky(9, 0.7), logit()]),
    gradientPenalty: 0,
    batchSize: 32,
  },
  "conditional, simultaneous, maxout, dropout of D's input, R1": {
    ...conditional([maxout(7, 5, 0.8), maxout(9, 2, 0.5), logit(0.5)]),
    updates: "simultaneous",
    batchSize: 18,
  },
  "conditional, maxout at the end of G, three updates of D, z in a cube": {
    ...conditional([maxout(8, 3), logit()]),
    generator: network(5, [leaky(6), maxout(5, 2)]),
    latent: "cube",
    discriminatorSteps: 3,
    batchSize: 20,
  },
  "conditional, batch norm at the end of G, tanh in D, simultaneous, saturating": {
    ...conditional([{ width: 9, activation: "tanh" }, logit()]),
    generator: network(4, [leaky(4), { width: 5, activation: "sigmoid", batchNorm: NORM }]),
    gradientPenalty: 0,
    updates: "simultaneous",
    generatorLoss: "saturating",
    batchSize: 21,
  },
};

/** Three classes, as the labels of `formulaData`: D takes 5 numbers and a label. */
export function conditional(layers: LayerSpec[]): Partial<GanOptions> {
  return {
    classes: 3,
    generator: generator("sigmoid", [13, 7], 6),
    discriminator: network(8, layers),
  };
}

/** The numbers of a GAN, by network. */
export async function everything(gan: Gan): Promise<Record<string, number[]>> {
  sync(gan);
  const parts: [prefix: string, ...records: Tensors[]][] = [
    ["generator", gan.generator.weights, gan.generator.statistics],
    ["discriminator", gan.discriminator.weights],
    ["average", gan.average?.weights ?? {}, gan.average?.statistics ?? {}],
    ["generatorOptimiser", gan.generatorOptimiser.slots],
    ["discriminatorOptimiser", gan.discriminatorOptimiser.slots],
  ];
  const numbers = await Promise.all(parts.map(([, ...records]) => numbersOf(...records)));
  return Object.fromEntries(
    parts.flatMap(([prefix], i) =>
      Object.entries(numbers[i]).map(([name, values]) => [`${prefix}/${name}`, values])
    ),
  );
}

/** A step of the reference, its report as numbers. */
export async function referenceStep(gan: Gan): Promise<Record<string, number>> {
  const report = trainStep(gan);
  const scalars = Object.entries(report) as [string, tf.Scalar][];
  const values = await Promise.all(scalars.map(([, scalar]) => scalar.data()));
  const numbers = Object.fromEntries(scalars.map(([name], i) => [name, values[i][0]]));
  tf.dispose({ ...report });
  return numbers;
}
