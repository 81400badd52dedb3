/**
 * What all looks at a run have in common: the same real rows, the same z, the same packs.
 *
 * @module
 */
import { type Toy } from "@/data/toy.ts";
import { isFresh } from "@/data/training_data.ts";
import { drawLatentValues, type Gan, samplingGenerator } from "@/gan/gan.ts";
import { forward } from "@/gan/network.ts";
import { latentSize } from "@/gan/options.ts";
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { PACKS } from "./judge.ts";

/** Rows and noise that do not change from look to look; training does not see these streams. */
export interface Scene {
  real: Float32Array;
  z: Float32Array;
  companions: Float32Array;
}

/** The scene of a GAN with so many real rows and z. */
export function sceneOf(gan: Gan, count: number): Scene {
  const { options, data } = gan;
  const random = new Random(options.seed).split("playground");
  const draw = (rows: number, random: Random) =>
    isFresh(data) ? data.draw(rows, random) : data.batch(
      Uint32Array.from({ length: rows }, () => random.integer(data.rows)),
    );
  return {
    real: draw(count, random.split("real")),
    z: drawLatentValues(options, count, random.split("noise")),
    companions: draw(PACKS * (options.packing ?? 1), random.split("companions")),
  };
}

/** The data of a run on the line or in the plane. */
export function toyOf(gan: Gan): Toy {
  return gan.data as Toy;
}

/** G at z, [count, columns]: the average of its weights where there is one. */
export function generate(gan: Gan, z: Float32Array): Float32Array {
  const size = latentSize(gan.options);
  const x = tf.tidy(() =>
    forward(samplingGenerator(gan), tf.tensor2d(z, [z.length / size, size]), { training: false })
  );
  const values = x.dataSync().slice() as Float32Array;
  x.dispose();
  return values;
}
