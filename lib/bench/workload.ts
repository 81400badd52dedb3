/**
 * What is timed: a preset, with and without the R1 penalty, and larger or smaller than it is.
 *
 * @module
 */
import { type GanOptions } from "@/gan/options.ts";
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { findPreset } from "@/gan/presets.ts";
import { type NetworkSpec } from "@/gan/spec.ts";

export const WORKLOADS = ["mlp", "goodfellow2014", "spiral"] as const;
export type WorkloadName = typeof WORKLOADS[number];

/** γ if the preset has no penalty of its own; the number does not change the time. */
const PENALTY = 1;

/** A step to be timed. */
export interface Workload {
  name: WorkloadName;
  /** Whether D's loss has the R1 penalty. */
  penalty: boolean;
  options: GanOptions;
}

/** The preset of that name with the penalty as given, and everything else as the preset has it. */
export function createWorkload(name: WorkloadName, penalty: boolean): Workload {
  const { options } = findPreset(name);
  const gradientPenalty = penalty ? options.gradientPenalty || PENALTY : 0;
  return { name, penalty, options: { ...options, gradientPenalty, seed: 1 } };
}

/** Whether the preset itself has the penalty. */
export function hasPenalty(name: WorkloadName): boolean {
  return findPreset(name).options.gradientPenalty > 0;
}

/** The same networks on batches of another size, for both players. */
export function withBatch(workload: Workload, batchSize: number): Workload {
  const { generatorBatchSize, ...options } = workload.options;
  const share = generatorBatchSize === undefined ? undefined : generatorBatchSize /
    options.batchSize;
  return {
    ...workload,
    options: {
      ...options,
      batchSize,
      ...(share === undefined ? {} : { generatorBatchSize: share * batchSize }),
    },
  };
}

/** The same networks with every hidden width changed; inputs and outputs stay. */
export function withWidths(workload: Workload, change: (width: number) => number): Workload {
  const changed = (spec: NetworkSpec): NetworkSpec => ({
    ...spec,
    layers: spec.layers.map((layer, index) =>
      index === spec.layers.length - 1
        ? layer
        : { ...layer, width: Math.max(1, Math.round(change(layer.width))) }
    ),
  });
  const { options } = workload;
  return {
    ...workload,
    options: {
      ...options,
      generator: changed(options.generator),
      discriminator: changed(options.discriminator),
    },
  };
}

/**
 * The same step, changed so that the losses of two right programs agree and those of a wrong one do
 * not.
 *
 * The narrow weights of `goodfellow2014` leave the losses at log 2 for hundreds of steps, whatever
 * an optimiser does, so they are drawn wider. Adam with a tiny epsilon turns the rounding of a
 * nearly zero gradient into a whole step, so it gets a large epsilon.
 */
export function forComparison(workload: Workload): Workload {
  const lively = (spec: NetworkSpec): NetworkSpec => ({
    ...spec,
    initialisation: { kind: "fanIn" },
  });
  const calm = (spec: OptimiserSpec): OptimiserSpec =>
    spec.kind === "adam" ? { ...spec, epsilon: 1e-3 } : spec;
  const { options } = workload;
  return {
    ...workload,
    options: {
      ...options,
      generator: lively(options.generator),
      discriminator: lively(options.discriminator),
      generatorOptimiser: calm(options.generatorOptimiser),
      discriminatorOptimiser: calm(options.discriminatorOptimiser),
    },
  };
}
