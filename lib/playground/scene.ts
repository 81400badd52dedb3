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
export interface FixedDraws {
  /** Real rows, [count, columns]. */
  real: Float32Array;
  /** [count, numbers of z]. */
  z: Float32Array;
  /** Real rows that fill up packs. */
  companions: Float32Array;
}

/** Drawing thousands of rows takes as long as judging them, so the last scenes are kept. */
const scenes = new Map<string, FixedDraws>();
const MOST_SCENES = 6;

/**
 * The scene of a GAN with so many real rows and z. It is shared: copy what is given away.
 */
export function fixedDraws(gan: Gan, count: number): FixedDraws {
  const { options: { seed, latent, packing }, data } = gan;
  const key = JSON.stringify([seed, latent, packing, latentSize(gan.options), data.sha256, count]);
  let scene = scenes.get(key);
  if (!scene) {
    if (scenes.size >= MOST_SCENES) scenes.delete(scenes.keys().next().value!);
    scenes.set(key, scene = drawScene(gan, count));
  }
  return scene;
}

function drawScene({ options, data }: Gan, count: number): FixedDraws {
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
