/**
 * The arithmetic of a training step, from the sides of its products alone.
 *
 * Notation: w the weights of a layer, inputs times outputs; a product of m rows with it is m w
 * multiplications and as many additions.
 *
 * @module
 */
import { type GanOptions, labelCount } from "@/gan/options.ts";
import { affineWidth, inputsOf, type NetworkSpec } from "@/gan/spec.ts";

/**
 * Multiplications and additions of a step as our engine plans it. Sums, activations and optimisers
 * are left out: beside the products they are few.
 */
export function stepFlop(options: GanOptions): number {
  const { batchSize, discriminatorSteps } = options;
  const { generatorBatchSize = batchSize, packing = 1 } = options;
  const [g, d] = [weightsOf(options.generator), weightsOf(options.discriminator)];
  // D's first layer without the inputs of a label, which no gradient goes back to.
  const { discriminator } = options;
  const toRow = (discriminator.inputs - labelCount(options)) * affineWidth(discriminator.layers[0]);
  const inner = sum(d.slice(1));
  const penalty = options.gradientPenalty > 0 ? batchSize * (toRow + sum(d.slice(0, -1))) : 0;
  // G; D forwards on real and generated rows, back, and its gradients.
  const updateOfD = batchSize * packing * sum(g) + 2 * batchSize * (2 * sum(d) + inner) + penalty;
  // Back through D's first layer and through G, and G's gradients.
  const backThroughG = generatorBatchSize * (toRow + packing * (sum(g.slice(1)) + sum(g)));
  const forwardsOfG = generatorBatchSize * (packing * sum(g) + sum(d) + inner);
  const shared = options.updates === "simultaneous";
  return 2 * (discriminatorSteps * updateOfD + backThroughG + (shared ? 0 : forwardsOfG));
}

/** The weights of each layer. */
function weightsOf(spec: NetworkSpec): number[] {
  return spec.layers.map((layer, index) => inputsOf(spec, index) * affineWidth(layer));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
