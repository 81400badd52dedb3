/**
 * Generators that were trained beforehand, kept in `data/pretrained` as one safetensors file each.
 *
 * Such a file is small, and training cannot resume from it: it has only the weights that samples
 * are drawn from (G's average if there is one) and the running statistics, `generator/…`, in
 * float16. Its metadata hold the options of the training and a record of it. The record's metrics
 * are those of the rounded weights, that is, of what the file gives. `tools/store_pretrained.ts`
 * makes it from a run folder.
 *
 * @module
 */
import * as v from "valibot";
import { type Evaluation } from "@/eval/suite.ts";
import { restoreNetwork } from "@/gan/checkpoint.ts";
import { type Network } from "@/gan/network.ts";
import { type GanOptions } from "@/gan/options.ts";
import { checkStoredOptions, COUNT } from "@/gan/stored_options.ts";
import { roundTensors } from "@/gan/stored_tensors.ts";
import { type Asset, host } from "@/host/host.ts";
import { shaped } from "@/formats/shaped.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@/formats/safetensors.ts";
import { PRETRAINED_NAMES, type PretrainedName } from "./pretrained_names.ts";
import { RequestError } from "./request_error.ts";

/** How a generator came about, and what it scores. */
export interface PretrainedRecord {
  /** What trained it. */
  command: string;
  /** Its networks and recipe. */
  preset: string;
  /** The seed of the training. */
  seed: number;
  /** Updates of G. */
  steps: number;
  /** Time spent in steps. */
  seconds: number;
  /** The versions that trained it. */
  versions: Record<string, string>;
  /** What it was trained on. */
  backend: string;
  /** What `evaluate` gives for its first 10,000 samples, seed 1. */
  metrics: Evaluation;
}

/** A generator that was trained beforehand. */
export interface Pretrained {
  /** Its file's name. */
  name: string;
  /** To draw from; the caller frees it. */
  generator: Network;
  /** The options of the training. */
  options: GanOptions;
  /** How it came about. */
  record: PretrainedRecord;
}

/** A pretrained generator that was read and checked, but is not tensors yet. */
export interface PretrainedFile extends Omit<Pretrained, "generator"> {
  arrays: Record<string, NamedArray>;
  /** How many training rows each cluster has, where the generator is told clusters. */
  labelCounts?: readonly number[];
  /** Named in errors. */
  file: string;
}

const KIND = "gan-workbook generator";
const VERSION = "1";
const GROUP = "generator";

/** The fields of `PretrainedRecord` that are read; a table shows its metrics as they are. */
const RECORD = v.looseObject({
  command: v.string(),
  preset: v.string(),
  seed: COUNT,
  steps: COUNT,
  seconds: v.number(),
  versions: v.record(v.string(), v.string()),
  backend: v.string(),
  metrics: v.looseObject({ samples: COUNT }),
});

/**
 * A pretrained generator on the backend that is in use. The caller frees it, with `disposeNetwork`.
 *
 * ```ts
 * import { drawSamples, loadPretrained, Random, useBackend } from "@gan-workbook/lib";
 * import { disposeNetwork } from "@gan-workbook/lib/gan";
 *
 * await useBackend("cpu");
 * const { generator, options, record } = await loadPretrained("mlp");
 * const images = await drawSamples(generator, options, 4, new Random(1));
 * console.log(images.length, record.steps); // 4 images of 784 pixels
 * disposeNetwork(generator);
 * ```
 *
 * @throws {RequestError} If there is none of that name.
 * @throws {RangeError} If its file is damaged.
 */
export async function loadPretrained(name: PretrainedName): Promise<Pretrained> {
  return restorePretrained(await readPretrained(name));
}

/** Where a pretrained generator is kept. */
export function pretrainedFile(name: string): string {
  return host.placeOf(assetOf(name));
}

function assetOf(name: string): Asset {
  return `data/pretrained/${name}.safetensors`;
}

async function bytesOf(name: string): Promise<Uint8Array | undefined> {
  try {
    return await host.asset(assetOf(name));
  } catch (error) {
    if (error instanceof host.NotFound) return undefined;
    throw error;
  }
}

/**
 * Reads a pretrained generator; this needs no backend.
 *
 * @throws {RequestError} If there is none of that name.
 * @throws {RangeError} If its file is damaged, or that of another generator.
 */
export async function readPretrained(name: PretrainedName): Promise<PretrainedFile> {
  if (!PRETRAINED_NAMES.includes(name)) {
    throw new RequestError(
      `Cannot load a pretrained generator: it must be one of ${
        PRETRAINED_NAMES.join(", ")
      }, got ${name}`,
    );
  }
  const file = pretrainedFile(name);
  const bytes = await bytesOf(name);
  if (!bytes) {
    throw new RequestError(
      `Cannot load the pretrained generator ${name}: there is no file ${file}, which comes with the project`,
    );
  }
  const read = decodePretrained(bytes, file);
  if (read.name !== name) {
    throw new RangeError(
      `Cannot use ${file}: it must be the generator ${name}, got the generator ${read.name}`,
    );
  }
  return read;
}

/** The tensors of what was read. */
export function restorePretrained(
  { name, options, record, arrays, labelCounts, file }: PretrainedFile,
): Pretrained {
  const network = restoreNetwork(options.generator, GROUP, arrays, file);
  return { name, options, record, generator: { ...network, labelCounts } };
}

/** A generator as it is stored: each number is the nearest float16. The caller frees it. */
export async function roundGenerator(
  { spec, weights, statistics, labelCounts }: Network,
): Promise<Network> {
  return {
    spec,
    labelCounts,
    weights: await roundTensors(weights),
    statistics: await roundTensors(statistics),
  };
}

/**
 * The bytes of a pretrained generator's file.
 *
 * @throws {RangeError} If a number is not a finite float16: round first.
 */
export async function encodePretrained(
  { name, generator, options, record }: Pretrained,
): Promise<Uint8Array<ArrayBuffer>> {
  const arrays: Record<string, NamedArray> = {};
  for (const tensors of [generator.weights, generator.statistics]) {
    for (const [part, tensor] of Object.entries(tensors)) {
      const data = await tensor.data() as Float32Array;
      const wrong = data.find((value) => !Number.isFinite(value));
      if (wrong !== undefined) {
        throw new RangeError(
          `Cannot store the generator ${name}: every number of ${part} must be finite, as float16 too, got ${wrong}`,
        );
      }
      arrays[`${GROUP}/${part}`] = { shape: tensor.shape, data, half: true };
    }
  }
  const metadata = {
    kind: KIND,
    version: VERSION,
    name,
    options: JSON.stringify(options),
    record: JSON.stringify(record),
    ...generator.labelCounts && { labelCounts: JSON.stringify(generator.labelCounts) },
  };
  return encodeSafetensors({ arrays, metadata });
}

/**
 * A pretrained generator from the bytes of its file.
 *
 * @param file Named in errors.
 * @throws {RangeError} If it is damaged, or something else.
 */
export function decodePretrained(bytes: Uint8Array, file: string): PretrainedFile {
  const { arrays, metadata } = decodeSafetensors(bytes, file);
  const { kind, version, name } = metadata;
  if (kind !== KIND || version !== VERSION) {
    throw new RangeError(
      `Cannot use ${file}: it must be a ${KIND} of version ${VERSION}, got ${
        kind ?? "a file of another kind"
      } of version ${version ?? "none"}`,
    );
  }
  const action = `Cannot use ${file}`;
  const options = checkStoredOptions(shaped(v.unknown(), metadata.options ?? "", action), action);
  const record = shaped(RECORD, metadata.record ?? "", action);
  const counted = metadata.labelCounts;
  const labelCounts = counted === undefined
    ? {}
    : { labelCounts: shaped(v.array(COUNT), counted, action) };
  return { name, options, record: record as PretrainedRecord, arrays, ...labelCounts, file };
}
