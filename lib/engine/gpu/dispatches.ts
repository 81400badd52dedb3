/**
 * How operations become dispatches: one for each, but for the gradients of weights, of which those
 * that follow each other are one.
 *
 * @module
 */
import {
  ActivationCode,
  BlendWord,
  Code,
  MoveWord,
  OptimiserWord,
  TileWord,
  Word,
} from "../operation_protocol.ts";
import { panelsOf } from "../layout.ts";
import { type TileLimits } from "./tiles.ts";
import { HEAD_D, HEAD_G, PENALTY_VALUE } from "./shaders/head_shaders.ts";
import { LOAD, PACK, TILE, UNPACK, UNTILE } from "./shaders/move_shaders.ts";
import { ADAM, BLEND, MOMENTUM } from "./shaders/optimiser_shaders.ts";
import { LANES, ROWS, THREADS } from "./shaders/shader_prelude.ts";
import {
  BACKWARD,
  BACKWARD_MAXOUT,
  BACKWARD_NORM,
  TO_AFFINE,
  TO_AFFINE_MAXOUT,
  TO_AFFINE_NORM,
} from "./shaders/backward_shaders.ts";
import {
  ADJOINT,
  ADJOINT_MAXOUT,
  FORWARD,
  FORWARD_MAXOUT,
  FORWARD_NORM,
} from "./shaders/forward_shaders.ts";
import { gradientDispatches, type GradientPair } from "./gradient_dispatches.ts";

/** The shaders of the kinds of operations that have one. */
const SHADERS: Partial<Record<Code, string>> = {
  [Code.Load]: LOAD,
  [Code.Pack]: PACK,
  [Code.Unpack]: UNPACK,
  [Code.HeadD]: HEAD_D,
  [Code.HeadG]: HEAD_G,
  [Code.Penalty]: PENALTY_VALUE,
  [Code.Adam]: ADAM,
  [Code.Momentum]: MOMENTUM,
  [Code.Blend]: BLEND,
  [Code.Tile]: TILE,
  [Code.Untile]: UNTILE,
};

/** The shader of an operation. */
function shaderOf(words: Int32Array): string {
  const code = words[Word.Code] as Code;
  const maxout = words[Word.Activation] === ActivationCode.Maxout;
  const norm = words[Word.Norm] !== 0;
  switch (code) {
    case Code.Forward:
      if (words[Word.Adjoint]) return maxout ? ADJOINT_MAXOUT : ADJOINT;
      return maxout ? FORWARD_MAXOUT : norm ? FORWARD_NORM : FORWARD;
    case Code.Backward:
      return maxout ? BACKWARD_MAXOUT : norm ? BACKWARD_NORM : BACKWARD;
    case Code.ToAffine:
      return maxout ? TO_AFFINE_MAXOUT : norm ? TO_AFFINE_NORM : TO_AFFINE;
    default:
      return SHADERS[code]!;
  }
}

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
  groups: [x: number, y: number];
  /** What a workgroup makes of a product. */
  tile?: { rows: number; columns: number };
}

/** The dispatches of a list of operations, on a device with these limits. */
export function dispatchesOf(operations: Int32Array[], limits: TileLimits): Dispatch[] {
  const dispatches: Dispatch[] = [];
  let i = 0;
  while (i < operations.length) {
    const pairs = pairsFrom(operations, i);
    if (pairs.length > 0) dispatches.push(...gradientDispatches(pairs, i, limits));
    else dispatches.push({ operation: i, operations: 1, ...dispatchOf(operations[i].slice()) });
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

function dispatchOf(words: Int32Array): Omit<Dispatch, "operation" | "operations"> {
  const code = words[Word.Code] as Code;
  const shader = shaderOf(words);
  const over = (vectors: number): ReturnType<typeof dispatchOf> => {
    const groups = Math.min(MAX_GROUPS, Math.max(1, Math.ceil(vectors / THREADS)));
    return { shader, words, groups: [groups, 1] };
  };
  const overRows = (rows: number, size: number): ReturnType<typeof dispatchOf> => {
    words[Word.ChunkSize] = size;
    return { shader, words, groups: [Math.ceil(rows / size), 1] };
  };
  const [features, panels] = [words[Word.Features], words[Word.Panels]];
  const [packing, width, count] = [MoveWord.Packing, MoveWord.Width, MoveWord.Count]
    .map((word) => words[word]);
  switch (code) {
    case Code.Forward: {
      // Whole units of a maxout layer.
      const pieces = words[Word.Activation] === ActivationCode.Maxout ? words[Word.Pieces] : 1;
      return overRows(features * pieces, pieces * Math.max(1, Math.floor(ROWS / pieces)));
    }
    case Code.Backward:
    case Code.ToAffine:
      return overRows(features, ROWS);
    case Code.Load:
      return over(features * panels * LANES);
    case Code.Pack:
      return over(panelsOf(count) * LANES * packing * width);
    case Code.Unpack:
      return over(panelsOf(count * packing) * LANES * width);
    case Code.Adam:
    case Code.Momentum:
      return over(words[OptimiserWord.Numbers] / 4);
    case Code.Blend:
      return over(words[BlendWord.Numbers] / 4);
    case Code.Tile:
      return over(Math.ceil(words[TileWord.Inputs] / 4) * words[TileWord.Outputs]);
    case Code.Untile:
      return over(Math.ceil(words[TileWord.Inputs] * words[TileWord.Outputs] / 4));
    default:
      return { shader, words, groups: [1, 1] };
  }
}
