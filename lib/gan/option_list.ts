/**
 * Every option of a training by its name, such as `generatorOptimiser.learningRate`: what it may be
 * and what it means.
 *
 * Points in a name lead into networks and optimisers; the layers of a network are counted from 0.
 * The rules are those that `checkOptions` enforces.
 *
 * @module
 */
import { ACTIVATION_NAMES, ACTIVATIONS } from "./activations.ts";
import { oneOf, shown } from "./fields.ts";
import { OPTIMISERS } from "./optimiser.ts";
import { type GanOptions, OPTION_RULES } from "./options.ts";

/** What holds for an option in every network, optimiser or layer that has it. */
interface Described {
  rule: string;
  meaning: string;
}

/** An option of a training. */
export interface Option extends Described {
  name: string;
  /** Undefined where these options leave it out. */
  value: unknown;
}

const OWN_MEANINGS: Record<string, string> = {
  latent: "what each input of G is drawn from: N(0, 1), U(-√3, √3) or U(-1, 1)",
  generatorLoss: "what G minimises",
  discriminatorLoss: "what D minimises; original where it is left out",
  discriminatorSteps: "updates of D before each of G, k in Algorithm 1",
  updates: "whether G's gradient is taken after D has moved, or at the same weights",
  batchSize: "real rows in an update of D, and as many generated ones",
  generatorBatchSize: "generated rows in an update of G; batchSize where it is left out",
  packing: "samples that D sees side by side; D's inputs are widened to match",
  classes: "classes of a conditional GAN, the last inputs of G and of D",
  clusters:
    "clusters of the rows, found without labels, that G and D are told; widens their inputs",
  gradientPenalty: "weight γ of D's gradient penalty, 0 for none",
  penalty: "r1 at real images, unitSlope between real and generated ones; r1 where it is left out",
  averageDecay:
    "decay per step of the average of G's weights that samples are drawn from, 0 for none",
  outputBiasFromMeans: "G's last bias starts at the mean image",
  reportAccuracy: "events tell the accuracies of both players",
  toy: "the distribution of toy data, or points of one's own; left out for images",
  trainRows: "how many training images are used, from the first on; all where it is left out",
  seed: "seeds weights, noise, dropout and batch order",
};

const POSITIVE = "finite and greater than 0";
const NETWORK: Record<string, Described> = {
  inputs: { rule: "an integer of at least 1", meaning: "numbers that the network takes" },
  "initialisation.kind": { rule: "fanIn, glorot or uniform", meaning: "how weights are drawn" },
  "initialisation.range": { rule: POSITIVE, meaning: "weights are drawn from U(-range, range)" },
  "layers.N.width": { rule: "an integer of at least 1", meaning: "units that layer N gives out" },
  "layers.N.activation": {
    rule: oneOf(ACTIVATION_NAMES).rule,
    meaning: "what layer N applies at its end",
  },
  "layers.N.slope": { rule: "in [0, 1)", meaning: "slope of leakyRelu below zero" },
  "layers.N.pieces": { rule: "an integer of at least 1", meaning: "pieces of each maxout unit" },
  "layers.N.keep": {
    rule: "in (0, 1]",
    meaning: "dropout: share of the layer's inputs that is kept",
  },
  "layers.N.batchNorm": {
    rule: '{"momentum":0.1,"epsilon":1e-5} or the like',
    meaning: "batch normalisation",
  },
  "layers.N.batchNorm.momentum": {
    rule: "in (0, 1]",
    meaning: "share of the new batch in the running mean and variance",
  },
  "layers.N.batchNorm.epsilon": { rule: POSITIVE, meaning: "added to the variance" },
};

const PLAYERS = ["generator", "discriminator"] as const;

/**
 * Every option that these options have or leave out, in the order in which a reader looks for them.
 */
export function listOptions(options: Omit<GanOptions, "seed"> & { seed?: number }): Option[] {
  const own = Object.entries(OPTION_RULES).map(([name, { rule }]): Option => ({
    name,
    rule,
    meaning: OWN_MEANINGS[name],
    value: options[name as keyof GanOptions],
  }));
  const others = PLAYERS.flatMap((player) => {
    const optimiser = `${player}Optimiser` as const;
    return [
      ...optimiserOptions(optimiser, options[optimiser]),
      ...networkOptions(player, options[player]),
    ];
  });
  return [...own, ...others];
}

function optimiserOptions(name: string, spec: GanOptions["generatorOptimiser"]): Option[] {
  const kind = spec?.kind;
  const fields = Object.hasOwn(OPTIMISERS, String(kind)) ? OPTIMISERS[kind].fields : {};
  const first: Option = {
    name: `${name}.kind`,
    value: kind,
    rule: Object.keys(OPTIMISERS).join(" or "),
    meaning: "how weights are moved against their gradients",
  };
  const others = Object.entries(fields).map(([field, [{ rule }, meaning]]): Option => {
    const path = field.replace("?", "");
    return { name: `${name}.${path}`, value: valueAt(spec, path), rule, meaning };
  });
  return [first, ...others];
}

function networkOptions(
  player: typeof PLAYERS[number],
  spec: GanOptions["generator"],
): Option[] {
  const layers = Array.isArray(spec?.layers) ? spec.layers : [];
  return Object.entries(NETWORK).flatMap(([pattern, described]) => {
    const names = pattern.includes("N")
      ? layers.map((_, i) => pattern.replace("N", String(i)))
      : [pattern];
    return names.map((path): Option => ({
      name: `${player}.${path}`,
      value: valueAt(spec, path),
      ...described,
    })).filter(({ name, value }) => value !== undefined || isUsed(name, player, spec));
  });
}

/**
 * Whether an option that is left out would matter: an activation needs it, or an initialisation.
 */
function isUsed(name: string, player: string, spec: GanOptions["generator"]): boolean {
  const parts = name.slice(player.length + 1).split(".");
  const last = parts.pop()!;
  if (last === "range") return spec?.initialisation?.kind === "uniform";
  if (last !== "slope" && last !== "pieces") return true;
  const activation = valueAt(spec, [...parts, "activation"].join("."));
  return ACTIVATIONS[activation as keyof typeof ACTIVATIONS]?.needs?.[last] !== undefined;
}

/** What is at a path of names with points between them. */
export function valueAt(record: unknown, path: string): unknown {
  let at = record;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** A value as a table shows it. */
export function shownOption(value: unknown): string {
  return value === undefined ? "–" : typeof value === "string" ? value : shown(value);
}
