/**
 * GAN losses on discriminator logits, as pure functions: the one list of them.
 *
 * Notation: a is what D gives out: a logit, D = sigmoid(a) = P(real), or with the Wasserstein loss
 * a score that may be any number. softplus(a) = log(1 + exp(a)). r and f mark real and generated
 * rows.
 * Shapes: a is [batch, 1]; a loss is a scalar, the batch mean, in nats where it is a cross-entropy.
 * Sources: each loss names its own. Those of the original game: Goodfellow et al. 2014,
 * arXiv:1406.2661, eq. 1 and the end of section 3.
 *
 * By convention, D's original loss is the mean of its two cross-entropies: -V/2, half of the sum in
 * eq. 1 with its sign changed. Where p_g = p_data and D is optimal it reads log 2 = 0.6931. There
 * G's non-saturating loss reads log 2 and its saturating one -log 2.
 *
 * An entry here is all that a loss needs: autodiff trains with it, and `checkOptions` and
 * `--help-options` know it. An engine that has no such loss leaves the steps to autodiff.
 *
 * @module
 */
import { tf } from "@/tf.ts";

/** A number that a loss reads, and how a reader writes it. */
export interface Reading {
  /** The number itself. */
  value: number;
  /** The number as it is written, such as log 2. */
  text: string;
}

/** What a reader is told about a loss. */
export interface LossKind {
  /** What it is, with its source. */
  meaning: string;
  /**
   * What it reads where p_g = p_data and D is the best answer; undefined where that is not one
   * number.
   */
  atEquilibrium?: Reading;
}

/** A loss of D. */
export interface DiscriminatorLossKind extends LossKind {
  /**
   * The a at which D cannot tell; 0 where it is left out. With a Wasserstein score only differences
   * count, so any value is as good.
   */
  undecided?: number;
  /** The losses of G that are meant for it. */
  against: readonly GeneratorLoss[];
  /** The loss, from what D gives out for real and for generated rows. */
  loss(real: tf.Tensor, fake: tf.Tensor): tf.Scalar;
}

/** A loss of G. */
export interface GeneratorLossKind extends LossKind {
  /** The loss, from what D gives out for generated rows. */
  loss(fake: tf.Tensor): tf.Scalar;
}

/** Which loss trains D. */
export type DiscriminatorLoss = "original" | "leastSquares" | "hinge" | "wasserstein";
/**
 * Which loss trains G. The two of the original game share their fixed point and differ in their
 * gradients.
 */
export type GeneratorLoss = "nonSaturating" | "saturating" | "leastSquares" | "score";

/** Every loss of D by its name. */
export const DISCRIMINATOR_LOSSES: Readonly<Record<DiscriminatorLoss, DiscriminatorLossKind>> = {
  /**
   * -log D = softplus(-a): a logarithm after the sigmoid is -Infinity once that has been rounded to
   * 0 or 1.
   */
  original: {
    meaning: "½ (E softplus(-a_r) + E softplus(a_f)), the cross-entropy (Goodfellow et al. 2014)",
    atEquilibrium: { value: Math.log(2), text: "log 2" },
    against: ["nonSaturating", "saturating"],
    loss: (real, fake) => tf.mul(0.5, tf.add(meanSoftplus(tf.neg(real)), meanSoftplus(fake))),
  },
  /** Its best answer is a = p_data / (p_data + p_g): D itself, with no sigmoid. */
  leastSquares: {
    meaning: "½ E (a_r - 1)² + ½ E a_f² (LSGAN; Mao et al. 2017, arXiv:1611.04076, eq. 2)",
    atEquilibrium: { value: 0.25, text: "1/4" },
    undecided: 0.5,
    against: ["leastSquares"],
    loss: (real, fake) =>
      tf.mul(0.5, tf.add(tf.mean(tf.square(tf.sub(real, 1))), tf.mean(tf.square(fake)))),
  },
  /** At p_g = p_data every a within [-1, 1] is a best answer. */
  hinge: {
    meaning: "E max(0, 1 - a_r) + E max(0, 1 + a_f) (Lim and Ye 2017, arXiv:1705.02894)",
    atEquilibrium: { value: 2, text: "2" },
    against: ["score"],
    loss: (real, fake) =>
      tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))),
  },
  /**
   * Minus the Wasserstein distance, for the best a with slopes of at most 1: it needs a penalty.
   */
  wasserstein: {
    meaning: "E a_f - E a_r, with a penalty (Arjovsky et al. 2017, arXiv:1701.07875)",
    atEquilibrium: { value: 0, text: "0" },
    against: ["score"],
    loss: (real, fake) => tf.sub(tf.mean(fake), tf.mean(real)),
  },
};

/** Every loss of G by its name. */
export const GENERATOR_LOSSES: Readonly<Record<GeneratorLoss, GeneratorLossKind>> = {
  nonSaturating: {
    meaning: "E softplus(-a_f) = -E log D (Goodfellow et al. 2014, end of section 3)",
    atEquilibrium: { value: Math.log(2), text: "log 2" },
    loss: (fake) => meanSoftplus(tf.neg(fake)),
  },
  /**
   * Its gradient in the logit is -D(G(z)): nothing is left of it where D rejects with confidence.
   */
  saturating: {
    meaning: "-E softplus(a_f) = E log(1 - D), the minimax game itself (Goodfellow et al. 2014)",
    atEquilibrium: { value: -Math.log(2), text: "−log 2" },
    loss: (fake) => tf.neg(meanSoftplus(fake)),
  },
  leastSquares: {
    meaning: "½ E (a_f - 1)² (LSGAN; Mao et al. 2017, arXiv:1611.04076, eq. 9)",
    atEquilibrium: { value: 0.125, text: "1/8" },
    loss: (fake) => tf.mul(0.5, tf.mean(tf.square(tf.sub(fake, 1)))),
  },
  /**
   * The loss of G beside D's hinge and Wasserstein losses. Scores have no zero of their own, so its
   * value alone says nothing.
   */
  score: {
    meaning: "-E a_f, beside D's hinge and wasserstein (Arjovsky et al. 2017, arXiv:1701.07875)",
    loss: (fake) => tf.neg(tf.mean(fake)),
  },
};

/** What the losses of a GAN read where p_g = p_data and D is the best answer. */
export function equilibriumOf(
  { discriminatorLoss = "original", generatorLoss }: {
    discriminatorLoss?: DiscriminatorLoss;
    generatorLoss: GeneratorLoss;
  },
): { d?: Reading; g?: Reading } {
  return {
    d: DISCRIMINATOR_LOSSES[discriminatorLoss].atEquilibrium,
    g: GENERATOR_LOSSES[generatorLoss].atEquilibrium,
  };
}

/** The discriminator's loss of that name; that of the original game where it is left out. */
export function discriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  kind: DiscriminatorLoss = "original",
): tf.Scalar {
  return tf.tidy(() => DISCRIMINATOR_LOSSES[kind].loss(realLogits, fakeLogits));
}

/** The generator's loss of that name. */
export function generatorLoss(kind: GeneratorLoss, fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => GENERATOR_LOSSES[kind].loss(fakeLogits));
}

/** Non-saturating generator loss, -E[log D(G(z))]. */
export function nonSaturatingLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return generatorLoss("nonSaturating", fakeLogits);
}

/** Saturating generator loss, E[log(1 - D(G(z)))]. */
export function saturatingLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return generatorLoss("saturating", fakeLogits);
}

function meanSoftplus(a: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(a));
}
