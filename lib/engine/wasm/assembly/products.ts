/**
 * The three products of a dense layer, and what is done to their lines while these are still in the
 * cache.
 *
 * A chunk is a range of rows of the result for all of the batch, so that batch norm, sums over the
 * batch and everything else that belongs to a feature is there. It goes panel by panel: the panel's
 * right operand is read from far away once for all rows of the chunk.
 */
import { GradientWord, PlacedWord, Word } from "../../operation_protocol";
import { BLOCK, PANEL, TILE_ROWS } from "../../sizes";
import { beginAffine, affineLines, endAffine } from "./backward_lines";
import { adjointLines, forwardLines, normaliseLines, sumLines } from "./forward_lines";
import { clearSums, LINE, line } from "./lines";
import { transposeTile } from "./moves";
import { address, chunkEnd, chunkStart, word } from "./op";

const TILES_OF_BLOCK: i32 = BLOCK / TILE_ROWS;

// @ts-ignore: decorator
@external("tiles", "forward")
declare function forwardTiles(
  a: usize,
  b: usize,
  c: usize,
  turns: i32,
  jump: i32,
  count: i32,
  aStep: i32,
  bStep: i32,
  cStep: i32,
): void;

// @ts-ignore: decorator
@external("tiles", "backward")
declare function backwardTiles(
  a: usize,
  b: usize,
  c: usize,
  turns: i32,
  jump: i32,
  count: i32,
  aStep: i32,
  bStep: i32,
  cStep: i32,
): void;

// @ts-ignore: decorator
@external("tiles", "gradient")
declare function gradientTiles(
  a: usize,
  b: usize,
  c: usize,
  turns: i32,
  jump: i32,
  count: i32,
  aStep: i32,
  bStep: i32,
  cStep: i32,
): void;

export function forward(op: usize, chunk: i32): void {
  const panels = word(op, Word.Panels);
  const affine = word(op, Word.Features) * word(op, Word.Pieces);
  const first = chunkStart(op, chunk);
  const end = chunkEnd(op, chunk, (affine + TILE_ROWS - 1) / TILE_ROWS);
  const firstRow = first * TILE_ROWS;
  const endRow = min(end * TILE_ROWS, affine);
  const norm = word(op, Word.Norm);
  if (norm) clearSums(op, firstRow, endRow);
  for (let panel = 0; panel < panels; panel++) {
    forwardTiles(
      address(op, Word.Weights) + <usize> first * word(op, Word.WeightStep),
      line(op, Word.In, Word.InStride, panel, 0),
      line(op, Word.Raw, Word.RawStride, panel, firstRow),
      word(op, Word.Turns),
      4 * BLOCK * (TILE_ROWS - 1),
      end - first,
      word(op, Word.WeightStep),
      0,
      TILE_ROWS * <i32> LINE,
    );
    if (word(op, Word.Adjoint)) adjointLines(op, panel, firstRow, endRow);
    else if (norm) sumLines(op, panel, firstRow, endRow);
    else forwardLines(op, panel, firstRow, endRow);
  }
  if (norm) normaliseLines(op, firstRow, endRow);
}

export function backward(op: usize, chunk: i32): void {
  const panels = word(op, Word.Panels);
  const rows = word(op, Word.Features);
  const first = chunkStart(op, chunk);
  const end = chunkEnd(op, chunk, (rows + TILE_ROWS - 1) / TILE_ROWS);
  const firstRow = first * TILE_ROWS;
  const endRow = min(end * TILE_ROWS, rows);
  beginAffine(op, firstRow, endRow);
  for (let panel = 0; panel < panels; panel++) {
    // The weights of neighbouring inputs are neighbours as far as their block reaches.
    for (let tile = first; tile < end;) {
      const inBlock = tile % TILES_OF_BLOCK;
      const count = min(TILES_OF_BLOCK - inBlock, end - tile);
      backwardTiles(
        address(op, Word.Weights) +
          4 * TILE_ROWS * <usize> ((tile - inBlock) / TILES_OF_BLOCK * BLOCK + inBlock),
        line(op, Word.In, Word.InStride, panel, 0),
        line(op, Word.Raw, Word.RawStride, panel, tile * TILE_ROWS),
        word(op, Word.Turns),
        word(op, Word.WeightStep),
        count,
        4 * TILE_ROWS,
        0,
        TILE_ROWS * <i32> LINE,
      );
      tile += count;
    }
    affineLines(op, panel, firstRow, endRow);
    // Where the result is only the first inputs of a layer, the rest of the last tile was given the
    // next ones; and the gradients of padding must stay zero.
    const rest = end * TILE_ROWS - endRow;
    if (rest > 0) {
      const padding = line(op, Word.Raw, Word.RawStride, panel, endRow);
      memory.fill(padding, 0, <usize> rest * LINE);
    }
  }
  endAffine(op, firstRow, endRow);
}

/** The second half of `backward` alone. */
export function toAffine(op: usize, chunk: i32): void {
  const first = chunkStart(op, chunk);
  const end = chunkEnd(op, chunk, word(op, Word.Features));
  const panels = word(op, Word.Panels);
  beginAffine(op, first, end);
  for (let panel = 0; panel < panels; panel++) affineLines(op, panel, first, end);
  endAffine(op, first, end);
}

/**
 * Tiles of a weight's gradient: a chunk is a range of panels of inputs, for all outputs. Where the
 * machine has said so, each panel of features is made right before it is read.
 */
export function gradient(op: usize, chunk: i32): void {
  const transposed = address(op, PlacedWord.Transpose);
  const end = chunkEnd(op, chunk, word(op, GradientWord.InputPanels));
  for (let tile = chunkStart(op, chunk); tile < end; tile++) {
    if (transposed) transposeTile(transposed, tile);
    const k = tile * PANEL;
    gradientTiles(
      address(op, GradientWord.U),
      address(op, GradientWord.Features) + <usize> tile * word(op, GradientWord.FeaturesStride),
      address(op, GradientWord.Out) + 4 * <usize> ((k / BLOCK) * TILE_ROWS * BLOCK + k % BLOCK),
      word(op, GradientWord.Turns),
      word(op, GradientWord.UStride) - <i32> LINE,
      word(op, GradientWord.OutputTiles),
      TILE_ROWS * <i32> LINE,
      0,
      word(op, GradientWord.WeightStep),
    );
  }
}
