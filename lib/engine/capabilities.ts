/**
 * What can be planned: tables from the library's names to the codes of the machines. The tables are
 * partial. What is absent is left to autodiff, and `whyNotPlanned` says so in the words of the
 * options.
 *
 * @module
 */
import { type Activation } from "@/gan/activations.ts";
import { type GeneratorLoss } from "@/gan/losses.ts";
import {
  type AdamSpec,
  momentumAt,
  type MomentumSpec,
  OPTIMISERS,
  type OptimiserSpec,
} from "@/gan/optimiser.ts";
import { type GanOptions } from "@/gan/options.ts";
import { ActivationCode, Code } from "./operation_protocol.ts";

/** The activations that the machines compute. */
export const ACTIVATION_CODES: Partial<Record<Activation, ActivationCode>> = {
  linear: ActivationCode.Linear,
  relu: ActivationCode.Relu,
  leakyRelu: ActivationCode.LeakyRelu,
  maxout: ActivationCode.Maxout,
  sigmoid: ActivationCode.Sigmoid,
  tanh: ActivationCode.Tanh,
};

/**
 * Those that are piecewise linear: R1 differentiates D's slopes, which must be locally constant.
 */
const PIECEWISE_LINEAR: Activation[] = ["linear", "relu", "leakyRelu", "maxout"];

/** Whether a machine's loss of G is the saturating one. */
export const GENERATOR_LOSS_WORDS: Partial<Record<GeneratorLoss, 0 | 1>> = {
  nonSaturating: 0,
  saturating: 1,
};

/** Numbers of an optimiser that change from step to step. */
export interface StepRates {
  rate: number;
  /** Decays and epsilon of Adam, and 1/√(1 - beta2^t). `beta1` is momentum's own number there. */
  beta1: number;
  beta2?: number;
  epsilon?: number;
  correction?: number;
}

interface PlannedOptimiser<S> {
  code: Code;
  /** The numbers of the step after `step` steps. */
  rates(spec: S, step: number, epoch: number): StepRates;
}

const adam: PlannedOptimiser<AdamSpec> = {
  code: Code.Adam,
  rates: (spec, step) => {
    const { beta1, beta2, epsilon } = spec;
    return {
      rate: OPTIMISERS.adam.rate(spec, step) / (1 - beta1 ** (step + 1)),
      beta1,
      beta2,
      epsilon,
      correction: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
    };
  },
};

const momentum: PlannedOptimiser<MomentumSpec> = {
  code: Code.Momentum,
  rates: (spec, step, epoch) => ({
    rate: OPTIMISERS.momentum.rate(spec, step),
    beta1: momentumAt(spec, epoch),
  }),
};

/** The optimisers that the machines have a step of. */
export const OPTIMISER_CODES: {
  [K in OptimiserSpec["kind"]]?: PlannedOptimiser<Extract<OptimiserSpec, { kind: K }>>;
} = { adam, momentum };

/** The numbers of an optimiser's next step. */
export function ratesOf(spec: OptimiserSpec, step: number, epoch: number): StepRates {
  const planned: PlannedOptimiser<OptimiserSpec> = codeOf(OPTIMISER_CODES, spec.kind);
  return planned.rates(spec, step, epoch);
}

/**
 * An entry of a table.
 *
 * @throws {RangeError} If it has none, which `whyNotPlanned` would have told.
 */
export function codeOf<K extends string, V>(table: { [name in K]?: V }, name: K): V {
  const found = table[name];
  if (found === undefined) {
    throw new RangeError(
      `Cannot plan a training step: the engine must have ${name}, and has ${
        Object.keys(table).join(", ")
      }. Ask whyNot first`,
    );
  }
  return found;
}

/**
 * Why the steps of a GAN with these options cannot be planned: a clause; undefined where they can.
 */
export function whyNotPlanned(options: GanOptions): string | undefined {
  return missingFor(options) ?? whyNotDiscriminator(options) ?? whyNotGenerator(options);
}

/**
 * The options that a plan heeds. An option that is added later is not among them, so that autodiff
 * takes the steps.
 */
const PLANNED_OPTIONS: readonly string[] = [
  ...["generator", "discriminator", "latent", "generatorLoss", "discriminatorLoss"],
  ...["generatorOptimiser", "discriminatorOptimiser", "discriminatorSteps", "updates", "batchSize"],
  ...[
    "generatorBatchSize",
    "packing",
    "classes",
    "clusters",
    "gradientPenalty",
    "penalty",
    "averageDecay",
  ],
  ...["outputBiasFromMeans", "reportAccuracy", "toy", "trainRows", "seed"],
];
/** The fields of a layer that a plan heeds. */
const PLANNED_PARTS: readonly string[] = [
  ...["width", "activation", "slope", "pieces", "batchNorm", "keep"],
];

/** The first name that has a value and is not among the known ones. */
function unknownIn(record: object, known: readonly string[]): string | undefined {
  return Object.entries(record).find(([name, value]) =>
    value !== undefined && !known.includes(name)
  )?.[0];
}

/** The first part of a GAN that is in no table. */
function missingFor(options: GanOptions): string | undefined {
  const layers = [...options.generator.layers, ...options.discriminator.layers];
  const unknown = unknownIn(options, PLANNED_OPTIONS) ??
    layers.map((layer) => unknownIn(layer, PLANNED_PARTS)).find((part) => part !== undefined);
  if (unknown) return `the engine has no ${unknown}`;
  const { discriminatorLoss = "original", generatorLoss, penalty = "r1" } = options;
  if (discriminatorLoss !== "original") {
    return `the engine has no ${discriminatorLoss} loss of the discriminator`;
  }
  if (!(generatorLoss in GENERATOR_LOSS_WORDS)) {
    return `the engine has no ${generatorLoss} loss of the generator`;
  }
  if (penalty !== "r1") return `the engine has no ${penalty} penalty`;
  for (const { kind } of [options.generatorOptimiser, options.discriminatorOptimiser]) {
    if (!(kind in OPTIMISER_CODES)) return `the engine has no step of ${kind}`;
  }
  const missing = layers.find(({ activation }) => !(activation in ACTIVATION_CODES));
  return missing && `the engine has no ${missing.activation}`;
}

function whyNotDiscriminator({ discriminator, gradientPenalty }: GanOptions): string | undefined {
  for (const [index, { batchNorm, activation }] of discriminator.layers.entries()) {
    if (batchNorm) return "the discriminator has batch normalisation";
    const smooth = !PIECEWISE_LINEAR.includes(activation);
    if (smooth && gradientPenalty > 0) {
      return `the penalty needs a piecewise linear discriminator, and this one has ${activation}`;
    }
    if (smooth && (discriminator.layers[index + 1]?.keep ?? 1) < 1) {
      return `the discriminator has dropout after ${activation}`;
    }
  }
}

function whyNotGenerator({ generator }: GanOptions): string | undefined {
  if (generator.layers.some((layer) => layer.batchNorm && layer.activation === "maxout")) {
    return "the generator has batch normalisation before maxout";
  }
}
