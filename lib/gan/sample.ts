/**
 * Drawing from a generator.
 *
 * @module
 */
import { Random } from "@/random.ts";
import { tf } from "@/tf.ts";
import { drawLatent } from "./gan.ts";
import { beside, checkLabels, cycleLabels, drawCounted, oneHotTensor } from "./labels.ts";
import { forward, type Network } from "./network.ts";
import { type GanOptions, labelCount } from "./options.ts";

/** Samples of one forward pass; fixed, so that the same seed gives the same numbers. */
const CHUNK = 500;

/**
 * `count` samples, [count, width of G's last layer]: for images 784 pixels in [0, 1].
 *
 * Batch normalisation uses its running statistics, so a sample does not depend on its neighbours. z
 * does not depend on the labels: the same generator state with other labels gives the same noise.
 * A generator that is told clusters draws them first, each as often as it occurs among the training
 * rows.
 *
 * @param labels For a conditional generator, the class that each sample is asked to be; where they
 * are left out, the classes take turns: 0, 1, …, classes - 1, 0, …
 * @throws {RangeError} If there are labels but no classes, not one label for each sample, or a
 * label that is no class.
 */
export async function drawSamples(
  generator: Network,
  options: GanOptions,
  count: number,
  random: Random,
  labels?: ArrayLike<number>,
): Promise<Float32Array> {
  const asked = labels || options.clusters === undefined
    ? labelsOfSamples(options, count, labels)
    : drawCounted(countsOf(generator), count, random);
  const width = generator.spec.layers.at(-1)!.width;
  const samples = new Float32Array(count * width);
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Math.min(CHUNK, count - from);
    const images = tf.tidy(() => {
      const latent = drawLatent(options, rows, random);
      const told = asked && oneHotTensor(asked.subarray(from, from + rows), labelCount(options));
      return forward(generator, beside(latent, told), { training: false });
    });
    samples.set(await images.data() as Float32Array, from * width);
    images.dispose();
  }
  return samples;
}

/**
 * `perClass` samples of each class of a conditional generator, class after class, every class from
 * the same noise: what differs between two classes is the label alone.
 */
export async function drawEachClass(
  generator: Network,
  options: GanOptions,
  perClass: number,
  random: Random,
): Promise<Float32Array> {
  const state = random.state();
  const rows: Float32Array[] = [];
  for (let label = 0; label < options.classes!; label++) {
    const labels = new Uint8Array(perClass).fill(label);
    rows.push(await drawSamples(generator, options, perClass, Random.restore(state), labels));
  }
  const samples = new Float32Array(rows.length * rows[0].length);
  rows.forEach((each, label) => samples.set(each, label * each.length));
  return samples;
}

function countsOf({ labelCounts }: Network): readonly number[] {
  if (labelCounts) return labelCounts;
  throw new TypeError(
    "Cannot draw samples: a generator that is told clusters must know how many rows each has, got one without labelCounts. Take it from a GAN, a checkpoint or a pretrained generator",
  );
}

/** The label of each sample, checked; undefined for an unconditional generator. */
function labelsOfSamples(
  { classes }: GanOptions,
  count: number,
  labels?: ArrayLike<number>,
): Uint8Array | undefined {
  if (classes === undefined) {
    if (!labels) return undefined;
    throw new RangeError(
      `Cannot draw samples of a class: the generator must be conditional, got one without classes. Leave the labels out`,
    );
  }
  if (!labels) return cycleLabels(count, classes);
  if (labels.length !== count) {
    throw new RangeError(
      `Cannot draw samples: there must be a label for each of the ${count}, got ${labels.length}`,
    );
  }
  checkLabels("draw samples", labels, classes);
  return Uint8Array.from(labels);
}
