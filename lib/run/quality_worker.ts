/**
 * A thread that measures generators while another thread trains. It runs at the lowest priority, so
 * that it takes the time that the training leaves. It has its own backend and answers with numbers.
 *
 * @module
 */
import { setPriority } from "node:os";
import { type MeasureQuality, type Quality, qualityMeasure } from "@/eval/quality.ts";
import { disposeNetwork } from "@/gan/network.ts";
import { restoreNetwork } from "@/gan/checkpoint.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type NamedArray } from "@/formats/safetensors.ts";
import { tf } from "@/tf.ts";

/** A generator that is to be measured. */
export interface MeasureRequest {
  options: GanOptions;
  step: number;
  epoch: number;
  /** By the names of its parameters, with `generator/` before each. */
  arrays: Record<string, NamedArray>;
  /** How many training rows each cluster has, where the generator is told clusters. */
  labelCounts?: readonly number[];
}

export type MeasureAnswer = { quality: Quality } | { failure: string };

const LOWEST = 19;

let measure: MeasureQuality | undefined;

async function answer(request: MeasureRequest): Promise<MeasureAnswer> {
  const { options, step, epoch, arrays, labelCounts } = request;
  try {
    measure ??= await prepare(options);
    const network = restoreNetwork(options.generator, "generator", arrays, "the generator");
    const generator = { ...network, labelCounts };
    const quality = { step, epoch, ...await measure(generator) };
    disposeNetwork(generator);
    return { quality };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

async function prepare(options: GanOptions): Promise<MeasureQuality> {
  // On other systems a priority applies to the whole process.
  if (Deno.build.os === "linux") setPriority(0, LOWEST);
  // Without our own matrix products, which would start threads of normal priority.
  await tf.setBackend("wasm");
  await tf.ready();
  return await qualityMeasure(options);
}

const own = self as unknown as {
  onmessage: (message: MessageEvent<MeasureRequest>) => void;
  postMessage(answer: MeasureAnswer): void;
};
own.onmessage = async ({ data }) => own.postMessage(await answer(data));
