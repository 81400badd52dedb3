/**
 * Drawing from a generator.
 *
 * @module
 */
import { type Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { drawLatent } from "./gan.ts";
import { forward, type Network } from "./network.ts";
import { type GanOptions } from "./options.ts";

/** Samples of one forward pass; fixed, so that the same seed gives the same numbers. */
const CHUNK = 500;

/**
 * `count` samples, [count, width of G's last layer]: for images 784 pixels in [0, 1].
 *
 * Batch normalisation uses its running statistics, so a sample does not depend on its neighbours.
 */
export async function drawSamples(
  generator: Network,
  options: GanOptions,
  count: number,
  random: Random,
): Promise<Float32Array> {
  const width = generator.spec.layers.at(-1)!.width;
  const samples = new Float32Array(count * width);
  for (let from = 0; from < count; from += CHUNK) {
    const images = tf.tidy(() => {
      const latent = drawLatent(options, Math.min(CHUNK, count - from), random);
      return forward(generator, latent, { training: false });
    });
    samples.set(await images.data() as Float32Array, from * width);
    images.dispose();
  }
  return samples;
}
