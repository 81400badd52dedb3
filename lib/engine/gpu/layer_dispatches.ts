/**
 * The products of layers as dispatches: one, or one for tiles and one that finishes rows.
 *
 * @module
 */
import { ActivationCode, Code, Word } from "../operation_protocol.ts";
import { padded, PANEL, TILE_ROWS } from "../layout.ts";
import { type Dispatch } from "./dispatches.ts";
import {
  BACKWARD,
  BACKWARD_MAXOUT,
  BACKWARD_MAXOUT_SUMS,
  BACKWARD_NORM,
  BACKWARD_SUMS,
} from "./shaders/backward_shaders.ts";
import {
  ADJOINT,
  ADJOINT_MAXOUT,
  FORWARD,
  FORWARD_MAXOUT,
  FORWARD_NORM,
} from "./shaders/forward_shaders.ts";
import {
  FINISHING,
  finishingShader,
  type LayerShader,
  tileShader,
  wholeShader,
} from "./shaders/layer_shader.ts";
import { recordTiles, type TileRecord } from "./tile_names.ts";
import { type ProductShape, type TileChoice, type Tiling } from "./tiles.ts";

const isMaxout = (words: Int32Array) => words[Word.Activation] === ActivationCode.Maxout;

function layerShaderOf(words: Int32Array): LayerShader {
  const [maxout, norm] = [isMaxout(words), words[Word.Norm] !== 0];
  if (words[Word.Code] === Code.Forward) {
    if (words[Word.Adjoint]) return maxout ? ADJOINT_MAXOUT : ADJOINT;
    return maxout ? FORWARD_MAXOUT : norm ? FORWARD_NORM : FORWARD;
  }
  if (norm) return BACKWARD_NORM;
  const sums = words[Word.BiasGradient] !== 0 || words[Word.Squares] !== 0 ||
    words[Word.Code] === Code.ToAffine;
  if (maxout) return sums ? BACKWARD_MAXOUT_SUMS : BACKWARD_MAXOUT;
  return sums ? BACKWARD_SUMS : BACKWARD;
}

/** The pieces of a unit, where the product makes them. */
function piecesOf(words: Int32Array): number {
  return words[Word.Code] === Code.Forward && isMaxout(words) ? words[Word.Pieces] : 1;
}

/** The product of a layer. */
export function shapeOf(words: Int32Array): ProductShape {
  const forward = words[Word.Code] === Code.Forward;
  const pieces = piecesOf(words);
  return {
    rows: words[Word.Features] * pieces,
    columns: words[Word.Panels] * PANEL,
    inner: words[Word.Turns] * (forward ? 4 : TILE_ROWS),
    // A workgroup that makes whole rows does not make whole units.
    whole: pieces === 1 && layerShaderOf(words).finish !== "",
  };
}

/** Numbers that the workgroups of a product leave to the dispatch that adds them. */
function partsOf({ rows, columns }: ProductShape, { split }: Tiling): number {
  return split > 1 ? split * rows * columns : 0;
}

/** The products of lists of operations: their tiles, and the bytes that their parts take. */
export function productsOf(
  lists: Int32Array[][],
  tiles: TileChoice,
): { tiles: TileRecord; bytes: number } {
  const shapes = lists.map((list) =>
    list.filter((words) => words[Word.Code] === Code.Forward || words[Word.Code] === Code.Backward)
      .map(shapeOf)
  );
  // A list has one place for all of them, one product's after another's.
  const most = shapes.map((some) =>
    some.reduce((most, shape) => Math.max(most, partsOf(shape, tiles(shape))), 0)
  );
  return {
    tiles: recordTiles(shapes.flat(), tiles),
    bytes: most.reduce((bytes, count) => bytes + padded(4 * count, 64), 0),
  };
}

/** The dispatches of a layer's operation. */
export function layerDispatches(
  operation: Int32Array,
  index: number,
  tiles: TileChoice,
): Dispatch[] {
  const layer = layerShaderOf(operation);
  const shape = shapeOf(operation);
  const { rows, columns } = shape;
  const tiling = operation[Word.Code] === Code.ToAffine ? undefined : tiles(shape);
  const split = tiling?.split ?? 1;
  const dispatch = (shader: string, groups: Dispatch["groups"], chunk = 0): Dispatch => {
    const words = operation.slice();
    words[Word.Chunks] = split;
    words[Word.ChunkSize] = chunk;
    return { operation: index, operations: 1, shader, words, groups };
  };
  /** A workgroup for each so many rows. */
  const inRows = (shader: string, own: number) =>
    dispatch(shader, [Math.ceil(rows / own), 1, 1], own);
  const finishing = () =>
    inRows(finishingShader(layer, split > 1), FINISHING.rows * piecesOf(operation));
  if (!tiling) return [finishing()];
  const { columns: tileColumns, rows: tileRows } = tiling;
  if (tiling.whole) return [{ ...inRows(wholeShader(layer, tiling), tileRows), tile: tiling }];
  const groups = [Math.ceil(columns / tileColumns), Math.ceil(rows / tileRows), split] as const;
  const made = { ...dispatch(tileShader(layer, tiling), [...groups]), tile: tiling };
  if (split > 1) {
    const parts = partsOf(shape, tiling);
    return [made, finishing()].map((each) => ({ ...each, parts }));
  }
  return layer.finish ? [made, finishing()] : [made];
}
