/**
 * Everything that decides a training run, as flat plain data: it is saved beside the results.
 *
 * @module
 */
import { TOY_NAMES, type ToyName } from "@/data/toy.ts";
import { type GeneratorLoss } from "./losses.ts";
import { type OptimiserSpec } from "./optimiser.ts";
import { checkSpec, type NetworkSpec } from "./spec.ts";

export interface GanOptions {
  generator: NetworkSpec;
  discriminator: NetworkSpec;
  /**
   * What each input of G is drawn from: `normal` N(0, 1); `uniform` U(-√3, √3), of variance 1; `cube`
   * U(-1, 1), so that with two inputs z fills a square that can be drawn whole.
   */
  latent: "normal" | "uniform" | "cube";
  generatorLoss: GeneratorLoss;
  generatorOptimiser: OptimiserSpec;
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
   * Samples that D sees side by side, as one input: with 2 or more it can tell a pack that is too much
   * alike from a real one (PacGAN; Lin et al. 2018, arXiv:1712.04086). 1 where it is undefined.
   */
  packing?: number;
  /**
   * Classes of a conditional GAN (Mirza and Osindero 2014, arXiv:1411.1784): both networks are told which
   * class is meant. The label, one-hot, is the last `classes` inputs of G, behind z, and the last of D, behind
   * the row that it judges. Undefined: unconditional, no network sees a label.
   */
  classes?: number;
  /**
   * γ of the zero-centred gradient penalty on real images that is added to D's loss,
   * γ/2 · E‖∇ₓ a(x)‖² (R1; Mescheder et al. 2018, arXiv:1801.04406). 0: none. x is the image alone: D's slope in
   * the inputs of a label costs nothing.
   */
  gradientPenalty: number;
  /**
   * Decay per step of the exponential average of G's weights, from which samples are drawn. 0: none.
   * In early steps it is (1 + step) / (10 + step), so that the first weights are soon forgotten.
   */
  averageDecay: number;
  /** G's last bias starts at the logit of the mean of each pixel, so that G starts at the mean image. */
  outputBiasFromMeans: boolean;
  /** Events also tell the accuracies of both players. */
  reportAccuracy?: boolean;
  /** The distribution of `data/toy.ts` that the real rows are drawn from; images where it is undefined. */
  toy?: ToyName;
  /** Only the first so many rows of the training set are used; all of them where it is undefined. */
  trainRows?: number;
  /** Seeds weights, noise, dropout and batch order. */
  seed: number;
}

/** Numbers of z: the inputs of G without those of the label. */
export function latentSize({ generator, classes = 0 }: GanOptions): number {
  return generator.inputs - classes;
}

/**
 * Checks options that come from outside.
 *
 * @throws {RangeError} Naming the option, the rule and the value found.
 */
export function checkOptions(options: GanOptions): void {
  const refuse = (rule: string, value: unknown) => {
    throw new RangeError(`Cannot train a GAN: ${rule}, got ${JSON.stringify(value)}`);
  };
  if (typeof options !== "object" || options === null) refuse("it needs options", options);
  const { generator, discriminator } = options;
  checkSpec(generator);
  checkSpec(discriminator);
  const packing = options.packing ?? 1;
  if (!Number.isInteger(packing) || packing < 1) {
    refuse("packing must be an integer of at least 1", options.packing);
  }
  const { classes } = options;
  if (classes !== undefined) checkClasses(options, classes, refuse);
  const made = generator.layers.at(-1)!.width;
  if (made * packing + (classes ?? 0) !== discriminator.inputs) {
    refuse(
      `the discriminator must take the ${made * packing} numbers that the generator makes${
        packing === 1 ? "" : ` for a pack of ${packing}`
      }${classes === undefined ? "" : ` and a label of ${classes}`}`,
      discriminator.inputs,
    );
  }
  const last = discriminator.layers.at(-1)!;
  if (last.width !== 1 || last.activation !== "linear") {
    refuse("the discriminator must end in one logit, a linear layer of width 1", last);
  }
  if (!["normal", "uniform", "cube"].includes(options.latent)) {
    refuse("latent must be normal, uniform or cube", options.latent);
  }
  if (!["saturating", "nonSaturating"].includes(options.generatorLoss)) {
    refuse("generatorLoss must be saturating or nonSaturating", options.generatorLoss);
  }
  const { discriminatorSteps: k, updates } = options;
  if (!Number.isInteger(k) || k < 1) {
    refuse("discriminatorSteps must be an integer of at least 1", k);
  }
  if (!["alternating", "simultaneous"].includes(updates)) {
    refuse("updates must be alternating or simultaneous", updates);
  }
  if (updates === "simultaneous" && k !== 1) {
    refuse("simultaneous updates need discriminatorSteps of 1", k);
  }
  if (!Number.isInteger(options.batchSize) || options.batchSize < 1) {
    refuse("batchSize must be an integer of at least 1", options.batchSize);
  }
  const { generatorBatchSize = options.batchSize, toy } = options;
  if (!Number.isInteger(generatorBatchSize) || generatorBatchSize < 1) {
    refuse("generatorBatchSize must be an integer of at least 1", generatorBatchSize);
  }
  if (updates === "simultaneous" && generatorBatchSize !== options.batchSize) {
    refuse("simultaneous updates need one batch size for both players", generatorBatchSize);
  }
  if (toy !== undefined && !TOY_NAMES.includes(toy)) {
    refuse(`toy must be one of ${TOY_NAMES.join(", ")}`, toy);
  }
  if (!(options.gradientPenalty >= 0 && Number.isFinite(options.gradientPenalty))) {
    refuse("gradientPenalty must be finite and not negative", options.gradientPenalty);
  }
  if (!(options.averageDecay >= 0 && options.averageDecay < 1)) {
    refuse("averageDecay must be in [0, 1)", options.averageDecay);
  }
  const { trainRows } = options;
  if (trainRows !== undefined && !(Number.isInteger(trainRows) && trainRows >= 1)) {
    refuse("trainRows must be an integer of at least 1", trainRows);
  }
}

/** A label is a byte. */
const MOST_CLASSES = 256;

function checkClasses(
  { generator, packing = 1, toy }: GanOptions,
  classes: number,
  refuse: (rule: string, value: unknown) => void,
): void {
  if (!Number.isInteger(classes) || classes < 2 || classes > MOST_CLASSES) {
    refuse(`classes must be an integer from 2 to ${MOST_CLASSES}`, classes);
  }
  if (packing > 1) refuse("with classes, packing must be 1 or left out", packing);
  if (toy !== undefined) refuse("classes need data with labels, which toy data have not", toy);
  if (generator.inputs <= classes) {
    refuse(
      `the generator must take a label of ${classes} and at least one number of z`,
      generator.inputs,
    );
  }
}
