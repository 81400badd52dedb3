/**
 * Training of a discriminator alone, against two fixed sources of samples: the inner maximisation
 * of eq. 1. It tends to D* of Proposition 1 (`optimalLogit` in `math/value.ts`).
 *
 * @module
 */
import { nextTurn } from "@/host/cell.ts";
import { tf } from "@/tf.ts";
import { checkFinite } from "./diverged.ts";
import { discriminatorLoss } from "./losses.ts";
import { forward, type Network, trace } from "./network.ts";
import { applyGradients, createOptimiser, type OptimiserSpec } from "./optimiser.ts";
import { type NetworkSpec } from "./spec.ts";
import { gradientsIn } from "./steps.ts";

/** Fresh samples, row after row: `count` times as many numbers as the discriminator has inputs. */
export type Sampler = (count: number) => ArrayLike<number>;

/** How D is trained alone. */
export interface DiscriminateOptions {
  /** Updates of D. */
  steps: number;
  /** Real samples in a step, and as many generated ones. */
  batchSize: number;
  /** With a rate that decays, the noise of the minibatches fades from the weights. */
  optimiser: OptimiserSpec;
  /** An event every `logEvery` steps, and at the last. */
  logEvery: number;
}

/** What is known about one update. */
export interface DiscriminateEvent {
  /** Updates of D so far. */
  step: number;
  /** ½ (-E[log D(x)] - E[log(1 - D(G(z)))]) = -V/2 in nats on this batch, before D moved. */
  loss: number;
}

/** A discriminator of numbers on the line: 1 → 32 → 32 → a logit. */
export const LINE_DISCRIMINATOR: NetworkSpec = {
  inputs: 1,
  layers: [
    { width: 32, activation: "leakyRelu", slope: 0.2 },
    { width: 32, activation: "leakyRelu", slope: 0.2 },
    { width: 1, activation: "linear" },
  ],
  initialisation: { kind: "fanIn" },
};

/**
 * For `LINE_DISCRIMINATOR` and samples about 1 wide; the rate ends at a thirtieth. For N(0, 1)
 * against N(1, 0.6) it ends within 0.009 to 0.016 of D* with seeds 1 to 5, in about 4 s on two
 * processor cores; with tanh instead of leakyRelu it stays 0.05 to 0.16 away.
 */
export const LINE_OPTIONS: DiscriminateOptions = {
  steps: 600,
  batchSize: 1024,
  optimiser: {
    kind: "adam",
    learningRate: 0.02,
    decay: 30 ** (1 / 600),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  },
  logEvery: 50,
};

/**
 * Moves `discriminator` towards D* of the two sources. A caller that stops early keeps it as it is.
 *
 * ```ts
 * import { Random, useBackend } from "@gan-workbook/lib";
 * import {
 *   createNetwork,
 *   disposeNetwork,
 *   logitsAt,
 *   trainDiscriminator,
 * } from "@gan-workbook/lib/gan";
 * import { type Density, gaussian } from "@gan-workbook/lib/math";
 *
 * await useBackend("cpu");
 * const random = new Random(1);
 * const network = createNetwork({
 *   inputs: 1,
 *   layers: [{ width: 8, activation: "tanh" }, { width: 1, activation: "linear" }],
 *   initialisation: { kind: "fanIn" },
 * }, random);
 * const draw = (density: Density) => (count: number) => density.sample(count, random);
 * const [real, fake] = [-1, 1].map((mean) => draw(gaussian({ mean, sigma: 1 })));
 * const adam = { learningRate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
 * const optimiser = { kind: "adam", ...adam } as const;
 * const options = { steps: 20, batchSize: 64, optimiser, logEvery: 10 };
 * for await (const { step } of trainDiscriminator(network, real, fake, options)) {
 *   console.log(step, await logitsAt(network, [-1, 0, 1]));
 * }
 * disposeNetwork(network);
 * ```
 *
 * @throws {RangeError} If a count in the options is not an integer of at least 1.
 * @throws {TypeError} If a sampler gives too few or too many numbers.
 * @throws {DivergedError} If a reported loss is NaN or infinite.
 * @throws {Interrupted} If the cell that trains is stopped.
 */
export async function* trainDiscriminator(
  discriminator: Network,
  drawReal: Sampler,
  drawFake: Sampler,
  options: DiscriminateOptions,
): AsyncGenerator<DiscriminateEvent> {
  const { steps, batchSize, logEvery } = options;
  for (const [name, value] of Object.entries({ steps, batchSize, logEvery })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot train a discriminator: ${name} must be an integer of at least 1, got ${value}`,
      );
    }
  }
  const optimiser = createOptimiser(options.optimiser, discriminator.weights);
  try {
    for (let step = 1; step <= steps; step++) {
      const real = rows(drawReal, batchSize, discriminator);
      const fake = rows(drawFake, batchSize, discriminator);
      const wanted = step % logEvery === 0 || step === steps;
      let loss: tf.Tensor | undefined;
      const gradients = gradientsIn(discriminator, (network) => {
        const { output } = trace(network, tf.concat([real, fake]), { training: true });
        const [realLogits, fakeLogits] = tf.split(output, 2);
        const value = discriminatorLoss(realLogits, fakeLogits);
        if (wanted) loss = tf.keep(tf.clone(value));
        return value;
      });
      applyGradients(optimiser, discriminator.weights, gradients, 0);
      tf.dispose([real, fake]);
      tf.dispose(gradients);
      if (loss) {
        const value = (await loss.data())[0];
        loss.dispose();
        checkFinite(step, { "the loss": value });
        yield { step, loss: value };
      }
      await nextTurn();
    }
  } finally {
    tf.dispose(optimiser.slots);
  }
}

/** The logits of a network with one input, at these points. */
export async function logitsAt(network: Network, xs: ArrayLike<number>): Promise<Float64Array> {
  const output = tf.tidy(() =>
    forward(network, tf.tensor2d(Float32Array.from(xs), [xs.length, 1]), { training: false })
  );
  const logits = Float64Array.from(await output.data());
  output.dispose();
  return logits;
}

function rows(draw: Sampler, count: number, { spec }: Network): tf.Tensor2D {
  const values = draw(count);
  if (values.length !== count * spec.inputs) {
    throw new TypeError(
      `Cannot train a discriminator: ${count} samples must be ${
        count * spec.inputs
      } numbers, got ${values.length}`,
    );
  }
  return tf.tensor2d(Float32Array.from(values), [count, spec.inputs]);
}
