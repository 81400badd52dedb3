/**
 * The same small recipe trained again and again, with another seed each time: how much does a
 * training decide?
 *
 * @module
 */
import { type ImageData } from "@/data/mnist.ts";
import { imageRows } from "@/data/training_data.ts";
import { type Engine } from "@/gan/custody.ts";
import { createGan, disposeGan, samplingGenerator } from "@/gan/gan.ts";
import { findPreset } from "@/gan/presets.ts";
import { drawSamples } from "@/gan/sample.ts";
import { train } from "@/gan/train.ts";
import { Random } from "@/random.ts";

/**
 * Trains the preset `tiny` for some steps and draws sets of samples: from one training as many as
 * are asked for, each with noise of its own.
 *
 * @param seed Of the training.
 * @param sets Seeds of the noise, one for each set.
 * @returns A set of [count, 784] for each.
 */
export async function samplesOfTiny(
  images: ImageData,
  engine: Engine | undefined,
  { seed, sets, steps = 300, count = 1000 }: {
    seed: number;
    sets: readonly number[];
    steps?: number;
    count?: number;
  },
): Promise<Float32Array[]> {
  const gan = createGan({ ...findPreset("tiny").options, seed }, imageRows(images));
  for await (const _ of train(gan, { steps, logEvery: steps }, engine));
  const drawn: Float32Array[] = [];
  for (const noise of sets) {
    drawn.push(await drawSamples(samplingGenerator(gan), gan.options, count, new Random(noise)));
  }
  disposeGan(gan);
  return drawn;
}
