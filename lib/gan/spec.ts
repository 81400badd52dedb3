/**
 * A network as data: what it is, before it is tensors.
 *
 * A `NetworkSpec` is plain JSON. The reference model, a faster engine, the summary that a learner
 * reads and the header of a checkpoint are all made from it.
 *
 * A layer is, in this order: dropout of its input, an affine map, batch normalisation, activation.
 * A maxout layer of `width` units and `pieces` pieces has an affine map to width × pieces numbers,
 * piece p of unit u at index u × pieces + p, and keeps the largest piece of each unit.
 *
 * @module
 */

/** What a layer applies to its (normalised) affine map. `linear` leaves a logit as it is. */
export type Activation = "linear" | "relu" | "leakyRelu" | "maxout" | "sigmoid" | "tanh";

/** Batch normalisation (Ioffe and Szegedy 2015) with PyTorch's meaning of the two numbers. */
export interface BatchNormSpec {
  /** Share of the new batch in the running mean and variance. */
  momentum: number;
  /** Added to the variance. */
  epsilon: number;
}

export interface LayerSpec {
  /** Units that the layer gives out. */
  width: number;
  activation: Activation;
  /** Slope of `leakyRelu` below zero. */
  slope?: number;
  /** Affine pieces of each `maxout` unit. */
  pieces?: number;
  batchNorm?: BatchNormSpec;
  /** Dropout: the probability that an input of this layer is kept; what is kept is scaled by 1/keep. */
  keep?: number;
}

/** How weights and biases are drawn. */
export type Initialisation =
  /** U(-1/√n, 1/√n) for weights and biases, n the inputs of the layer: PyTorch's `nn.Linear`. */
  | { kind: "fanIn" }
  /** U(-r, r), r = √(6 / (inputs + outputs)), for weights, zero for biases: Keras's `Dense`. */
  | { kind: "glorot" }
  /** U(-range, range) for weights, zero for biases. */
  | { kind: "uniform"; range: number };

export interface NetworkSpec {
  inputs: number;
  layers: LayerSpec[];
  initialisation: Initialisation;
}

/** A named array of numbers that belongs to a network. */
export interface ParameterSpec {
  /** `layers.2.weight`: the layer's index, counted from 0, and its part. */
  name: string;
  shape: number[];
}

/** Width of the affine map of a layer: `width`, times the pieces of a maxout layer. */
export function affineWidth(layer: LayerSpec): number {
  return layer.width * (layer.activation === "maxout" ? layer.pieces! : 1);
}

/** The inputs of layer `index`. */
export function inputsOf(spec: NetworkSpec, index: number): number {
  return index === 0 ? spec.inputs : spec.layers[index - 1].width;
}

/** Everything that an optimiser moves, in the order of the layers. */
export function trainableParameters(spec: NetworkSpec): ParameterSpec[] {
  return spec.layers.flatMap((layer, index) => {
    const width = affineWidth(layer);
    const parts: ParameterSpec[] = [
      { name: `layers.${index}.weight`, shape: [inputsOf(spec, index), width] },
      { name: `layers.${index}.bias`, shape: [width] },
    ];
    if (layer.batchNorm) {
      parts.push(
        { name: `layers.${index}.scale`, shape: [width] },
        { name: `layers.${index}.shift`, shape: [width] },
      );
    }
    return parts;
  });
}

/** The running mean and variance of each batch normalisation: moved by batches, not by gradients. */
export function batchStatistics(spec: NetworkSpec): ParameterSpec[] {
  return spec.layers.flatMap((layer, index) =>
    layer.batchNorm
      ? [
        { name: `layers.${index}.mean`, shape: [affineWidth(layer)] },
        { name: `layers.${index}.variance`, shape: [affineWidth(layer)] },
      ]
      : []
  );
}

/** Numbers in an array of that shape. */
export function sizeOf(shape: number[]): number {
  return shape.reduce((size, side) => size * side, 1);
}

/** How many numbers the optimiser moves. */
export function countParameters(spec: NetworkSpec): number {
  return trainableParameters(spec).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * A table for a reader: one line a layer, with shapes and parameter counts.
 *
 * ```ts
 * import { describe } from "@/gan/spec.ts";
 *
 * console.log(describe("discriminator", {
 *   inputs: 2,
 *   layers: [{ width: 1, activation: "linear" }],
 *   initialisation: { kind: "fanIn" },
 * }));
 * // discriminator: 2 → 1, 3 parameters
 * //   0  2 → 1  linear  3
 * ```
 */
export function describe(name: string, spec: NetworkSpec): string {
  const format = (n: number) => n.toLocaleString("en-US");
  const rows = spec.layers.map((layer, index) => {
    const inputs = inputsOf(spec, index);
    const own = trainableParameters(spec).filter((p) => p.name.startsWith(`layers.${index}.`));
    return [
      String(index),
      `${inputs} → ${layer.width}`,
      describeLayer(layer),
      format(own.reduce((sum, { shape }) => sum + sizeOf(shape), 0)),
    ];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const counts = Math.max(...rows.map((row) => row[3].length));
  return [
    `${name}: ${spec.inputs} → ${spec.layers.at(-1)!.width}, ${
      format(countParameters(spec))
    } parameters`,
    ...rows.map((row) =>
      `  ${row.slice(0, 3).map((cell, i) => cell.padEnd(widths[i])).join("  ")}  ${
        row[3].padStart(counts)
      }`
    ),
  ].join("\n");
}

function describeLayer(layer: LayerSpec): string {
  const parts: string[] = [];
  if (layer.keep !== undefined && layer.keep < 1) parts.push(`keep ${layer.keep}`);
  if (layer.batchNorm) parts.push("batch norm");
  if (layer.activation === "leakyRelu") parts.push(`leakyRelu(${layer.slope})`);
  else if (layer.activation === "maxout") parts.push(`maxout of ${layer.pieces}`);
  else parts.push(layer.activation);
  return parts.join(", ");
}

/**
 * Checks a spec that comes from outside (a preset being written, a checkpoint's header).
 *
 * @throws {RangeError} Naming the layer, the rule and the value found.
 */
export function checkSpec(spec: NetworkSpec): void {
  const positiveInteger = (what: string, value: unknown) => {
    if (!Number.isInteger(value) || (value as number) < 1) {
      throw new RangeError(
        `Cannot build a network: ${what} must be an integer of at least 1, got ${value}`,
      );
    }
  };
  positiveInteger("the number of inputs", spec?.inputs);
  if (!Array.isArray(spec.layers) || spec.layers.length === 0) {
    throw new RangeError("Cannot build a network: it needs at least one layer, got none");
  }
  spec.layers.forEach((layer, index) => {
    positiveInteger(`the width of layer ${index}`, layer.width);
    if (!["linear", "relu", "leakyRelu", "maxout", "sigmoid", "tanh"].includes(layer.activation)) {
      throw new RangeError(
        `Cannot build a network: layer ${index} has an activation that does not exist, got ${layer.activation}`,
      );
    }
    if (layer.activation === "maxout") {
      positiveInteger(`the pieces of layer ${index}`, layer.pieces);
    }
    if (layer.activation === "leakyRelu" && !(layer.slope! >= 0 && layer.slope! < 1)) {
      throw new RangeError(
        `Cannot build a network: the slope of layer ${index} must be in [0, 1), got ${layer.slope}`,
      );
    }
    if (layer.keep !== undefined && !(layer.keep > 0 && layer.keep <= 1)) {
      throw new RangeError(
        `Cannot build a network: keep of layer ${index} must be in (0, 1], got ${layer.keep}`,
      );
    }
    const norm = layer.batchNorm;
    if (norm && !(norm.momentum > 0 && norm.momentum <= 1 && norm.epsilon > 0)) {
      throw new RangeError(
        `Cannot build a network: batch norm of layer ${index} needs a momentum in (0, 1] and a positive epsilon, got ${
          JSON.stringify(norm)
        }`,
      );
    }
  });
}
