/**
 * The settings that a page offers: how each is read from and written into the plain data.
 *
 * @module
 */
import { type Activation } from "@/gan/activations.ts";
import { type DiscriminatorLoss, type GeneratorLoss } from "@/gan/losses.ts";
import { type GanOptions } from "@/gan/options.ts";
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { type NetworkSpec } from "@/gan/spec.ts";
import { type PlaygroundSettings } from "@/playground/settings.ts";
import { adam } from "./shapes.ts";

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
  get: (settings: Settings) => string | undefined;
  set: (settings: Settings, value: string) => void;
}

/** Groups, in their order. */
export const FIELD_GROUPS = {
  noise: "Noise and batch",
  generator: "Generator",
  discriminator: "Discriminator",
  game: "The game",
} as const;
export type FieldGroup = keyof typeof FIELD_GROUPS;

const D_LOSSES: Record<DiscriminatorLoss, string> = {
  original: "original (cross-entropy)",
  leastSquares: "least squares",
  hinge: "hinge",
  wasserstein: "Wasserstein (needs a penalty)",
};
const G_LOSSES: Record<GeneratorLoss, string> = {
  nonSaturating: "non-saturating, −log D",
  saturating: "saturating, log(1 − D)",
  leastSquares: "least squares",
  score: "score, −a",
};
/** The losses of G that are meant for each of D, the usual one first. */
export const AGAINST: Record<DiscriminatorLoss, readonly GeneratorLoss[]> = {
  original: ["nonSaturating", "saturating"],
  leastSquares: ["leastSquares"],
  hinge: ["score"],
  wasserstein: ["score"],
};
const ACTIVATIONS: Record<Exclude<Activation, "linear">, string> = {
  leakyRelu: "LeakyReLU",
  relu: "ReLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
  maxout: "maxout",
};
/** What an activation needs besides a width, where the layer before it had none. */
const NEEDS: Partial<Record<Activation, object>> = {
  leakyRelu: { slope: 0.2 },
  maxout: { pieces: 3 },
};

/** What Goodfellow's momentum is without its schedules. */
function momentum(learningRate: number): OptimiserSpec {
  const share = { initial: 0.5, final: 0.5, from: 1, to: 2 };
  return { kind: "momentum", learningRate, decay: 1, floor: 0, momentum: share };
}

/** Another number of hidden layers, or other ones. */
function setHidden(
  network: NetworkSpec,
  { width, depth, activation }: { width?: number; depth?: number; activation?: Activation },
): void {
  const last = network.layers.at(-1)!;
  const hidden = network.layers.slice(0, -1);
  const model = hidden[0] ?? { width: 32, activation: "leakyRelu", slope: 0.2 };
  const count = depth ?? hidden.length;
  const layers = Array.from({ length: count }, (_, i) => {
    const layer = structuredClone(hidden[i] ?? hidden.at(-1) ?? model);
    if (width !== undefined) layer.width = width;
    if (activation === undefined || activation === layer.activation) return layer;
    const { slope: _slope, pieces: _pieces, ...rest } = layer;
    return { ...rest, activation, ...NEEDS[activation] };
  });
  network.layers = [...layers, last];
}

type Player = "generator" | "discriminator";

const word = (value: unknown) => value === undefined ? undefined : String(value);

function networkFields(player: Player): FieldKind[] {
  const own = ({ options }: Settings) => options[player];
  const optimiser = `${player}Optimiser` as const;
  const id = player === "generator" ? "g" : "d";
  return [
    {
      id: `${id}-depth`,
      label: "Hidden layers",
      group: player,
      ...{ least: 0, most: 6, whole: true },
      get: (s) => word(own(s).layers.length - 1),
      set: (s, value) => setHidden(own(s), { depth: Number(value) }),
    },
    {
      id: `${id}-width`,
      label: "Units in each",
      group: player,
      ...{ least: 1, most: 512, whole: true },
      get: (s) => own(s).layers.length > 1 ? word(own(s).layers[0].width) : undefined,
      set: (s, value) => setHidden(own(s), { width: Number(value) }),
    },
    {
      id: `${id}-activation`,
      label: "Activation",
      group: player,
      choices: () => ACTIVATIONS,
      get: (s) => own(s).layers.length > 1 ? own(s).layers[0].activation : undefined,
      set: (s, value) => setHidden(own(s), { activation: value as Activation }),
    },
    {
      id: `${id}-optimiser`,
      label: "Optimiser",
      group: player,
      choices: () => ({ adam: "Adam", momentum: "gradient descent with momentum" }),
      get: (s) => s.options[optimiser].kind,
      set(s, value) {
        const { learningRate } = s.options[optimiser];
        s.options[optimiser] = value === "adam" ? adam(learningRate) : momentum(learningRate);
      },
    },
    {
      id: `${id}-rate`,
      label: "Learning rate",
      group: player,
      ...{ least: 1e-7, most: 10 },
      get: (s) => word(s.options[optimiser].learningRate),
      set: (s, value) => s.options[optimiser].learningRate = Number(value),
    },
    {
      id: `${id}-beta1`,
      label: "Momentum (Adam’s β₁)",
      group: player,
      ...{ least: 0, most: 0.999 },
      get(s) {
        const spec = s.options[optimiser];
        return word(spec.kind === "adam" ? spec.beta1 : spec.momentum.final);
      },
      set(s, value) {
        const spec = s.options[optimiser];
        if (spec.kind === "adam") spec.beta1 = Number(value);
        else Object.assign(spec.momentum, { initial: Number(value), final: Number(value) });
      },
    },
  ];
}

/** A field that is one option. */
function option(
  name: keyof GanOptions & keyof Settings["options"],
  rest: Omit<FieldKind, "id" | "get" | "set"> & { missing?: string },
): FieldKind {
  return {
    id: name,
    ...rest,
    get: ({ options }) => word(options[name]) ?? rest.missing,
    set: ({ options }, value) =>
      Object.assign(options, { [name]: rest.choices ? value : Number(value) }),
  };
}

function setDiscriminatorLoss({ options }: Settings, value: string): void {
  const loss = value as DiscriminatorLoss;
  options.discriminatorLoss = loss;
  if (!AGAINST[loss].includes(options.generatorLoss)) options.generatorLoss = AGAINST[loss][0];
  // Without a bound on its slope, Wasserstein's D widens the gap for ever.
  if (loss === "wasserstein" && options.gradientPenalty === 0) {
    Object.assign(options, { gradientPenalty: 0.1, penalty: "unitSlope" });
  }
}

function setPacking({ options }: Settings, value: string): void {
  const { generator, discriminator } = options;
  options.packing = Number(value);
  discriminator.inputs = generator.layers.at(-1)!.width * options.packing;
}

/** Every field, in its order. */
export const FIELDS: readonly FieldKind[] = [
  option("latent", {
    label: "Noise",
    group: "noise",
    choices: () => ({ normal: "normal", uniform: "uniform, variance 1", cube: "uniform, −1 to 1" }),
  }),
  {
    id: "latentSize",
    label: "Numbers of z",
    group: "noise",
    ...{ least: 1, most: 256, whole: true },
    get: ({ options }) => word(options.generator.inputs - (options.classes ?? 0)),
    set({ options }, value) {
      options.generator.inputs = Number(value) + (options.classes ?? 0);
    },
  },
  option("batchSize", { label: "Batch", group: "noise", least: 1, most: 1024, whole: true }),
  option("seed", { label: "Seed", group: "noise", least: 0, most: 999999, whole: true }),
  ...networkFields("generator"),
  option("generatorLoss", {
    label: "Loss",
    group: "generator",
    choices: ({ options }) =>
      Object.fromEntries(
        AGAINST[options.discriminatorLoss ?? "original"].map((name) => [name, G_LOSSES[name]]),
      ),
  }),
  option("averageDecay", {
    label: "Averaging of G’s weights, decay",
    group: "generator",
    ...{ least: 0, most: 0.9999 },
  }),
  ...networkFields("discriminator"),
  {
    ...option("discriminatorLoss", {
      label: "Loss",
      group: "discriminator",
      choices: () => D_LOSSES,
      missing: "original",
    }),
    set: setDiscriminatorLoss,
  },
  {
    ...option("packing", {
      label: "Samples side by side (packing)",
      group: "discriminator",
      missing: "1",
      ...{ least: 1, most: 8, whole: true },
    }),
    set: setPacking,
  },
  option("discriminatorSteps", {
    label: "Updates of D for one of G (k)",
    group: "game",
    ...{ least: 1, most: 50, whole: true },
  }),
  option("updates", {
    label: "Updates",
    group: "game",
    choices: (): Record<string, string> => ({
      alternating: "alternating",
      simultaneous: "simultaneous (k of 1)",
    }),
  }),
  {
    ...option("gradientPenalty", {
      label: "Gradient penalty, γ",
      group: "game",
      ...{ least: 0, most: 1000 },
    }),
    set({ options }, value) {
      options.gradientPenalty = Number(value);
      if (options.gradientPenalty === 0) delete options.penalty;
    },
  },
  {
    ...option("penalty", {
      label: "Penalty",
      group: "game",
      choices: () => ({ r1: "R1, at real points", unitSlope: "unit slope, between (WGAN-GP)" }),
      missing: "r1",
    }),
    get: ({ options }) => options.gradientPenalty > 0 ? options.penalty ?? "r1" : undefined,
  },
];
