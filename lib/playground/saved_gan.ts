/**
 * A GAN at a moment, kept in memory: what a checkpoint holds, without its file.
 *
 * @module
 */
import { type TrainingData } from "@/data/training_data.ts";
import { type NamedArray } from "@/formats/safetensors.ts";
import { groupsOf, type Header, headerOf, restoreGan } from "@/gan/checkpoint.ts";
import { type Gan } from "@/gan/gan.ts";

/** A GAN from which its training goes on as if it had never stopped. */
export interface SavedGan {
  header: Header;
  /** By the names of a checkpoint. */
  arrays: Record<string, NamedArray>;
}

/** The GAN as it is now. Its numbers are read at once, so not on a GPU. */
export function savedGanOf(gan: Gan): SavedGan {
  const arrays: Record<string, NamedArray> = {};
  for (const [group, records] of Object.entries(groupsOf(gan))) {
    for (const record of records) {
      for (const [name, tensor] of Object.entries(record)) {
        arrays[`${group}/${name}`] = {
          shape: tensor.shape,
          data: (tensor.dataSync() as Float32Array).slice(),
        };
      }
    }
  }
  return { header: structuredClone(headerOf(gan)), arrays };
}

/** A new GAN that goes on from there, without an engine. */
export function restoreSaved({ header, arrays }: SavedGan, data: TrainingData): Gan {
  return restoreGan({ header, arrays, file: "a moment of the playground" }, data);
}

/** How much memory it takes. */
export function bytesOf({ arrays }: SavedGan): number {
  return Object.values(arrays).reduce((sum, { data }) => sum + data.byteLength, 0);
}
