/**
 * A GAN in training: two networks, two optimisers, the streams of random numbers and the data.
 *
 * @module
 */
import { type Batches, createBatches } from "@/data/batches.ts";
import { clustersOf } from "@/data/clusters.ts";
import { type FixedRows, isFresh, labelsOf, type TrainingData } from "@/data/training_data.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { freedWhenForgotten } from "@/tfjs/forgotten_tensors.ts";
import { type Custody, sync } from "./custody.ts";
import { createNetwork, disposeNetwork, type Network, type Tensors } from "./network.ts";
import { createOptimiser, type Optimiser } from "./optimiser.ts";
import { checkTrainingLabels, countLabels } from "./labels.ts";
import { checkOptions, type GanOptions, latentSize } from "./options.ts";
import { sizeOf } from "./spec.ts";

/** A GAN in training. */
export interface Gan {
  /** The options that it was created with. */
  readonly options: GanOptions;
  /** What it is trained on. */
  readonly data: TrainingData;
  /** G. */
  readonly generator: Network;
  /** D. */
  readonly discriminator: Network;
  /** The exponential average of G's weights and batch statistics, where the options ask for it. */
  readonly average?: Network;
  /** Moves G. */
  readonly generatorOptimiser: Optimiser;
  /** Moves D. */
  readonly discriminatorOptimiser: Optimiser;
  /** The stream of z. */
  readonly noise: Random;
  /** The stream of dropout masks. */
  readonly dropout: Random;
  /** The real rows, in their order. */
  readonly batches: Batches;
  /** Steps taken: updates of G. */
  step: number;
  /** Time spent in steps, over all sessions of this run. */
  seconds: number;
  /** The engine that takes the steps, where `train` was given one that can. */
  custody?: Custody;
}

/**
 * A GAN before its first step.
 *
 * @throws {RangeError} If the options contradict themselves or the data.
 */
export function createGan(options: GanOptions, data: TrainingData): Gan {
  checkOptions(options);
  const made = options.generator.layers.at(-1)!.width;
  if (made !== data.columns) {
    throw new RangeError(
      `Cannot train a GAN: the generator must make the ${data.columns} numbers of a row of the data, got ${made}`,
    );
  }
  if (options.classes !== undefined) checkTrainingLabels(labelsOf(data), options.classes);
  if (options.clusters !== undefined) data = labelledByCluster(data, options.clusters);
  const random = new Random(options.seed);
  const batches = createBatches(data, rowsOfBatch(options), random.split("batches"));
  const generator = createNetwork(options.generator, random.split("generator"));
  if (options.clusters !== undefined) {
    generator.labelCounts = countLabels(labelsOf(data)!, options.clusters);
  }
  if (options.outputBiasFromMeans) setOutputBias(generator, data.means());
  const discriminator = createNetwork(options.discriminator, random.split("discriminator"));
  return {
    options,
    data,
    generator,
    discriminator,
    average: options.averageDecay > 0 ? copyNetwork(generator) : undefined,
    generatorOptimiser: createOptimiser(options.generatorOptimiser, generator.weights),
    discriminatorOptimiser: createOptimiser(options.discriminatorOptimiser, discriminator.weights),
    noise: random.split("noise"),
    dropout: random.split("dropout"),
    batches,
    step: 0,
    seconds: 0,
  };
}

/** Frees every tensor of a GAN. */
export function disposeGan(gan: Gan): void {
  gan.custody?.release();
  disposeNetwork(gan.generator);
  disposeNetwork(gan.discriminator);
  if (gan.average) disposeNetwork(gan.average);
  tf.dispose(gan.generatorOptimiser.slots);
  tf.dispose(gan.discriminatorOptimiser.slots);
}

/** The network that samples are drawn from, up to date: the average where there is one. */
export function samplingGenerator(gan: Gan): Network {
  sync(gan);
  return gan.average ?? gan.generator;
}

/** Rows of the data in an update of D. */
export function rowsOfBatch({ batchSize, packing = 1 }: GanOptions): number {
  return batchSize * packing;
}

/**
 * Epochs that are finished. An epoch has seen every row of a fixed set once (but for a last partial
 * batch); of endless data it is 200 batches.
 */
export function finishedEpochs(gan: Gan, step = gan.step): number {
  return Math.floor((step * gan.options.discriminatorSteps) / gan.batches.perEpoch);
}

/** The epoch, counted from 1, that the step after `step` steps belongs to. */
export function currentEpoch(gan: Gan, step = gan.step): number {
  return finishedEpochs(gan, step) + 1;
}

/** z for a batch, [count, `latentSize`]; a conditional G takes a label beside it (`labels.ts`). */
export function drawLatent(options: GanOptions, count: number, random: Random): tf.Tensor2D {
  const values = drawLatentValues(options, count, random);
  return tf.tensor2d(values, [count, latentSize(options)]);
}

/** The numbers of z for a batch, row by row. */
export function drawLatentValues(
  options: GanOptions,
  count: number,
  random: Random,
): Float32Array {
  const { latent } = options;
  const size = count * latentSize(options);
  const width = latent === "cube" ? 1 : Math.sqrt(3);
  return latent === "normal" ? random.normals(size) : random.uniforms(size, -width, width);
}

/** Decay of the average of G's weights at step `step`, counted from 1. */
export function averageDecayAt({ averageDecay }: GanOptions, step: number): number {
  return Math.min(averageDecay, (1 + step) / (10 + step));
}

const clustersBefore = new WeakMap<object, Map<number, Uint8Array>>();

/** The same rows, each with its cluster for a label; found once for the same rows. */
function labelledByCluster(data: TrainingData, clusters: number): FixedRows {
  if (isFresh(data)) {
    throw new RangeError(
      "Cannot train a GAN: clusters need a fixed set of rows, got rows that are drawn anew",
    );
  }
  const key = data.bytes?.rows.buffer ?? data;
  let known = clustersBefore.get(key);
  if (!known) clustersBefore.set(key, known = new Map());
  let labels = known.get(clusters);
  if (labels?.length !== data.rows) known.set(clusters, labels = clustersOf(data, clusters));
  return { ...data, labels };
}

function copyNetwork({ spec, weights, statistics, labelCounts }: Network): Network {
  const copy = (tensors: Tensors) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, t]) => [name, freedWhenForgotten(tf.clone(t))]),
    );
  return { spec, weights: copy(weights), statistics: copy(statistics), labelCounts };
}

/**
 * Means of 0 and 1 are replaced by numbers this near to them, as in pylearn2: a logit must be
 * finite.
 */
const CLIP = 1e-7;

function setOutputBias(generator: Network, means: Float64Array): void {
  const name = `layers.${generator.spec.layers.length - 1}.bias`;
  const old = generator.weights[name];
  if (sizeOf(old.shape) !== means.length) {
    throw new RangeError(
      `Cannot set the output bias: the generator must make ${means.length} numbers, got ${
        sizeOf(old.shape)
      }`,
    );
  }
  const logits = Float32Array.from(means, (mean) => {
    const p = Math.min(1 - CLIP, Math.max(CLIP, mean));
    return Math.log(p / (1 - p));
  });
  old.dispose();
  generator.weights[name] = freedWhenForgotten(tf.tensor1d(logits));
}
