/**
 * The operations of a layer: forwards, back, the adjoint of the way back, and the gradient of its
 * weight.
 *
 * @module
 */
import { affineWidth, inputsOf } from "@/gan/spec.ts";
import { type LayerBuffers, type Panels, type PlacedNetwork } from "./buffers.ts";
import { ACTIVATION_CODES, codeOf } from "./capabilities.ts";
import { ActivationCode, Code, GradientWord, Word } from "./operation_protocol.ts";
import { BLOCK, padded, PANEL, TILE_ROWS } from "./layout.ts";
import {
  CHUNK_NUMBERS,
  chunks,
  chunkSize,
  type Operation,
  operation,
  type Rows,
  rowWords,
  type Words,
} from "./operation.ts";

/** Bytes from a panel of weights to the next. */
function weightStep(inputs: number): number {
  return 4 * TILE_ROWS * padded(inputs, BLOCK);
}

function weightOf(network: PlacedNetwork, base: number, index: number, part = "weight"): number {
  return network.parameters.address(base, `layers.${index}.${part}`);
}

/** Panels of weights that a chunk must be a multiple of: whole units of a maxout layer. */
function panelsOfUnits(pieces: number): number {
  let unit = pieces;
  while (unit % TILE_ROWS !== 0) unit += pieces;
  return unit / TILE_ROWS;
}

/** Layer `index` forwards: from its x to `out`, times the mask of what follows. */
export function forwardLayer(
  network: PlacedNetwork,
  index: number,
  buffers: LayerBuffers,
  out: Panels,
  rows: Rows,
  options: { mask?: Panels; moveStatistics: boolean },
): Operation {
  const layer = network.spec.layers[index];
  const inputs = inputsOf(network.spec, index);
  const affine = affineWidth(layer);
  const raw = buffers.winners ?? buffers.normalised ?? out;
  const work = inputs * affine * rows.panels * PANEL;
  const pieces = layer.activation === "maxout" ? layer.pieces! : 1;
  const parameter = (part: string) => weightOf(network, network.weights, index, part);
  const running = (part: string) =>
    network.statistics.address(network.running, `layers.${index}.${part}`);
  const norm: Words = layer.batchNorm
    ? {
      [Word.Norm]: 1,
      [Word.Scale]: parameter("scale"),
      [Word.Shift]: parameter("shift"),
      [Word.InverseDeviation]: buffers.inverseDeviation!,
      [Word.RunningMean]: running("mean"),
      [Word.RunningVariance]: running("variance"),
    }
    : {};
  const size = chunkSize(work, Math.ceil(affine / TILE_ROWS), panelsOfUnits(pieces));
  return operation(
    Code.Forward,
    {
      ...chunks(Math.ceil(affine / TILE_ROWS), size),
      ...rowWords(rows),
      [Word.Features]: layer.width,
      [Word.Pieces]: pieces,
      [Word.In]: buffers.x.address,
      [Word.InStride]: buffers.x.stride,
      [Word.Weights]: parameter("weight"),
      [Word.WeightStep]: weightStep(inputs),
      [Word.Turns]: Math.ceil(inputs / 4),
      [Word.Raw]: raw.address,
      [Word.RawStride]: raw.stride,
      [Word.Out]: out.address,
      [Word.OutStride]: out.stride,
      [Word.Bias]: parameter("bias"),
      [Word.Activation]: codeOf(ACTIVATION_CODES, layer.activation),
      [Word.Mask]: options.mask?.address,
      [Word.Sums]: buffers.sums,
      ...norm,
    },
    {
      [Word.Slope]: layer.slope ?? 0,
      [Word.Epsilon]: layer.batchNorm?.epsilon,
      [Word.StatisticsShare]: options.moveStatistics ? layer.batchNorm?.momentum : 0,
      [Word.BatchRows]: rows.count,
    },
    work,
  );
}

/** The layer that a gradient arrives at: from its output to its affine map. */
export interface Below {
  network: PlacedNetwork;
  index: number;
  buffers: LayerBuffers;
  /** What the layer gave out. */
  out: Panels;
  /**
   * Given where the gradients of its bias, scale and shift are wanted; `seeds` has a factor for
   * each column of the bias's.
   */
  gradients?: { seeds?: number };
}

/** Where a product puts the gradient at the output of that layer. */
function rawOf({ buffers }: Below): Panels {
  return buffers.g ?? buffers.u;
}

function belowWords(below: Below): Words {
  const { network, index, buffers, out, gradients } = below;
  const layer = network.spec.layers[index];
  const gradient = (part: string) => weightOf(network, network.gradients, index, part);
  const norm: Words = layer.batchNorm
    ? {
      [Word.Norm]: 1,
      [Word.Scale]: weightOf(network, network.weights, index, "scale"),
      [Word.Normalised]: buffers.normalised!.address,
      [Word.NormalisedStride]: buffers.normalised!.stride,
      [Word.InverseDeviation]: buffers.inverseDeviation,
      [Word.ScaleGradient]: gradient("scale"),
      [Word.ShiftGradient]: gradient("shift"),
    }
    : {};
  return {
    [Word.Raw]: rawOf(below).address,
    [Word.RawStride]: rawOf(below).stride,
    [Word.Out]: buffers.u.address,
    [Word.OutStride]: buffers.u.stride,
    [Word.Activation]: codeOf(ACTIVATION_CODES, layer.activation),
    [Word.Pieces]: layer.activation === "maxout" ? layer.pieces! : 1,
    [Word.Activated]: layer.activation === "linear" ? 0 : out.address,
    [Word.ActivatedStride]: out.stride,
    [Word.Winners]: buffers.winners?.address,
    [Word.WinnersStride]: buffers.winners?.stride,
    [Word.BiasGradient]: gradients ? gradient("bias") : 0,
    [Word.BiasSeeds]: gradients?.seeds,
    [Word.Sums]: buffers.sums,
    ...norm,
  };
}

/** Options of a pass back through a layer. */
export interface BackwardOptions {
  /** How many inputs of the layer are wanted, from the first on, where the others are a label's. */
  inputs?: number;
  /** Dropout of the layer's input. */
  mask?: Panels;
  /** A factor for each column. */
  seeds?: number;
}

/** The product of a pass back: rows are the inputs of layer `index`, or the first of them. */
function productWords(
  network: PlacedNetwork,
  index: number,
  u: Panels,
  rows: Rows,
  inputs = inputsOf(network.spec, index),
): Words {
  const affine = affineWidth(network.spec.layers[index]);
  const size = chunkSize(
    productWork(network, index, rows, inputs),
    Math.ceil(inputs / TILE_ROWS),
  );
  return {
    ...chunks(Math.ceil(inputs / TILE_ROWS), size),
    ...rowWords(rows),
    [Word.Features]: inputs,
    [Word.In]: u.address,
    [Word.InStride]: u.stride,
    [Word.Weights]: weightOf(network, network.weights, index),
    [Word.WeightStep]: weightStep(inputsOf(network.spec, index)),
    [Word.Turns]: Math.ceil(affine / TILE_ROWS),
  };
}

function productWork(
  network: PlacedNetwork,
  index: number,
  rows: Rows,
  inputs = inputsOf(network.spec, index),
): number {
  return inputs * affineWidth(network.spec.layers[index]) * rows.panels * PANEL;
}

/**
 * From the gradient `u` at the affine map of layer `index` to the one at the affine map of `below`.
 */
export function backwardLayer(
  network: PlacedNetwork,
  index: number,
  u: Panels,
  below: Below,
  rows: Rows,
  { mask, seeds, inputs }: BackwardOptions = {},
): Operation {
  return operation(
    Code.Backward,
    {
      ...productWords(network, index, u, rows, inputs),
      ...belowWords(below),
      [Word.Mask]: mask?.address,
      [Word.Seeds]: seeds,
    },
    {
      [Word.Slope]: below.network.spec.layers[below.index].slope ?? 0,
      [Word.BatchRows]: rows.count,
    },
    productWork(network, index, rows, inputs),
  );
}

/**
 * From `u` to the gradient at the input of layer `index` itself; of the penalty also its squares.
 */
export function backwardToInput(
  network: PlacedNetwork,
  index: number,
  u: Panels,
  to: Panels,
  rows: Rows,
  options: BackwardOptions & { penalty?: { squares: number; sums: number; factor: number } },
): Operation {
  return operation(
    Code.Backward,
    {
      ...productWords(network, index, u, rows, options.inputs),
      [Word.Raw]: to.address,
      [Word.RawStride]: to.stride,
      [Word.Out]: to.address,
      [Word.OutStride]: to.stride,
      [Word.Activation]: ActivationCode.Linear,
      [Word.Pieces]: 1,
      [Word.Mask]: options.mask?.address,
      [Word.Seeds]: options.seeds,
      [Word.Squares]: options.penalty?.squares,
      [Word.Sums]: options.penalty?.sums,
    },
    { [Word.Factor]: options.penalty?.factor },
    productWork(network, index, rows, options.inputs),
  );
}

/** The gradient at the output of `below`, where it lies already, to the one at its affine map. */
export function throughActivation(below: Below, rows: Rows): Operation {
  const layer = below.network.spec.layers[below.index];
  const size = Math.ceil(CHUNK_NUMBERS / (rows.panels * PANEL));
  return operation(
    Code.ToAffine,
    {
      ...chunks(layer.width, size),
      ...rowWords(rows),
      [Word.Features]: layer.width,
      ...belowWords(below),
    },
    { [Word.Slope]: layer.slope ?? 0, [Word.BatchRows]: rows.count },
  );
}

/** The adjoint of the pass back: s[index] to s[index + 1], `to`. */
export function adjointLayer(
  network: PlacedNetwork,
  index: number,
  buffers: LayerBuffers,
  to: Panels,
  rows: Rows,
  { out, mask }: { out: Panels; mask?: Panels },
): Operation {
  const layer = network.spec.layers[index];
  const inputs = inputsOf(network.spec, index);
  const affine = affineWidth(layer);
  const pieces = layer.activation === "maxout" ? layer.pieces! : 1;
  const raw = buffers.sRaw ?? to;
  const work = inputs * affine * rows.panels * PANEL;
  const size = chunkSize(work, Math.ceil(affine / TILE_ROWS), panelsOfUnits(pieces));
  return operation(
    Code.Forward,
    {
      ...chunks(Math.ceil(affine / TILE_ROWS), size),
      ...rowWords(rows),
      [Word.Adjoint]: 1,
      [Word.Features]: layer.width,
      [Word.Pieces]: pieces,
      [Word.In]: buffers.s!.address,
      [Word.InStride]: buffers.s!.stride,
      [Word.Weights]: weightOf(network, network.weights, index),
      [Word.WeightStep]: weightStep(inputs),
      [Word.Turns]: Math.ceil(inputs / 4),
      [Word.Raw]: raw.address,
      [Word.RawStride]: raw.stride,
      [Word.Out]: to.address,
      [Word.OutStride]: to.stride,
      [Word.Activation]: codeOf(ACTIVATION_CODES, layer.activation),
      [Word.Activated]: out.address,
      [Word.ActivatedStride]: out.stride,
      [Word.Winners]: buffers.winners?.address,
      [Word.WinnersStride]: buffers.winners?.stride,
      [Word.Mask]: mask?.address,
    },
    { [Word.Slope]: layer.slope ?? 0 },
    work,
  );
}

/** The gradient of layer `index`'s weight: Σ u (seed x + added)ᵀ over the rows. */
export function weightGradient(
  network: PlacedNetwork,
  index: number,
  buffers: LayerBuffers,
  rows: Rows,
  { seeds, added }: { seeds?: number; added?: { panels: Panels; count: number } } = {},
): Operation[] {
  const inputs = inputsOf(network.spec, index);
  const affine = affineWidth(network.spec.layers[index]);
  const stride = rows.panels * 4 * PANEL * PANEL;
  const tiles = Math.ceil(inputs / PANEL);
  const work = inputs * affine * rows.panels * PANEL;
  const tileNumbers = rows.panels * PANEL * PANEL;
  return [
    operation(Code.Transpose, {
      ...chunks(tiles, Math.ceil(CHUNK_NUMBERS / tileNumbers)),
      ...rowWords(rows),
      [Word.Features]: inputs,
      [Word.In]: buffers.x.address,
      [Word.InStride]: buffers.x.stride,
      [Word.Out]: buffers.features,
      [Word.OutStride]: stride,
      [Word.Seeds]: seeds,
      [Word.Added]: added?.panels.address,
      [Word.AddedStride]: added?.panels.stride,
      [Word.AddedPanels]: added?.count,
    }),
    operation(
      Code.Gradient,
      {
        ...chunks(tiles, chunkSize(work, tiles)),
        [GradientWord.InputPanels]: tiles,
        [GradientWord.Features]: buffers.features,
        [GradientWord.FeaturesStride]: stride,
        [GradientWord.U]: buffers.u.address,
        [GradientWord.UStride]: buffers.u.stride,
        [GradientWord.OutputTiles]: Math.ceil(affine / TILE_ROWS),
        [GradientWord.Turns]: rows.panels * PANEL / 4,
        [GradientWord.Out]: weightOf(network, network.gradients, index),
        [GradientWord.WeightStep]: weightStep(inputs),
        [GradientWord.Outputs]: affine,
      },
      {},
      work,
    ),
  ];
}
