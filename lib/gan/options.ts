/**
 * Everything that decides a training run, as flat plain data: it is saved beside the results.
 *
 * @module
 */
import { distributionOf, type PointsName } from "@/data/points.ts";
import { TOY_NAMES, type ToyName } from "@/data/toy.ts";
import {
  checkFields,
  checkRules,
  integer,
  oneOf,
  type Refuse,
  type Rule,
  shown,
  TRUE_OR_FALSE,
  within,
} from "./fields.ts";
import {
  DISCRIMINATOR_LOSSES,
  type DiscriminatorLoss,
  GENERATOR_LOSSES,
  type GeneratorLoss,
} from "./losses.ts";
import { checkOptimiser, type OptimiserSpec } from "./optimiser.ts";
import { checkSpec, type NetworkSpec } from "./spec.ts";

/** A gradient penalty. */
export type Penalty = "r1" | "unitSlope";

/** Everything that decides a training run. */
export interface GanOptions {
  /** G, from z (and a label) to a row. */
  generator: NetworkSpec;
  /** D, from a row (and a label) to a logit. */
  discriminator: NetworkSpec;
  /**
   * What each input of G is drawn from: `normal` N(0, 1); `uniform` U(-√3, √3), of variance 1;
   * `cube` U(-1, 1), so that with two inputs z fills a square that can be drawn whole.
   */
  latent: "normal" | "uniform" | "cube";
  /** What G minimises. */
  generatorLoss: GeneratorLoss;
  /** What D minimises: the loss of the original game where it is undefined. */
  discriminatorLoss?: DiscriminatorLoss;
  /** What moves G. */
  generatorOptimiser: OptimiserSpec;
  /** What moves D. */
  discriminatorOptimiser: OptimiserSpec;
  /** Updates of D before each update of G (k in Algorithm 1). */
  discriminatorSteps: number;
  /**
   * `alternating`: G's gradient is taken at the D that has just moved, on fresh noise.
   * `simultaneous`: both gradients are taken at the same weights, noise and dropout masks.
   */
  updates: "alternating" | "simultaneous";
  /** Real rows in an update of D, and as many generated ones; with packing, packs of rows. */
  batchSize: number;
  /** Generated rows (or packs) in an update of G; `batchSize` where it is undefined. */
  generatorBatchSize?: number;
  /**
   * Samples that D sees side by side, as one input: with 2 or more it can tell a pack whose samples
   * are too alike from a real one (PacGAN; Lin et al. 2018, arXiv:1712.04086). 1 where it is
   * undefined.
   */
  packing?: number;
  /**
   * Classes of a conditional GAN (Mirza and Osindero 2014, arXiv:1411.1784): both networks are told
   * which class is meant. The label, one-hot, is the last `classes` inputs of G, behind z, and the
   * last of D, behind the row that it judges. Undefined: unconditional, no network sees a label.
   */
  classes?: number;
  /**
   * Clusters that are found in the training rows, from the rows alone (`clusters.ts`): both
   * networks are told which of them is meant, as with `classes`, and samples are drawn with each
   * cluster as frequent as among the rows. So p_g is a mixture of one distribution for each
   * cluster, and D judges pairs of a row and its cluster (Sage et al. 2018, arXiv:1712.04407; Liu
   * et al. 2020, arXiv:2006.10728, who find them anew during the training). Undefined: none.
   */
  clusters?: number;
  /**
   * Weight γ of the gradient penalty that is added to D's loss. 0: none. x is the image alone: D's
   * slope in the inputs of a label costs nothing.
   */
  gradientPenalty: number;
  /**
   * Which penalty. `r1`, where it is undefined: on real images, γ/2 · E‖∇ₓ a(x)‖² (Mescheder et al.
   * 2018, arXiv:1801.04406). `unitSlope`: between real and generated ones, γ · E(‖∇ₓ a(x)‖ - 1)²
   * with x = ε x_r + (1 - ε) x_f and ε uniform (WGAN-GP; Gulrajani et al. 2017, arXiv:1704.00028,
   * γ = 10 there). It is highest at a slope of 0: on the line, a D that begins with the wrong sign
   * keeps it if γ is large.
   */
  penalty?: Penalty;
  /**
   * Decay per step of the exponential average of G's weights, from which samples are drawn. 0:
   * none. In early steps it is (1 + step) / (10 + step), so that the first weights are soon
   * forgotten.
   */
  averageDecay: number;
  /**
   * G's last bias starts at the logit of the mean of each pixel, so that G starts at the mean
   * image.
   */
  outputBiasFromMeans: boolean;
  /** Events also tell the accuracies of both players. */
  reportAccuracy?: boolean;
  /**
   * The distribution of `data/toy.ts` that the real rows are drawn from, or points (`nameOfPoints`);
   * images where it is undefined.
   */
  toy?: ToyName | PointsName;
  /**
   * How many rows of the training set are used, from the first on; all of them where it is
   * undefined.
   */
  trainRows?: number;
  /** Seeds weights, noise, dropout and batch order. */
  seed: number;
}

/** Labels that both networks are told, of classes or of clusters; 0 where they are told none. */
export function labelCount({ classes, clusters }: GanOptions): number {
  return classes ?? clusters ?? 0;
}

/** Numbers of z: the inputs of G without those of the label. */
export function latentSize(options: GanOptions): number {
  return options.generator.inputs - labelCount(options);
}

/** All fields of `GanOptions`; those with ? may be left out. */
const FIELDS = [
  ...["generator", "discriminator", "latent", "generatorLoss", "discriminatorLoss?"],
  ...["generatorOptimiser", "discriminatorOptimiser", "discriminatorSteps", "updates", "batchSize"],
  ...["generatorBatchSize?", "packing?", "classes?", "clusters?", "gradientPenalty", "penalty?"],
  ...["averageDecay", "outputBiasFromMeans", "reportAccuracy?", "toy?", "trainRows?", "seed"],
];

/** A label is a byte. */
const MOST_CLASSES = 256;
/** Rows of a batch: more would not fit the memory of any machine that trains these networks. */
const MOST_ROWS = 2 ** 20;

function isDistribution(name: unknown): boolean {
  try {
    return typeof name === "string" && distributionOf(name as PointsName) !== undefined;
  } catch {
    return false;
  }
}

/** The rule of each option that is one value. */
export const OPTION_RULES: Readonly<Record<string, Rule>> = {
  packing: integer(1),
  classes: integer(2, MOST_CLASSES),
  clusters: integer(2, MOST_CLASSES),
  latent: oneOf(["normal", "uniform", "cube"]),
  generatorLoss: oneOf(Object.keys(GENERATOR_LOSSES)),
  discriminatorLoss: oneOf(Object.keys(DISCRIMINATOR_LOSSES)),
  discriminatorSteps: integer(1),
  updates: oneOf(["alternating", "simultaneous"]),
  batchSize: integer(1),
  generatorBatchSize: integer(1),
  toy: {
    rule: `one of ${TOY_NAMES.join(", ")}, or points:dimensions:sigma:list`,
    holds: isDistribution,
  },
  gradientPenalty: within("[", 0, Infinity, ")"),
  penalty: oneOf(["r1", "unitSlope"]),
  averageDecay: within("[", 0, 1, ")"),
  outputBiasFromMeans: TRUE_OR_FALSE,
  reportAccuracy: TRUE_OR_FALSE,
  trainRows: integer(1),
  seed: integer(0, Number.MAX_SAFE_INTEGER),
};

/**
 * Checks options that come from outside, as a whole: that they can train at all.
 *
 * @throws {RangeError} Naming the option, the rule and the value found.
 */
export function checkOptions(options: GanOptions): void {
  const refuse: Refuse = (rule, value) => {
    throw new RangeError(`Cannot train a GAN: ${rule}, got ${shown(value)}`);
  };
  checkFields("the options", options, FIELDS, refuse);
  checkSpec(options.generator, "the generator");
  checkSpec(options.discriminator, "the discriminator");
  checkRules(options, OPTION_RULES, refuse);
  checkOptimiser("generatorOptimiser", options.generatorOptimiser);
  checkOptimiser("discriminatorOptimiser", options.discriminatorOptimiser);
  checkTold(options, refuse);
  checkFit(options, refuse);
  checkUpdates(options, refuse);
  checkPenalty(options, refuse);
  checkBatchNorm(options, refuse);
}

/** The networks fit each other and the data. */
function checkFit(options: GanOptions, refuse: Refuse): void {
  const { generator, discriminator, packing = 1 } = options;
  const labels = labelCount(options);
  const lastOfG = generator.layers.at(-1)!;
  const made = lastOfG.width;
  if (made * packing + labels !== discriminator.inputs) {
    refuse(
      `the discriminator must take the ${made * packing} numbers that the generator makes${
        packing === 1 ? "" : ` for a pack of ${packing}`
      }${labels === 0 ? "" : ` and a label of ${labels}`}`,
      discriminator.inputs,
    );
  }
  const last = discriminator.layers.at(-1)!;
  if (last.width !== 1 || last.activation !== "linear") {
    refuse("the discriminator must end in one logit, a linear layer of width 1", last);
  }
  if (options.outputBiasFromMeans && lastOfG.activation !== "sigmoid") {
    refuse(
      "outputBiasFromMeans needs a generator that ends in a sigmoid, whose bias is a logit",
      lastOfG.activation,
    );
  }
}

function checkUpdates(options: GanOptions, refuse: Refuse): void {
  const { updates, discriminatorSteps, batchSize, packing = 1 } = options;
  const { generatorBatchSize = batchSize } = options;
  for (const size of [batchSize, generatorBatchSize]) {
    if (size * packing > MOST_ROWS) {
      refuse(
        `a batch must have at most ${MOST_ROWS} rows, counting every sample of a pack`,
        size * packing,
      );
    }
  }
  if (updates !== "simultaneous") return;
  if (discriminatorSteps !== 1) {
    refuse("simultaneous updates need discriminatorSteps of 1", discriminatorSteps);
  }
  if (generatorBatchSize !== batchSize) {
    refuse("simultaneous updates need one batch size for both players", generatorBatchSize);
  }
}

function checkPenalty(options: GanOptions, refuse: Refuse): void {
  const { gradientPenalty, penalty, discriminatorLoss } = options;
  if (gradientPenalty > 0) return;
  if (penalty !== undefined) {
    refuse(`a penalty of ${penalty} needs a gradientPenalty greater than 0`, gradientPenalty);
  }
  if (discriminatorLoss === "wasserstein") {
    refuse(
      "a wasserstein loss needs a gradientPenalty greater than 0, since without a bound on its slope D can widen the gap for ever",
      gradientPenalty,
    );
  }
}

/** Rows that G makes in the smaller of its two passes, and batch normalisation is taken over. */
export function rowsOfNorm({ batchSize, generatorBatchSize = batchSize, packing = 1 }: GanOptions) {
  return packing * Math.min(batchSize, generatorBatchSize);
}

export function hasBatchNorm({ layers }: NetworkSpec): boolean {
  return layers.some(({ batchNorm }) => batchNorm !== undefined);
}

function checkBatchNorm(options: GanOptions, refuse: Refuse): void {
  const { generator, discriminator, gradientPenalty } = options;
  // One row is its own mean: whatever z is, the layer gives out its shift.
  if (hasBatchNorm(generator) && rowsOfNorm(options) < 2) {
    refuse(
      "batch normalisation in the generator needs at least 2 rows in a batch, since it subtracts their mean",
      rowsOfNorm(options),
    );
  }
  if (!hasBatchNorm(discriminator)) return;
  const { generatorBatchSize = options.batchSize } = options;
  if (generatorBatchSize < 2) {
    refuse(
      "batch normalisation in the discriminator needs at least 2 rows in a batch, since it subtracts their mean",
      generatorBatchSize,
    );
  }
  if (gradientPenalty > 0) {
    refuse(
      "a gradientPenalty needs a discriminator without batch normalisation, which ties the rows of a batch together",
      gradientPenalty,
    );
  }
}

/** What both networks are told: classes or clusters, never both. */
function checkTold(options: GanOptions, refuse: Refuse): void {
  const { generator, packing = 1, toy, classes, clusters } = options;
  if (classes === undefined && clusters === undefined) return;
  if (classes !== undefined && clusters !== undefined) {
    refuse("with classes, clusters must be left out: a network takes one label", clusters);
  }
  const told = classes === undefined ? "clusters" : "classes";
  if (packing > 1) refuse(`with ${told}, packing must be 1 or left out`, packing);
  if (toy !== undefined) {
    const needed = told === "classes"
      ? "data with labels, which toy data do not have"
      : "a fixed set of rows, and toy data are drawn anew";
    refuse(`${told} need ${needed}`, toy);
  }
  if (generator.inputs <= labelCount(options)) {
    refuse(
      `the generator must take a label of ${labelCount(options)} and at least one number of z`,
      generator.inputs,
    );
  }
}
