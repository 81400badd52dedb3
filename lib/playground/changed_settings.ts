/**
 * One thing changed in the settings of a playground, with what has to follow from it, so that the
 * new settings can be played. Nothing is changed in place.
 *
 * It loads no TensorFlow.js, so that the controls of a page can use it.
 *
 * @module
 */
import { type Activation } from "@/gan/activations.ts";
import { type DiscriminatorLoss, type GeneratorLoss } from "@/gan/losses.ts";
import { type GanOptions, type Penalty } from "@/gan/options.ts";
import { type LayerSpec, type NetworkSpec } from "@/gan/spec.ts";
import { pointsOf } from "./points_of.ts";
import { type PlaygroundData, type PlaygroundSettings, settingsOf } from "./settings.ts";

/** Which network. */
export type PlayerName = "generator" | "discriminator";
type Options = PlaygroundSettings["options"];

function withOptions(settings: PlaygroundSettings, changes: Partial<Options>): PlaygroundSettings {
  const options = structuredClone({ ...settings.options, ...changes });
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) delete (options as Record<string, unknown>)[name];
  }
  return { ...structuredClone(settings), options };
}

/**
 * Other data. The networks take rows of their width, z has as many numbers as a row, and a G whose
 * tanh could not reach them becomes linear at its end. Pictures and points are other worlds: from
 * one to the other the settings are those of a preset.
 */
export function withData(settings: PlaygroundSettings, data: PlaygroundData): PlaygroundSettings {
  const { seed } = settings.options;
  if (data.kind === "mnist") {
    return settings.data.kind === "mnist" ? settings : settingsOf("mlp", { seed });
  }
  const from = settings.data.kind === "mnist" ? settingsOf("spiral", { seed }) : settings;
  const { columns, range } = pointsOf(data);
  const { generator, discriminator, packing = 1 } = structuredClone(from.options);
  const last = generator.layers.at(-1)!;
  const before = last.width;
  last.width = columns;
  const bounded = last.activation === "tanh" || last.activation === "sigmoid";
  if (bounded && Math.max(...range.map(Math.abs)) > 1) last.activation = "linear";
  discriminator.inputs = columns * packing;
  if (before !== columns) generator.inputs = columns;
  const layers = before === columns
    ? [...from.layers]
    : settingsOf(columns === 1 ? "line" : "spiral").layers;
  return { ...withOptions(from, { generator, discriminator }), data, layers };
}

/** What the hidden layers of a network have in common. */
export interface Hidden {
  /** Units of the widest of them. */
  width: number;
  depth: number;
  activation: Activation;
}

/** The hidden layers of a player; with none, the activation is that of the last layer. */
export function hiddenOf({ options }: PlaygroundSettings, player: PlayerName): Hidden {
  const layers = options[player].layers.slice(0, -1);
  return {
    width: Math.max(0, ...layers.map(({ width }) => width)),
    depth: layers.length,
    activation: (layers[0] ?? options[player].layers[0]).activation,
  };
}

/** What an activation needs besides a width: the numbers that the presets have. */
const PARTS: Partial<Record<Activation, Partial<LayerSpec>>> = {
  leakyRelu: { slope: 0.2 },
  maxout: { pieces: 5 },
};

/** Hidden layers of one width and activation; what is left out stays as it is. */
export function withHidden(
  settings: PlaygroundSettings,
  player: PlayerName,
  changes: Partial<Hidden>,
): PlaygroundSettings {
  const old = settings.options[player].layers.slice(0, -1);
  const { depth, activation } = { ...hiddenOf(settings, player), ...changes };
  const layers = Array.from({ length: depth }, (_, i): LayerSpec => {
    const like = old[Math.min(i, old.length - 1)] ?? { width: 64, activation };
    const { batchNorm, keep, slope, pieces } = like;
    const same = like.activation === activation;
    return {
      width: changes.width ?? like.width,
      activation,
      ...same ? { slope, pieces } : PARTS[activation],
      batchNorm,
      keep,
    };
  });
  const network: NetworkSpec = {
    ...settings.options[player],
    // As JSON has it: what is undefined is left out.
    layers: JSON.parse(JSON.stringify([...layers, settings.options[player].layers.at(-1)])),
  };
  return withOptions(settings, { [player]: network });
}

/** The loss of G that each loss of D is meant to be played against. */
export const AGAINST: Partial<Record<DiscriminatorLoss, readonly GeneratorLoss[]>> = {
  original: ["nonSaturating", "saturating"],
  leastSquares: ["leastSquares"],
  hinge: ["score"],
  wasserstein: ["score"],
};

/** The γ of WGAN-GP (Gulrajani et al. 2017). */
const SLOPE_PENALTY = 10;

/**
 * Another loss of D. G gets one that is meant for it, and Wasserstein a penalty, without which D
 * could widen the gap for ever.
 */
export function withDiscriminatorLoss(
  settings: PlaygroundSettings,
  loss: DiscriminatorLoss,
): PlaygroundSettings {
  const { generatorLoss, gradientPenalty } = settings.options;
  const against = AGAINST[loss] ?? [generatorLoss];
  const changed = withOptions(settings, {
    discriminatorLoss: loss === "original" ? undefined : loss,
    generatorLoss: against.includes(generatorLoss) ? generatorLoss : against[0],
  });
  if (loss !== "wasserstein" || gradientPenalty > 0) return changed;
  return withPenalty(changed, "unitSlope", SLOPE_PENALTY);
}

/** Another loss of G. */
export function withGeneratorLoss(
  settings: PlaygroundSettings,
  generatorLoss: GeneratorLoss,
): PlaygroundSettings {
  return withOptions(settings, { generatorLoss });
}

/** A penalty on D of weight γ; 0 is none. */
export function withPenalty(
  settings: PlaygroundSettings,
  penalty: Penalty,
  gamma: number,
): PlaygroundSettings {
  const named = gamma > 0 && penalty !== "r1";
  return withOptions(settings, {
    gradientPenalty: gamma,
    penalty: named ? penalty : undefined,
  });
}

/** Another batch size for both players; where G's was a multiple of D's, it stays one. */
export function withBatchSize(settings: PlaygroundSettings, batchSize: number): PlaygroundSettings {
  const { generatorBatchSize, batchSize: before } = settings.options;
  const ofG = generatorBatchSize && Math.round(generatorBatchSize * batchSize / before);
  return withOptions(settings, { batchSize, generatorBatchSize: ofG });
}

/** Updates of D in a step. More than one are alternating. */
export function withSteps(settings: PlaygroundSettings, k: number): PlaygroundSettings {
  const { updates } = settings.options;
  return withOptions(settings, {
    discriminatorSteps: k,
    updates: k > 1 ? "alternating" : updates,
  });
}

/** Updates of G in a step. More than one are alternating. */
export function withGeneratorSteps(
  settings: PlaygroundSettings,
  steps: number,
): PlaygroundSettings {
  const { generatorSteps: _, ...changed } = withOptions(settings, {
    updates: steps > 1 ? "alternating" : settings.options.updates,
  });
  return steps > 1 ? { ...changed, generatorSteps: steps } : changed;
}

/** Alternating or simultaneous updates. Simultaneous ones have one batch, and one of each player. */
export function withUpdates(
  settings: PlaygroundSettings,
  updates: GanOptions["updates"],
): PlaygroundSettings {
  if (updates === "alternating") return withOptions(settings, { updates });
  const once = withGeneratorSteps(settings, 1);
  return withOptions(once, { updates, discriminatorSteps: 1, generatorBatchSize: undefined });
}

/** Samples that D sees side by side. */
export function withPackSize(settings: PlaygroundSettings, packing: number): PlaygroundSettings {
  const { generator, discriminator } = settings.options;
  const inputs = generator.layers.at(-1)!.width * packing;
  return withOptions(settings, {
    packing: packing === 1 ? undefined : packing,
    discriminator: { ...discriminator, inputs },
  });
}

/** Another distribution of z, or another number of its inputs. */
export function withNoise(
  settings: PlaygroundSettings,
  { latent, inputs }: { latent?: GanOptions["latent"]; inputs?: number },
): PlaygroundSettings {
  const { options } = settings;
  return withOptions(settings, {
    latent: latent ?? options.latent,
    generator: { ...options.generator, inputs: inputs ?? options.generator.inputs },
  });
}

/** Another learning rate of a player, its optimiser otherwise the same. */
export function withRate(
  settings: PlaygroundSettings,
  player: PlayerName,
  learningRate: number,
): PlaygroundSettings {
  const name = `${player}Optimiser` as const;
  return withOptions(settings, { [name]: { ...settings.options[name], learningRate } });
}

/** Another share of the last move in the next: Adam's beta1, or a momentum that stays the same. */
export function withMomentum(
  settings: PlaygroundSettings,
  player: PlayerName,
  share: number,
): PlaygroundSettings {
  const name = `${player}Optimiser` as const;
  const spec = settings.options[name];
  const changed = structuredClone(spec);
  if (changed.kind === "adam") changed.beta1 = share;
  if (changed.kind === "momentum") {
    changed.momentum = { ...changed.momentum, initial: share, final: share };
  }
  return withOptions(settings, { [name]: changed });
}

/** The optimisers that a control offers, each with the numbers that its presets have. */
const OPTIMISERS_OFFERED = {
  adam: { kind: "adam", beta1: 0.5, beta2: 0.999, epsilon: 1e-8 },
  // Gradient descent itself.
  momentum: {
    kind: "momentum",
    decay: 1,
    floor: 0,
    momentum: { initial: 0, final: 0, from: 1, to: 2 },
  },
} as const;

/** Another kind of optimiser for a player, at the rate that the old one begins with. */
export function withOptimiser(
  settings: PlaygroundSettings,
  player: PlayerName,
  kind: "adam" | "momentum",
): PlaygroundSettings {
  const name = `${player}Optimiser` as const;
  const { kind: before, learningRate } = settings.options[name];
  if (kind === before) return settings;
  return withOptions(settings, { [name]: { ...OPTIMISERS_OFFERED[kind], learningRate } });
}

/** Any option that nothing else has to follow. */
export function withOption(
  settings: PlaygroundSettings,
  changes: Pick<Partial<Options>, "averageDecay" | "seed">,
): PlaygroundSettings {
  return withOptions(settings, changes);
}
