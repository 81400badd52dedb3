/**
 * Operations of the machine as the planner writes them: a layer forwards, a layer back, a weight's
 * gradient. `engine/fields.ts` names their words.
 *
 * @module
 */
import {
  Activation,
  BlendWord,
  Code,
  GradientWord,
  MoveWord,
  OP_BYTES,
  OptimiserWord,
  Word,
} from "./fields.ts";
import { BLOCK, padded, PANEL, panelsOf, TILE_ROWS } from "./layout.ts";
import { affineWidth, inputsOf, type LayerSpec } from "@/gan/spec.ts";
import { type LayerBuffers, type Panels, type PlacedNetwork } from "./buffers.ts";

/** An operation, and its multiplications. */
export interface Operation {
  words: Int32Array;
  work: number;
}

type Words = Partial<Record<number, number>>;

/** Rows of a batch in panels: one group of them, or two (real, generated), each padded by itself. */
export interface Rows {
  panels: number;
  /** Panels of a group. */
  groupPanels: number;
  /** Valid columns of a group's last panel. */
  lastColumns: number;
  /** Rows of all groups. */
  count: number;
}

/** An operation is cut into about so many chunks, so that no thread waits long for another. */
const CHUNKS = 16;
/** Multiplications of a chunk: at least about 3 µs, large beside a counter, and at most about 80 µs. */
const CHUNK_WORK = { least: 2 ** 17, most: 2 ** 22 };
/** Numbers of a chunk of an operation that only reads and writes. */
const CHUNK_NUMBERS = 2 ** 12;
/** The same of an optimiser, which reads and writes far more of them. */
const CHUNK_PARAMETERS = 2 ** 14;

const ACTIVATIONS: Record<LayerSpec["activation"], Activation> = {
  linear: Activation.Linear,
  relu: Activation.Relu,
  leakyRelu: Activation.LeakyRelu,
  maxout: Activation.Maxout,
  sigmoid: Activation.Sigmoid,
  tanh: Activation.Tanh,
};

/** `groups` groups of `rows` rows each. */
export function rowsOf(groups: number, rows: number): Rows {
  const groupPanels = panelsOf(rows);
  return {
    panels: groups * groupPanels,
    groupPanels,
    lastColumns: rows - PANEL * (groupPanels - 1),
    count: groups * rows,
  };
}

/** The panels without their first `count` features. */
export function featuresFrom(panels: Panels, count: number): Panels {
  return { ...panels, address: panels.address + 4 * PANEL * count };
}

/** The panels from `first` on. */
export function panelsFrom(panels: Panels, first: number): Panels {
  return { ...panels, address: panels.address + first * panels.stride };
}

/** An operation; `floats` are the words that hold a float32. */
export function operation(code: Code, words: Words, floats: Words = {}, work = 0): Operation {
  const all = new Int32Array(OP_BYTES / 4);
  const asFloats = new Float32Array(all.buffer);
  all[Word.Code] = code;
  all[Word.Chunks] = 1;
  all[Word.ChunkSize] = 1;
  for (const [index, value] of Object.entries(words)) all[Number(index)] = value ?? 0;
  for (const [index, value] of Object.entries(floats)) asFloats[Number(index)] = value ?? 0;
  return { words: all, work };
}

function chunks(all: number, size: number): Words {
  return { [Word.Chunks]: Math.ceil(all / size), [Word.ChunkSize]: size };
}

/** Things of a chunk, of `count` with so many multiplications in all, in multiples of `unit`. */
function chunkSize(work: number, count: number, unit = 1): number {
  const wanted = Math.min(CHUNK_WORK.most, Math.max(CHUNK_WORK.least, work / CHUNKS));
  return Math.max(1, Math.round(wanted * count / work / unit)) * unit;
}

function rowWords({ panels, groupPanels, lastColumns }: Rows): Words {
  return {
    [Word.Panels]: panels,
    [Word.GroupPanels]: groupPanels,
    [Word.LastColumns]: lastColumns,
  };
}

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
      [Word.Activation]: ACTIVATIONS[layer.activation],
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
  /** Whether the gradients of its bias, scale and shift are wanted; a factor for each column of the bias's. */
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
    [Word.Activation]: ACTIVATIONS[layer.activation],
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

/** What a pass back through a layer is told. */
export interface BackwardOptions {
  /** Only the first so many inputs of the layer, where the others are a label's. */
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
  const size = chunkSize(productWork(network, index, rows), Math.ceil(inputs / TILE_ROWS));
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

function productWork(network: PlacedNetwork, index: number, rows: Rows): number {
  const layer = network.spec.layers[index];
  return inputsOf(network.spec, index) * affineWidth(layer) * rows.panels * PANEL;
}

/** From the gradient `u` at the affine map of layer `index` to the one at the affine map of `below`. */
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
    productWork(network, index, rows),
  );
}

/** From `u` to the gradient at the input of layer `index` itself; of the penalty also its squares. */
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
      [Word.Activation]: Activation.Linear,
      [Word.Pieces]: 1,
      [Word.Mask]: options.mask?.address,
      [Word.Seeds]: options.seeds,
      [Word.Squares]: options.penalty?.squares,
      [Word.Sums]: options.penalty?.sums,
    },
    { [Word.Factor]: options.penalty?.factor },
    productWork(network, index, rows),
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
      [Word.Activation]: ACTIVATIONS[layer.activation],
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
      },
      {},
      work,
    ),
  ];
}

/** Rows one after another to panels, times a mask that lies in the same panels. */
export function loadRows(
  source: number,
  features: number,
  count: number,
  to: Panels,
  mask?: Panels,
): Operation {
  return operation(Code.Load, {
    ...chunks(panelsOf(count), 1),
    [Word.Panels]: panelsOf(count),
    [Word.Features]: features,
    [Word.In]: source,
    [MoveWord.RowBytes]: 4 * features,
    [MoveWord.Count]: count,
    [Word.Out]: to.address,
    [Word.OutStride]: to.stride,
    [Word.Mask]: mask?.address,
  });
}

/** Samples of `width` numbers, `packing` of them end to end in a row of D, times a mask; or the way back. */
export function regroup(
  code: Code.Pack | Code.Unpack,
  { packing, width, count }: { packing: number; width: number; count: number },
  source: Panels,
  to: Panels,
  mask?: Panels,
): Operation {
  return operation(code, {
    ...chunks(panelsOf(count), 1),
    [MoveWord.Packing]: packing,
    [MoveWord.Width]: width,
    [MoveWord.Count]: count,
    [Word.In]: source.address,
    [Word.InStride]: source.stride,
    [Word.Out]: to.address,
    [Word.OutStride]: to.stride,
    [Word.Mask]: mask?.address,
  });
}

/** A step of the optimiser over all numbers of a network; its rates are set before each run. */
export function optimise(network: PlacedNetwork, kind: "adam" | "momentum"): Operation {
  const numbers = network.parameters.size;
  return operation(kind === "adam" ? Code.Adam : Code.Momentum, {
    ...chunks(numbers, CHUNK_PARAMETERS),
    [OptimiserWord.Weights]: network.weights,
    [OptimiserWord.Gradients]: network.gradients,
    [OptimiserWord.First]: network.slots[0],
    [OptimiserWord.Second]: network.slots[1],
    [OptimiserWord.Average]: network.average,
    [OptimiserWord.Numbers]: numbers,
  });
}

/** The average of G's running statistics moves towards them. */
export function averageStatistics(network: PlacedNetwork): Operation {
  return operation(Code.Blend, {
    ...chunks(network.statistics.size, CHUNK_PARAMETERS),
    [BlendWord.Source]: network.running,
    [BlendWord.Average]: network.averageRunning,
    [BlendWord.Numbers]: network.statistics.size,
  });
}
