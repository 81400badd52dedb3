/**
 * How operations become dispatches: one for each, but for `Transpose`, which the gradient that
 * follows does by itself while it reads.
 *
 * @module
 */
import {
  ActivationCode,
  BlendWord,
  Code,
  GradientWord,
  MoveWord,
  OptimiserWord,
  TileWord,
  Word,
} from "../operation_protocol.ts";
import { panelsOf, TILE_ROWS } from "../layout.ts";
import { HEAD_D, HEAD_G, PENALTY_VALUE } from "./shaders/head_shaders.ts";
import { LOAD, PACK, TILE, UNPACK, UNTILE } from "./shaders/move_shaders.ts";
import { ADAM, BLEND, CHECK, MOMENTUM } from "./shaders/optimiser_shaders.ts";
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
import { GRADIENT, GRADIENT_TILE } from "./shaders/gradient_shader.ts";
/** The shaders of the kinds of operations that have one. */
const SHADERS: Partial<Record<Code, string>> = {
  [Code.Gradient]: GRADIENT,
  [Code.Load]: LOAD,
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
  shader: string;
  words: Int32Array;
  groups: [x: number, y: number];
}

/** The dispatch of each operation; undefined for one that needs none. */
export function dispatchesOf(operations: Int32Array[]): (Dispatch | undefined)[] {
  return operations.map((words, i) => {
    const code = words[Word.Code] as Code;
    if (code === Code.Transpose) return undefined;
    if (code === Code.Gradient) return gradient(words, operations[i - 1]);
    return dispatchOf(code, words.slice());
  });
}

function dispatchOf(code: Code, words: Int32Array): Dispatch {
  const shader = shaderOf(words);
  const over = (vectors: number): Dispatch => {
    const groups = Math.min(MAX_GROUPS, Math.max(1, Math.ceil(vectors / THREADS)));
    return { shader, words, groups: [groups, 1] };
  };
  const overRows = (rows: number, size: number): Dispatch => {
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

/** What `Gradient` says beside its `Transpose`, which says where x is and what is done to it. */
const OWN_WORDS = [
  GradientWord.U,
  GradientWord.UStride,
  GradientWord.OutputTiles,
  GradientWord.Out,
  GradientWord.WeightStep,
];

/** Both operations in one. */
function gradient(words: Int32Array, transpose: Int32Array): Dispatch {
  const merged = transpose.slice();
  merged[Word.Code] = Code.Gradient;
  for (const word of OWN_WORDS) merged[word] = words[word];
  const outputs = TILE_ROWS * words[GradientWord.OutputTiles];
  return {
    shader: GRADIENT,
    words: merged,
    groups: [
      Math.ceil(outputs / GRADIENT_TILE.outputs),
      Math.ceil(transpose[Word.Features] / GRADIENT_TILE.inputs),
    ],
  };
}
