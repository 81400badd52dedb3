/**
 * GANs: options and presets, networks, losses, optimisers, the steps of Algorithm 1, and training.
 *
 * @module
 */
export {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type Header,
  restoreGan,
} from "./checkpoint.ts";
export { type NamedArray } from "@/formats/safetensors.ts";
export {
  type Activation,
  type ActivationKind,
  type ActivationOptions,
  ACTIVATIONS,
} from "./activations.ts";
export {
  type Custody,
  type DiscriminatorReport,
  type Engine,
  type GeneratorReport,
  type PendingReport,
  type RawNumbers,
  type Snapshot,
  type StepReport,
  sync,
} from "./custody.ts";
export {
  type DiscriminateEvent,
  type DiscriminateOptions,
  LINE_DISCRIMINATOR,
  LINE_OPTIONS,
  logitsAt,
  type Sampler,
  trainDiscriminator,
} from "./discriminate.ts";
export { DivergedError } from "./diverged.ts";
export { createGan, disposeGan, drawLatent, type Gan, samplingGenerator } from "./gan.ts";
export { beside, cycleLabels, oneHotTensor } from "./labels.ts";
export {
  DISCRIMINATOR_LOSSES,
  type DiscriminatorLoss,
  discriminatorLoss,
  type DiscriminatorLossKind,
  GENERATOR_LOSSES,
  type GeneratorLoss,
  generatorLoss,
  type GeneratorLossKind,
  type LossKind,
  nonSaturatingLoss,
  type Reading,
  saturatingLoss,
} from "./losses.ts";
export {
  createNetwork,
  disposeNetwork,
  type DropoutMasks,
  forward,
  inputGradient,
  type LayerTrace,
  type Mode,
  type Network,
  type Pass,
  type Tensors,
  trace,
} from "./network.ts";
export {
  type AdamSpec,
  applyGradients,
  createOptimiser,
  type Moment,
  type MomentumSpec,
  type Optimiser,
  type OptimiserKind,
  OPTIMISERS,
  type OptimiserSpec,
} from "./optimiser.ts";
export { type GanOptions, latentSize, type Penalty } from "./options.ts";
export { findPreset, type Preset, PRESETS } from "./presets.ts";
export { drawEachClass, drawSamples } from "./sample.ts";
export {
  type BatchNormSpec,
  countParameters,
  type Initialisation,
  type LayerSpec,
  type NetworkSpec,
} from "./spec.ts";
export { discriminatorStep, generatorStep, gradientsIn, trainStep } from "./steps.ts";
export { createToyGan } from "./toy_gan.ts";
export { describeSteps, train, type TrainControl, type TrainEvent } from "./train.ts";
export { type Refuse, type Rule } from "./fields.ts";
