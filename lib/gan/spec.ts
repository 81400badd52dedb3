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
import {
  type Activation,
  ACTIVATION_NAMES,
  type ActivationOptions,
  ACTIVATIONS,
} from "./activations.ts";
import { checkFields, integer, type Refuse, type Rule, shown, within } from "./fields.ts";

/** Batch normalisation (Ioffe and Szegedy 2015) with PyTorch's meaning of the two numbers. */
export interface BatchNormSpec {
  /** Share of the new batch in the running mean and variance. */
  momentum: number;
  /** Added to the variance. */
  epsilon: number;
}

/** A layer, with what its activation needs besides the width. */
export interface LayerSpec extends ActivationOptions {
  /** What the layer applies at its end. */
  activation: Activation;
  /** Batch normalisation of the affine map; none where it is left out. */
  batchNorm?: BatchNormSpec;
  /**
   * Dropout: the probability that an input of this layer is kept; what is kept is scaled by 1/keep.
   */
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

/** A network as data. */
export interface NetworkSpec {
  /** How many numbers it takes. */
  inputs: number;
  /** Its layers, from the first to the last. */
  layers: LayerSpec[];
  /** How weights and biases are drawn. */
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
  return layer.width * (ACTIVATIONS[layer.activation].needs?.pieces ? layer.pieces! : 1);
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

/**
 * The running mean and variance of each batch normalisation: moved by batches, not by gradients.
 */
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
 * A table for a reader: one line for each layer, with shapes and parameter counts.
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

/** What a layer does, in a few words: `keep 0.5, maxout of 5`. */
export function describeLayer(layer: LayerSpec): string {
  const parts: string[] = [];
  if (layer.keep !== undefined && layer.keep < 1) parts.push(`keep ${layer.keep}`);
  if (layer.batchNorm) parts.push("batch norm");
  const { needs = {} } = ACTIVATIONS[layer.activation];
  parts.push(
    layer.activation + (needs.slope ? `(${layer.slope})` : "") +
      (needs.pieces ? ` of ${layer.pieces}` : ""),
  );
  return parts.join(", ");
}

const LAYER_FIELDS = ["width", "activation", "slope?", "pieces?", "batchNorm?", "keep?"];
/** 1 GiB of float32 numbers: more than any machine here trains. */
const MOST_PARAMETERS = 2 ** 28;

/**
 * Checks a spec that comes from outside (a preset being written, a checkpoint's header).
 *
 * @param what Named in errors.
 * @throws {RangeError} Naming the layer, the rule and the value found.
 */
export function checkSpec(spec: NetworkSpec, what = "a network"): void {
  const refuse: Refuse = (rule, value) => {
    throw new RangeError(`Cannot build ${what}: ${rule}, got ${shown(value)}`);
  };
  checkFields(what, spec, ["inputs", "layers", "initialisation"], refuse);
  const { inputs, layers, initialisation } = spec;
  check("the number of inputs", inputs, integer(1), refuse);
  if (!Array.isArray(layers)) refuse("layers must be a list", layers);
  if (layers.length === 0) {
    throw new RangeError(`Cannot build ${what}: it needs at least one layer, got none`);
  }
  layers.forEach((layer, index) => checkLayer(layer, index, refuse));
  checkInitialisation(initialisation, refuse);
  const parameters = countParameters(spec);
  if (parameters > MOST_PARAMETERS) {
    refuse(`it must have at most ${MOST_PARAMETERS} parameters`, parameters);
  }
}

function check(what: string, value: unknown, { rule, holds }: Rule, refuse: Refuse): void {
  if (!holds(value)) refuse(`${what} must be ${rule}`, value);
}

function checkLayer(layer: LayerSpec, index: number, refuse: Refuse): void {
  checkFields(`layer ${index}`, layer, LAYER_FIELDS, refuse);
  const { width, activation, keep, batchNorm: norm } = layer;
  check(`the width of layer ${index}`, width, integer(1), refuse);
  if (!Object.hasOwn(ACTIVATIONS, String(activation))) {
    refuse(
      `the activation of layer ${index} must be one of ${ACTIVATION_NAMES.join(", ")}`,
      activation,
    );
  }
  for (const [name, rule] of Object.entries(ACTIVATIONS[activation].needs ?? {})) {
    check(`the ${name} of layer ${index}`, layer[name as "slope" | "pieces"], rule, refuse);
  }
  if (keep !== undefined) check(`keep of layer ${index}`, keep, within("(", 0, 1, "]"), refuse);
  if (norm === undefined) return;
  checkFields(`batch norm of layer ${index}`, norm, ["momentum", "epsilon"], refuse);
  if (
    !within("(", 0, 1, "]").holds(norm.momentum) ||
    !within("(", 0, Infinity, ")").holds(norm.epsilon)
  ) {
    refuse(
      `batch norm of layer ${index} needs a momentum in (0, 1] and a positive epsilon`,
      norm,
    );
  }
}

function checkInitialisation(initialisation: Initialisation, refuse: Refuse): void {
  const kind = initialisation?.kind;
  if (initialisation?.kind === "uniform") {
    checkFields("initialisation", initialisation, ["kind", "range"], refuse);
    check(
      "the range of the initialisation",
      initialisation.range,
      within("(", 0, Infinity, ")"),
      refuse,
    );
  } else if (kind === "fanIn" || kind === "glorot") {
    checkFields("initialisation", initialisation, ["kind"], refuse);
  } else refuse("the kind of initialisation must be fanIn, glorot or uniform", kind);
}
