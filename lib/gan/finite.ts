/**
 * Whether a GAN's numbers are finite, where they are tensors; an engine looks at its own memory.
 *
 * @module
 */
import { tf } from "@/tf.ts";
import { type Gan } from "./gan.ts";

/**
 * Whether everything that a checkpoint would hold is finite. The answer alone is read back, and the
 * backends look at bits for it.
 */
export async function allFinite(gan: Gan): Promise<boolean> {
  const { generator, discriminator, average, generatorOptimiser, discriminatorOptimiser } = gan;
  const records = [
    ...[generator, discriminator, average].flatMap((network) =>
      network ? [network.weights, network.statistics] : []
    ),
    generatorOptimiser.slots,
    discriminatorOptimiser.slots,
  ].map((record) => Object.values(record)).filter((tensors) => tensors.length > 0);
  const finite = tf.tidy(() => tf.all(tf.stack(records.map(finiteIn))));
  const [all] = await finite.data();
  finite.dispose();
  return all === 1;
}

function finiteIn(tensors: tf.Tensor[]): tf.Tensor {
  return tf.all(tf.isFinite(tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])))));
}
