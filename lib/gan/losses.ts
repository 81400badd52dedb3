/**
 * GAN losses on discriminator logits. Pure functions.
 *
 * Notation: a is a logit; D = sigmoid(a) = P(real); softplus(a) = log(1 + exp(a)).
 * Shapes: logits [batch, 1]; a loss is a scalar, the batch mean, in nats.
 * Source: Goodfellow et al. 2014, arXiv:1406.2661, eq. 1 and the end of section 3.
 *
 * The convention for D is the mean of its two cross-entropies, half of the sum that eq. 1 has with
 * its sign changed: `discriminatorLoss` = -V/2. Where p_g = p_data and D is optimal it reads
 * log 2 = .6931. There `nonSaturatingLoss` reads log 2 and `saturatingLoss` reads -log 2.
 *
 * @module
 */
import { tf } from "@/tf.ts";

/** Which loss trains G. They share the fixed point and differ in their gradients. */
export type GeneratorLoss = "nonSaturating" | "saturating";

/**
 * The discriminator's loss, ½ (-E[log D(x)] - E[log(1 - D(G(z)))]).
 *
 * -log D = softplus(-a) and -log(1 - D) = softplus(a): a logarithm taken after the sigmoid is
 * -Infinity once the sigmoid has been rounded to 0 or 1.
 */
export function discriminatorLoss(realLogits: tf.Tensor, fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() =>
    tf.mul(0.5, tf.add(meanSoftplus(tf.neg(realLogits)), meanSoftplus(fakeLogits)))
  );
}

/** Non-saturating generator loss, -E[log D(G(z))]. */
export function nonSaturatingLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => meanSoftplus(tf.neg(fakeLogits)));
}

/**
 * Saturating generator loss, E[log(1 - D(G(z)))]: the minimax game itself.
 *
 * Its gradient in the logit is -D(G(z)): nothing is left of it where D rejects with confidence.
 */
export function saturatingLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.neg(meanSoftplus(fakeLogits)));
}

/** The generator's loss of that name. */
export function generatorLoss(kind: GeneratorLoss, fakeLogits: tf.Tensor): tf.Scalar {
  return kind === "saturating" ? saturatingLoss(fakeLogits) : nonSaturatingLoss(fakeLogits);
}

function meanSoftplus(a: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(a));
}
