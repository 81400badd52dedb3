/**
 * A GAN as one file, from which training goes on as if it had never stopped.
 *
 * A checkpoint is a safetensors file. Its arrays are `generator/…`, `discriminator/…`, `average/…`,
 * `generatorOptimiser/…` and `discriminatorOptimiser/…`; its metadata has the options, the step,
 * and the state of every stream of random numbers.
 *
 * @module
 */
import * as v from "valibot";
import { type BatchOrderState, restoreBatches } from "@/data/batches.ts";
import { labelsOf, type TrainingData } from "@/data/training_data.ts";
import { shaped } from "@/formats/shaped.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@/formats/safetensors.ts";
import { host } from "@/host/host.ts";
import { Random, type RandomState } from "@/random.ts";
import { sync } from "./custody.ts";
import { DivergedError } from "./diverged.ts";
import { createGan, disposeGan, type Gan, rowsOfBatch } from "./gan.ts";
import { type Network, type Tensors } from "./network.ts";
import { type GanOptions, labelCount } from "./options.ts";
import {
  batchStatistics,
  type NetworkSpec,
  type ParameterSpec,
  trainableParameters,
} from "./spec.ts";
import { checkStoredOptions, COUNT } from "./stored_options.ts";
import { tensorOf } from "./stored_tensors.ts";
import { type tf } from "@/tf.ts";

const KIND = "gan-workbook checkpoint";
const VERSION = "1";

/** What a checkpoint says about itself. */
export interface Header {
  /** Everything that decides the run. */
  options: GanOptions;
  /** Digest of the data that it saw. */
  dataSha256: string;
  /** Digest of the training labels, where the GAN is conditional or is told clusters. */
  labelsSha256?: string;
  /** How many training rows each cluster has, where it is told clusters. */
  labelCounts?: readonly number[];
  /** Updates of G so far. */
  step: number;
  /** Time spent in steps. */
  seconds: number;
  /** Updates of each player so far. */
  optimiserSteps: { generator: number; discriminator: number };
  /** Where the stream of z stands. */
  noise: RandomState;
  /** Where the stream of dropout masks stands. */
  dropout: RandomState;
  /** Where the order of the batches stands. */
  order: BatchOrderState;
}

const RANDOM_STATE = v.object({ key: COUNT, words: v.tuple([COUNT, COUNT, COUNT, COUNT]) });

const HEADER = v.object({
  options: v.unknown(),
  dataSha256: v.string(),
  labelsSha256: v.optional(v.string()),
  labelCounts: v.optional(v.array(COUNT)),
  step: COUNT,
  seconds: v.number(),
  optimiserSteps: v.object({ generator: COUNT, discriminator: COUNT }),
  noise: RANDOM_STATE,
  dropout: RANDOM_STATE,
  order: v.object({ random: RANDOM_STATE, position: COUNT }),
});

/** The groups of tensors of a GAN, each as the record that owns them, by the names of its arrays. */
export function groupsOf(gan: Gan): Record<string, Tensors[]> {
  sync(gan);
  return {
    generator: [gan.generator.weights, gan.generator.statistics],
    discriminator: [gan.discriminator.weights, gan.discriminator.statistics],
    average: gan.average ? [gan.average.weights, gan.average.statistics] : [],
    generatorOptimiser: [gan.generatorOptimiser.slots],
    discriminatorOptimiser: [gan.discriminatorOptimiser.slots],
  };
}

/**
 * The bytes of a checkpoint of `gan` as it is now.
 *
 * @throws {DivergedError} If a number in it is NaN or infinite: such a checkpoint is of no use.
 */
export async function encodeCheckpoint(gan: Gan): Promise<Uint8Array<ArrayBuffer>> {
  const header = headerOf(gan);
  const named = Object.entries(groupsOf(gan)).flatMap(([group, records]) =>
    records.flatMap((record) =>
      Object.entries(record).map(([name, tensor]): [string, tf.Tensor] => [
        `${group}/${name}`,
        tensor,
      ])
    )
  );
  // All asked for at once: a GPU takes some 10 ms to answer.
  const numbers = await Promise.all(named.map(([, tensor]) => tensor.data()));
  const arrays = named.map(([name, { shape }], i): [string, NamedArray] => [
    name,
    { shape, data: numbers[i] as Float32Array },
  ]);
  return encodeArrays(header, Object.fromEntries(arrays));
}

/**
 * The bytes of a checkpoint with these arrays.
 *
 * @throws {DivergedError} If a number in it is NaN or infinite.
 */
export function encodeArrays(
  header: Header,
  arrays: Record<string, NamedArray>,
): Uint8Array<ArrayBuffer> {
  for (const [name, { data }] of Object.entries(arrays)) {
    if (!allFinite(data)) {
      throw new DivergedError(
        `Training diverged by step ${header.step}: every number of ${name} must be finite`,
      );
    }
  }
  const metadata = { kind: KIND, version: VERSION, state: JSON.stringify(header) };
  return encodeSafetensors({ arrays, metadata });
}

/** Ten times as fast as a call for each of the millions of numbers. */
function allFinite(numbers: Float32Array): boolean {
  let sum = 0;
  // NaN and infinity times 0 are NaN.
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] * 0;
  return sum === 0;
}

/** Everything of a checkpoint but the arrays, as it is now. */
export function headerOf(gan: Gan): Header {
  return {
    options: gan.options,
    dataSha256: gan.data.sha256,
    labelsSha256: labelsDigest(gan.options, gan.data),
    labelCounts: gan.generator.labelCounts,
    step: gan.step,
    seconds: gan.seconds,
    optimiserSteps: {
      generator: gan.generatorOptimiser.step,
      discriminator: gan.discriminatorOptimiser.step,
    },
    noise: gan.noise.state(),
    dropout: gan.dropout.state(),
    order: gan.batches.state(),
  };
}

/** A checkpoint that was read and checked, not yet tensors. */
export interface Checkpoint {
  /** Everything but the tensors. */
  header: Header;
  /** Weights, statistics and slots by name. */
  arrays: Record<string, NamedArray>;
  /** Named in errors. */
  file: string;
}

/**
 * Reads a checkpoint.
 *
 * @param file Named in errors.
 * @throws {RangeError} If it is truncated, was changed, or is something else.
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { arrays, metadata } = decodeSafetensors(bytes, file);
  if (metadata.kind !== KIND || metadata.version !== VERSION) {
    throw new RangeError(
      `Cannot use ${file}: it must be a ${KIND} of version ${VERSION}, got ${
        metadata.kind ?? "a file of another kind"
      } of version ${metadata.version ?? "none"}`,
    );
  }
  const action = `Cannot use ${file}`;
  const { options, ...header } = shaped(HEADER, metadata.state ?? "", action);
  return { header: { ...header, options: checkStoredOptions(options, action) }, arrays, file };
}

/**
 * The GAN of a checkpoint, ready to go on.
 *
 * @throws {RangeError} If the data are not those it was trained on, or the arrays do not fit its
 * networks.
 */
export function restoreGan(checkpoint: Checkpoint, data: TrainingData): Gan {
  const { header, arrays, file } = checkpoint;
  if (header.dataSha256 !== data.sha256) {
    throw new RangeError(
      `Cannot resume from ${file}: the training data must be those it began with, SHA-256 ${header.dataSha256}, got ${data.sha256}`,
    );
  }
  const gan = createGan(header.options, data);
  try {
    const labels = labelsDigest(header.options, gan.data);
    if (header.labelsSha256 !== labels) {
      throw new RangeError(
        `Cannot resume from ${file}: the training labels must be those it began with, SHA-256 ${header.labelsSha256}, got ${labels}`,
      );
    }
    for (const [group, records] of Object.entries(groupsOf(gan))) {
      for (const record of records) fill(record, group, arrays, file);
    }
    gan.generatorOptimiser.step = header.optimiserSteps.generator;
    gan.discriminatorOptimiser.step = header.optimiserSteps.discriminator;
    return {
      ...gan,
      noise: Random.restore(header.noise),
      dropout: Random.restore(header.dropout),
      batches: restoreBatches(gan.data, rowsOfBatch(header.options), header.order),
      step: header.step,
      seconds: header.seconds,
    };
  } catch (error) {
    disposeGan(gan);
    throw error;
  }
}

/** Another order of the labels would be another training, though the images are the same. */
function labelsDigest(options: GanOptions, data: TrainingData): string | undefined {
  if (labelCount(options) === 0) return undefined;
  return host.sha256(labelsOf(data)!);
}

/** The network of a checkpoint that samples are drawn from: the average where there is one. */
export function restoreGenerator({ header, arrays, file }: Checkpoint): Network {
  const { options, labelCounts } = header;
  const network = restoreNetwork(options.generator, samplingGroup(options), arrays, file);
  return { ...network, labelCounts };
}

/** Whose arrays in a checkpoint are those of the network that samples are drawn from. */
export function samplingGroup({ averageDecay }: GanOptions): "average" | "generator" {
  return averageDecay > 0 ? "average" : "generator";
}

/**
 * The network whose arrays are `group/…` in a file.
 *
 * @param file Named in errors.
 * @throws {RangeError} If an array is missing, or not of the spec's shape.
 */
export function restoreNetwork(
  spec: NetworkSpec,
  group: string,
  arrays: Record<string, NamedArray>,
  file: string,
): Network {
  const read = (parameters: ParameterSpec[]): Tensors =>
    Object.fromEntries(
      parameters.map((
        { name, shape },
      ) => [name, tensorOf(arrays, `${group}/${name}`, shape, file)]),
    );
  return {
    spec,
    weights: read(trainableParameters(spec)),
    statistics: read(batchStatistics(spec)),
  };
}

function fill(
  record: Tensors,
  group: string,
  arrays: Record<string, NamedArray>,
  file: string,
): void {
  for (const name of Object.keys(record)) {
    const tensor = tensorOf(arrays, `${group}/${name}`, record[name].shape, file);
    record[name].dispose();
    record[name] = tensor;
  }
}
