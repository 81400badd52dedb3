/**
 * The pull of a loss of G on one sample: its derivative in D's logit a of that sample, in nats per
 * logit. Negative: G wants a to rise.
 *
 * @module
 */
import { DISCRIMINATOR_LOSSES, GENERATOR_LOSSES } from "@/gan/losses.ts";
import { tf } from "@/tf.ts";

/** Logits of D: sure of a fake, undecided, sure of a real one. */
const [REJECTED, ACCEPTED] = [-6, 6];

/** Value and pull of a loss of the library at one logit, by autodiff. */
export function valueAndPull(
  loss: (a: tf.Tensor) => tf.Tensor,
  logit: number,
): { value: number; pull: number } {
  return tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad(loss)(tf.tensor2d([[logit]]));
    return { value: value.dataSync()[0], pull: grad.dataSync()[0] };
  });
}

/**
 * The columns of a table of G's losses: value and pull where D rejects, and pulls elsewhere.
 *
 * @param more Losses that are not the library's, by name.
 */
export function columnsOfG(
  more: Record<string, (a: tf.Tensor) => tf.Tensor> = {},
): Record<string, (string | number)[]> {
  const own = Object.entries(GENERATOR_LOSSES).map(([name, { loss }]) => [name, loss] as const);
  const all = [...own, ...Object.entries(more)];
  const at = (logit: number) => all.map(([, loss]) => valueAndPull(loss, logit));
  return {
    "loss of G": all.map(([name]) => name),
    "value at −6": at(REJECTED).map(({ value }) => value),
    "value at 0": at(0).map(({ value }) => value),
    "pull at −6": at(REJECTED).map(({ pull }) => pull),
    "pull at 0": at(0).map(({ pull }) => pull),
    "pull at 6": at(ACCEPTED).map(({ pull }) => pull),
  };
}

/** The columns of a table of D's losses: what they read where D cannot tell, and where it is sure. */
export function columnsOfD(): Record<string, (string | number)[]> {
  const all = Object.values(DISCRIMINATOR_LOSSES);
  const reads = (real: number, fake: number) =>
    all.map(({ loss, undecided = 0 }) =>
      tf.tidy(() => {
        const at = (logit: number) => tf.tensor2d([[logit + undecided]]);
        return loss(at(real), at(fake)).dataSync()[0];
      })
    );
  return {
    "loss of D": Object.keys(DISCRIMINATOR_LOSSES),
    "cannot tell": reads(0, 0),
    "sure and right": reads(ACCEPTED, REJECTED),
    "sure and wrong": reads(REJECTED, ACCEPTED),
    "where p_g = p_data": all.map(({ atEquilibrium }) => atEquilibrium?.text ?? ""),
  };
}
