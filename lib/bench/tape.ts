/**
 * What a GAN would draw in its first steps, recorded for a program that cannot draw it itself.
 *
 * A tape is named arrays: `generator.<weight>` and `discriminator.<weight>`, and for each step,
 * counted from 0, `steps.<n>.real`, `steps.<n>.<player>.latent` and
 * `steps.<n>.<player>.mask.<layer>`. With simultaneous updates the discriminator's noise and masks
 * serve both players. Draws come in the order of `lib/gan/steps.ts`.
 *
 * @module
 */
import { drawLatent, type Gan } from "@/gan/gan.ts";
import { drawMasks } from "@/gan/network.ts";
import { type NamedArray } from "@/formats/safetensors.ts";
import { tf } from "@/tf.ts";

/**
 * Records the weights of `gan` and the draws of a number of steps. The GAN is not trained, but its
 * streams have moved, so it is of no further use.
 */
export async function recordTape(gan: Gan, steps: number): Promise<Record<string, NamedArray>> {
  const { options } = gan;
  const arrays: Record<string, NamedArray> = {};
  const record = async (name: string, tensor: tf.Tensor) => {
    arrays[name] = { shape: tensor.shape, data: new Float32Array(await tensor.data()) };
  };
  for (const player of ["generator", "discriminator"] as const) {
    for (const [name, weight] of Object.entries(gan[player].weights)) {
      await record(`${player}.${name}`, weight);
    }
  }
  const { batchSize, generatorBatchSize = batchSize } = options;
  for (let step = 0; step < steps; step++) {
    const recordDraws = async (player: string, noiseRows: number, maskRows: number) => {
      const noise = drawLatent(options, noiseRows, gan.noise);
      await record(`steps.${step}.${player}.latent`, noise);
      const masks = drawMasks(options.discriminator, maskRows, gan.dropout);
      for (const [layer, mask] of masks.entries()) {
        if (mask) await record(`steps.${step}.${player}.mask.${layer}`, mask);
      }
      tf.dispose([noise, ...masks.filter((mask) => mask !== undefined)]);
    };
    arrays[`steps.${step}.real`] = {
      shape: [batchSize, gan.data.columns],
      data: gan.batches.next().rows.slice(),
    };
    await recordDraws("discriminator", batchSize, 2 * batchSize);
    if (options.updates === "alternating") {
      await recordDraws("generator", generatorBatchSize, generatorBatchSize);
    }
  }
  return arrays;
}
