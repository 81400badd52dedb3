/**
 * The settings that a page offers: how each is read from the plain data, and changed in it.
 *
 * @module
 */
import { type Activation } from "@/gan/activations.ts";
import { type DiscriminatorLoss, type GeneratorLoss } from "@/gan/losses.ts";
import { type GanOptions, type Penalty } from "@/gan/options.ts";
import {
  AGAINST,
  hiddenOf,
  type PlayerName,
  withBatchSize,
  withDiscriminatorLoss,
  withGeneratorLoss,
  withGeneratorSteps,
  withHidden,
  withMomentum,
  withNoise,
  withOptimiser,
  withOption,
  withPackSize,
  withPenalty,
  withRate,
  withSteps,
  withUpdates,
} from "@/playground/changed_settings.ts";
import { MOST_OF_A_STEP, type PlaygroundSettings } from "@/playground/settings.ts";

type Settings = PlaygroundSettings;

/** A field of the form: a number, or one of some choices. */
export interface FieldKind {
  id: string;
  label: string;
  /** The group that it is in. */
  group: FieldGroup;
  /** Choices by their value; a number where there are none. */
  choices?: (settings: Settings) => Record<string, string>;
  /** For a number: the least, the greatest, and whether it is whole. */
  least?: number;
  most?: number;
  whole?: boolean;
  /** Undefined: the setting has no meaning here, and is not shown. */
  get: (settings: Settings) => string | number | undefined;
  set: (settings: Settings, value: string) => Settings;
}

/** Groups, in their order. */
export const FIELD_GROUPS = {
  noise: "Noise and batch",
  generator: "Generator",
  discriminator: "Discriminator",
  game: "The game",
} as const;
export type FieldGroup = keyof typeof FIELD_GROUPS;

/** Words for what has been given some; a loss that is new is offered by its name. */
const D_LOSSES: Partial<Record<DiscriminatorLoss, string>> = {
  original: "original (cross-entropy)",
  leastSquares: "least squares",
  hinge: "hinge",
  wasserstein: "Wasserstein (needs a penalty)",
};
const G_LOSSES: Partial<Record<GeneratorLoss, string>> = {
  nonSaturating: "non-saturating, −log D",
  saturating: "saturating, log(1 − D)",
  leastSquares: "least squares",
  score: "score, −a",
};
const ACTIVATIONS: Partial<Record<Activation, string>> = {
  leakyRelu: "LeakyReLU",
  relu: "ReLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
  maxout: "maxout",
};

/** Choices by their names, in words where there are some. */
function inWords(names: readonly string[], words: Partial<Record<string, string>>) {
  return Object.fromEntries(names.map((name) => [name, words[name] ?? name]));
}

/** Settings of one network, and of what moves it. */
function networkFields(player: PlayerName): FieldKind[] {
  const optimiser = `${player}Optimiser` as const;
  const id = player === "generator" ? "g" : "d";
  const ifHidden = <Value>(settings: Settings, value: Value) =>
    hiddenOf(settings, player).depth > 0 ? value : undefined;
  return [
    {
      id: `${id}-depth`,
      label: "Hidden layers",
      group: player,
      ...{ least: 0, most: 6, whole: true },
      get: (s) => hiddenOf(s, player).depth,
      set: (s, value) => withHidden(s, player, { depth: Number(value) }),
    },
    {
      id: `${id}-width`,
      label: "Units in each",
      group: player,
      ...{ least: 1, most: 512, whole: true },
      get: (s) => ifHidden(s, hiddenOf(s, player).width),
      set: (s, value) => withHidden(s, player, { width: Number(value) }),
    },
    {
      id: `${id}-activation`,
      label: "Activation",
      group: player,
      choices: () => inWords(Object.keys(ACTIVATIONS), ACTIVATIONS),
      get: (s) => ifHidden(s, hiddenOf(s, player).activation),
      set: (s, value) => withHidden(s, player, { activation: value as Activation }),
    },
    {
      id: `${id}-optimiser`,
      label: "Optimiser",
      group: player,
      choices: () => ({ adam: "Adam", momentum: "gradient descent with momentum" }),
      get: (s) => s.options[optimiser].kind,
      set: (s, value) => withOptimiser(s, player, value as "adam" | "momentum"),
    },
    {
      id: `${id}-rate`,
      label: "Learning rate",
      group: player,
      ...{ least: 1e-7, most: 10 },
      get: (s) => s.options[optimiser].learningRate,
      set: (s, value) => withRate(s, player, Number(value)),
    },
    {
      id: `${id}-momentum`,
      label: "Momentum (Adam’s β₁)",
      group: player,
      ...{ least: 0, most: 0.999 },
      get(s) {
        const spec = s.options[optimiser];
        if (spec.kind === "adam") return spec.beta1;
        return spec.kind === "momentum" ? spec.momentum.final : undefined;
      },
      set: (s, value) => withMomentum(s, player, Number(value)),
    },
  ];
}

const NOISE_FIELDS: FieldKind[] = [
  {
    id: "noise",
    label: "Noise",
    group: "noise",
    choices: () => ({ normal: "normal", uniform: "uniform, variance 1", cube: "uniform, −1 to 1" }),
    get: ({ options }) => options.latent,
    set: (s, value) => withNoise(s, { latent: value as GanOptions["latent"] }),
  },
  {
    id: "z-size",
    label: "Numbers of z",
    group: "noise",
    ...{ least: 1, most: 256, whole: true },
    get: ({ options }) => options.generator.inputs,
    set: (s, value) => withNoise(s, { inputs: Number(value) }),
  },
  {
    id: "batch",
    label: "Batch",
    group: "noise",
    ...{ least: 1, most: MOST_OF_A_STEP.batchSize, whole: true },
    get: ({ options }) => options.batchSize,
    set: (s, value) => withBatchSize(s, Number(value)),
  },
  {
    id: "seed",
    label: "Seed",
    group: "noise",
    ...{ least: 0, most: 999_999, whole: true },
    get: ({ options }) => options.seed,
    set: (s, value) => withOption(s, { seed: Number(value) }),
  },
];

const GENERATOR_FIELDS: FieldKind[] = [
  ...networkFields("generator"),
  {
    id: "g-loss",
    label: "Loss",
    group: "generator",
    choices: ({ options }) =>
      inWords(AGAINST[options.discriminatorLoss ?? "original"] ?? Object.keys(G_LOSSES), G_LOSSES),
    get: ({ options }) => options.generatorLoss,
    set: (s, value) => withGeneratorLoss(s, value as GeneratorLoss),
  },
  {
    id: "averaging",
    label: "Averaging of G’s weights, decay",
    group: "generator",
    ...{ least: 0, most: 0.9999 },
    get: ({ options }) => options.averageDecay,
    set: (s, value) => withOption(s, { averageDecay: Number(value) }),
  },
];

const DISCRIMINATOR_FIELDS: FieldKind[] = [
  ...networkFields("discriminator"),
  {
    id: "d-loss",
    label: "Loss",
    group: "discriminator",
    choices: () => inWords(Object.keys(AGAINST), D_LOSSES),
    get: ({ options }) => options.discriminatorLoss ?? "original",
    set: (s, value) => withDiscriminatorLoss(s, value as DiscriminatorLoss),
  },
  {
    id: "packing",
    label: "Samples side by side (packing)",
    group: "discriminator",
    ...{ least: 1, most: MOST_OF_A_STEP.packing, whole: true },
    get: ({ options }) => options.packing ?? 1,
    set: (s, value) => withPackSize(s, Number(value)),
  },
];

const GAME_FIELDS: FieldKind[] = [
  {
    id: "k",
    label: "Updates of D in a step (k)",
    group: "game",
    ...{ least: 1, most: MOST_OF_A_STEP.discriminatorSteps, whole: true },
    get: ({ options }) => options.discriminatorSteps,
    set: (s, value) => withSteps(s, Number(value)),
  },
  {
    id: "generator-steps",
    label: "Updates of G in a step",
    group: "game",
    ...{ least: 1, most: MOST_OF_A_STEP.generatorSteps, whole: true },
    get: ({ generatorSteps }) => generatorSteps ?? 1,
    set: (s, value) => withGeneratorSteps(s, Number(value)),
  },
  {
    id: "updates",
    label: "Updates",
    group: "game",
    choices: () => ({ alternating: "alternating", simultaneous: "simultaneous (one of each)" }),
    get: ({ options }) => options.updates,
    set: (s, value) => withUpdates(s, value as GanOptions["updates"]),
  },
  {
    id: "gamma",
    label: "Gradient penalty, γ",
    group: "game",
    ...{ least: 0, most: 1000 },
    get: ({ options }) => options.gradientPenalty,
    set: (s, value) => withPenalty(s, s.options.penalty ?? "r1", Number(value)),
  },
  {
    id: "penalty",
    label: "Penalty",
    group: "game",
    choices: () => ({ r1: "R1, at real points", unitSlope: "unit slope, between (WGAN-GP)" }),
    get: ({ options }) => options.gradientPenalty > 0 ? options.penalty ?? "r1" : undefined,
    set: (s, value) => withPenalty(s, value as Penalty, s.options.gradientPenalty),
  },
];

/** Every field, in its order. */
export const FIELDS: readonly FieldKind[] = [
  ...NOISE_FIELDS,
  ...GENERATOR_FIELDS,
  ...DISCRIMINATOR_FIELDS,
  ...GAME_FIELDS,
];
