/**
 * How operations become dispatches: one for each, but for large products of which whole rows are
 * needed, which are two, and the gradients of weights, of which those that follow each other are
 * one.
 *
 * @module
 */
import {
  BlendWord,
  Code,
  LoadSource,
  MoveWord,
  OptimiserWord,
  TileWord,
  Word,
} from "../operation_protocol.ts";
import { panelsOf } from "../layout.ts";
import { HEAD_D, HEAD_G, PENALTY_VALUE } from "./shaders/head_shaders.ts";
import { LOAD_BYTES, LOAD_MASK, LOAD_NORMALS } from "./shaders/input_shaders.ts";
import { LOAD, PACK, TILE, UNPACK, UNTILE } from "./shaders/move_shaders.ts";
import { ADAM, BLEND, CHECK, MOMENTUM } from "./shaders/optimiser_shaders.ts";
import { LANES, THREADS } from "./shaders/shader_prelude.ts";
import { layerDispatches } from "./layer_dispatches.ts";
import { type TileChoice, type TileLimits } from "./tiles.ts";
import { gradientDispatches, type GradientPair } from "./gradient_dispatches.ts";

/** The shaders of the kinds of operations that have one. */
const SHADERS: Partial<Record<Code, string>> = {
  [Code.Pack]: PACK,
  [Code.Unpack]: UNPACK,
  [Code.HeadD]: HEAD_D,
  [Code.HeadG]: HEAD_G,
  [Code.Penalty]: PENALTY_VALUE,
  [Code.Adam]: ADAM,
  [Code.Momentum]: MOMENTUM,
  [Code.Blend]: BLEND,
  [Code.Check]: CHECK,
  [Code.Tile]: TILE,
  [Code.Untile]: UNTILE,
};

/** Those of `Load`, by what its source has. */
const LOADS: Record<LoadSource, string> = {
  [LoadSource.Numbers]: LOAD,
  [LoadSource.NormalWords]: LOAD_NORMALS,
  [LoadSource.Rows]: LOAD_BYTES,
  [LoadSource.MaskWords]: LOAD_MASK,
};

/**
 * The largest number of workgroups of an operation that goes over an array: where it needs more,
 * each thread takes several places.
 */
const MAX_GROUPS = 1024;

/** A dispatch: the words as the shader reads them, and its workgroups. */
export interface Dispatch {
  /** The operation that it does, or the first one, and how many. */
  operation: number;
  operations: number;
  shader: string;
  words: Int32Array;
  groups: [x: number, y: number, z: number];
  /** What a workgroup makes of a product. */
  tile?: { rows: number; columns: number };
  /** Numbers that it leaves to the next dispatch; the machine says in the words where. */
  parts?: number;
}

/** The dispatches of a list of operations, in these tiles, on a device with these limits. */
export function dispatchesOf(
  operations: Int32Array[],
  tiles: TileChoice,
  limits: TileLimits,
): Dispatch[] {
  const dispatches: Dispatch[] = [];
  let i = 0;
  while (i < operations.length) {
    const pairs = pairsFrom(operations, i);
    if (pairs.length > 0) dispatches.push(...gradientDispatches(pairs, i, tiles, limits));
    else dispatches.push(...operationDispatches(operations[i], i, tiles));
    i += Math.max(1, 2 * pairs.length);
  }
  return dispatches;
}

/** The gradients that follow each other from operation `first` on. */
function pairsFrom(operations: Int32Array[], first: number): GradientPair[] {
  const pairs: GradientPair[] = [];
  for (let i = first; operations[i]?.[Word.Code] === Code.Transpose; i += 2) {
    pairs.push({ transpose: operations[i], gradient: operations[i + 1] });
  }
  return pairs;
}

const LAYERS = [Code.Forward, Code.Backward, Code.ToAffine];

function operationDispatches(words: Int32Array, operation: number, tiles: TileChoice): Dispatch[] {
  const code = words[Word.Code] as Code;
  if (LAYERS.includes(code)) return layerDispatches(words, operation, tiles);
  const shader = code === Code.Load ? LOADS[words[MoveWord.Source] as LoadSource] : SHADERS[code]!;
  const groups = Math.min(MAX_GROUPS, Math.max(1, Math.ceil(vectorsOf(code, words) / THREADS)));
  return [{ operation, operations: 1, shader, words, groups: [groups, 1, 1] }];
}

/** Vectors that an operation goes over; one workgroup has the others. */
function vectorsOf(code: Code, words: Int32Array): number {
  const [features, panels] = [words[Word.Features], words[Word.Panels]];
  const [packing, width, count] = [MoveWord.Packing, MoveWord.Width, MoveWord.Count]
    .map((word) => words[word]);
  switch (code) {
    case Code.Load:
      return features * panels * LANES;
    case Code.Pack:
      return panelsOf(count) * LANES * packing * width;
    case Code.Unpack:
      return panelsOf(count * packing) * LANES * width;
    case Code.Adam:
    case Code.Momentum:
      return words[OptimiserWord.Numbers] / 4;
    case Code.Blend:
      return words[BlendWord.Numbers] / 4;
    case Code.Tile:
      return Math.ceil(words[TileWord.Inputs] / 4) * words[TileWord.Outputs];
    case Code.Untile:
      return Math.ceil(words[TileWord.Inputs] * words[TileWord.Outputs] / 4);
    default:
      return 1;
  }
}
