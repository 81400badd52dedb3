/**
 * The training step as TensorFlow.js's own tutorials write it: `tf.layers` models and
 * `optimizer.minimize`, with the kernels that it ships. What this project's step is measured against.
 *
 * It is a correct program: from the same weights, batches and noise its losses are ours
 * (`tests/bench/stock_test.ts`). It has no R1 penalty: TensorFlow.js 4.22 cannot differentiate twice
 * through `leakyRelu`.
 *
 * @module
 */
import { drawLatent, type Gan } from "@/gan/gan.ts";
import { type Network } from "@/gan/network.ts";
import { type AdamSpec } from "@/gan/optimiser.ts";
import { type LayerSpec } from "@/gan/spec.ts";
import { tf } from "@/tf.ts";

/** A stock GAN that draws its batches and noise where `gan` would. */
export interface StockGan {
  /** One update of D and one of G; the losses as scalars that the caller frees. */
  step(): { dLoss: tf.Scalar; gLoss: tf.Scalar };
}

/** Layers with the weights of `gan`, which must be of dense layers, batch norm and Adam. */
export function createStock(gan: Gan): StockGan {
  const { options } = gan;
  const generator = sequential(gan.generator);
  const discriminator = sequential(gan.discriminator);
  const adam = ({ learningRate, beta1, beta2, epsilon }: AdamSpec) =>
    tf.train.adam(learningRate, beta1, beta2, epsilon);
  const generatorOptimiser = adam(options.generatorOptimiser as AdamSpec);
  const discriminatorOptimiser = adam(options.discriminatorOptimiser as AdamSpec);
  const variables = (model: tf.Sequential) =>
    model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const run = (model: tf.Sequential, x: tf.Tensor) =>
    model.apply(x, { training: true }) as tf.Tensor;
  const crossEntropy = (label: number, logits: tf.Tensor) =>
    tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits) as tf.Scalar;

  return {
    step() {
      const real = tf.tensor2d(gan.batches.next(), [gan.options.batchSize, gan.data.columns]);
      const noise = drawLatent(options, options.batchSize, gan.noise);
      const fake = tf.tidy(() => run(generator, noise));
      const dLoss = discriminatorOptimiser.minimize(
        () => {
          const onReal = crossEntropy(1, run(discriminator, real));
          const onFake = crossEntropy(0, run(discriminator, fake));
          return tf.mul(0.5, tf.add(onReal, onFake)) as tf.Scalar;
        },
        true,
        variables(discriminator),
      )!;
      const fresh = drawLatent(options, options.batchSize, gan.noise);
      const gLoss = generatorOptimiser.minimize(
        () => crossEntropy(1, run(discriminator, run(generator, fresh))),
        true,
        variables(generator),
      )!;
      tf.dispose([real, noise, fake, fresh]);
      return { dLoss, gLoss };
    },
  };
}

function sequential({ spec, weights }: Network): tf.Sequential {
  const model = tf.sequential();
  const values: tf.Tensor[] = [];
  spec.layers.forEach((layer, index) => {
    const inputShape = index === 0 ? [spec.inputs] : undefined;
    model.add(tf.layers.dense({ units: layer.width, inputShape }));
    values.push(weights[`layers.${index}.weight`], weights[`layers.${index}.bias`]);
    if (layer.batchNorm) {
      // Keras's momentum is the share of the old.
      const { momentum, epsilon } = layer.batchNorm;
      model.add(tf.layers.batchNormalization({ momentum: 1 - momentum, epsilon }));
      values.push(weights[`layers.${index}.scale`], weights[`layers.${index}.shift`]);
    }
    if (layer.activation !== "linear") model.add(activation(layer));
  });
  model.trainableWeights.forEach((weight, i) => weight.write(values[i]));
  return model;
}

function activation(layer: LayerSpec): tf.layers.Layer {
  if (layer.activation === "leakyRelu") return tf.layers.leakyReLU({ alpha: layer.slope });
  return tf.layers.activation({ activation: layer.activation as "relu" | "sigmoid" | "tanh" });
}
