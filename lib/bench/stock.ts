/**
 * The training step as TensorFlow.js's own tutorials write it: `tf.layers` models, `tf.train`
 * optimisers and the kernels that it ships. This project's step is measured against it.
 *
 * It is a correct program: from the same weights, batches, noise and dropout masks its losses are
 * ours (`tests/bench/stock_test.ts`). It has no R1 penalty: TensorFlow.js 4.22 cannot differentiate
 * twice through `leakyRelu`. Its momentum stays that of the first epoch.
 *
 * @module
 */
import { drawLatent, type Gan } from "@/gan/gan.ts";
import { drawMasks, type DropoutMasks, type Network } from "@/gan/network.ts";
import { learningRateAt, type OptimiserSpec } from "@/gan/optimiser.ts";
import { affineWidth, inputsOf, type LayerSpec } from "@/gan/spec.ts";
import { tf } from "@/tf.ts";

/** A stock GAN that draws its batches, noise and masks where `gan` would. */
export interface StockGan {
  /** One update of each player; the losses as scalars that the caller frees. */
  step(): { dLoss: tf.Scalar; gLoss: tf.Scalar };
}

/**
 * Layers with the weights of `gan`.
 *
 * @throws {RangeError} If the options ask for something that these layers do not do: a penalty,
 *   packing, several updates of D, the saturating loss.
 */
export function createStock(gan: Gan): StockGan {
  const { options } = gan;
  const { packing = 1, discriminatorSteps } = options;
  if (
    options.gradientPenalty > 0 || packing !== 1 || discriminatorSteps !== 1 ||
    options.generatorLoss !== "nonSaturating" ||
    (options.discriminatorLoss ?? "original") !== "original"
  ) {
    throw new RangeError(
      "Cannot build a stock GAN: it must have no gradient penalty, no packing, one update of D a step and the losses original and nonSaturating",
    );
  }
  return new StockTraining(gan);
}

/** Two networks of `tf.layers` and what moves them. */
class StockTraining implements StockGan {
  readonly #gan: Gan;
  readonly #generator: StockNetwork;
  readonly #discriminator: StockNetwork;
  readonly #generatorOptimiser: ReturnType<typeof createOptimiser>;
  readonly #discriminatorOptimiser: ReturnType<typeof createOptimiser>;
  readonly #average?: tf.Variable[];
  #steps = 0;

  constructor(gan: Gan) {
    const { options } = gan;
    this.#gan = gan;
    this.#generator = new StockNetwork(gan.generator);
    this.#discriminator = new StockNetwork(gan.discriminator);
    this.#generatorOptimiser = createOptimiser(options.generatorOptimiser);
    this.#discriminatorOptimiser = createOptimiser(options.discriminatorOptimiser);
    if (options.averageDecay > 0) {
      this.#average = this.#generator.all.map((variable) => tf.variable(variable, false));
    }
  }

  step(): { dLoss: tf.Scalar; gLoss: tf.Scalar } {
    const { options } = this.#gan;
    setRate(this.#discriminatorOptimiser, options.discriminatorOptimiser, this.#steps);
    setRate(this.#generatorOptimiser, options.generatorOptimiser, this.#steps);
    const losses = options.updates === "simultaneous" ? this.#simultaneous() : this.#alternating();
    this.#moveAverage(++this.#steps);
    return losses;
  }

  #alternating() {
    const { options, noise: stream, dropout } = this.#gan;
    const { batchSize, generatorBatchSize = batchSize } = options;
    const { real, noise, masks, fake } = this.#draw();
    const dLoss = this.#discriminatorOptimiser.minimize(
      this.#discriminatorLoss(real, fake, masks),
      true,
      this.#discriminator.trainable,
    )!;
    const fresh = drawLatent(options, generatorBatchSize, stream);
    const freshMasks = drawMasks(options.discriminator, generatorBatchSize, dropout);
    const gLoss = this.#generatorOptimiser.minimize(
      this.#generatorLoss(fresh, freshMasks),
      true,
      this.#generator.trainable,
    )!;
    tf.dispose([real, noise, fake, fresh]);
    dispose(masks.real, masks.fake, freshMasks);
    return { dLoss, gLoss };
  }

  #simultaneous() {
    const { real, noise, masks, fake } = this.#draw();
    const d = this.#discriminatorOptimiser.computeGradients(
      this.#discriminatorLoss(real, fake, masks),
      this.#discriminator.trainable,
    );
    const g = this.#generatorOptimiser.computeGradients(
      this.#generatorLoss(noise, masks.fake),
      this.#generator.trainable,
    );
    this.#discriminatorOptimiser.applyGradients(named(d.grads));
    this.#generatorOptimiser.applyGradients(named(g.grads));
    tf.dispose([real, noise, fake, d.grads, g.grads]);
    dispose(masks.real, masks.fake);
    return { dLoss: d.value, gLoss: g.value };
  }

  /**
   * A minibatch, noise, masks and what G makes of the noise, from the GAN's streams in its order.
   */
  #draw() {
    const { options, batches, data, noise: stream } = this.#gan;
    const real = tf.tensor2d(batches.next().rows, [options.batchSize, data.columns]);
    const noise = drawLatent(options, options.batchSize, stream);
    const masks = drawBothMasks(this.#gan);
    return { real, noise, masks, fake: tf.tidy(() => this.#generator.run(noise)) };
  }

  #discriminatorLoss(real: tf.Tensor, fake: tf.Tensor, masks: Masks) {
    return () => {
      const onReal = crossEntropy(1, this.#discriminator.run(real, masks.real));
      const onFake = crossEntropy(0, this.#discriminator.run(fake, masks.fake));
      return tf.mul(0.5, tf.add(onReal, onFake)) as tf.Scalar;
    };
  }

  #generatorLoss(noise: tf.Tensor, masks?: DropoutMasks) {
    return () => crossEntropy(1, this.#discriminator.run(this.#generator.run(noise), masks));
  }

  /** Moves the average as `lib/gan/steps.ts` does. */
  #moveAverage(steps: number): void {
    const decay = Math.min(this.#gan.options.averageDecay, (1 + steps) / (10 + steps));
    tf.tidy(() =>
      this.#average?.forEach((mean, i) =>
        mean.assign(tf.add(tf.mul(decay, mean), tf.mul(1 - decay, this.#generator.all[i])))
      )
    );
  }
}

function crossEntropy(label: number, logits: tf.Tensor): tf.Scalar {
  return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits) as tf.Scalar;
}

function named(gradients: tf.NamedTensorMap): { name: string; tensor: tf.Tensor }[] {
  return Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}

interface Masks {
  real: DropoutMasks;
  fake: DropoutMasks;
}

/** Masks of real and of generated rows: drawn together, as ours are. */
function drawBothMasks({ options, dropout }: Gan): Masks {
  const { batchSize, discriminator } = options;
  const both = drawMasks(discriminator, 2 * batchSize, dropout);
  const rows = (start: number) => both.map((m) => m && tf.slice(m, [start, 0], [batchSize, -1]));
  const masks = { real: rows(0), fake: rows(batchSize) };
  dispose(both);
  return masks;
}

function dispose(...masks: DropoutMasks[]): void {
  for (const mask of masks.flat()) mask?.dispose();
}

/** A model for each layer of the spec, with the dropout masks multiplied in between. */
class StockNetwork {
  readonly #blocks: ((x: tf.Tensor) => tf.Tensor)[] = [];
  /** What an optimiser moves. */
  readonly trainable: tf.Variable[] = [];
  /** The same, with the running statistics of batch normalisation. */
  readonly all: tf.Variable[] = [];

  constructor({ spec, weights }: Network) {
    spec.layers.forEach((layer, index) => {
      const model = tf.sequential();
      const inputShape = [inputsOf(spec, index)];
      model.add(tf.layers.dense({ units: affineWidth(layer), inputShape }));
      const values = [weights[`layers.${index}.weight`], weights[`layers.${index}.bias`]];
      if (layer.batchNorm) {
        // Keras's momentum is the share of the old value.
        const { momentum, epsilon } = layer.batchNorm;
        model.add(tf.layers.batchNormalization({ momentum: 1 - momentum, epsilon }));
        values.push(weights[`layers.${index}.scale`], weights[`layers.${index}.shift`]);
      }
      const last = activation(layer);
      if (last) model.add(last);
      model.trainableWeights.forEach((weight, i) => weight.write(values[i]));
      this.trainable.push(...model.trainableWeights.map(variable));
      this.all.push(...model.weights.map(variable));
      const run = (x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
      const { width, pieces } = layer;
      // tf.layers has no maxout.
      this.#blocks.push(
        layer.activation === "maxout"
          ? (x) => tf.max(tf.reshape(run(x), [-1, width, pieces!]), 2)
          : run,
      );
    });
  }

  run(x: tf.Tensor, masks?: DropoutMasks): tf.Tensor {
    return this.#blocks.reduce((y, block, i) => block(masks?.[i] ? tf.mul(y, masks[i]) : y), x);
  }
}

function variable(weight: tf.LayerVariable): tf.Variable {
  return weight.read() as tf.Variable;
}

function activation(layer: LayerSpec): tf.layers.Layer | undefined {
  if (layer.activation === "linear" || layer.activation === "maxout") return undefined;
  if (layer.activation === "leakyRelu") return tf.layers.leakyReLU({ alpha: layer.slope });
  return tf.layers.activation({ activation: layer.activation });
}

function createOptimiser(spec: OptimiserSpec): tf.AdamOptimizer | tf.MomentumOptimizer {
  return spec.kind === "adam"
    ? tf.train.adam(spec.learningRate, spec.beta1, spec.beta2, spec.epsilon)
    : tf.train.momentum(spec.learningRate, spec.momentum.initial);
}

/**
 * Sets the rate of the step after `steps` steps; Adam has no method for it, and reads this field at
 * each step.
 */
function setRate(
  optimiser: tf.AdamOptimizer | tf.MomentumOptimizer,
  spec: OptimiserSpec,
  steps: number,
): void {
  // Not instanceof, by which every optimiser of TensorFlow.js counts as every other.
  const rate = learningRateAt(spec, steps);
  if (spec.kind === "momentum") (optimiser as tf.MomentumOptimizer).setLearningRate(rate);
  else Reflect.set(optimiser, "learningRate", rate);
}
