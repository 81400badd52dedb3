/**
 * The operations that go over a batch or over all numbers of a network: loading, packing,
 * optimising, averaging.
 *
 * @module
 */
import { type OptimiserSpec } from "@/gan/optimiser.ts";
import { type Panels, type PlacedNetwork } from "./buffers.ts";
import { codeOf, OPTIMISER_CODES } from "./capabilities.ts";
import {
  BlendWord,
  Code,
  LoadSource,
  MOST_FLAGS,
  MoveWord,
  OptimiserWord,
  Word,
} from "./operation_protocol.ts";
import { padded, panelsOf } from "./layout.ts";
import { chunks, type Operation, operation, type Words } from "./operation.ts";
import { type Inputs, type KeptRows, type Placement } from "./placement.ts";

/**
 * Numbers of a chunk of an optimiser, which reads and writes far more of them than other operations
 * do.
 */
const CHUNK_PARAMETERS = 2 ** 14;

/** Chunks of whole vectors, each with a flag of its own. */
function chunksOf(numbers: number): Words {
  return chunks(numbers, Math.max(CHUNK_PARAMETERS, padded(numbers / MOST_FLAGS, 16)));
}

/** Moves rows that lie one after another to panels, times a mask that lies in the same panels. */
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

/** As `loadRows`, of normal numbers that are made of random words (`Inputs`). */
export function loadNormals(
  words: number,
  features: number,
  count: number,
  to: Panels,
): Operation {
  return withWords(loadRows(words, features, count, to), {
    [MoveWord.Source]: LoadSource.NormalWords,
  });
}

/** As `loadRows`, of rows that the memory has, `packing` of them end to end, by their indices. */
export function loadKeptRows(
  indices: number,
  { rows, table }: KeptRows,
  { packing, width, count }: { packing: number; width: number; count: number },
  to: Panels,
  mask?: Panels,
): Operation {
  return withWords(loadRows(indices, packing * width, count, to, mask), {
    [MoveWord.Source]: LoadSource.Rows,
    [MoveWord.Packing]: packing,
    [MoveWord.Width]: width,
    [MoveWord.Rows]: rows,
    [MoveWord.Table]: table,
  });
}

/** Latent numbers to panels, from what is put in for them. */
export function loadLatent(
  { normals }: Inputs,
  source: number,
  features: number,
  count: number,
  to: Panels,
): Operation {
  return (normals ? loadNormals : loadRows)(source, features, count, to);
}

/** A mask of dropout to panels, from what is put in for it. */
export function loadMask(
  { masks }: Inputs,
  { source, features, count, keep }: {
    source: number;
    features: number;
    count: number;
    keep: number;
  },
  to: Panels,
): Operation {
  const operation = loadRows(source, features, count, to);
  if (!masks) return operation;
  withWords(operation, {
    [MoveWord.Source]: LoadSource.MaskWords,
    // The integers below the number that `Random.bernoullis` compares with.
    [MoveWord.Threshold]: Math.ceil(keep * 2 ** 32),
  });
  new Float32Array(operation.words.buffer)[MoveWord.Value] = 1 / keep;
  return operation;
}

/** Real rows to panels, from what is put in for them. */
export function loadReal(
  { inputs: { rows }, real }: Pick<Placement, "inputs" | "real">,
  shape: { packing: number; width: number; count: number },
  to: Panels,
  mask?: Panels,
): Operation {
  if (rows) return loadKeptRows(real, rows, shape, to, mask);
  return loadRows(real, shape.packing * shape.width, shape.count, to, mask);
}

function withWords(operation: Operation, words: Record<number, number>): Operation {
  for (const [index, word] of Object.entries(words)) operation.words[Number(index)] = word;
  return operation;
}

/**
 * Puts samples of `width` numbers end to end, `packing` of them in a row of D, times a mask; or
 * goes the way back.
 */
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

/** A step of an optimiser over all numbers of a network; its rates are set before each run. */
export function optimise(
  network: PlacedNetwork,
  kind: OptimiserSpec["kind"],
  flags: number,
): Operation {
  const numbers = network.parameters.size;
  return operation(codeOf(OPTIMISER_CODES, kind).code, {
    ...chunksOf(numbers),
    [OptimiserWord.Weights]: network.weights,
    [OptimiserWord.Gradients]: network.gradients,
    [OptimiserWord.First]: network.slots[0],
    [OptimiserWord.Second]: network.slots[1],
    [OptimiserWord.Average]: network.average,
    [OptimiserWord.Numbers]: numbers,
    [OptimiserWord.Flags]: flags,
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
