/**
 * Other settings for a run that is under way: whether it can go on from its weights, and how.
 *
 * @module
 */
import { isFresh, type TrainingData } from "@/data/training_data.ts";
import { type GanOptions } from "@/gan/options.ts";
import { OPTIMISERS, type OptimiserSpec } from "@/gan/optimiser.ts";
import { batchStatistics, type NetworkSpec, sizeOf, trainableParameters } from "@/gan/spec.ts";
import { type SavedGan } from "./saved_gan.ts";

/**
 * Why a run cannot go on with other options: a clause for the user; undefined where it can. It can
 * if every weight still has its place; what was drawn at the start must be as it was.
 */
export function whyRestart(before: GanOptions, after: GanOptions): string | undefined {
  if (before.seed !== after.seed) return "another seed draws other weights";
  for (const player of ["generator", "discriminator"] as const) {
    if (placesOf(before[player]) !== placesOf(after[player])) {
      return `the ${player} has weights of other shapes`;
    }
    const [old, now] = [before[player].initialisation, after[player].initialisation];
    if (JSON.stringify(old) !== JSON.stringify(now)) {
      return `the weights of the ${player} are drawn differently`;
    }
  }
  const same = before.classes === after.classes && before.clusters === after.clusters;
  return same ? undefined : "the networks are told other labels";
}

/** The names and shapes of all weights, for comparison. */
function placesOf(spec: NetworkSpec): string {
  return JSON.stringify([...trainableParameters(spec), ...batchStatistics(spec)]);
}

/** A saved GAN as it goes on with other options and data; only where nothing asks for a restart. */
export function withOptions(
  saved: SavedGan,
  options: GanOptions,
  data: TrainingData,
): SavedGan {
  const { header } = saved;
  const arrays = { ...saved.arrays };
  const optimiserSteps = { ...header.optimiserSteps };
  for (const player of ["generator", "discriminator"] as const) {
    const name = `${player}Optimiser` as const;
    if (header.options[name].kind === options[name].kind) continue;
    optimiserSteps[player] = 0;
    forgetSlots(arrays, name, options[name], options[player]);
  }
  if (options.averageDecay > 0 && header.options.averageDecay === 0) {
    for (const [array, numbers] of Object.entries(saved.arrays)) {
      const [group, name] = array.split("/");
      if (group === "generator") arrays[`average/${name}`] = numbers;
    }
  }
  // Another batch size cuts an epoch of a fixed set differently, so it begins again.
  const sameOrder = isFresh(data) || header.options.batchSize === options.batchSize;
  const order = { ...header.order, position: sameOrder ? header.order.position : 0 };
  return { arrays, header: { ...header, options, dataSha256: data.sha256, optimiserSteps, order } };
}

/** Memories of zero for an optimiser of another kind. */
function forgetSlots(
  arrays: SavedGan["arrays"],
  group: string,
  { kind }: OptimiserSpec,
  network: NetworkSpec,
): void {
  for (const slot of OPTIMISERS[kind].slots) {
    for (const { name, shape } of trainableParameters(network)) {
      arrays[`${group}/${slot}.${name}`] = { shape, data: new Float32Array(sizeOf(shape)) };
    }
  }
}
